"""The Atom feed of new editions."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from briefs.enums import BriefState
from briefs.models import Brief
from briefs.selectors import public_path
from directory.public_pages import public_page

MOST_ENTRIES = 40


@require_safe
@public_page("briefs", "directory")
def feed(request: HttpRequest) -> HttpResponse:
    """The newest published briefs in every language; a new edition moves a brief up."""
    briefs = Brief.objects.public().filter(state=BriefState.PUBLISHED).select_related("series", "current_edition")
    briefs = briefs.defer("current_edition__content", "current_edition__text").prefetch_related("agencies__organization")
    atom = Atom1Feed(
        title=_("South-South Cooperation Portal: policy briefs"),
        link=settings.PUBLIC_URL + reverse("briefs:list"),
        description=_("Policy briefs on South-South and triangular cooperation, written by agencies together."),
        language="en",
        feed_url=settings.PUBLIC_URL + reverse("briefs_files:feed"),
        feed_guid=settings.PUBLIC_URL + reverse("briefs_files:feed"),
    )
    for brief in briefs.order_by("-current_edition__published_at", "-pk")[:MOST_ENTRIES]:
        edition = brief.edition
        address = settings.PUBLIC_URL + public_path(brief.slug)
        atom.add_item(
            title=edition.title,
            link=address,
            description=edition.summary,
            unique_id=address,
            author_name=", ".join(agency.organization.short_name for agency in brief.agencies.all()),
            pubdate=edition.published_at,
            updateddate=edition.published_at,
            categories=[brief.series.title, brief.language],
        )
    return HttpResponse(atom.writeString("utf-8"), content_type="application/atom+xml; charset=utf-8")
