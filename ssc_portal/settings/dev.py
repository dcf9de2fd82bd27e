"""Development and demo: embedded engines unless the environment names others, mail in files, demo pages on."""

from .base import *  # noqa: F403
from .base import DATABASE_URL, REDIS_URL, database_from, env, redis_settings

if not (DATABASE_URL and REDIS_URL):
    from ssc_portal.embedded import attached_or_started_urls

    started_database, started_redis = attached_or_started_urls()
    DATABASE_URL = DATABASE_URL or started_database
    REDIS_URL = REDIS_URL or started_redis

DEBUG = env.bool("DEBUG", default=False)
DEMO = True
SECRET_KEY = env.str("SECRET_KEY", default="only-for-development-and-demo-never-for-a-real-portal")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["127.0.0.1", "localhost", "[::1]"])
DATABASES = {"default": database_from(DATABASE_URL)}
vars().update(redis_settings(REDIS_URL))
# Passkeys on http://localhost: browsers allow it there, though not on 127.0.0.1, which is no name.
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = True
