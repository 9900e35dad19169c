from django.apps import AppConfig


class PadanConfig(AppConfig):
    name = "padan"
    verbose_name = "Padan"

    def ready(self):
        from jobs import inbox
        from padan.queries_putusan import waiting_for

        inbox.register(waiting_for)
