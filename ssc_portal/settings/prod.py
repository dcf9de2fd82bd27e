"""Production: refuses to start without its variables and says which are missing."""

import sys

from django.core.exceptions import ImproperlyConfigured

from .base import *  # noqa: F403
from .base import database_from, env, redis_settings

REQUIRED = {
    "SECRET_KEY": "a long random string; keep it the same on every process",
    "ALLOWED_HOSTS": "the names the portal answers to, separated by commas",
    "PUBLIC_URL": "the address people use, e.g. https://portal.example.org",
    "DATABASE_URL": "postgres://user:password@host:5432/name",
    "REDIS_URL": "redis://:password@host:6379/0",
    "EMAIL_URL": "smtp+tls://user:password@host:587",
    "DEFAULT_FROM_EMAIL": "Name <address> that mail is sent from",
    "PORTAL_DATA": "a folder for media and static files that web and worker share",
}
missing = [f"  {name}: {meaning}" for name, meaning in REQUIRED.items() if not env.str(name, default="").strip()]
if missing:
    raise ImproperlyConfigured("\n".join(["The portal cannot start: these variables are not set.", *missing]))

SECRET_KEY = env.str("SECRET_KEY")
if len(SECRET_KEY) < 50:
    raise ImproperlyConfigured("SECRET_KEY is too short: use at least 50 random characters.")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS")
DATABASES = {"default": database_from(env.str("DATABASE_URL"))}
vars().update(redis_settings(env.str("REDIS_URL")))

DEBUG = False
# Those who can read or change much prove twice who they are.
REQUIRE_SECOND_FACTOR = env.bool("REQUIRE_SECOND_FACTOR", default=True)
SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=True)
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
if env.bool("BEHIND_PROXY", default=True):
    # One proxy in front: rate limits count the address that it saw, not its own.
    ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXY_COUNT", default=1)
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_HSTS_SECONDS = env.int("SECURE_HSTS_SECONDS", default=31_536_000)
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SESSION_COOKIE_SECURE = True
SESSION_COOKIE_NAME = "__Host-sessionid"
CSRF_COOKIE_SECURE = True
CSRF_COOKIE_NAME = "__Host-csrftoken"
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])

if "runserver" in sys.argv:
    raise ImproperlyConfigured("runserver is for development: in production run granian as the Dockerfile does.")
