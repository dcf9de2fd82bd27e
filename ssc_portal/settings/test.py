"""Tests: the development settings on throw-away data, with fast password hashing and mail kept in files."""

import os

from .dev import *  # noqa: F403
from .dev import REDIS_URL, redis_settings

PORTAL_DATA = PORTAL_DATA / "test"
STATIC_ROOT = PORTAL_DATA / "static"
STATIC_ROOT.mkdir(parents=True, exist_ok=True)
MEDIA_ROOT = PORTAL_DATA / "media"
EMAIL_FILE_PATH = PORTAL_DATA / "mail"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": MEDIA_ROOT, "base_url": None}},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
# Each parallel test process has a test database of its own; so it has a Redis database of its own.
_worker = os.environ.get("PYTEST_XDIST_WORKER", "").removeprefix("gw")
REDIS_URL = f"{REDIS_URL.rpartition('/')[0]}/{int(_worker) + 1}" if _worker else REDIS_URL
vars().update(redis_settings(REDIS_URL))
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
ALLOWED_HOSTS = ["127.0.0.1", "localhost", "testserver"]
