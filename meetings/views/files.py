"""Files about people: badges, letters, print-outs. No language prefix; each is asked for by somebody who may."""

from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils import translation
from django.utils.translation import get_language_bidi
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from common.access import Refused, require
from directory.models import Job, StoredFile
from meetings.documents.badges import badge_pdf
from meetings.documents.calendar import registration_calendar
from meetings.documents.letters import letter_pdf
from meetings.documents.participants import participants_xlsx
from meetings.models import InvitationLetter, Meeting, Registration
from meetings.selectors.badges import read_code
from meetings.selectors.participants import all_participants, by_category_and_body
from meetings.services.badges import badges_of, holds_badge, registration_of_code
from meetings.services.printing import PRINT_OUTS

PDF = "application/pdf"
CALENDAR = "text/calendar; charset=utf-8"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _file(content: bytes, mime: str, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=mime)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


def badge_answer(found: Registration) -> HttpResponse:
    """A badge as a download; not found without a seat."""
    if not holds_badge(found):
        raise Http404
    # In the person's language, whoever fetches it: it hangs from their neck.
    with translation.override(found.user.language if found.user else found.language):
        (badge,) = badges_of([found])
        return _file(badge_pdf(badge), PDF, f"badge-{found.reference}.pdf")


_LOADED = ("meeting__country", "category", "organization", "country", "user")


@login_required
@require_safe
def badge(request: HttpRequest, reference: str) -> HttpResponse:
    """One's own badge; staff print anybody's."""
    found = get_object_or_404(Registration.objects.visible_to(request.user).select_related(*_LOADED), reference=reference)
    require(request.user, "meetings.get_badge", found)
    return badge_answer(found)


@never_cache
@require_safe
def badge_by_code(request: HttpRequest, code: str) -> HttpResponse:
    """The badge for who has its code, which is on the badge itself and in the reminder: the way without an account."""
    read = read_code(code)
    meeting = Meeting.objects.filter(pk=read.meeting_id).first() if read and read.is_genuine else None
    if meeting is None:
        raise Http404
    try:
        found = registration_of_code(meeting, code)
    except Refused:
        raise Http404 from None
    return badge_answer(Registration.objects.select_related(*_LOADED).get(pk=found.pk))


@login_required
@require_safe
def letter(request: HttpRequest, code: str) -> HttpResponse:
    """An issued letter, for its owner and the secretariat."""
    return letter_answer(request.user, code)


def letter_answer(by: Any, code: str) -> HttpResponse:
    """An issued letter as a download, for an account or who holds a link; not found where it is not valid."""
    rows = InvitationLetter.objects.visible_to(by).select_related(
        "registration__meeting__country", "registration__meeting__host", "registration__organization", "signed_by"
    )
    found = get_object_or_404(rows.filter(registration__visa__isnull=False), code=code)
    require(by, "meetings.view_invitationletter", found)
    if not found.is_valid:
        raise Http404
    return _file(letter_pdf(found), PDF, f"letter-{found.code}.pdf")


def calendar_answer(found: Registration) -> HttpResponse:
    """A registration's calendar entry as a download."""
    return _file(registration_calendar(found), CALENDAR, f"{found.meeting.slug}-{found.reference}.ics")


@login_required
@require_safe
def participants(request: HttpRequest, slug: str) -> HttpResponse:
    """Everybody with a seat as a workbook."""
    meeting = get_object_or_404(Meeting.objects.visible_to(request.user), slug=slug)
    require(request.user, "meetings.list_participants", meeting)
    groups = by_category_and_body(all_participants(request.user, meeting))
    rows = (row for group in groups for body in group.bodies for row in body.people)
    return _file(participants_xlsx(rows, right_to_left=get_language_bidi()), XLSX, f"{meeting.slug}-participants.xlsx")


@login_required
@require_safe
def print_out(request: HttpRequest, slug: str, job_id: UUID) -> HttpResponseBase:
    """What a job printed, for staff of the meeting while they are."""
    meeting = get_object_or_404(Meeting.objects.visible_to(request.user), slug=slug)
    require(request.user, "meetings.print_badges", meeting)
    job = get_object_or_404(Job.objects.visible_to(request.user), pk=job_id, kind__in=PRINT_OUTS, arguments__meeting=meeting.pk)
    kept = get_object_or_404(StoredFile, pk=job.result.get("archive") or 0)
    name = f"{meeting.slug}-{PRINT_OUTS[job.kind]}.pdf"
    response = FileResponse(kept.file.open("rb"), as_attachment=True, filename=name, content_type=PDF)
    response["X-Content-Type-Options"] = "nosniff"
    return response
