"""Verbs of a group's meetings: call, change, cancel; agenda; attendance."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from common.access import Refused, require
from directory.models import Country, Organization, StoredFile
from directory.page_versions import bump
from directory.rules import memberships_of
from directory.services.state import change_state, locked, record_start
from meetings.documents.calendar import group_calendar
from meetings.enums import MeetingState, MinutesState, Presence
from meetings.messages import groups as messages
from meetings.models import AgendaItem, Attendance, GroupMember, Meeting, MeetingDocument, Minutes, WorkingGroup
from meetings.rules import secretariat_of

CHANGEABLE = ("title", "summary", "place", "city", "country", "time_zone", "starts_at", "ends_at", "is_public")


def acts_for(user: Any, group: WorkingGroup | None) -> Organization | None:
    """In whose name somebody runs a group: the secretariat, else the agency for which they chair it."""
    if office := secretariat_of(user):
        return office
    chair = GroupMember.objects.filter(group=group).chaired_by(user).select_related("organization").first()
    if chair:
        return chair.organization
    return next((membership.organization for membership in memberships_of(user)), None)


def _check_hours(starts_at: datetime, ends_at: datetime) -> None:
    if ends_at <= starts_at:
        raise Refused(_("The end must be after the beginning."))


def _free_slug(group: WorkingGroup, starts_at: datetime) -> str:
    wanted = f"{group.slug[:36]}-{starts_at:%Y-%m-%d}"
    taken = set(Meeting.objects.filter(slug__startswith=wanted).values_list("slug", flat=True))
    return next(slug for number in range(1, 1000) if (slug := wanted if number == 1 else f"{wanted}-{number}") not in taken)


@transaction.atomic
def plan_group_meeting(
    *,
    group: WorkingGroup,
    by: Any,
    title: str,
    summary: str,
    place: str,
    city: str,
    country: Country,
    time_zone: str,
    starts_at: datetime,
    ends_at: datetime,
    is_public: bool = False,
) -> Meeting:
    """Make a meeting of the group as a draft: only its secretariat and chair see it until it is called."""
    group = locked(group)
    require(by, "meetings.run_group", group)
    _check_hours(starts_at, ends_at)
    host = acts_for(by, group)
    assert host is not None, "who runs a group serves somewhere"
    meeting = Meeting.objects.create(
        slug=_free_slug(group, starts_at),
        title_en=title,
        summary_en=summary,
        place_en=place,
        city=city,
        country=country,
        time_zone=time_zone,
        starts_at=starts_at,
        ends_at=ends_at,
        host=host,
        group=group,
        is_public=is_public,
        is_illustrative=group.is_illustrative,
    )
    record_start(meeting, by=by, on_behalf_of=host)
    return meeting


@transaction.atomic
def change_group_meeting(*, meeting: Meeting, by: Any, **new: Any) -> Meeting:
    """Change what, when and where; once it is called its members are told, and calendars take the new hour."""
    meeting = locked(meeting)
    require(by, "meetings.run_group", meeting)
    _refuse_unless_ahead(meeting)
    assert set(new) <= set(CHANGEABLE)
    _check_hours(new.get("starts_at", meeting.starts_at), new.get("ends_at", meeting.ends_at))
    moved = any(new.get(name, getattr(meeting, name)) != getattr(meeting, name) for name in CHANGEABLE if name != "is_public")
    for name, value in new.items():
        setattr(meeting, f"{name}_en" if name in {"title", "summary", "place"} else name, value)
    meeting.sequence += 1
    meeting.save()
    if moved and meeting.state == MeetingState.PUBLISHED:
        messages.group_meeting_changed(meeting, calendar=_entry_of(meeting))
    bump("meetings")
    return meeting


@transaction.atomic
def call_group_meeting(*, meeting: Meeting, by: Any) -> Meeting:
    """Call the meeting: the members see it, find it in their calendar and get a message with the entry."""
    meeting = locked(meeting)
    require(by, "meetings.run_group", meeting)
    if meeting.ends_at <= timezone.now():
        raise Refused(_("This meeting lies in the past. Set its dates before you call it."))
    change_state(meeting, to=MeetingState.PUBLISHED, by=by, on_behalf_of=acts_for(by, meeting.group))
    messages.group_meeting_called(meeting, calendar=_entry_of(meeting))
    bump("meetings")
    return meeting


@transaction.atomic
def cancel_group_meeting(*, meeting: Meeting, by: Any, reason: str) -> Meeting:
    """Cancel it; where it was called, the members read why."""
    meeting = locked(meeting)
    require(by, "meetings.run_group", meeting)
    _refuse_unless_ahead(meeting)
    if not reason.strip():
        raise Refused(_("Say why: the members read the reason."))
    was_called = meeting.state == MeetingState.PUBLISHED
    meeting.sequence += 1
    for_whom = acts_for(by, meeting.group)
    change_state(
        meeting, to=MeetingState.CANCELLED, by=by, on_behalf_of=for_whom, reason=reason.strip(), also=["sequence", "changed_at"]
    )
    if was_called:
        messages.group_meeting_cancelled(meeting, reason=reason.strip(), calendar=_entry_of(meeting))
    bump("meetings")
    return meeting


def _entry_of(meeting: Meeting) -> str:
    """The calendar file that goes with a message, for readers of any language."""
    with translation.override("en"):
        return group_calendar(meeting.title, [meeting]).decode()


def _refuse_unless_ahead(meeting: Meeting) -> None:
    if meeting.state == MeetingState.CANCELLED:
        raise Refused(_("This meeting is cancelled. Plan another one."))
    if meeting.ends_at <= timezone.now():
        raise Refused(_("This meeting is over. What was said in it stands in its minutes."))


# --- The agenda ------------------------------------------------------------------------------------------------------


def _open_agenda(meeting: Meeting, by: Any) -> Meeting:
    """The locked meeting, if its agenda may still change: minutes that are circulated speak of its numbers."""
    meeting = locked(meeting)
    require(by, "meetings.run_group", meeting)
    if meeting.state == MeetingState.CANCELLED:
        raise Refused(_("This meeting is cancelled. Plan another one."))
    if Minutes.objects.filter(meeting=meeting).exclude(state=MinutesState.DRAFT).exists():
        raise Refused(_("The minutes of this meeting are circulated, and they name its items. The agenda stays as it is."))
    return meeting


def _documents(meeting: Meeting, documents: Iterable[MeetingDocument]) -> list[MeetingDocument]:
    chosen = list(documents)
    if any(document.meeting_id != meeting.pk for document in chosen):
        raise Refused(_("A document belongs to another meeting. Add it to this one first."))
    return chosen


@transaction.atomic
def add_agenda_item(
    *,
    meeting: Meeting,
    by: Any,
    title: str,
    text: str = "",
    introduced_by: Organization | None = None,
    introducer: str = "",
    documents: Iterable[MeetingDocument] = (),
) -> AgendaItem:
    """Put an item at the end of the agenda."""
    meeting = _open_agenda(meeting, by)
    chosen = _documents(meeting, documents)
    last = meeting.agenda_items.aggregate(last=Max("number"))["last"] or 0
    item = AgendaItem.objects.create(
        meeting=meeting, number=last + 1, title=title, text=text, introduced_by=introduced_by, introducer=introducer
    )
    item.documents.set(chosen)
    bump("meetings")
    return item


@transaction.atomic
def change_agenda_item(
    *,
    item: AgendaItem,
    by: Any,
    title: str,
    text: str,
    introduced_by: Organization | None,
    introducer: str,
    documents: Iterable[MeetingDocument],
) -> AgendaItem:
    """Change an item's words, documents and who introduces it."""
    meeting = _open_agenda(item.meeting, by)
    item = _still_there(item)
    chosen = _documents(meeting, documents)
    item.title, item.text, item.introduced_by, item.introducer = title, text, introduced_by, introducer
    item.save(update_fields=["title", "text", "introduced_by", "introducer"])
    item.documents.set(chosen)
    bump("meetings")
    return item


def _still_there(item: AgendaItem) -> AgendaItem:
    found = AgendaItem.objects.select_for_update(of=("self",)).filter(pk=item.pk).first()
    if found is None:
        raise Refused(_("This item was taken off the agenda meanwhile. Load the page again."))
    return found


@transaction.atomic
def move_agenda_item(*, item: AgendaItem, by: Any, up: bool) -> AgendaItem:
    """Change places with the item before or after; at the end of the list nothing moves."""
    meeting = _open_agenda(item.meeting, by)
    item = _still_there(item)
    others = meeting.agenda_items.filter(number__lt=item.number) if up else meeting.agenda_items.filter(number__gt=item.number)
    other = others.order_by("-number" if up else "number").first()
    if other:
        item.number, other.number = other.number, item.number
        AgendaItem.objects.bulk_update([item, other], ["number"])
        bump("meetings")
    return item


@transaction.atomic
def remove_agenda_item(*, item: AgendaItem, by: Any) -> None:
    """Take an item off the agenda; those after it move up."""
    meeting = _open_agenda(item.meeting, by)
    _still_there(item).delete()
    rows = list(meeting.agenda_items.order_by("number"))
    for number, row in enumerate(rows, start=1):
        row.number = number
    AgendaItem.objects.bulk_update(rows, ["number"])
    bump("meetings")


@transaction.atomic
def add_group_document(
    *,
    meeting: Meeting,
    by: Any,
    title: str,
    symbol: str = "",
    url: str = "",
    file: StoredFile | None = None,
    language: str = "en",
) -> MeetingDocument:
    """Add a document to a group's meeting: a link, or a file that the portal keeps."""
    meeting = locked(meeting)
    require(by, "meetings.run_group", meeting)
    if not url and file is None:
        raise Refused(_("Give the address of the document, or choose a file."))
    last = meeting.documents.aggregate(last=Max("position"))["last"] or 0
    code = f"document-{meeting.documents.count() + 1}-{last + 1}"
    made = MeetingDocument.objects.create(
        meeting=meeting, code=code, title=title, symbol=symbol, url=url, file=file, language=language, position=last + 1
    )
    bump("meetings")
    return made


# --- Attendance ------------------------------------------------------------------------------------------------------


@transaction.atomic
def record_attendance(*, meeting: Meeting, by: Any, rows: Mapping[int, tuple[str, str]]) -> None:
    """Write down which agencies came, and who: `rows` are (presence, people) by key of the agency; "" leaves one out."""
    meeting = locked(meeting)
    require(by, "meetings.run_group", meeting)
    if meeting.state != MeetingState.PUBLISHED:
        raise Refused(_("Attendance is taken at a meeting that was called and not cancelled."))
    if meeting.starts_at > timezone.now():
        raise Refused(_("This meeting has not begun. Attendance is taken once it has."))
    if Minutes.objects.filter(meeting=meeting, state=MinutesState.ADOPTED).exists():
        raise Refused(_("The minutes of this meeting are adopted; its attendance stays as it is."))
    strangers = set(rows) - set(agencies_at(meeting))
    if strangers:
        raise Refused(_("An agency in the list was no member of the group on that day. Load the page again."))
    for organization, (presence, people) in rows.items():
        if not presence:
            Attendance.objects.filter(meeting=meeting, organization=organization).delete()
            continue
        assert presence in Presence.values
        Attendance.objects.update_or_create(
            meeting=meeting,
            organization_id=organization,
            defaults={"presence": presence, "people": people.strip() if presence == Presence.PRESENT else ""},
        )
    bump("meetings")


def agencies_at(meeting: Meeting) -> list[int]:
    """Keys of the agencies that were members of the group on the day of the meeting."""
    members = GroupMember.objects.filter(group=meeting.group_id).in_force(meeting.starts_at.date())
    return list(members.order_by().values_list("organization", flat=True).distinct())
