"""The roof: settings, URLs, Celery, home page, the page of a wilayah, the demo province."""

from sentral.celery import app as celery_app

__all__ = ["celery_app"]
