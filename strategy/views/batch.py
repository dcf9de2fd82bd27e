"""Several comments of the queue at once: answered, assigned, carried forward."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from common.access import Refused, require
from common.numbers import whole_number
from directory.models import User
from strategy.enums import Decision
from strategy.forms.queue import BatchForm
from strategy.models import Comment, ConsultationRound, Disposition, Draft
from strategy.models.comments import LONGEST_TEXT
from strategy.selectors.addresses import answers_url
from strategy.selectors.matrix import submitted_to
from strategy.services.assignments import assign_comments, unassign_comments
from strategy.services.batch_answers import Answer, completed, dispose_batch, problems_of
from strategy.services.carrying import carry_forward, take_back
from strategy.views.answers import REFUSED, moment_of
from strategy.views.positions import find_round
from strategy.views.reading import find_strategy

MOST = 500


def _chosen(request: HttpRequest) -> list[int]:
    found = {key for text in request.POST.getlist("comment") if (key := whole_number(text)) is not None}
    return sorted(found)[:MOST]


def _back(request: HttpRequest, consultation: ConsultationRound) -> str:
    """Where the person came from: the queue with its filters."""
    here = request.POST.get("next", "")
    return here if url_has_allowed_host_and_scheme(here, allowed_hosts=None) else answers_url(consultation)


@login_required
@require_POST
def batch(request: HttpRequest, slug: str) -> HttpResponse:
    """Carry out one act on the chosen comments; an answer is previewed first."""
    consultation = find_round(request, find_strategy(request, slug))
    require(request.user, "strategy.answer_round", consultation)
    act = request.POST.get("act", "answer")
    if act in {"answer", "preview", "apply", "duplicates"}:
        return _answer_together(request, consultation, act)
    if act not in _ACTS:
        raise Http404
    try:
        messages.success(request, _ACTS[act](request, consultation, _chosen(request)))
    except Refused as refusal:
        messages.error(request, str(refusal))
        # The page that the person returns to shows once more what was ticked and typed.
        typed = request.POST.get("carry_reason", "")[:LONGEST_TEXT]
        request.session[REFUSED] = {"round": consultation.pk, "comments": _chosen(request), "reason": typed}
    return redirect(_back(request, consultation))


def _assign(request: HttpRequest, consultation: ConsultationRound, keys: list[int]) -> str:
    drafter = User.objects.filter(pk=whole_number(request.POST.get("drafter", "")), is_active=True).first()
    if drafter is None:
        raise Refused(_("Choose the drafter who answers."))
    number = assign_comments(consultation=consultation, comments=keys, drafter=drafter, by=request.user)
    words = ngettext("%(n)d comment is assigned to %(person)s.", "%(n)d comments are assigned to %(person)s.", number)
    return words % {"n": number, "person": drafter}


def _unassign(request: HttpRequest, consultation: ConsultationRound, keys: list[int]) -> str:
    number = unassign_comments(consultation=consultation, comments=keys, by=request.user)
    return ngettext("%(n)d comment is nobody’s again.", "%(n)d comments are nobody’s again.", number) % {"n": number}


def _carry(request: HttpRequest, consultation: ConsultationRound, keys: list[int]) -> str:
    number = whole_number(request.POST.get("draft", ""), digits=4)
    drafts = Draft.objects.visible_to(request.user).filter(strategy=consultation.draft.strategy_id)
    draft = drafts.filter(number=number).first() if number is not None else None
    if draft is None:
        raise Refused(_("Comments are carried into a later draft of the same strategy. Choose one."))
    reason = request.POST.get("carry_reason", "").replace("\x00", "")
    done = carry_forward(consultation=consultation, comments=keys, draft=draft, reason=reason, by=request.user)
    words = ngettext("%(n)d comment is carried into the %(draft)s.", "%(n)d comments are carried into the %(draft)s.", done)
    return words % {"n": done, "draft": draft.label}


def _take_back(request: HttpRequest, consultation: ConsultationRound, keys: list[int]) -> str:
    number = take_back(consultation=consultation, comments=keys, by=request.user)
    return ngettext("%(n)d comment waits for an answer again.", "%(n)d comments wait for an answer again.", number) % {
        "n": number
    }


_ACTS = {"assign": _assign, "unassign": _unassign, "carry": _carry, "take_back": _take_back}


def _answer_together(request: HttpRequest, consultation: ConsultationRound, act: str) -> HttpResponse:
    keys = _chosen(request)
    if act == "duplicates":
        return _one_press(request, consultation, keys)
    sent = act in {"preview", "apply"}
    form = BatchForm(request.POST if sent else None)
    comments = list(
        submitted_to(request.user, consultation).filter(pk__in=keys).select_related("organization", "category", "paragraph")
    )
    if not comments:
        messages.error(request, _("Choose the comments to answer first."))
        return redirect(_back(request, consultation))
    present = {row.comment_id: row for row in Disposition.objects.visible_to(request.user).filter(comment__in=comments)}
    rows: list[dict[str, Any]] = [{"comment": one, "seen": _seen(request, one, present, sent)} for one in comments]
    ready = False
    if sent and form.is_valid():
        answers = [_answer(row, form.cleaned_data) for row in rows if row["comment"].pk != form.cleaned_data["duplicate_of"]]
        if act == "apply":
            try:
                dispose_batch(answers=answers, by=request.user, consultation=consultation)
            except Refused as refusal:
                form.add_error(None, str(refusal))
            else:
                _say(request, len(answers))
                return redirect(_back(request, consultation))
        problems = problems_of(answers, by=request.user, consultation=consultation)
        becomes = {one.comment: one for one in answers}
        for row in rows:
            one = becomes.get(row["comment"].pk)
            row["becomes"] = completed(one, row["comment"]) if one else None
            row["problem"] = problems.get(row["comment"].pk, "")
        ready = bool(answers) and not problems and not form.errors
    context = {
        "strategy": consultation.draft.strategy, "draft": consultation.draft, "round": consultation, "form": form, "rows": rows,
        "previewed": sent and not form.errors, "ready": ready, "next": _back(request, consultation),
        "decision": dict(Decision.choices).get(form.data.get("decision", ""), ""),
    }  # fmt: skip
    return render(request, "strategy/batch.html", context, status=400 if form.errors else 200)


def _seen(request: HttpRequest, comment: Comment, present: dict[int, Disposition], sent: bool) -> str:
    """The answer and the words that the drafter had before them: as the form carries it, else as they stand now."""
    answer = present.get(comment.pk)
    now = f"{answer.decided_at.isoformat() if answer else ''}|{comment.version}"
    return request.POST.get(f"seen_{comment.pk}", now) if sent else now


def _answer(row: dict[str, Any], data: dict[str, Any]) -> Answer:
    decided, _bar, words = row["seen"].partition("|")
    return Answer(
        row["comment"].pk,
        data["decision"],
        data["reason"],
        data["resulting_text"],
        data["duplicate_of"],
        moment_of(decided),
        words,
    )


def _one_press(request: HttpRequest, consultation: ConsultationRound, keys: list[int]) -> HttpResponse:
    """The comments of a group become duplicates of the one that leads it."""
    lead = get_object_or_404(submitted_to(request.user, consultation), pk=whole_number(request.POST.get("lead", ""))).pk
    answers = [Answer(key, Decision.DUPLICATE_OF, duplicate_of=lead) for key in keys if key != lead]
    try:
        dispose_batch(answers=answers, by=request.user, consultation=consultation)
        _say(request, len(answers))
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect(_back(request, consultation))


def _say(request: HttpRequest, number: int) -> None:
    words = ngettext(
        "%(n)d comment is answered. The agency sees it once you release it.",
        "%(n)d comments are answered. The agencies see it once you release them.",
        number,
    )
    messages.success(request, words % {"n": number})
