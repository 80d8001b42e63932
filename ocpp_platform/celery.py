"""The Celery application: the worker runs what time drives, beat says when."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ocpp_platform.settings")

app = Celery("ocpp_platform")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
