"""A meeting of a working group: its page, calling it, its agenda, who came."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from common.access import may
from common.forms import ReasonForm
from common.uploads import was_left_out
from directory.models import Organization
from directory.public_pages import page_holds_until, public_page
from directory.services.files import store_file
from meetings.enums import MinutesState
from meetings.forms.group_meetings import AgendaItemForm, AttendanceForm, GroupDocumentForm, GroupMeetingForm
from meetings.models import ActionItem, Decision, Meeting, Minutes
from meetings.services.group_meetings import (
    add_agenda_item,
    add_group_document,
    agencies_at,
    call_group_meeting,
    cancel_group_meeting,
    change_agenda_item,
    change_group_meeting,
    move_agenda_item,
    plan_group_meeting,
    record_attendance,
    remove_agenda_item,
)
from meetings.views.acting import done, form_page, group_for, group_meeting_for, press
from meetings.views.groups import next_day

_METHODS = ["GET", "HEAD", "POST"]
RUN = "meetings.run_group"


def _agenda(meeting: Meeting) -> list[Any]:
    items = list(meeting.agenda_items.select_related("introduced_by").prefetch_related("documents__file"))
    for item in items:
        for document in item.documents.all():
            document.meeting = meeting
    return items


@require_safe
@public_page("meetings", "directory")
def group_meeting(request: HttpRequest, slug: str) -> HttpResponse:
    """When and where, agenda, documents; minutes, decisions and actions as far as the reader sees them."""
    meeting, user = group_meeting_for(request, slug), request.user
    page_holds_until(request, *meeting.boundaries, next_day())
    documents = list(meeting.documents.select_related("file"))
    for document in documents:
        document.meeting = meeting
    is_inside = user.is_authenticated and may(user, "meetings.view_inside_of_group", meeting)
    minutes = Minutes.objects.visible_to(user).filter(meeting=meeting).first()
    now = timezone.now()
    context = {
        "meeting": meeting,
        "group": meeting.group,
        "agenda": _agenda(meeting),
        "documents": documents,
        "minutes": minutes,
        "agenda_is_open": minutes is None or minutes.state == MinutesState.DRAFT,
        "decisions": Decision.objects.visible_to(user).filter(meeting=meeting),
        "actions": ActionItem.objects.visible_to(user).filter(meeting=meeting).select_related("owner", "person"),
        "attendance": meeting.attendance.select_related("organization") if is_inside else [],
        "is_inside": is_inside,
        "runs": user.is_authenticated and may(user, RUN, meeting),
        "has_begun": meeting.starts_at <= now,
        "is_over": meeting.ends_at <= now,
        "window": meeting.registration_window(now),
    }
    return render(request, "meetings/group_meeting.html", context)


@login_required
@require_http_methods(_METHODS)
def plan(request: HttpRequest, slug: str) -> HttpResponse:
    """A new meeting of the group, as a draft."""
    group = group_for(request, slug, RUN)
    last = group.meetings.order_by("-starts_at").first()
    initial = {name: getattr(last, name) for name in ("time_zone", "place", "city", "country")} if last else {"time_zone": "UTC"}
    form, made = GroupMeetingForm(request.POST or None, initial=initial), []
    act = lambda: made.append(plan_group_meeting(group=group, by=request.user, **form.values()))  # noqa: E731
    if done(request, form, act, _("The meeting is planned. Write its agenda, then call it.")):
        return redirect(made[0])
    lead = _("Only the secretariat and the chair see it until it is called.")
    return form_page(request, form, group=group, title=_("Plan a meeting"), lead=lead, submit=_("Plan the meeting"))


@login_required
@require_http_methods(_METHODS)
def edit(request: HttpRequest, slug: str) -> HttpResponse:
    """What, when and where."""
    meeting = group_meeting_for(request, slug, RUN)
    form = GroupMeetingForm(request.POST or None, initial=GroupMeetingForm.initial_of(meeting))
    act = lambda: change_group_meeting(meeting=meeting, by=request.user, **form.values())  # noqa: E731
    if done(request, form, act, _("Saved. Who was called is told of another hour or place.")):
        return redirect(meeting)
    return form_page(request, form, group=meeting.group, meeting=meeting, title=_("Change the meeting"), submit=_("Save"))


@login_required
@require_POST
def call(request: HttpRequest, slug: str) -> HttpResponse:
    """Call the meeting."""
    meeting = group_meeting_for(request, slug, RUN)
    act = lambda: call_group_meeting(meeting=meeting, by=request.user)  # noqa: E731
    return press(request, act, _("The meeting is called: its members get a message with the calendar entry."), meeting)


@login_required
@require_http_methods(_METHODS)
def cancel(request: HttpRequest, slug: str) -> HttpResponse:
    """Cancel the meeting, with a reason."""
    meeting = group_meeting_for(request, slug, RUN)
    form = ReasonForm(request.POST or None, readers=_("The members of the group read it."))
    act = lambda: cancel_group_meeting(meeting=meeting, by=request.user, **form.cleaned_data)  # noqa: E731
    if done(request, form, act, _("The meeting is cancelled.")):
        return redirect(meeting)
    title = _("Cancel the meeting?")
    return form_page(
        request, form, group=meeting.group, meeting=meeting, title=title, submit=_("Cancel the meeting"), danger=True
    )


# --- The agenda and its documents ------------------------------------------------------------------------------------


@login_required
@require_http_methods(_METHODS)
def agenda(request: HttpRequest, slug: str) -> HttpResponse:
    """The agenda as it is made: order, add, take off."""
    meeting = group_meeting_for(request, slug, RUN)
    assert meeting.group is not None
    form = AgendaItemForm(request.POST or None, meeting=meeting, group=meeting.group)
    act = lambda: add_agenda_item(meeting=meeting, by=request.user, **form.values())  # noqa: E731
    if done(request, form, act, _("The item is at the end of the agenda.")):
        return redirect("meetings:agenda", meeting.slug)
    context = {"meeting": meeting, "group": meeting.group, "agenda": _agenda(meeting), "form": form}
    return render(request, "meetings/group_agenda.html", context, status=400 if form.is_bound and form.errors else 200)


@login_required
@require_http_methods(_METHODS)
def agenda_item(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Change an item; by the buttons of the agenda: move it up or down, take it off."""
    meeting = group_meeting_for(request, slug, RUN)
    assert meeting.group is not None
    item = get_object_or_404(meeting.agenda_items, pk=pk)
    item.meeting = meeting
    back = redirect("meetings:agenda", slug).url
    if request.POST.get("move") in {"up", "down"}:
        up = request.POST["move"] == "up"
        return press(request, lambda: move_agenda_item(item=item, by=request.user, up=up), _("The order has changed."), back)
    if request.POST.get("remove"):
        return press(request, lambda: remove_agenda_item(item=item, by=request.user), _("The item is off the agenda."), back)
    initial = {name: getattr(item, name) for name in ("title", "text", "introduced_by", "introducer")}
    form = AgendaItemForm(
        request.POST or None, meeting=meeting, group=meeting.group, initial={**initial, "documents": item.documents.all()}
    )
    act = lambda: change_agenda_item(item=item, by=request.user, **form.values())  # noqa: E731
    if done(request, form, act, _("Saved.")):
        return redirect(back)
    title = _("Change item %(number)d") % {"number": item.number}
    return form_page(request, form, group=meeting.group, meeting=meeting, title=title, submit=_("Save"), back="meetings:agenda")


@login_required
@require_http_methods(_METHODS)
def add_document(request: HttpRequest, slug: str) -> HttpResponse:
    """Add a document to the meeting: a link or a PDF."""
    meeting = group_meeting_for(request, slug, RUN)
    form = GroupDocumentForm(request.POST or None, request.FILES or None)
    if was_left_out(request, "file"):
        form.add_error("file", _("The file is larger than 20 MB. Make it smaller, or give the address of a copy."))

    def act() -> None:
        data = dict(form.cleaned_data)
        upload = data.pop("file")
        stored = store_file(content=upload.read(), mime="application/pdf") if upload else None
        add_group_document(meeting=meeting, by=request.user, file=stored, **data)

    if done(request, form, act, _("The document is there. Choose it on the items that it belongs to.")):
        return redirect("meetings:agenda", slug)
    title = _("Add a document")
    return form_page(
        request, form, group=meeting.group, meeting=meeting, title=title, submit=title, back="meetings:agenda", has_file=True
    )


# --- Who came --------------------------------------------------------------------------------------------------------


@login_required
@require_http_methods(_METHODS)
def attendance(request: HttpRequest, slug: str) -> HttpResponse:
    """Present, absent or excused, agency by agency."""
    meeting = group_meeting_for(request, slug, RUN)
    agencies = list(Organization.objects.filter(pk__in=agencies_at(meeting)).order_by("acronym", "name"))
    known = {row.organization_id: row for row in meeting.attendance.all()}
    form = AttendanceForm(request.POST or None, agencies=agencies, known=known)
    act = lambda: record_attendance(meeting=meeting, by=request.user, rows=form.rows())  # noqa: E731
    if done(request, form, act, _("The attendance is recorded.")):
        return redirect(meeting)
    context = {"meeting": meeting, "group": meeting.group, "form": form}
    return render(request, "meetings/group_attendance.html", context, status=400 if form.is_bound and form.errors else 200)
