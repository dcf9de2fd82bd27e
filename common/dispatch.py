"""Sending work to Celery by task name, after commit, without ever hanging a request."""

import logging
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from celery import current_app
from django.db import transaction
from kombu import Connection
from kombu.exceptions import KombuError
from redis.exceptions import RedisError

from common.breaker import Breaker
from common.request_id import request_id

log = logging.getLogger(__name__)

PUBLISH_TIMEOUT = 1.0
breaker = Breaker(seconds=5)


@lru_cache(maxsize=1)
def publishing_connection() -> Connection:
    """This process's connection for publishing. Workers block for long on their sockets; publishers must not."""
    return Connection(
        current_app.conf.broker_url,
        connect_timeout=PUBLISH_TIMEOUT,
        transport_options={
            "socket_timeout": PUBLISH_TIMEOUT,
            "socket_connect_timeout": PUBLISH_TIMEOUT,
            "retry_on_timeout": False,
            "max_retries": 0,
        },
    )


def send(task: str, args: Sequence[Any] = (), **options: Any) -> bool:
    """Publish `task` now and tell whether the broker took it. A failure is logged, never raised: sweepers find the row."""
    if breaker.is_open:
        return False
    connection = publishing_connection()
    try:
        with connection.Producer() as producer:  # type: ignore[attr-defined]
            current_app.send_task(
                task, args=list(args), producer=producer, retry=False, headers={"request_id": request_id.get()}, **options
            )
        return True
    except (KombuError, RedisError, OSError) as error:
        breaker.failed()
        connection.close()
        publishing_connection.cache_clear()
        log.warning("broker unavailable; the sweeper will send it", extra={"data": {"task": task, "error": str(error)}})
        return False


def send_on_commit(task: str, args: Sequence[Any] = (), **options: Any) -> None:
    """Publish `task` once the current transaction is committed; `args` are primary keys, never objects."""
    transaction.on_commit(lambda: send(task, args, **options), robust=True)
