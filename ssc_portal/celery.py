"""The Celery application: workers and beat start from here."""

import os

from celery import Celery, Task
from celery.signals import setup_logging, task_prerun, worker_ready

from common.dispatch import send
from common.request_id import request_id

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ssc_portal.settings.dev")

app = Celery("ssc_portal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
# Periodic work lives in jobs.py, one room above services, beside tasks.py.
app.autodiscover_tasks(related_name="jobs")


@setup_logging.connect
def use_django_logging(**_: object) -> None:
    """Keep Django's LOGGING in workers: Celery would otherwise replace it."""
    import logging.config

    from django.conf import settings

    logging.config.dictConfig(settings.LOGGING)


@task_prerun.connect
def take_over_request_id(task: Task, **_: object) -> None:
    """Log under the id of the request that sent this task; periodic tasks log under their own."""
    sent_by = getattr(task.request, "request_id", None) or (task.request.headers or {}).get("request_id")
    request_id.set(sent_by if sent_by and sent_by != "-" else str(task.request.id))


@worker_ready.connect
def take_up_what_was_left(**_: object) -> None:
    """A worker that was killed left messages behind: its successor looks at once instead of waiting for beat."""
    send("notifications.sweep")
