"""Calendar files, the programme as data and as PDF, documents: no language prefix."""

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils import translation
from django.utils.cache import get_conditional_response
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from common.numbers import whole_number
from directory.models import StoredFile
from directory.public_pages import page_holds_until, public_page
from meetings.documents.calendar import (
    CALENDAR_MIME,
    group_calendar,
    meeting_calendar,
    personal_calendar,
    registration_calendar,
    whole_calendar,
)
from meetings.enums import MeetingState, RegistrationState
from meetings.filters.calendar import CalendarFilter
from meetings.models import Meeting, MeetingDocument, ProgrammeVersion, Registration, VoluntaryReport, WorkingGroup
from meetings.selectors.calendar import dates_for
from meetings.selectors.following import meetings_of_groups, person_behind, starred_programmes
from meetings.selectors.versions import last_render_failed, latest_version, programme_data, released_programme
from strategy.selectors.adoption_desk import deadlines_of_rounds

RETRY_SECONDS = 15
_LARGEST_KEY = 2**63 - 1


def _calendar_file(content: bytes, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=CALENDAR_MIME)
    response["Content-Disposition"] = f'attachment; filename="{name}.ics"'
    return response


@require_safe
@public_page("meetings", "strategy", "directory")
def calendar(request: HttpRequest) -> HttpResponse:
    """Every meeting, accepted thematic event and deadline of a consultation, or the dates of the calendar's filters."""
    chosen = CalendarFilter(request.GET, dates=dates_for(request.user))
    dates = chosen.apply()
    deadlines = [] if chosen.query else deadlines_of_rounds(request.user)
    page_holds_until(request, *(one.closes_at for one in deadlines))
    content = whole_calendar(
        meetings=[date.thing for date in dates if not date.is_event],
        events=[date.thing for date in dates if date.is_event],
        deadlines=deadlines,
    )
    return _calendar_file(content, "ssc-portal")


@require_safe
@public_page("meetings", "directory")
def meeting(request: HttpRequest, slug: str) -> HttpResponse:
    """A meeting with its sessions."""
    found = get_object_or_404(Meeting.objects.visible_to(request.user).select_related("country"), slug=slug)
    return _calendar_file(meeting_calendar(found, released_programme(found)), found.slug)


@require_safe
@never_cache
def personal(request: HttpRequest, token: str) -> HttpResponse:
    """A person's own calendar, for programs that cannot sign in: whoever has the address may read it."""
    person = person_behind(token)
    if person is None:
        raise Http404
    # One's own, each meeting once: who registered again after cancelling has one entry, the newer.
    rows = Registration.objects.filter(user=person, meeting__in=Meeting.objects.visible_to(person)).exclude(
        state__in=[RegistrationState.DRAFT, RegistrationState.DECLINED]
    )
    newest = {row.meeting_id: row for row in rows.select_related("meeting__country").order_by("pk")}
    with translation.override(person.language):
        of_groups = meetings_of_groups(person).exclude(pk__in=newest)
        return _calendar_file(personal_calendar(newest.values(), starred_programmes(person), of_groups), "my-calendar")


@require_safe
@public_page("meetings", "directory")
def programme_json(request: HttpRequest, slug: str) -> JsonResponse:
    """The released programme in all its languages, as `/api/v1/meetings/{slug}/programme` gives it."""
    found = get_object_or_404(Meeting.objects.visible_to(request.user), slug=slug)
    version = latest_version(found)
    if version is None:
        raise Http404
    return JsonResponse(programme_data(version), json_dumps_params={"ensure_ascii": False})


@require_safe
def programme_pdf(request: HttpRequest, slug: str) -> HttpResponseBase:
    """The printable programme in force or of `?version=`, in `?language=` or the reader's; or word that it is being made."""
    found = get_object_or_404(Meeting.objects.visible_to(request.user), slug=slug)
    version = _version_asked_for(request, found)
    language = request.GET.get("language", "")
    if language not in dict(settings.LANGUAGES):
        language = translation.get_language() or "en"
    made = version.files.select_related("file").filter(language=language).first()
    if made is None:
        return _being_made(request, version, language)
    etag = f'"{made.file.sha256}"'
    response: HttpResponseBase | None = get_conditional_response(request, etag=etag)
    if response is None:
        name = f"{found.slug}-programme-{version.number}-{language}.pdf"
        response = FileResponse(made.file.file.open("rb"), content_type=made.file.mime, filename=name)
    response["ETag"] = etag
    response["Cache-Control"] = "private, max-age=0, must-revalidate"
    return response


def _version_asked_for(request: HttpRequest, meeting: Meeting) -> ProgrammeVersion:
    number = request.GET.get("version", "")
    if not number:
        version = latest_version(meeting)
    else:
        wanted = whole_number(number, digits=5) or 0
        version = meeting.programme_versions.filter(number=min(wanted, 32767)).first()
    if version is None:
        raise Http404
    return version


def _being_made(request: HttpRequest, version: ProgrammeVersion, language: str) -> HttpResponse:
    """503 with a time to come back: a program that asked for a PDF must not take this page for one."""
    with translation.override(language):
        context = {"meeting": version.meeting, "version": version, "failed": last_render_failed(version)}
        response = render(request, "meetings/programme_being_made.html", context, status=503)
    response["Retry-After"] = str(RETRY_SECONDS)
    response["Cache-Control"] = "no-store"
    return response


@require_safe
@public_page("meetings", "directory")
def group(request: HttpRequest, slug: str) -> HttpResponse:
    """The meetings of a working group that the reader sees."""
    found = get_object_or_404(WorkingGroup.objects.visible_to(request.user), slug=slug)
    meetings = Meeting.objects.visible_to(request.user).filter(group=found).exclude(state=MeetingState.DRAFT)
    return _calendar_file(group_calendar(found.name, meetings.select_related("country")), found.slug)


@login_required
@require_safe
def registration(request: HttpRequest, reference: str) -> HttpResponse:
    """The registrant's own calendar entry."""
    rows = Registration.objects.visible_to(request.user).select_related("meeting__country")
    found = get_object_or_404(rows, reference=reference)
    return _calendar_file(registration_calendar(found), f"{found.meeting.slug}-{found.reference}")


@require_safe
def document(request: HttpRequest, slug: str, pk: int) -> HttpResponseBase:
    """A document that the portal keeps, as a download that cannot run in the page."""
    if pk > _LARGEST_KEY:
        raise Http404
    meetings = Meeting.objects.visible_to(request.user).filter(slug=slug)
    found = get_object_or_404(MeetingDocument.objects.select_related("file"), pk=pk, meeting__in=meetings, file__isnull=False)
    assert found.file is not None
    return _download(found.file, f"{found.code}-{found.language}.{(found.file.file.name or '').rpartition('.')[2]}")


@require_safe
def report_document(request: HttpRequest, slug: str) -> HttpResponseBase:
    """The finished document of a voluntary report, for who may read the report."""
    rows = VoluntaryReport.objects.visible_to(request.user).filter(file__isnull=False).select_related("file")
    found = get_object_or_404(rows, slug=slug)
    assert found.file is not None
    return _download(found.file, f"{found.slug}.{'pdf' if found.file.mime == 'application/pdf' else 'docx'}")


def _download(file: StoredFile, name: str) -> FileResponse:
    response = FileResponse(file.file.open("rb"), as_attachment=True, filename=name, content_type=file.mime)
    response["X-Content-Type-Options"] = "nosniff"
    return response
