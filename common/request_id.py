"""A request id that is in every log line, in the response and in the jobs that the request sends."""

import json
import logging
import re
import uuid
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any

from django.http import HttpRequest, HttpResponse

request_id: ContextVar[str] = ContextVar("request_id", default="-")
_ACCEPTABLE = re.compile(r"^[A-Za-z0-9-]{8,64}$")


def name_request(meta: Mapping[str, Any]) -> str:
    """Begin a request's id: a proxy's `X-Request-ID` where it is well formed, a new one otherwise."""
    offered = meta.get("HTTP_X_REQUEST_ID", "")
    # Not taken back at the end: Django logs a failed answer after the last middleware is through.
    request_id.set(offered if _ACCEPTABLE.match(offered) else uuid.uuid4().hex)
    return request_id.get()


class RequestIdMiddleware:
    """Give each request an id (a proxy's `X-Request-ID` is kept when it is well formed) and answer with it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        name = name_request(request.META)
        response = self.get_response(request)
        response.headers["X-Request-ID"] = name
        return response


class RequestIdFilter(logging.Filter):
    """Put the current request id on every record."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.request_id = request_id.get()
        return True


class JsonFormatter(logging.Formatter):
    """One JSON object per line: time, level, logger, message, request id, what `extra={"data": …}` gave, traceback."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
            "request_id": getattr(record, "request_id", "-"),
        }
        if data := getattr(record, "data", None):
            line["data"] = data
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False, default=str)
