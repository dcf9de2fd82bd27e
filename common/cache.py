"""Django's Redis cache, made forgiving: with Redis down or mute the portal works on, only without a cache."""

import logging
from typing import Any

import redis.exceptions
from django.core.cache.backends.redis import RedisCache

from common.breaker import Breaker

log = logging.getLogger(__name__)


class ForgivingRedisCache(RedisCache):
    """A cache that answers "not there" instead of raising when Redis fails.

    Rate limits kept in the cache are open during an outage: refusing every sign-in would be the worse failure.
    """

    breaker = Breaker(seconds=5)

    def _try(self, method: str, otherwise: Any, *args: Any, **kwargs: Any) -> Any:
        if self.breaker.is_open:
            return otherwise
        try:
            return getattr(super(), method)(*args, **kwargs)
        except redis.exceptions.RedisError as error:
            self.breaker.failed()
            log.warning("cache unavailable", extra={"data": {"operation": method, "error": str(error)}})
            return otherwise

    def add(self, *args: Any, **kwargs: Any) -> bool:
        return self._try("add", True, *args, **kwargs)

    def get(self, key: Any, default: Any = None, version: int | None = None) -> Any:
        return self._try("get", default, key, default, version=version)

    def set(self, *args: Any, **kwargs: Any) -> None:
        self._try("set", None, *args, **kwargs)

    def touch(self, *args: Any, **kwargs: Any) -> bool:
        return self._try("touch", False, *args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> bool:
        return self._try("delete", False, *args, **kwargs)

    def get_many(self, *args: Any, **kwargs: Any) -> dict[Any, Any]:
        return self._try("get_many", {}, *args, **kwargs)

    def has_key(self, *args: Any, **kwargs: Any) -> bool:
        return self._try("has_key", False, *args, **kwargs)

    def incr(self, key: Any, delta: int = 1, version: int | None = None) -> int:
        return self._try("incr", delta, key, delta, version=version)

    def set_many(self, data: dict[Any, Any], *args: Any, **kwargs: Any) -> list[Any]:
        return self._try("set_many", list(data), data, *args, **kwargs)

    def delete_many(self, *args: Any, **kwargs: Any) -> None:
        self._try("delete_many", None, *args, **kwargs)

    def clear(self) -> None:
        self._try("clear", None)
