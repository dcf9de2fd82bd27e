"""The public, read-only API: each app brings its router."""

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from ninja import NinjaAPI

from briefs.api import router as briefs_router
from meetings.api import router as meetings_router
from solutions.api import router as solutions_router
from strategy.api import router as strategy_router

api = NinjaAPI(
    title="SSC Portal",
    version="1",
    description="Published meetings, strategy drafts, policy briefs and solutions. No key is needed.",
    docs_url=None,  # the documentation page is ours: the library's comes from a CDN
    openapi_url="openapi.json",
    urls_namespace="api",
)


@api.get("/", operation_id="index", summary="What there is")
def index(request: HttpRequest) -> dict[str, str]:
    """The addresses of the collections and of the description of this API."""
    names = ("list_meetings", "strategies", "list_briefs", "list_solutions", "openapi-json")
    return {name.removeprefix("list_"): settings.PUBLIC_URL + reverse(f"api:{name}") for name in names}


api.add_router("/meetings", meetings_router, tags=["Meetings"])
api.add_router("/strategy", strategy_router, tags=["Strategy"])
api.add_router("/briefs", briefs_router, tags=["Policy briefs"])
api.add_router("/solutions", solutions_router, tags=["Solutions"])
