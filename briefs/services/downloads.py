"""Counting what readers take, without keeping anything of them.

A download raises a number in this process, which within a second raises one in Redis: a reader never waits for a count.
While Redis is away nothing is counted; a process that is killed loses what it counted in its last second. A job moves the
numbers into the database, each exactly once: it renames Redis' counts to a batch with a name of its own, then writes the
numbers and the batch's name in one transaction. Whoever comes again with a batch that is written, because a worker died in
between, only throws it away.
"""

import atexit
import logging
import re
import threading
import uuid
from collections import Counter
from collections.abc import Mapping
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

import redis
from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from briefs.enums import DownloadFile
from briefs.models import DownloadBatch, DownloadCount, Edition
from common.breaker import Breaker
from directory.page_versions import bump

log = logging.getLogger(__name__)

breaker = Breaker(seconds=5)
TELL_SECONDS = 1
KEEP_BATCHES = timedelta(days=30)
_OPEN = "ssc:downloads:open"
_BATCH = "ssc:downloads:batch:"
# Atomic in Redis: whatever is counted after it begins a new hash.
_CLOSE = "if redis.call('EXISTS', KEYS[1]) == 1 then redis.call('RENAME', KEYS[1], KEYS[2]) return 1 end return 0"
_ROBOTS = re.compile(
    r"bot\b|bot[/;_-]|crawl|spider|slurp|archiver|preview|headless|monitor|scrap|fetch|facebookexternalhit|feed"
    r"|^(?:curl|wget|python|java|go-http|okhttp|libwww|ruby|php|axios|node)",
    re.IGNORECASE,
)


@lru_cache(maxsize=2)
def _client(url: str) -> redis.Redis:
    return redis.Redis.from_url(url, socket_timeout=0.3, socket_connect_timeout=0.3, retry=None, decode_responses=True)


def is_of_a_reader(meta: Mapping[str, Any]) -> bool:
    """Whether a request asks for a whole file for a person: no robot, no HEAD, no continuation, no look ahead."""
    agent = meta.get("HTTP_USER_AGENT", "")
    span = meta.get("HTTP_RANGE", "")
    ahead = "prefetch" in (meta.get("HTTP_SEC_PURPOSE", "") + meta.get("HTTP_PURPOSE", "")).lower()
    return (
        meta.get("REQUEST_METHOD") == "GET"
        and bool(agent)
        and not _ROBOTS.search(agent)
        and (not span or span.replace(" ", "").startswith("bytes=0-"))
        and not ahead
    )


class _Counted:
    """What this process counted and has not told Redis yet; told by a timer, and when the process ends."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._numbers: Counter[str] = Counter()
        atexit.register(self.tell)

    def add(self, name: str) -> None:
        with self._lock:
            is_first = not self._numbers
            self._numbers[name] += 1
        if is_first:
            timer = threading.Timer(TELL_SECONDS, self.tell)
            timer.daemon = True
            timer.start()

    def tell(self) -> None:
        with self._lock:
            numbers, self._numbers = self._numbers, Counter()
        if not numbers or breaker.is_open:
            return
        try:
            with _client(settings.REDIS_URL).pipeline() as several:
                for name, number in numbers.items():
                    several.hincrby(_OPEN, name, number)
                several.execute()
        except (redis.RedisError, OSError) as error:
            breaker.failed()
            log.warning("downloads not counted", extra={"data": {"error": str(error)}})


_counted = _Counted()


def count_download(*, edition_id: int, file: str) -> None:
    """Count a download of today, in UTC."""
    _counted.add(f"{timezone.now():%Y-%m-%d}|{edition_id}|{file}")


def fold_downloads() -> int:
    """Move what Redis counted into the database; return how many downloads were moved."""
    _counted.tell()
    client = _client(settings.REDIS_URL)
    client.eval(_CLOSE, 2, _OPEN, _BATCH + str(uuid.uuid4()))
    moved = 0
    for key in list(client.scan_iter(match=_BATCH + "*", count=1000)):
        moved += _take_over(
            uuid.UUID(str(key).removeprefix(_BATCH)), {str(name): str(n) for name, n in client.hgetall(key).items()}
        )
        client.delete(key)
    # A batch is in Redis for seconds; its name is kept for as long as a copy of Redis might come back.
    DownloadBatch.objects.filter(at__lt=timezone.now() - KEEP_BATCHES).delete()
    return moved


@transaction.atomic
def _take_over(batch: uuid.UUID, counted: dict[str, str]) -> int:
    if not counted:
        return 0
    _row, is_new = DownloadBatch.objects.get_or_create(key=batch)
    if not is_new:
        return 0
    rows = [(name.split("|"), int(count)) for name, count in sorted(counted.items())]
    known = set(Edition.objects.filter(pk__in=[int(name[1]) for name, _count in rows]).values_list("pk", flat=True))
    moved = 0
    for (day, edition, file), count in rows:
        if int(edition) in known and file in DownloadFile.values:
            row, _is_new = DownloadCount.objects.get_or_create(edition_id=int(edition), file=file, day=date.fromisoformat(day))
            DownloadCount.objects.filter(pk=row.pk).update(count=F("count") + count)
            moved += count
    if moved:
        bump("briefs")
    return moved
