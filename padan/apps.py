from django.apps import AppConfig


class PadanConfig(AppConfig):
    name = "padan"
    verbose_name = "Padan"
