from django.apps import AppConfig


class SentralConfig(AppConfig):
    name = "sentral"
    verbose_name = "Atap SENTRAL"

    def ready(self) -> None:
        from jobs import inbox
        from sentral.queries import peringatan_waiting_for

        inbox.register(peringatan_waiting_for)
