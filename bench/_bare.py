"""The measure to compare with: a Django project of one view and no middleware that returns bytes it holds already.

Its pages lie in the JSON file that BENCH_PAGES names: {path: {"headers": {…}, "body": base64}}.
"""

import base64
import json
import os
from pathlib import Path

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse
from django.urls import re_path

pages = {
    path: (page["headers"], base64.b64decode(page["body"]))
    for path, page in json.loads(Path(os.environ["BENCH_PAGES"]).read_text()).items()
}


def page(request: HttpRequest) -> HttpResponse:
    """The recorded bytes of this path."""
    headers, body = pages[request.path]
    return HttpResponse(body, headers=headers)


urlpatterns = [re_path("", page)]
settings.configure(ALLOWED_HOSTS=["127.0.0.1"], MIDDLEWARE=[], ROOT_URLCONF=__name__, SECRET_KEY="bench", DATABASES={})
application = get_wsgi_application()
