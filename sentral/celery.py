"""Celery carries job ids only; what a job is and how far it got stands in PostgreSQL (jobs.models.Job)."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sentral.settings")

app = Celery("sentral")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
