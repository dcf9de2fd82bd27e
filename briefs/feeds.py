"""Feeds of new editions, as Atom and RSS: of everything, a series, a language, a theme, a Goal."""

from django.conf import settings
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import translation
from django.utils.feedgenerator import Atom1Feed, Rss201rev2Feed
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from briefs.selectors import public_path
from briefs.selectors.citations import language_tag, one_line
from briefs.selectors.feeds import FeedOf, briefs_of_feed, feed_of
from directory.public_pages import public_page

MOST_ENTRIES = 40
_MAKERS = {
    "atom": (Atom1Feed, "application/atom+xml; charset=utf-8"),
    "rss": (Rss201rev2Feed, "application/rss+xml; charset=utf-8"),
}


@require_safe
@public_page("briefs", "directory")
def feed(request: HttpRequest, kind: str = "", value: str = "", form: str = "atom") -> HttpResponse:
    """The newest published briefs, of all or of one series, language, theme or Goal."""
    subject = feed_of(kind, value) if kind else FeedOf("", Q())
    if subject is None:
        raise Http404
    with translation.override(subject.language):
        return _answer(request, subject, form)


def _answer(request: HttpRequest, subject: FeedOf, form: str) -> HttpResponse:
    maker, mime = _MAKERS[form]
    title = _("South-South Cooperation Portal: policy briefs")
    address = settings.PUBLIC_URL + request.path
    atom = maker(
        title=f"{title} – {subject.name}" if subject.name else title,
        link=settings.PUBLIC_URL + reverse("briefs:list"),
        description=_("Policy briefs on South-South and triangular cooperation, written by agencies together."),
        language=language_tag(subject.language),
        feed_url=address,
        feed_guid=address,
    )
    for brief in briefs_of_feed(subject.condition, most=MOST_ENTRIES):
        edition = brief.edition
        page = settings.PUBLIC_URL + public_path(brief.slug)
        atom.add_item(
            title=one_line(edition.title),
            link=page,
            description=one_line(edition.summary),
            unique_id=page,
            author_name=", ".join(one_line(agency["acronym"]) for agency in edition.content["agencies"]),
            pubdate=edition.published_at,
            updateddate=edition.published_at,
            categories=[brief.series.title, *map(one_line, edition.content["themes"]), brief.language],
        )
    return HttpResponse(atom.writeString("utf-8"), content_type=mime)
