from django.apps import AppConfig


class VervalConfig(AppConfig):
    name = "verval"
    verbose_name = "Verifikasi dan validasi"
