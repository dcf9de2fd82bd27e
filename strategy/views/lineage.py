"""The drafter's page "Where every paragraph went", and the comparison of any two drafts."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from common.access import Refused, require
from common.numbers import whole_number
from directory.public_pages import public_page
from strategy.models import Draft
from strategy.selectors.lineage import compare_drafts, counts_of, proposals_version
from strategy.selectors.lineage_history import lineage_history
from strategy.selectors.placing import places_of
from strategy.selectors.publishing import earlier_draft
from strategy.services import lineage as verbs
from strategy.views.reading import find_draft, find_strategy

ACTS_ON_A_PAGE = 100


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def lineage(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Old and new side by side: what waits for a place first, proposals to confirm or reject, everything in order, history."""
    draft = find_draft(request, slug, number)
    require(request.user, "strategy.place_paragraphs", draft)
    show = request.GET.get("show", "")
    show = show if show in {"all", "confirm", "history"} else "waiting"
    if request.method == "POST":
        return _act(request, draft, show)
    earlier = earlier_draft(request.user, draft)
    if show == "history":
        return _history(request, draft, earlier)
    places = places_of(request.user, draft, earlier) if earlier else None
    return render(
        request,
        "strategy/lineage.html",
        {
            "strategy": draft.strategy,
            "draft": draft,
            "earlier": earlier,
            "places": places,
            "show": show,
            "is_open": not draft.is_published,
            "targets": draft.paragraphs.order_by("position"),
            "seen": proposals_version(draft),
        },
    )


def _history(request: HttpRequest, draft: Draft, earlier: Draft | None) -> HttpResponse:
    """Who confirmed, rejected, placed, took back, left out or pinned what, the newest first."""
    page = Paginator(lineage_history(request.user, draft), ACTS_ON_A_PAGE).get_page(request.GET.get("page"))
    context = {"strategy": draft.strategy, "draft": draft, "earlier": earlier, "page": page, "show": "history"}
    return render(request, "strategy/lineage_history.html", context)


def _numbers(request: HttpRequest, name: str) -> list[int]:
    return [key for value in request.POST.getlist(name) if (key := whole_number(value)) is not None]


def _act(request: HttpRequest, draft: Draft, show: str) -> HttpResponse:
    user, key = request.user, next(iter(_numbers(request, "key")), 0)
    acts: dict[str, Callable[[], Any]] = {
        "align": lambda: verbs.begin_alignment(draft=draft, by=user),
        "confirm": lambda: verbs.confirm_link(draft=draft, key=key, by=user),
        "reject": lambda: verbs.reject_link(draft=draft, key=key, by=user),
        "unlink": lambda: verbs.unlink(draft=draft, key=key, by=user),
        "omit": lambda: verbs.omit_paragraph(draft=draft, paragraph=key, by=user),
        "restore": lambda: verbs.restore_paragraph(draft=draft, paragraph=key, by=user),
        "confirm_all": lambda: verbs.confirm_all(draft=draft, by=user, seen=request.POST.get("seen", "")),
        "link": lambda: verbs.link_paragraphs(
            draft=draft, by=user, origins=_numbers(request, "key"), targets=_numbers(request, "target")
        ),
    }
    act = acts.get(request.POST.get("act", ""))
    if act is None:
        raise Http404
    address = reverse("strategy:lineage", args=[draft.strategy.slug, draft.number])
    try:
        result = act()
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        if request.POST["act"] == "align" and result is not None:
            return redirect("directory:job", job_id=result.pk)
        if request.POST["act"] == "confirm_all":
            messages.success(request, ngettext("%(n)d link is confirmed.", "%(n)d links are confirmed.", result) % {"n": result})
            show = "waiting"
        else:
            messages.success(request, _("Done."))
    return redirect(address if show == "waiting" else f"{address}?show={show}")


@require_safe
@public_page("strategy", "directory")
def compare_any(request: HttpRequest, slug: str) -> HttpResponse:
    """From the choice of two drafts to their comparison; without a choice the two newest."""
    strategy = find_strategy(request, slug)
    numbers = list(
        Draft.objects.visible_to(request.user).filter(strategy=strategy).order_by("number").values_list("number", flat=True)
    )
    if not numbers:
        raise Http404
    asked = [value for value in (request.GET.get("old", ""), request.GET.get("new", "")) if value in map(str, numbers)]
    older, newer = sorted(int(value) for value in asked) if len(asked) == 2 else (numbers[-2:] * 2)[:2]
    options = {name: request.GET[name] for name in ("show", "view") if request.GET.get(name) in {"changes", "inline"}}
    query = f"?{urlencode(options)}" if options else ""
    return redirect(reverse("strategy:compare", args=[slug, older, newer]) + query)


@require_safe
@public_page("strategy", "directory")
def compare(request: HttpRequest, slug: str, number: int, other: int) -> HttpResponse:
    """Two drafts, paragraphs aligned first, then words; inline or side by side, changes only or everything."""
    older, newer = find_draft(request, slug, min(number, other)), find_draft(request, slug, max(number, other))
    rows = compare_drafts(request.user, older, newer)
    changed = [row for row in rows if row.is_changed]
    only_changes, inline = request.GET.get("show") == "changes", request.GET.get("view") == "inline"

    def address(*, changes: bool, in_line: bool) -> str:
        chosen = [("show", "changes")] * changes + [("view", "inline")] * in_line
        return f"{request.path}?{urlencode(chosen)}" if chosen else request.path

    return render(
        request,
        "strategy/compare.html",
        {
            "strategy": older.strategy,
            "older": older,
            "newer": newer,
            "drafts": Draft.objects.visible_to(request.user).filter(strategy=older.strategy).order_by("number"),
            "rows": changed if only_changes else rows,
            "changes": changed,
            "first": changed[0] if changed else None,
            "changed": len(changed),
            "unchanged": len(rows) - len(changed),
            "counts": counts_of(rows),
            "only_changes": only_changes,
            "inline": inline,
            "tabs_show": [
                (address(changes=False, in_line=inline), _("Whole text"), not only_changes, len(rows)),
                (address(changes=True, in_line=inline), _("Changes only"), only_changes, len(changed)),
            ],
            "tabs_view": [
                (address(changes=only_changes, in_line=False), _("Side by side"), not inline, None),
                (address(changes=only_changes, in_line=True), _("In one text"), inline, None),
            ],
        },
    )


@require_safe
@public_page("strategy", "directory")
def verify(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Reckon the hash of the text again and say whether it is still the one that was published."""
    draft = find_draft(request, slug, number)
    if not draft.is_published:
        raise Http404
    present = Draft.objects.visible_to(request.user).get(pk=draft.pk).text_hash()
    context = {"strategy": draft.strategy, "draft": draft, "present": present, "is_same": present == draft.sha256}
    return render(request, "strategy/verify.html", context)
