"""The drafters' queue: every submitted comment gets an answer, and the answers are released."""

import re
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Count, F, Q, QuerySet, Value
from django.db.models.functions import Coalesce
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from common.access import Refused, require
from directory.models import Organization
from strategy.forms.answers import DispositionForm
from strategy.forms.queue import QueueFilterForm
from strategy.models import Comment, ConsultationRound, Disposition, Draft
from strategy.selectors.addresses import answers_url
from strategy.selectors.matrix import submitted_to
from strategy.selectors.queue import SHOWN, Around, Section, around, drafters_of, filtered, sections_of
from strategy.selectors.threads import Entry, entries_of
from strategy.services import dispose_comment, release_dispositions
from strategy.views.positions import find_round
from strategy.views.reading import find_strategy, posted, readers_clock

REFUSED = "strategy.refused_batch"  # in the session
PAGE = 20
_CURSOR = re.compile(r"(-1|[0-9]{1,9})\.([0-9]{1,18})")  # place in the text and number of the last comment shown
_TABS = {
    "waiting": gettext_lazy("To answer"),
    "carried": gettext_lazy("Carried forward"),
    "answered": gettext_lazy("Answered, not released"),
    "released": gettext_lazy("Released"),
}


def _address(consultation: ConsultationRound, show: str = "waiting") -> str:
    return f"{answers_url(consultation)}&show={show}"


def _form(comment: Comment, answer: Disposition | None, request: HttpRequest, data: Any = None) -> DispositionForm:
    initial: dict[str, Any] = {}
    if answer:
        initial = {name: getattr(answer, name) for name in ("decision", "reason", "resulting_text")}
        initial |= {"duplicate_of": answer.duplicate_of_id, "seen": answer.decided_at.isoformat()}
    return DispositionForm(data, comment=comment, user=request.user, initial=initial)


def _page_of(rows: QuerySet[Comment], cursor: str) -> tuple[list[int], str]:
    """Keys of one page in the order of the text, and the cursor of the next page ("" at the end)."""
    rows = rows.annotate(place=Coalesce("paragraph__position", Value(-1)))
    known = _CURSOR.fullmatch(cursor)
    if known:
        at, after = int(known[1]), int(known[2])
        rows = rows.filter(Q(place__gt=at) | Q(place=at, pk__gt=after))
    found = list(rows.order_by("place", "pk").values_list("pk", "place")[: PAGE + 1])
    keys = [pk for pk, _place in found[:PAGE]]
    return keys, f"{found[PAGE - 1][1]}.{found[PAGE - 1][0]}" if len(found) > PAGE else ""


@login_required
@require_safe
def answers(request: HttpRequest, slug: str) -> HttpResponse:
    """What still needs a decision, in the order of the text, by the filters of the address; also what has one."""
    consultation = find_round(request, find_strategy(request, slug))
    require(request.user, "strategy.answer_round", consultation)
    show = request.GET.get("show", "waiting")
    if show not in SHOWN:
        raise Http404
    user, strategy = request.user, consultation.draft.strategy
    everything, sections = submitted_to(user, consultation), sections_of(consultation.draft_id)
    form = _filter_form(request, everything, sections)
    form.is_valid()
    rows = filtered(everything, form.cleaned_data, user=user, sections=sections)
    counts = everything.aggregate(total=Count("pk"), decided=Count("pk", filter=Q(disposition__isnull=False)))
    shown = rows.aggregate(**{name: Count("pk", filter=wanted) for name, wanted in SHOWN.items()})
    keys, after = _page_of(rows.filter(SHOWN[show]), request.GET.get("after", ""))
    near = around(user, consultation, keys)
    entries = {entry.comment.pk: entry for entry in entries_of(user, Comment.objects.filter(pk__in=keys), [])}
    kept = request.GET.copy()
    for volatile in ("show", "after", "round"):
        kept.pop(volatile, None)
    return render(
        request,
        "strategy/answers.html",
        {
            "strategy": strategy,
            "draft": consultation.draft,
            "round": consultation,
            "rows": [_line(request, entries[key], near) for key in keys if key in entries],
            "show": show,
            "with_forms": show in {"waiting", "carried"},
            "refused": _refused(request, consultation),
            "form": form,
            "here": request.get_full_path(),
            "drafters": drafters_of(strategy),
            "later": Draft.objects.visible_to(user).filter(strategy=strategy, number__gt=consultation.draft.number),
            "counts": counts,
            "decided": counts["decided"],
            "after": after,
            "agencies": _to_release(everything),
            "tabs": [
                {
                    "url": f"{_address(consultation, name)}&{kept.urlencode()}".rstrip("&"),
                    "text": text,
                    "current": name == show,
                    "count": shown[name],
                }
                for name, text in _TABS.items()
            ],
            **readers_clock(request),
        },
    )


def _refused(request: HttpRequest, consultation: ConsultationRound) -> dict[str, Any]:
    """What was ticked and typed for an act on several comments that has just been refused; shown once."""
    kept = request.session.pop(REFUSED, {})
    return kept if kept.get("round") == consultation.pk else {}


def _filter_form(request: HttpRequest, everything: QuerySet[Comment], sections: list[Section]) -> QueueFilterForm:
    rows = everything.order_by().values_list("organization__code", "organization__acronym", "organization__name").distinct()
    agencies = sorted((code, acronym or name) for code, acronym, name in rows if code)
    kinds = everything.filter(category__isnull=False).order_by().values_list("category__code", "category__name").distinct()
    agencies += [(f"category:{code}", name) for code, name in kinds]
    return QueueFilterForm(request.GET, agencies=agencies, sections=[(one.key, one.name) for one in sections])


def _line(request: HttpRequest, entry: Entry, near: Around) -> dict[str, Any]:
    """A comment of the queue with the form of its answer and what is known around it."""
    key = entry.comment.pk
    group = near.groups.get(key, [])
    return {
        "entry": entry,
        "form": _form(entry.comment, entry.answer, request),
        "drafter": near.drafters.get(key, ""),
        "carried": near.carried.get(key),
        "group": group,
        "others": [one for one in group if one != key],
    }


def _to_release(everything: QuerySet[Comment]) -> QuerySet[Any, Any]:
    """Agencies with answers that wait to be released, and how many."""
    return (
        everything.filter(SHOWN["answered"], organization__isnull=False)
        .order_by("organization__acronym")
        .values(code=F("organization__code"), acronym=F("organization__acronym"), name=F("organization__name"))
        .annotate(number=Count("pk"))
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """One comment with the form of its answer."""
    strategy = find_strategy(request, slug)
    rows = Comment.objects.visible_to(request.user).select_related("round__draft__strategy", "organization", "category")
    comment = get_object_or_404(rows, pk=pk, round__draft__strategy=strategy)
    require(request.user, "strategy.dispose_comment", comment)
    present = Disposition.objects.visible_to(request.user).filter(comment=comment).first()
    form = _form(comment, present, request, posted(request))
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            dispose_comment(
                comment=comment,
                by=request.user,
                decision=data["decision"],
                reason=data["reason"],
                resulting_text=data["resulting_text"],
                duplicate_of=data.get("original"),
                seen=moment_of(data["seen"]),
            )
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(
                request, _("Comment no. %(number)d is answered. The agency sees it once you release it.") % {"number": pk}
            )
            return redirect(_address(comment.round))
    entry = entries_of(request.user, Comment.objects.filter(pk=pk), [])[0]
    context = {"strategy": strategy, "draft": comment.round.draft, "round": comment.round, "entry": entry, "form": form}
    return render(request, "strategy/answer.html", context, status=400 if form.is_bound else 200)


def moment_of(text: str) -> Any:
    try:
        return parse_datetime(text) if text else None
    except ValueError:
        return None


@login_required
@require_POST
def release(request: HttpRequest, slug: str) -> HttpResponse:
    """Release the answers of one agency's position, or of the whole round."""
    consultation = find_round(request, find_strategy(request, slug))
    require(request.user, "strategy.release_dispositions", consultation)
    code = request.POST.get("agency", "").replace("\x00", "")
    organization = get_object_or_404(Organization, code=code) if code else None
    try:
        number = release_dispositions(consultation=consultation, by=request.user, organization=organization)
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect(_address(consultation, "answered"))
    said = ngettext(
        "%(n)d answer is released; the author and the focal points are told.",
        "%(n)d answers are released; the authors and the focal points are told.",
        number,
    )
    messages.success(request, said % {"n": number})
    return redirect(_address(consultation, "released"))
