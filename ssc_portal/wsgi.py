"""The WSGI entry that granian serves."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ssc_portal.settings.dev")

django_application = get_wsgi_application()

from directory.public_pages import KeptPagesFirst  # noqa: E402 - Django is set up by the line above

application = KeptPagesFirst(django_application)
