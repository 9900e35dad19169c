from django.apps import AppConfig


class SentralConfig(AppConfig):
    name = "sentral"
    verbose_name = "Atap SENTRAL"
