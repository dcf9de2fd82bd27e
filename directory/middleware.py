"""What a signed-in person brings along: their time zone, and grants whose use is written down."""

import zoneinfo
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from directory.rules import GrantsOfRequest, grants_of_request


class ReaderMiddleware:
    """Show times in the zone of the signed-in reader; visitors see the place's zone and UTC."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        # Public pages must not touch the session: a visitor without its cookie is nobody.
        if request.session.session_key and request.user.is_authenticated:
            with timezone.override(zoneinfo.ZoneInfo(request.user.time_zone)):
                return self.get_response(request)
        return self.get_response(request)


class GrantUseMiddleware:
    """Write down which page an administrator opened under a grant. If that cannot be written, the page is not shown."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        looked_at = GrantsOfRequest()
        token = grants_of_request.set(looked_at)
        try:
            return self.get_response(request)
        finally:
            grants_of_request.reset(token)
            for grant in looked_at.used.values():
                grant.uses.create(what=f"{request.method} {request.get_full_path()}"[:300])
