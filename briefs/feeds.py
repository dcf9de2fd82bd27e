"""Feeds of new editions, corrections and withdrawals, as Atom and RSS: of everything, a series, a language, a theme, a Goal."""

from typing import Any

from django.conf import settings
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import translation
from django.utils.feedgenerator import Atom1Feed, Rss201rev2Feed
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from briefs.enums import BriefState
from briefs.models import Brief
from briefs.selectors import public_path
from briefs.selectors.citations import corrections_in_words, language_tag, one_line
from briefs.selectors.feeds import FeedOf, briefs_of_feed, feed_of
from briefs.selectors.publishing import with_notices
from directory.public_pages import public_page

MOST_ENTRIES = 40
_MAKERS = {
    "atom": (Atom1Feed, "application/atom+xml; charset=utf-8"),
    "rss": (Rss201rev2Feed, "application/rss+xml; charset=utf-8"),
}


@require_safe
@public_page("briefs", "directory")
def feed(request: HttpRequest, kind: str = "", value: str = "", form: str = "atom") -> HttpResponse:
    """The public briefs that changed last, of all or of one series, language, theme or Goal."""
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
        content = with_notices(edition.content, edition.notices.all())
        page = settings.PUBLIC_URL + public_path(brief.slug)
        heading, words = _words(brief, content)
        atom.add_item(
            title=one_line(heading),
            link=page,
            description=one_line(words),
            unique_id=page,
            author_name=", ".join(one_line(agency["acronym"]) for agency in content["agencies"]),
            pubdate=edition.published_at,
            updateddate=brief.changed_at,  # type: ignore[attr-defined]
            categories=[brief.series.title, *map(one_line, content["themes"]), brief.language],
        )
    return HttpResponse(atom.writeString("utf-8"), content_type=mime)


def _words(brief: Brief, content: dict[str, Any]) -> tuple[str, str]:
    """What an entry says: the summary, before it what was corrected; of a withdrawn brief that it was, and why."""
    if brief.state == BriefState.WITHDRAWN:
        with translation.override(content["language"]):
            reason = content.get("withdrawal", {}).get("text", "")
            return _("Withdrawn: %(title)s") % {"title": content["title"]}, reason or _("This brief was withdrawn")
    corrections = corrections_in_words(content)
    return content["title"], " ".join([*corrections, content["summary"]])
