"""The room `spatial`."""

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class SpatialConfig(AppConfig):
    name = "spatial"
    verbose_name = "Wilayah"

    def ready(self) -> None:
        autodiscover_modules("layers")
