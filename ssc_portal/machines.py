"""Pages for machines: robots.txt, the sitemap, the documentation of the API."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from briefs.selectors import addresses_of_briefs
from directory.public_pages import public_page
from meetings.selectors import addresses_of_meetings
from solutions.selectors import addresses_of_solutions
from strategy.selectors import addresses_of_strategy

FIXED = (
    "home",
    "meetings:list",
    "meetings:calendar",
    "meetings:working_groups",
    "meetings:reports",
    "strategy:list",
    "briefs:list",
    "solutions:list",
)
SOURCES = (addresses_of_meetings, addresses_of_strategy, addresses_of_briefs, addresses_of_solutions)


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """Everything public may be read; accounts, desks and searches are of no use to a crawler."""
    closed = ["/accounts/", "/admin/", "/desk/", "/search/", "/jobs/", "/demo/"]
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in closed), f"Sitemap: {settings.PUBLIC_URL}/sitemap.xml", ""]
    return HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")


@require_safe
@public_page("meetings", "strategy", "briefs", "solutions")
def sitemap(request: HttpRequest) -> HttpResponse:
    """Every public page with its six languages."""
    paths = [reverse(name) for name in FIXED]
    paths += [path for source in SOURCES for path in source()]
    codes = [code for code, _ in settings.LANGUAGES]
    addresses = [
        {
            "en": settings.PUBLIC_URL + path,
            "languages": [(code, settings.PUBLIC_URL + ("" if code == "en" else f"/{code}") + path) for code in codes],
        }
        for path in paths
    ]
    return render(request, "sitemap.xml", {"addresses": addresses}, content_type="application/xml")


@require_safe
@public_page("directory")
def api_docs(request: HttpRequest) -> HttpResponse:
    """The API's documentation, from our own copy of the assets."""
    return render(request, "api_docs.html")
