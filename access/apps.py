from django.apps import AppConfig


class AccessConfig(AppConfig):
    name = "access"
    verbose_name = "Hak akses"

    def ready(self) -> None:
        from access import checks, receivers  # noqa: F401  register themselves
