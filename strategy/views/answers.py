"""The drafters' queue: every submitted comment gets an answer, and the answers are released."""

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
from strategy.enums import CommentState
from strategy.forms.answers import DispositionForm
from strategy.models import Comment, ConsultationRound, Disposition
from strategy.selectors.addresses import answers_url
from strategy.selectors.threads import entries_of
from strategy.services import dispose_comment, release_dispositions
from strategy.views.positions import find_round
from strategy.views.reading import find_strategy, posted, readers_clock

PAGE = 20
_SHOWN = {
    "waiting": Q(disposition=None),
    "answered": Q(disposition__isnull=False, disposition__released_at=None),
    "released": Q(disposition__released_at__isnull=False),
}
_TABS = {
    "waiting": gettext_lazy("To answer"),
    "answered": gettext_lazy("Answered, not released"),
    "released": gettext_lazy("Released"),
}


def _address(consultation: ConsultationRound, show: str = "waiting") -> str:
    return f"{answers_url(consultation)}&show={show}"


def _submitted(request: HttpRequest, consultation: ConsultationRound) -> QuerySet[Comment]:
    return Comment.objects.visible_to(request.user).filter(round=consultation, state=CommentState.SUBMITTED)


def _form(comment: Comment, answer: Disposition | None, request: HttpRequest, data: Any = None) -> DispositionForm:
    initial: dict[str, Any] = {}
    if answer:
        initial = {name: getattr(answer, name) for name in ("decision", "reason", "resulting_text")}
        initial |= {"duplicate_of": answer.duplicate_of_id, "seen": answer.decided_at.isoformat()}
    return DispositionForm(data, comment=comment, user=request.user, initial=initial)


def _page_of(rows: QuerySet[Comment], cursor: str) -> tuple[list[int], str]:
    """Keys of one page in the order of the text, and the cursor of the next page ("" at the end)."""
    rows = rows.annotate(place=Coalesce("paragraph__position", Value(-1)))
    place, _dot, key = cursor.partition(".")
    if place.lstrip("-").isdecimal() and key.isdecimal():
        at, after = int(place[:12]), int(key[:18])
        rows = rows.filter(Q(place__gt=at) | Q(place=at, pk__gt=after))
    found = list(rows.order_by("place", "pk").values_list("pk", "place")[: PAGE + 1])
    keys = [pk for pk, _place in found[:PAGE]]
    return keys, f"{found[PAGE - 1][1]}.{found[PAGE - 1][0]}" if len(found) > PAGE else ""


@login_required
@require_safe
def answers(request: HttpRequest, slug: str) -> HttpResponse:
    """Submitted comments without an answer, in the order of the text; also what is answered and what is released."""
    consultation = find_round(request, find_strategy(request, slug))
    require(request.user, "strategy.answer_round", consultation)
    show = request.GET.get("show", "waiting")
    if show not in _SHOWN:
        raise Http404
    everything = _submitted(request, consultation)
    counts = everything.aggregate(total=Count("pk"), **{name: Count("pk", filter=shown) for name, shown in _SHOWN.items()})
    keys, after = _page_of(everything.filter(_SHOWN[show]), request.GET.get("after", ""))
    entries = {entry.comment.pk: entry for entry in entries_of(request.user, Comment.objects.filter(pk__in=keys), [])}
    rows = [(entries[key], _form(entries[key].comment, entries[key].answer, request)) for key in keys if key in entries]
    agencies = (
        everything.filter(_SHOWN["answered"])
        .order_by("organization__acronym")
        .values(code=F("organization__code"), acronym=F("organization__acronym"), name=F("organization__name"))
        .annotate(number=Count("pk"))
    )
    return render(
        request,
        "strategy/answers.html",
        {
            "strategy": consultation.draft.strategy,
            "draft": consultation.draft,
            "round": consultation,
            "rows": rows,
            "show": show,
            "with_forms": show == "waiting",
            "counts": counts,
            "decided": counts["total"] - counts["waiting"],
            "after": after,
            "agencies": agencies,
            "tabs": [
                {"url": _address(consultation, name), "text": text, "current": name == show, "count": counts[name]}
                for name, text in _TABS.items()
            ],
            **readers_clock(request),
        },
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """One comment with the form of its answer."""
    strategy = find_strategy(request, slug)
    rows = Comment.objects.visible_to(request.user).select_related("round__draft__strategy", "organization")
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
                seen=_moment(data["seen"]),
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


def _moment(text: str) -> Any:
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
