"""The secretariat sets a meeting's registration: categories, seats, required documents, sharing seats out."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from common.access import Refused, require
from common.bidi import isolated
from common.numbers import whole_number
from meetings.forms.questions import RequiredDocumentForm
from meetings.forms.registration import OverrideForm
from meetings.forms.registration_settings import AddCategoryForm, CategoryForm, MoveSeatsForm, SeatsForm
from meetings.models import CategoryQuota, Meeting, Question, RequiredDocument
from meetings.selectors.edits import changes_to_decide
from meetings.selectors.promotion import plan_promotion, spare_seats
from meetings.selectors.registration import seats_by_category
from meetings.services.promotion import carry_out_plan
from meetings.services.quotas import (
    add_category,
    change_category,
    move_seats,
    remove_required_document,
    save_required_document,
    set_seats,
    withdraw_category,
)

MOVES_SHOWN = 30


def managed(request: HttpRequest, slug: str) -> Meeting:
    """A meeting whose registration the reader manages; unseen ones do not exist for them."""
    meeting = get_object_or_404(Meeting.objects.visible_to(request.user).select_related("country"), slug=slug)
    require(request.user, "meetings.manage_registration", meeting)
    return meeting


def _quota(request: HttpRequest, slug: str, category: str) -> CategoryQuota:
    meeting = managed(request, slug)
    rows = CategoryQuota.objects.filter(meeting=meeting, withdrawn_at=None).select_related("category", "meeting", "approver")
    return get_object_or_404(rows, category__code=category)


@login_required
@require_safe
def settings(request: HttpRequest, slug: str) -> HttpResponse:
    """Every category with its seats and settings, and how the seats came to be as they are."""
    meeting = managed(request, slug)
    now = timezone.now()
    _spare, waiting = spare_seats(meeting, now)
    moves = meeting.seat_moves.select_related("source__category", "target__category", "by")
    context = {
        "meeting": meeting,
        "seats": seats_by_category(meeting, now),
        "questions": Question.objects.in_use().filter(meeting=meeting).count(),
        "changes": changes_to_decide(meeting, request.user),
        "moves": moves[:MOVES_SHOWN],
        "waiting": waiting,
        "add": AddCategoryForm(meeting=meeting),
    }
    return render(request, "meetings/registration_settings.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: HttpRequest, slug: str) -> HttpResponse:
    """Let another category take part."""
    meeting = managed(request, slug)
    form = AddCategoryForm(request.POST if request.method == "POST" else None, meeting=meeting)
    if form.is_valid():
        try:
            quota = add_category(meeting=meeting, by=request.user, **form.cleaned_data)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("“%(category)s” takes part now.") % {"category": isolated(quota.category)})
            return redirect("meetings:category_settings", slug=slug, category=quota.category.code)
    return render(request, "meetings/category_add.html", {"meeting": meeting, "form": form}, status=400 if form.errors else 200)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def category(request: HttpRequest, slug: str, category: str) -> HttpResponse:
    """Two forms of one category, each saved by its own button: how it is opened and approved, and its seats."""
    quota = _quota(request, slug, category)
    meeting = quota.meeting
    act = request.POST.get("act") if request.method == "POST" else None
    form = CategoryForm(request.POST if act == "settings" else None, meeting=meeting, quota=quota)
    seats = SeatsForm(request.POST if act == "seats" else None, initial={"seats": quota.seats})
    try:
        if act == "settings" and form.is_valid():
            change_category(quota=quota, by=request.user, **form.cleaned_data)
            messages.success(request, _("The settings of “%(category)s” are saved.") % {"category": isolated(quota.category)})
            return redirect("meetings:registration_settings", slug=slug)
        if act == "seats" and seats.is_valid():
            set_seats(quota=quota, by=request.user, **seats.cleaned_data)
            messages.success(
                request,
                _("“%(category)s” has %(n)d seats.") % {"category": isolated(quota.category), "n": seats.cleaned_data["seats"]},
            )
            return redirect("meetings:registration_settings", slug=slug)
    except Refused as refusal:
        (seats if act == "seats" else form).add_error(None, str(refusal))
    row = next(row for row in seats_by_category(meeting, timezone.now()) if row.quota.pk == quota.pk)
    context = {
        "meeting": meeting,
        "quota": quota,
        "form": form,
        "seats": seats,
        "row": row,
        "documents": quota.documents.filter(removed_at=None),
    }
    return render(request, "meetings/category_settings.html", context, status=400 if form.errors or seats.errors else 200)


@login_required
@require_POST
def withdraw(request: HttpRequest, slug: str, category: str) -> HttpResponse:
    """Take a category out of the meeting."""
    quota = _quota(request, slug, category)
    try:
        withdraw_category(quota=quota, by=request.user)
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("meetings:category_settings", slug=slug, category=category)
    messages.success(request, _("“%(category)s” takes part no longer.") % {"category": isolated(quota.category)})
    return redirect("meetings:registration_settings", slug=slug)


# --- Required documents ----------------------------------------------------------------------------------------------


def _edit_document(request: HttpRequest, document: RequiredDocument) -> HttpResponse:
    quota = document.quota
    form = RequiredDocumentForm(request.POST if request.method == "POST" else None, instance=document)
    if form.is_valid():
        try:
            save_required_document(document=form.instance, by=request.user)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("“%(document)s” is asked of this category.") % {"document": isolated(document.title)})
            return redirect("meetings:category_settings", slug=quota.meeting.slug, category=quota.category.code)
    context = {"meeting": quota.meeting, "quota": quota, "form": form, "document": document}
    return render(request, "meetings/required_document.html", context, status=400 if form.errors else 200)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def add_document(request: HttpRequest, slug: str, category: str) -> HttpResponse:
    """Ask another document of a category."""
    return _edit_document(request, RequiredDocument(quota=_quota(request, slug, category)))


def _document(request: HttpRequest, slug: str, category: str, pk: int) -> RequiredDocument:
    if pk > 2**63 - 1:
        raise Http404
    quota = _quota(request, slug, category)
    return get_object_or_404(
        RequiredDocument.objects.select_related("quota__meeting", "quota__category"), quota=quota, pk=pk, removed_at=None
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def document(request: HttpRequest, slug: str, category: str, pk: int) -> HttpResponse:
    """Change how a document is asked for."""
    return _edit_document(request, _document(request, slug, category, pk))


@login_required
@require_POST
def remove_document(request: HttpRequest, slug: str, category: str, pk: int) -> HttpResponse:
    """Ask no longer for a document."""
    found = _document(request, slug, category, pk)
    remove_required_document(document=found, by=request.user)
    messages.success(
        request, _("“%(document)s” is not asked for any more. What was handed in stays.") % {"document": isolated(found.title)}
    )
    return redirect("meetings:category_settings", slug=slug, category=category)


# --- Seats between categories ----------------------------------------------------------------------------------------


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def move(request: HttpRequest, slug: str) -> HttpResponse:
    """Move seats from one category to another, with a reason."""
    meeting = managed(request, slug)
    form = MoveSeatsForm(request.POST if request.method == "POST" else None, meeting=meeting)
    if form.is_valid():
        try:
            done = move_seats(by=request.user, **form.cleaned_data)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            source, target = form.cleaned_data["source"].category, form.cleaned_data["target"].category
            words = ngettext(
                "%(n)d seat moved from “%(source)s” to “%(target)s”.",
                "%(n)d seats moved from “%(source)s” to “%(target)s”.",
                done.count,
            )
            messages.success(request, words % {"n": done.count, "source": source, "target": target})
            return redirect("meetings:registration_settings", slug=slug)
    context = {"meeting": meeting, "form": form, "seats": seats_by_category(meeting, timezone.now())}
    return render(request, "meetings/move_seats.html", context, status=400 if form.errors else 200)


def _number(text: str) -> int:
    return min(whole_number(text, digits=6) or 0, 100_000)


def _given(data: Any, meeting: Meeting, spare: Any) -> dict[int, int]:
    """Which category gives how many seats; 0 stands for new seats."""
    given = {row.quota.pk: min(_number(data.get(f"from_{row.quota.pk}", "")), row.free) for row in spare}
    given[0] = _number(data.get("fresh", ""))
    return {key: count for key, count in given.items() if count}


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def promote(request: HttpRequest, slug: str) -> HttpResponse:
    """Share free seats out among the categories that wait: first the plan, with who would get a seat and why, then the act."""
    meeting = managed(request, slug)
    now = timezone.now()
    spare, waiting = spare_seats(meeting, now)
    data = request.POST if request.method == "POST" else request.GET
    given = _given(data, meeting, spare)
    form = OverrideForm(request.POST if request.method == "POST" else None, readers=_("Kept with each move of seats."))
    if form.is_valid():
        try:
            plan = carry_out_plan(
                meeting=meeting,
                given=given,
                by=request.user,
                seen=request.POST.get("seen", ""),
                reason=form.cleaned_data["reason"],
            )
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            n = len(plan.steps)
            messages.success(
                request, ngettext("%(n)d person got a seat or an offer.", "%(n)d people got a seat or an offer.", n) % {"n": n}
            )
            return redirect("meetings:registration_settings", slug=slug)
    context = {
        "meeting": meeting,
        "spare": [(row, given.get(row.quota.pk, 0)) for row in spare],
        "fresh": given.get(0, 0),
        "waiting": waiting,
        "plan": plan_promotion(meeting, given, now),
        "form": form,
    }
    return render(request, "meetings/promote.html", context, status=400 if form.errors else 200)
