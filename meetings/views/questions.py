"""The secretariat writes a meeting's own questions."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from common.access import Refused
from meetings.forms.questions import QuestionForm
from meetings.models import Question
from meetings.selectors.edits import changes_to_decide
from meetings.services.questions import remove_question, save_question, shift_question
from meetings.views.registration_settings import managed


@login_required
@require_safe
def questions(request: HttpRequest, slug: str) -> HttpResponse:
    """The questions in their order, whom they are asked of and after which answer."""
    meeting = managed(request, slug)
    rows = meeting.questions.select_related("shown_if").prefetch_related("categories").order_by("position", "pk")
    context = {
        "meeting": meeting,
        "questions": [row for row in rows if row.removed_at is None],
        "changes": changes_to_decide(meeting, request.user),
        "removed": [row for row in rows if row.removed_at],
    }
    return render(request, "meetings/questions.html", context)


def _edit(request: HttpRequest, question: Question) -> HttpResponse:
    form = QuestionForm(request.POST if request.method == "POST" else None, instance=question)
    if form.is_valid():
        try:
            save_question(question=form.instance, categories=form.cleaned_data["categories"], by=request.user)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The question is saved."))
            return redirect("meetings:questions", slug=question.meeting.slug)
    context = {"meeting": question.meeting, "form": form, "question": question}
    return render(request, "meetings/question.html", context, status=400 if form.errors else 200)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def add_question(request: HttpRequest, slug: str) -> HttpResponse:
    """Write a new question; it is asked last."""
    return _edit(request, Question(meeting=managed(request, slug), position=32767))


def _question(request: HttpRequest, slug: str, pk: int) -> Question:
    if pk > 2**63 - 1:
        raise Http404
    rows = Question.objects.in_use().select_related("meeting", "shown_if")
    return get_object_or_404(rows, meeting=managed(request, slug), pk=pk)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def question(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Change a question."""
    return _edit(request, _question(request, slug, pk))


@login_required
@require_POST
def remove(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Ask a question no longer."""
    try:
        remove_question(question=_question(request, slug, pk), by=request.user)
        messages.success(request, _("The question is not asked any more. Answers that were given stay readable."))
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect("meetings:questions", slug=slug)


@login_required
@require_POST
def shift(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Ask a question earlier or later."""
    try:
        shift_question(question=_question(request, slug, pk), by=request.user, up=request.POST.get("up") == "1")
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect("meetings:questions", slug=slug)
