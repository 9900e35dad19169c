from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class KpmConfig(AppConfig):
    name = "kpm"
    verbose_name = "Keluarga"

    def ready(self):
        from jobs import inbox
        from kpm import layers_periode  # noqa: F401  measures that stand beside those of kpm/layers.py
        from kpm.queries_ganda import waiting_for
        from kpm.queries_impor import rejects_waiting_for
        from kpm.queries_pratinjau import imports_waiting_for

        autodiscover_modules("panels")
        inbox.register(imports_waiting_for)
        inbox.register(waiting_for)
        inbox.register(rejects_waiting_for)
