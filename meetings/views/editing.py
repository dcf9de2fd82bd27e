"""The secretariat makes, edits and cancels a meeting."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from common.access import Refused, require
from common.forms import ReasonForm
from meetings.forms.editing import MeetingForm
from meetings.models import Meeting
from meetings.selectors.editing import last_edits
from meetings.services.editing import cancel_meeting, change_meeting, create_meeting


def meeting_for(request: HttpRequest, slug: str, permission: str) -> Meeting:
    """The meeting at an address, for somebody with `permission` on it: outsiders get 404 or 403."""
    found = get_object_or_404(Meeting.objects.visible_to(request.user).select_related("country", "host"), slug=slug)
    require(request.user, permission, found)
    return found


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Make a meeting: a draft that only the secretariat sees."""
    require(request.user, "meetings.add_meeting")
    form = MeetingForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = create_meeting(by=request.user, slug=form.cleaned_data["slug"], values=form.values())
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The meeting is saved. Only the secretariat sees it until you announce it."))
            return redirect(made)
    return render(request, "meetings/meeting_form.html", {"form": form, "meeting": None}, status=400 if form.errors else 200)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, slug: str) -> HttpResponse:
    """Change the details of a meeting."""
    found = meeting_for(request, slug, "meetings.change_meeting")
    # The form writes into the row that it is given; the page shows what is kept.
    form = MeetingForm(request.POST or None, instance=Meeting.objects.get(pk=found.pk))
    if request.method == "POST" and form.is_valid():
        seen = form.cleaned_data["seen"] or None
        try:
            change_meeting(meeting=found, by=request.user, values=form.values(), seen=seen, moves_sessions=form.moves_sessions)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The meeting is saved."))
            if form.moves_sessions:
                words = _("Its sessions have moved with it. Release the programme, so that the public reads the new days.")
                messages.info(request, words)
            return redirect(found)
    context = {"form": form, "meeting": found, "edits": last_edits(found)}
    return render(request, "meetings/meeting_form.html", context, status=400 if form.errors else 200)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def cancel(request: HttpRequest, slug: str) -> HttpResponse:
    """Ask for the reason, then cancel the meeting."""
    found = meeting_for(request, slug, "meetings.cancel_meeting")
    readers = _("Everybody who registered reads this in the message, and everybody on the meeting's page.")
    form = ReasonForm(request.POST or None, readers=readers)
    if request.method == "POST" and form.is_valid():
        try:
            cancel_meeting(meeting=found, by=request.user, reason=form.cleaned_data["reason"])
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The meeting is cancelled, and everybody who registered gets a message."))
            return redirect(found)
    context = {"form": form, "meeting": found, "live": found.registrations.live().count()}
    return render(request, "meetings/meeting_cancel.html", context, status=400 if form.errors else 200)
