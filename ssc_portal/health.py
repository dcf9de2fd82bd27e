"""Probes: is the process alive, is every part ready."""

import contextlib
from typing import Any

from celery import current_app
from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from common.dispatch import publishing_connection
from notifications.services.mail_line import noted_outage


@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """200 as long as the process answers; asks nothing else."""
    return HttpResponse("ok\n", content_type="text/plain")


def _database() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return "ok"


def _broker() -> str:
    with publishing_connection().clone() as broker:
        broker.ensure_connection(max_retries=1, interval_start=0, interval_step=0, timeout=2)
    return "ok"


class _AllAnswered(Exception):
    """Every queue has a worker: no need to wait for further answers."""


def _worker() -> str:
    """Whether somebody takes work from every queue; the answer comes as soon as the workers have said so."""
    routed = {route["queue"] for route in settings.CELERY_TASK_ROUTES.values()}
    alone = {*routed, settings.CELERY_TASK_DEFAULT_QUEUE}

    def heard(answer: dict[str, list[dict[str, Any]]]) -> None:
        alone.difference_update(queue["name"] for queues in answer.values() for queue in queues)
        if not alone:
            raise _AllAnswered

    with publishing_connection().clone() as broker, contextlib.suppress(_AllAnswered):
        current_app.control.broadcast("active_queues", reply=True, timeout=1.5, callback=heard, connection=broker)
    return f"nobody takes work from: {', '.join(sorted(alone))}" if alone else "ok"


def _mail() -> str:
    """What the workers met last at the mail server. No reason to take the portal out of service: messages wait for it."""
    trouble = noted_outage()
    return f"degraded: {trouble}" if trouble else "ok"


@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """200 when database, broker and a worker for every queue answer, else 503; the body names each part's state."""
    parts: dict[str, str] = {}
    for name, ask in (("database", _database), ("broker", _broker), ("worker", _worker)):
        if parts.get("broker", "ok") != "ok":
            parts[name] = "unknown: the broker does not answer"
            continue
        try:
            parts[name] = ask()
        except Exception as error:  # a probe reports whatever is wrong
            parts[name] = f"{type(error).__name__}"
    ready = all(state == "ok" for state in parts.values())
    return JsonResponse({"ready": ready, **parts, "mail": _mail()}, status=200 if ready else 503)
