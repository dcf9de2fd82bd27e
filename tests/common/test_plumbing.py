"""Cache, request ids and log lines."""

import json
import logging
from typing import Any
from unittest import mock

import pytest
import redis
from django.core.cache import cache
from django.http import HttpResponse
from django.test import Client, RequestFactory

from common.cache import ForgivingRedisCache
from common.request_id import JsonFormatter, RequestIdFilter, RequestIdMiddleware, request_id


@pytest.fixture
def broken_redis() -> Any:
    with mock.patch("redis.connection.AbstractConnection.connect", side_effect=redis.ConnectionError("down")):
        cache._cache._pools.clear() if hasattr(cache, "_cache") else None  # type: ignore[attr-defined]
        yield
    ForgivingRedisCache.breaker.reset()


@pytest.mark.parametrize(
    ("ask", "answer"),
    [
        (lambda: cache.get("a", "default"), "default"),
        (lambda: cache.set("a", 1), None),
        (lambda: cache.add("a", 1), True),
        (lambda: cache.incr("a", 1), 1),
        (lambda: cache.get_many(["a"]), {}),
        (lambda: cache.delete("a"), False),
        (lambda: cache.touch("a"), False),
        (lambda: cache.has_key("a"), False),
        (lambda: cache.set_many({"a": 1}), ["a"]),
        (lambda: cache.delete_many(["a"]), None),
    ],
)
def test_cache_without_redis_answers_not_there(broken_redis: Any, ask: Any, answer: Any) -> None:
    assert ask() == answer


def test_cache_keeps_values() -> None:
    cache.set("a", {"b": 1})
    assert cache.get("a") == {"b": 1}


@pytest.mark.parametrize(("offered", "kept"), [("proxy-id-12345", True), ("bad id\n", False), ("x" * 65, False)])
def test_request_id_of_a_proxy_is_kept_when_well_formed(offered: str, kept: bool) -> None:
    seen = []

    def view(request: Any) -> HttpResponse:
        seen.append(request_id.get())
        return HttpResponse()

    response = RequestIdMiddleware(view)(RequestFactory().get("/", HTTP_X_REQUEST_ID=offered))
    assert (seen[0] == offered) is kept
    assert response["X-Request-ID"] == seen[0]


def test_log_line_is_one_json_object_with_the_request_id() -> None:
    record = logging.LogRecord("portal", logging.INFO, "", 0, "done %s", ("well",), None)
    record.data = {"job": 1}
    token = request_id.set("abc-12345")
    RequestIdFilter().filter(record)
    request_id.reset(token)
    line = json.loads(JsonFormatter().format(record))
    assert (line["message"], line["request_id"], line["data"]) == ("done well", "abc-12345", {"job": 1})


def test_published_task_carries_the_request_id() -> None:
    from common import dispatch

    with mock.patch("celery.app.base.Celery.send_task") as send:
        token = request_id.set("abc-12345")
        dispatch.send("directory.sweep_jobs")
        request_id.reset(token)
    assert send.call_args.kwargs["headers"] == {"request_id": "abc-12345"}


@pytest.mark.django_db
def test_page_answers_with_a_request_id() -> None:
    assert len(Client().get("/healthz")["X-Request-ID"]) == 32
