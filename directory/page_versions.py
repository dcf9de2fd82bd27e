"""Pattern 7, first half: the versions of public pages, rows in PostgreSQL mirrored to Redis.

The row is the truth. The mirror may be missing, never ahead, and is not trusted where it could be behind:

* before a change commits, the mirror is set to "?N" (N will be the new version): readers then ask PostgreSQL;
* after commit it is set to N, only ever upwards;
* it expires by itself after a few seconds, so an act whose process died or could not reach Redis is seen all the same;
* after any new connection this process asks PostgreSQL before it trusts the mirror: a Redis that came back from a copy
  on disk may hold old versions.
"""

import logging
import os
import threading
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import redis
from django.conf import settings
from django.db import connection, transaction
from django.db.models import F

from common.breaker import Breaker
from directory.models import PageVersion

log = logging.getLogger(__name__)

MIRROR_SECONDS = 15
_PREFIX = "ssc:pages:"
breaker = Breaker(seconds=2)

_RAISE = """
for i, key in ipairs(KEYS) do
  local now = redis.call('GET', key)
  local number = now and tonumber((string.gsub(now, '?', '')))
  if not number or number <= tonumber(ARGV[i]) then
    redis.call('SET', key, ARGV[i], 'EX', ARGV[#ARGV])
  end
end
"""
_FILL = "for i, key in ipairs(KEYS) do redis.call('SET', key, ARGV[i], 'EX', ARGV[#ARGV], 'NX') end"


class _Trust:
    """Whether this process has compared the mirror with PostgreSQL since its newest connection."""

    compared = False


def _connected(new: Any) -> None:
    new.on_connect()
    _Trust.compared = False


class _Line(threading.local):
    """A thread's own connection for the one question asked on every visit, and the question in the protocol's words.

    The client library spends three times as long on finding a connection and composing the command as Redis on answering.
    """

    connection: Any = None

    def versions(self, subjects: tuple[str, ...]) -> list[str | None]:
        if self.connection is None or self.connection.pid != os.getpid():
            self.connection = _redis().connection_pool.make_connection()
        try:
            self.connection.send_packed_command([_question(subjects)])
            return self.connection.read_response()
        except (redis.RedisError, OSError):
            self.connection.disconnect()
            self.connection = None
            raise


@lru_cache(maxsize=256)
def _question(subjects: tuple[str, ...]) -> bytes:
    words = [b"MGET", *(key.encode() for key in _keys(subjects))]
    return b"*%d\r\n" % len(words) + b"".join(b"$%d\r\n%s\r\n" % (len(word), word) for word in words)


_line = _Line()


@lru_cache(maxsize=2)
def _client(url: str) -> redis.Redis:
    return redis.Redis.from_url(
        url, socket_timeout=0.3, socket_connect_timeout=0.3, retry=None, decode_responses=True, redis_connect_func=_connected
    )


def _redis() -> redis.Redis:
    return _client(settings.REDIS_URL)


def _keys(subjects: Sequence[str]) -> list[str]:
    return [_PREFIX + subject for subject in subjects]


def _lost(error: Exception) -> None:
    breaker.failed()
    log.warning("page versions: Redis unavailable", extra={"data": {"error": str(error)}})


def bump(*subjects: str) -> None:
    """Raise the version of all public pages that show `subjects`. Call it in the transaction of the change."""
    assert connection.in_atomic_block, "bump() belongs in the transaction of the change"
    names = sorted(set(subjects))  # a fixed order, so that two acts never wait for each other in a circle
    for name in names:
        PageVersion.objects.get_or_create(subject=name, defaults={"version": 0})
        PageVersion.objects.filter(subject=name).update(version=F("version") + 1)
    rows = _rows(names)
    if not breaker.is_open:
        try:
            pipeline = _redis().pipeline(transaction=False)
            for name in names:
                pipeline.set(_PREFIX + name, f"?{rows[name]}", ex=MIRROR_SECONDS)
            pipeline.execute()
        except redis.RedisError as error:
            _lost(error)
    transaction.on_commit(lambda: _mirror(names), robust=True)


def _rows(subjects: Sequence[str]) -> dict[str, int]:
    return dict(PageVersion.objects.filter(subject__in=subjects).values_list("subject", "version"))


def _mirror(subjects: Sequence[str]) -> bool:
    rows = _rows(subjects)
    if breaker.is_open:
        return False
    try:
        if rows:
            _redis().eval(_RAISE, len(rows), *_keys(list(rows)), *rows.values(), MIRROR_SECONDS)
    except redis.RedisError as error:
        _lost(error)
        return False
    return True


def mirror_all() -> None:
    """Mirror every version; beat calls it so that the mirror does not expire between visits."""
    _mirror(list(PageVersion.objects.values_list("subject", flat=True)))


def _from_database(subjects: Sequence[str]) -> tuple[int, ...]:
    rows = _rows(subjects)
    versions = tuple(rows.get(subject, 0) for subject in subjects)
    _redis().eval(_FILL, len(subjects), *_keys(subjects), *versions, MIRROR_SECONDS)
    return versions


def mirrored_versions(subjects: tuple[str, ...]) -> tuple[int, ...] | None:
    """The present version of each subject by the mirror alone; None wherever PostgreSQL would have to be asked."""
    if breaker.is_open:
        return None
    try:
        return _by_mirror(subjects)
    except (redis.RedisError, OSError) as error:
        _lost(error)
        return None


def _by_mirror(subjects: tuple[str, ...]) -> tuple[int, ...] | None:
    values = _line.versions(subjects)
    try:
        return tuple([int(value) for value in values]) if _Trust.compared else None  # type: ignore[arg-type]
    except (TypeError, ValueError):  # missing, or marked by a change that is under way
        return None


def current_versions(subjects: Sequence[str]) -> tuple[int, ...] | None:
    """The present version of each subject, from the mirror where it can be trusted; None when Redis cannot be asked."""
    if breaker.is_open:
        return None
    try:
        known = _by_mirror(tuple(subjects))
        if known is not None:
            return known
        if not _Trust.compared:
            if not _mirror(list(PageVersion.objects.values_list("subject", flat=True))):
                return None
            _Trust.compared = True
        return _from_database(subjects)
    except (redis.RedisError, OSError) as error:
        _lost(error)
        return None
