"""The roof: settings, addresses and the pages that wire the apps together."""

from .celery import app as celery_app

__all__ = ["celery_app"]
