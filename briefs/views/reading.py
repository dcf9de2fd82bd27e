"""What readers see: the list, a brief, an edition. Those who write a brief see its workplace at the same address."""

import itertools
from collections.abc import Sequence
from datetime import datetime
from itertools import groupby
from typing import Any

from django.db.models import prefetch_related_objects
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_safe

from briefs.enums import BriefState, Clearance
from briefs.filters import BriefFilter
from briefs.models import Brief, Edition, HeadNotice, LanguageEdition
from briefs.selectors import (
    brief_content,
    briefs_page,
    citation_of,
    cited_solutions,
    language_editions,
    last_render_failed,
    next_step,
    public_briefs,
    with_footnotes,
    withdrawal_reason,
)
from briefs.selectors.publishing import lags_behind, last_stopped, plan_of, with_notices
from briefs.views.files import FIELDS
from common.access import may
from directory.enums import FOCAL_ROLES
from directory.public_pages import public_page
from directory.rules import is_secretariat, organizations_of

PAGE = 60
FILES = (
    ("screen_pdf", "pdf", gettext_lazy("PDF")),
    ("print_pdf", "print", gettext_lazy("PDF for print shops, with bleed and crop marks")),
    ("archive_pdf", "archive", gettext_lazy("PDF/A for archives")),
)


@require_safe
@public_page("briefs", "directory")
def brief_list(request: HttpRequest) -> HttpResponse:
    """Briefs by series, narrowed by the filters in the address."""
    form = BriefFilter(request.GET)
    found = public_briefs(**form.chosen())
    count = found.count()
    briefs, after = briefs_page(found, after=request.GET.get("after", ""), size=PAGE)
    return render(
        request,
        "briefs/list.html",
        {
            "form": form,
            "groups": [(series, list(rows)) for series, rows in groupby(briefs, key=lambda brief: brief.series)],
            "count": count,
            "count_text": ngettext("%(n)d brief", "%(n)d briefs", count) % {"n": count},
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
    brief = get_object_or_404(_with_source(Brief.objects.visible_to(request.user), ""), slug=slug)
    if brief.is_open and may(request.user, "briefs.work_on_brief", brief):
        prefetch_related_objects([brief], "agencies__organization", "agencies__cleared_by")
        content = brief_content(brief)
        context = {**reading_context(brief, content, None, request.user), **workplace(brief, request.user)}
        for row, section in zip(context["sections"], brief.sections.all(), strict=True):
            row["edit_url"] = section.get_absolute_url() if may(request.user, "briefs.save_section", section) else ""
    else:
        edition = brief.edition
        context = reading_context(brief, edition.content, edition, request.user)
        addresses = {name: reverse(f"briefs_files:{name}", args=[slug]) for _field, name, _label in FILES}
        context["files"] = files_of(edition, addresses, context["notices"])
        context["superseded"] = superseded_files(edition, context["notices"])
        context["may_translate"] = brief.translation_of_id is None and may(request.user, "briefs.add_brief", brief)
        context["may_withdraw"] = brief.state == BriefState.PUBLISHED and may(request.user, "briefs.withdraw_brief", brief)
        context["may_render"] = (
            not edition.is_rendered and may(request.user, "briefs.render_edition", brief) and last_render_failed(edition)
        )
    return render(request, "briefs/detail.html", context)


@require_safe
@public_page("briefs", "solutions", "directory")
def edition(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """One edition as it was published."""
    editions = _with_source(Edition.objects.visible_to(request.user), "brief__").select_related(*FIELDS.values())
    found = get_object_or_404(editions, brief__slug=slug, number=number)
    context = reading_context(found.brief, found.content, found, request.user)
    addresses = {name: reverse("briefs_files:edition_file", args=[slug, number, name]) for _field, name, _label in FILES}
    context["files"] = files_of(found, addresses, context["notices"])
    context["superseded"] = superseded_files(found, context["notices"])
    context["is_old"] = found.pk != found.brief.current_edition_id
    return render(request, "briefs/edition.html", context)


def _linked_note(number: int, text: str) -> str:
    return format_html(
        '<sup><a id="note-mark-{0}" href="#note-{0}" aria-label="{1}">{0}</a></sup>',
        number,
        _("Note %(number)d") % {"number": number},
    )


def _day(at: str, language: str) -> str:
    with translation.override(language):
        return date_format(datetime.fromisoformat(at), "DATE_FORMAT")


def reading_context(brief: Brief, content: dict[str, Any], edition: Edition | None, user: Any) -> dict[str, Any]:
    """What the reading column needs, from a content that is frozen or as it stands, and what stands at an edition's head."""
    notices = list(edition.notices.select_related(*FIELDS.values())) if edition and edition.pk else []
    content = with_notices(content, notices)
    published_at = datetime.fromisoformat(content["published_at"]) if edition else None
    with translation.override(content["language"]):
        eyebrow = _("%(series)s, No. %(number)d") % {"series": content["series"]["title"], "number": content["number"]}
        direction = "rtl" if translation.get_language_bidi() else "ltr"
        labels = {
            "corrections": _("Corrections"),
            "messages": _("Key messages"),
            "notes": _("Notes"),
            "reservations": _("Reservations"),
        }
    return {
        "brief": brief,
        "content": content,
        "edition": edition,
        "published_at": published_at,
        "eyebrow": eyebrow,
        "direction": direction,
        "labels": labels,
        "sections": [
            {**section, "html": with_footnotes(section["body"], content["footnotes"], _linked_note)}
            for section in content["sections"]
        ],
        "reservations": [agency for agency in content["agencies"] if agency["reservation"]],
        "corrigenda": [{**row, "date": _day(row["at"], content["language"])} for row in content.get("corrigenda", [])],
        "notices": notices,
        "newer_source": lags_behind(brief, edition),
        "citation": citation_of(
            content,
            slug=brief.slug,
            year=published_at.year if published_at else None,
            edition=edition.number if edition else None,
        ),
        "other_languages": language_editions(brief, user),
        "solutions": cited_solutions(content),
        "withdrawn": brief.state == BriefState.WITHDRAWN,
        "withdrawal_reason": withdrawal_reason(brief),
        "may_correct": bool(edition and edition.pk)
        and brief.state != BriefState.WITHDRAWN
        and may(user, "briefs.correct_edition", brief),
        "earlier": list(range(1, brief.current_edition.number)) if brief.current_edition else [],
    }


def files_of(edition: Edition, addresses: dict[str, str], notices: Sequence[HeadNotice] = ()) -> list[dict[str, Any]]:
    """The downloads of an edition, with its notices once these are rendered; `size` is None while one is being made."""
    newest = next((notice for notice in reversed(notices) if notice.is_rendered), None)
    kept = {field: getattr(newest or edition, field) for field, _name, _label in FILES}
    return [
        {"url": addresses[name], "label": label, "size": kept[field].size if kept[field] else None}
        for field, name, label in FILES
    ]


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
        "may_clear": brief.state == BriefState.IN_CLEARANCE
        and any(agency.organization_id in focal and agency.clearance == Clearance.PENDING for agency in brief.agencies.all()),
        "may_start": brief.state == BriefState.DRAFTING and may(user, "briefs.start_clearance", brief),
        "may_publish": brief.state == BriefState.CLEARED and may(user, "briefs.publish_brief", brief),
        "may_plan": may(user, "briefs.publish_brief", brief),
        "plan": plan_of(brief),
        "stopped": last_stopped(brief) if may(user, "briefs.publish_brief", brief) else None,
        "is_translation": brief.translation_of_id is not None and LanguageEdition.objects.filter(brief=brief).exists(),
        "now": timezone.now(),
        "place": {BriefState.DRAFTING: 1, BriefState.IN_CLEARANCE: 2, BriefState.CLEARED: 3}[BriefState(brief.state)],
    }
