"""Probes: is the process alive, is every part ready."""

from celery import current_app
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


def _worker() -> str:
    with publishing_connection().clone() as broker:
        answers = current_app.control.ping(timeout=1.5, limit=1, connection=broker)
    if not answers:
        raise TimeoutError("no worker answered")
    return "ok"


def _mail() -> str:
    """What the workers met last at the mail server. No reason to take the portal out of service: messages wait for it."""
    trouble = noted_outage()
    return f"degraded: {trouble}" if trouble else "ok"


@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """200 when database, broker and a worker answer, else 503; the body names each part's state, the mail server's too."""
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
