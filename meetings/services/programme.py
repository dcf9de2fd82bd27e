"""Verbs of the programme: release a version, have its files made, choose what one follows."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from common.access import Refused, require
from directory.models import Job
from directory.page_versions import bump
from directory.services.files import store_file
from directory.services.jobs import start_job
from directory.services.state import locked, refuse_if_changed
from meetings.documents.calendar import sessions_calendar
from meetings.documents.programme import programme_pdf
from meetings.enums import PUBLIC_MEETING_STATES, ProgrammeNews
from meetings.messages import programme as messages
from meetings.models import CalendarToken, Meeting, ProgrammeFile, ProgrammeFollow, ProgrammeVersion, SessionStar
from meetings.selectors.following import Group, groups_to_tell
from meetings.selectors.snapshots import digest, search_text, snapshot
from meetings.selectors.versions import RENDER_PROGRAMME, latest_version, read_version
from meetings.services.event_places import events_held_in, follow_meeting

MOST_ENTRIES = 40  # of the calendar file in a message; more come by the address of the whole file


def freeze_programme(
    *, meeting: Meeting, content: dict[str, Any], note: str, by: Any, at: datetime, after: ProgrammeVersion | None
) -> ProgrammeVersion:
    """Write a snapshot down as the version after `after`, with the sessions that calendars must drop."""
    kept = {row["code"] for row in content["sessions"]}
    gone = [row for row in (*after.content["sessions"], *after.removed) if row["code"] not in kept] if after else []
    return ProgrammeVersion.objects.create(
        meeting=meeting,
        number=after.number + 1 if after else 1,
        note=note,
        content=content,
        removed=gone,
        text=search_text(content),
        sha256=digest(content),
        released_at=at,
        released_by=by,
    )


@transaction.atomic
def release_programme(*, meeting: Meeting, by: Any, note: str, seen: str | None = None) -> ProgrammeVersion:
    """Release the working copy as the next version: the public reads it, followers hear what changed for them.

    Args:
        seen: SHA-256 of the working copy that the person looked at; None asks nothing.
    """
    events = [event for event in events_held_in(meeting) if event.session_id]
    meeting = locked(meeting)
    require(by, "meetings.release_programme", meeting)
    note = note.strip()
    if not note:
        raise Refused(_("Say in a sentence what is new: it stands in the list of changes."))
    content, last = snapshot(meeting), latest_version(meeting)
    if not content["sessions"]:
        raise Refused(_("The programme has no session yet. Add one, then release it."))
    if last and digest(content) == digest(last.content):
        words = _("Nothing has changed since version %(number)d. Change a session, a room or a speaker first.")
        raise Refused(words % {"number": last.number})
    refuse_if_changed(
        seen=seen,
        present=digest(content),
        refusal=_("The working copy has changed since you opened this page. Read the differences again, then release it."),
    )
    version = _put_in_force(meeting, content, note=note, by=by, after=last)
    follow_meeting(events=events, meeting=meeting, reason=note)
    return version


def release_without(*, meeting: Meeting, removed: str, by: Any, note: str) -> ProgrammeVersion | None:
    """Release the working copy, from which one session was just taken, where nothing else waits in it; else nothing.

    Args:
        meeting: locked, by somebody whose right to the act was asked already.
        removed: the code of the session.
    """
    content, last = snapshot(meeting), latest_version(meeting)
    if last is None or removed not in {row["code"] for row in last.content["sessions"]} or not content["sessions"]:
        return None
    before = {**last.content, "sessions": [row for row in last.content["sessions"] if row["code"] != removed]}
    if digest(before) != digest(content):
        return None  # what the secretariat still works on goes out when it says so
    return _put_in_force(meeting, content, note=note, by=by, after=last)


def _put_in_force(
    meeting: Meeting, content: dict[str, Any], *, note: str, by: Any, after: ProgrammeVersion | None
) -> ProgrammeVersion:
    version = freeze_programme(meeting=meeting, content=content, note=note, by=by, at=timezone.now(), after=after)
    start_rendering(version=version, asked_by=by)
    bump("meetings")
    if meeting.state in PUBLIC_MEETING_STATES:
        _tell_followers(version, after)
    return version


def _tell_followers(version: ProgrammeVersion, last: ProgrammeVersion | None) -> None:
    frozen = messages.changes_in_all_languages(version, last)
    for group in groups_to_tell(version.meeting, touched={change["code"] for change in frozen}):
        messages.programme_released(version, group=group, changes=frozen, calendar=_calendar_for(version, group, frozen))


def _calendar_for(version: ProgrammeVersion, group: Group, frozen: list[dict[str, Any]]) -> str:
    """The sessions that changed for a group, as a calendar file in their language; empty where there are too many."""
    touched = {change["code"] for change in frozen} & (group.codes or {change["code"] for change in frozen})
    with translation.override(group.language):
        programme = read_version(version)
        rows = [row for row in programme.sessions if row.code in touched]
        gone = [row for row in programme.removed if row.code in touched]
        if (not rows and not gone) or len(rows) + len(gone) > MOST_ENTRIES:
            return ""
        return sessions_calendar(programme, sessions=rows, removed=gone).decode()


def start_rendering(*, version: ProgrammeVersion, asked_by: Any) -> Job:
    """Have the printable programme made by a worker, in every language; asked twice, it is done once."""
    # What was begun before a name was taken out counts for nothing: the version as it is now has a key of its own.
    key = f"{version.pk} {version.redacted_at or ''}".strip()
    return start_job(kind=RENDER_PROGRAMME, arguments={"version": version.pk}, asked_by=asked_by, key=key)


def render_programme(*, version: ProgrammeVersion, report: Callable[[int, int], None]) -> None:
    """Make the files that a version still lacks and keep them by their hash. Safe to run twice, also at once."""
    languages = [code for code, _name in settings.LANGUAGES]
    made = set(version.files.values_list("language", flat=True))
    for done, code in enumerate(languages):
        report(done, len(languages))
        if code in made:
            continue
        content = programme_pdf(version, code)
        with transaction.atomic():
            # An erasure that takes a name out of the version waits here, or is seen: no file keeps the name.
            fresh = ProgrammeVersion.objects.select_for_update(of=("self",)).get(pk=version.pk)
            if fresh.redacted_at != version.redacted_at:
                raise RuntimeError("A name was taken out of this version while its files were made; they are made again.")
            kept = store_file(content=content, mime="application/pdf")
            ProgrammeFile.objects.bulk_create([ProgrammeFile(version=version, language=code, file=kept)], ignore_conflicts=True)
    report(len(languages), len(languages))


# --- What one follows ------------------------------------------------------------------------------------------------


@transaction.atomic
def star_session(*, meeting: Meeting, code: str, by: Any, on: bool) -> None:
    """Put a released session into one's own programme, or take it out; asked twice, it is done once."""
    require(by, "meetings.follow_programme", meeting)
    if not on:
        SessionStar.objects.filter(user=by, meeting=meeting, code=code).delete()
        return
    version = latest_version(meeting)
    if version is None or code not in {row["code"] for row in version.content["sessions"]}:
        raise Refused(_("This session is not in the programme any more. Load the page again."))
    SessionStar.objects.get_or_create(user=by, meeting=meeting, code=code)


@transaction.atomic
def choose_news(*, meeting: Meeting, by: Any, news: str) -> None:
    """Say of which changes one wants to hear."""
    require(by, "meetings.follow_programme", meeting)
    if news not in ProgrammeNews.values:
        raise Refused(_("Choose one of the three."))
    ProgrammeFollow.objects.update_or_create(user=by, meeting=meeting, defaults={"news": news})


@transaction.atomic
def make_calendar_address(*, by: Any) -> CalendarToken:
    """Make an address for one's calendar program; an earlier address stops working at once."""
    require(by, "meetings.follow_programme")
    try:
        with transaction.atomic():
            token, _new = CalendarToken.objects.update_or_create(user=by, defaults={"key": uuid4(), "made_at": timezone.now()})
    except IntegrityError:  # two windows of one person: the other one's address is as good
        token = CalendarToken.objects.get(user=by)
    return token


@transaction.atomic
def close_calendar_address(*, by: Any) -> None:
    """Make one's calendar address stop working."""
    require(by, "meetings.follow_programme")
    CalendarToken.objects.filter(user=by).delete()
