"""What readers see: the list, a brief, an edition. Those who write a brief see its workplace at the same address."""

import itertools
from collections.abc import Callable, Sequence
from datetime import datetime
from itertools import groupby
from typing import Any

from django.db.models import prefetch_related_objects
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_safe

from briefs.enums import BriefState, Clearance
from briefs.filters import BriefFilter
from briefs.models import Brief, BriefAgency, Edition, HeadNotice, LanguageEdition
from briefs.selectors import (
    brief_content,
    citation_of,
    cited_solutions,
    excerpts,
    language_editions,
    next_step,
    page_of,
    public_briefs,
    reading_minutes,
    related_briefs,
    shelf,
    withdrawal_reason,
)
from briefs.selectors.citations import CITATION_FORMATS, Source, json_ld, meta_tags
from briefs.selectors.downloads import downloads_of
from briefs.selectors.failed_files import failed_files
from briefs.selectors.feeds import feed_addresses
from briefs.selectors.marks import with_marks
from briefs.selectors.publishing import lags_behind, last_stopped, plan_of, with_notices
from briefs.selectors.shelf import Related
from briefs.selectors.writing import open_comments, writers_of
from briefs.views.files import FIELDS
from briefs.views.marks import web_marks
from common.access import may
from common.search_words import marked
from directory.enums import FOCAL_ROLES
from directory.models import Theme
from directory.public_pages import public_page
from directory.rules import is_secretariat, organizations_of

PAGE = 60
FILES = (
    ("screen_pdf", "pdf", gettext_lazy("PDF")),
    ("print_pdf", "print", gettext_lazy("PDF for print shops, with bleed and crop marks")),
    ("archive_pdf", "archive", gettext_lazy("PDF/A for archives")),
)
CITE_LABELS = {"text": gettext_lazy("Text"), "bibtex": "BibTeX", "ris": "RIS", "csl": "CSL-JSON"}


@require_safe
@public_page("briefs", "solutions", "directory")
def brief_list(request: HttpRequest) -> HttpResponse:
    """Briefs by series, narrowed by the filters in the address."""
    form = BriefFilter(request.GET, shelf())
    rows = form.found()
    words = form.chosen().get("q", "")
    page, after = page_of(rows, after=request.GET.get("after", ""), size=PAGE)
    briefs = public_briefs(page)
    marks = excerpts(briefs, words) if words else {}
    for brief in briefs:
        brief.title_marked = marked(brief.edition.title, words)  # type: ignore[attr-defined]
        brief.excerpt = marks.get(brief.pk, "")  # type: ignore[attr-defined]
    by_series = [(series, list(group)) for series, group in groupby(briefs, key=lambda brief: brief.series)]
    return render(
        request,
        "briefs/list.html",
        {
            "form": form,
            # What was searched for stands in the order of the search.
            "is_mixed": bool(words),
            "groups": ([(None, briefs)] if briefs else []) if words else by_series,
            "feeds": feed_addresses(form.chosen()),
            "count": len(rows),
            "count_text": ngettext("%(n)d brief", "%(n)d briefs", len(rows)) % {"n": len(rows)},
            "after": after,
            "is_author": bool(organizations_of(request.user)) or is_secretariat(request.user),
        },
    )


def _with_source(rows: Any, to_brief: str) -> Any:
    """Rows with what a page of a brief shows of it, its files and the source that it may translate."""
    current, source = f"{to_brief}current_edition", f"{to_brief}translation_of__current_edition"
    files = [f"{current}__{field}" for field in FIELDS.values()]
    # The source's text is large and only its number and date are asked for.
    return rows.select_related(f"{to_brief}series", current, source, *files).defer(f"{source}__content", f"{source}__text")


@require_safe
@public_page("briefs", "solutions", "directory")
def detail(request: HttpRequest, slug: str) -> HttpResponse:
    """The edition in force; for those who make the next one, the text as it stands, with what they can do."""
    briefs = _with_source(Brief.objects.visible_to(request.user), "").select_related("current_edition__press_kit__file")
    brief = get_object_or_404(briefs, slug=slug)
    if brief.is_open and may(request.user, "briefs.work_on_brief", brief):
        prefetch_related_objects([brief], "agencies__organization", "agencies__cleared_by")
        content = brief_content(brief)
        context = {**reading_context(brief, content, None, request.user), **workplace(brief, request.user)}
        comments, writers = open_comments(brief, request.user), writers_of(brief, request.user)
        written = {str(section.pk): section for section in brief.sections.all()}
        for row in [*context["sections"], *context["annexes"]]:
            section = written[row["id"]]
            row["edit_url"] = section.get_absolute_url() if may(request.user, "briefs.save_section", section) else ""
            row["talk_url"] = reverse("briefs:section_comments", args=[slug, section.pk])
            row["comments"] = comments.get(section.pk, 0)
            row["writer"] = writers[section.pk].holder if section.pk in writers else ""
    else:
        edition = brief.edition
        context = reading_context(brief, edition.content, edition, request.user)
        context |= _for_readers(brief, edition, context["notices"])
        context["related"] = _related(brief)
        addresses = {name: reverse(f"briefs_files:{name}", args=[slug]) for _field, name, _label in FILES}
        addresses["kit"] = reverse("briefs_files:press_kit", args=[slug])
        context["files"] = files_of(edition, addresses, context["notices"])
        context["superseded"] = superseded_files(edition, context["notices"])
        context["may_translate"] = brief.translation_of_id is None and may(request.user, "briefs.add_brief", brief)
        context["may_withdraw"] = brief.is_withdrawable and may(request.user, "briefs.withdraw_brief", brief)
    context["failed_files"] = failed_files(brief) if may(request.user, "briefs.render_edition", brief) else []
    return render(request, "briefs/detail.html", context)


@require_safe
@public_page("briefs", "solutions", "directory")
def edition(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """One edition as it was published."""
    editions = _with_source(Edition.objects.visible_to(request.user), "brief__")
    editions = editions.select_related("press_kit__file", *FIELDS.values())
    found = get_object_or_404(editions, brief__slug=slug, number=number)
    context = reading_context(found.brief, found.content, found, request.user)
    context |= _for_readers(found.brief, found, context["notices"], number=number)
    addresses = {name: reverse("briefs_files:edition_file", args=[slug, number, name]) for _field, name, _label in FILES}
    addresses["kit"] = reverse("briefs_files:press_kit_of_edition", args=[slug, number])
    context["files"] = files_of(found, addresses, context["notices"])
    context["superseded"] = superseded_files(found, context["notices"])
    context["is_old"] = found.pk != found.brief.current_edition_id
    return render(request, "briefs/edition.html", context)


def _day(at: str) -> str:
    return date_format(datetime.fromisoformat(at), "DATE_FORMAT")


def reading_of(content: dict[str, Any], picture_of: Callable[[str], str]) -> dict[str, Any]:
    """What the reading column needs of a content, frozen or as it stands."""
    with translation.override(content["language"]):
        eyebrow = _("%(series)s, No. %(number)d") % {"series": content["series"]["title"], "number": content["number"]}
        direction = "rtl" if translation.get_language_bidi() else "ltr"
        labels = {
            "messages": _("Key messages"),
            "notes": _("Notes"),
            "reservations": _("Reservations"),
            "silent": _("No answer received by the deadline:"),
            "references": _("References"),
            "annex": _("Annex"),
            "back": _("Back to the text"),
            "corrections": _("Corrections"),
        }
        corrigenda = [{**one, "date": _day(one["at"])} for one in content.get("corrigenda", [])]
        marks = web_marks(picture_of)
        parts = [
            {**section, "kind": section.get("kind", "section"), "html": with_marks(section["body"], content, marks)}
            for section in content["sections"]
        ]
    return {
        "content": content,
        "eyebrow": eyebrow,
        "direction": direction,
        "labels": labels,
        "sections": [part for part in parts if part["kind"] != "annex"],
        "annexes": [part for part in parts if part["kind"] == "annex"],
        "corrigenda": corrigenda,
        "reservations": [agency for agency in content["agencies"] if agency["reservation"]],
        "silent": ", ".join(agency["acronym"] for agency in content["agencies"] if agency.get("no_answer")),
    }


def reading_context(
    brief: Brief,
    content: dict[str, Any],
    edition: Edition | None,
    user: Any,
    picture_of: Callable[[str], str] | None = None,
) -> dict[str, Any]:
    """The reading column with the notices at the head of an edition, and what stands beside it.

    Args:
        picture_of: the address of the picture of a figure's key, where it is not the usual one.
    """
    notices = list(edition.notices.select_related(*FIELDS.values())) if edition and edition.pk else []
    content = with_notices(content, notices)
    published_at = datetime.fromisoformat(content["published_at"]) if edition else None
    return {
        **reading_of(content, picture_of or _picture_of(brief, edition)),
        "brief": brief,
        "edition": edition,
        "published_at": published_at,
        "citation": citation_of(
            content,
            slug=brief.slug,
            year=published_at.year if published_at else None,
            edition=edition.number if edition else None,
        ),
        "other_languages": language_editions(brief, user),
        "solutions": cited_solutions(content),
        "paragraphs": content.get("paragraphs", []),
        "withdrawn": brief.state == BriefState.WITHDRAWN,
        "withdrawal_reason": withdrawal_reason(brief),
        "notices": notices,
        "newer_source": lags_behind(brief, edition),
        "may_correct": bool(edition and edition.pk)
        and brief.state != BriefState.WITHDRAWN
        and may(user, "briefs.correct_edition", brief),
        "earlier": list(range(1, brief.current_edition.number)) if brief.current_edition else [],
    }


def _picture_of(brief: Brief, edition: Edition | None) -> Callable[[str], str]:
    """Where a page finds the picture of a figure: an edition's never changes, that of a text being written is for its makers."""
    if edition is None:
        return lambda key: reverse("briefs_files:picture", args=[brief.slug, key])
    return lambda key: reverse("briefs_files:edition_picture", args=[brief.slug, edition.number, key])


def _for_readers(brief: Brief, edition: Edition, notices: Sequence[HeadNotice], *, number: int | None = None) -> dict[str, Any]:
    """Citations, metadata, press kit, reading time and downloads; with a number, of that edition's own address."""
    in_force = not number or edition.pk == brief.current_edition_id
    content = with_notices(edition.content, notices)
    source = Source(content, slug=brief.slug, edition=edition.number, in_force=in_force)
    place = [brief.slug, number] if number else [brief.slug]
    cite = "briefs_files:cite_edition" if number else "briefs_files:cite"
    return {
        "citation": source.in_words(),
        "cite_as": [
            {"label": CITE_LABELS[form], "mime": mime.partition(";")[0], "url": reverse(cite, args=[*place, form])}
            for form, (_ending, mime) in CITATION_FORMATS.items()
        ],
        "json_ld": json_ld(source),
        "meta_tags": meta_tags(source),
        "canonical": source.url,
        "minutes": reading_minutes(len(edition.text), brief.language),
        "downloads": downloads_of(brief),
        "share": {"title": source.title, "url": source.url},
        "feeds": feed_addresses({"series": brief.series.slug}),
    }


def _related(brief: Brief) -> list[Related]:
    names = dict(Theme.objects.values_list("code", "name"))
    return related_briefs(brief.slug, shelf(regions=False), theme_names=names)


def files_of(edition: Edition, addresses: dict[str, str], notices: Sequence[HeadNotice] = ()) -> list[dict[str, Any]]:
    """The downloads of an edition, with its notices once these are rendered; `size` is None while one is being made.

    The press kit is there once it holds the newest correction; of a withdrawn edition there is none.
    """
    newest = next((notice for notice in reversed(notices) if notice.is_rendered), None)
    kept = {field: getattr(newest or edition, field) for field, _name, _label in FILES}
    rows = [
        {"url": addresses[name], "label": label, "size": kept[field].size if kept[field] else None}
        for field, name, label in FILES
    ]
    kit = getattr(edition, "press_kit", None) if "kit" in addresses else None
    if kit and kit.notice_id != (notices[-1].pk if notices else None):
        kit = None
    return [*rows, {"url": addresses["kit"], "label": _("Press kit"), "size": kit.file.size}] if kit else rows


def superseded_files(edition: Edition, notices: Sequence[HeadNotice]) -> list[dict[str, Any]]:
    """The files as they were before each notice, by the hash of their bytes: what was once given out stays retrievable."""
    rendered: list[Any] = [edition, *(notice for notice in notices if notice.is_rendered)]
    groups = []
    for before, after in itertools.pairwise(rendered):
        files = [
            {
                "url": reverse(
                    "briefs_files:by_hash", args=[edition.brief.slug, edition.number, name, getattr(before, field).sha256]
                ),
                "label": label,
            }
            for field, name, label in FILES
            if getattr(before, field)
        ]
        if files:
            groups.append({"until": after.at, "files": files})
    return groups


def _waits_for(agency: BriefAgency, brief: Brief) -> bool:
    """Whether the agency can answer now: in clearance, or late, as long as the brief goes on without it."""
    if brief.state == BriefState.IN_CLEARANCE:
        return agency.clearance in {Clearance.PENDING, Clearance.NO_ANSWER}
    return brief.state == BriefState.CLEARED and agency.clearance == Clearance.NO_ANSWER


def workplace(brief: Brief, user: Any) -> dict[str, Any]:
    """What those who make a brief see beside its text: state, next step, clearances, history, and what they may do."""
    focal = organizations_of(user, FOCAL_ROLES)
    history = list(brief.state_changes.select_related("by", "on_behalf_of").order_by("-pk"))
    returned = history[0] if history and brief.state == BriefState.DRAFTING and history[0].old else None
    return {
        "at_work": True,
        "next_step": next_step(brief),
        "history": history,
        "returned": returned,
        "agencies": brief.agencies.all(),
        "may_clear": any(agency.organization_id in focal and _waits_for(agency, brief) for agency in brief.agencies.all()),
        "may_extend": brief.state == BriefState.IN_CLEARANCE and may(user, "briefs.extend_clearance", brief),
        "may_go_on": brief.state == BriefState.IN_CLEARANCE and may(user, "briefs.go_on_without", brief),
        "may_start": brief.state == BriefState.DRAFTING and may(user, "briefs.start_clearance", brief),
        "may_publish": brief.state == BriefState.CLEARED and may(user, "briefs.publish_brief", brief),
        "may_plan": may(user, "briefs.publish_brief", brief),
        "plan": plan_of(brief),
        "stopped": last_stopped(brief) if may(user, "briefs.publish_brief", brief) else None,
        "is_translation": brief.translation_of_id is not None and LanguageEdition.objects.filter(brief=brief).exists(),
        "now": timezone.now(),
        "may_import": may(user, "briefs.import_text", brief),
        "may_stop": brief.is_withdrawable and may(user, "briefs.withdraw_brief", brief),
        "place": {BriefState.DRAFTING: 1, BriefState.IN_CLEARANCE: 2, BriefState.CLEARED: 3}[BriefState(brief.state)],
    }
