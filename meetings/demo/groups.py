"""Demo data: a working group with its terms, members, meetings, minutes, decisions and actions."""

from datetime import datetime, timedelta
from typing import Any

from common.translated import in_languages
from directory.demo import content
from meetings.demo.base import Clock, Directory, dated
from meetings.enums import (
    ActionState,
    ConfirmationState,
    GroupRole,
    MeetingState,
    MinutesState,
    Presence,
)
from meetings.models import (
    ActionItem,
    ActionItemStateChange,
    AgendaItem,
    Attendance,
    Confirmation,
    ConfirmationStateChange,
    Decision,
    GroupMember,
    Meeting,
    MeetingDocument,
    MeetingStateChange,
    Minutes,
    MinutesStateChange,
    MinutesVersion,
    TermsVersion,
    WorkingGroup,
)
from strategy.models import Strategy

# "Now" lies about four weeks before the meeting. What the meeting's own clock has later, and has happened here, is moved back.
DECISIONS_BACK = timedelta(weeks=3)
ZONE = "America/New_York"
OFFICIAL = "https://undocs.org/"


def load(row: dict[str, Any], known: Directory, clock: Clock) -> None:
    group = WorkingGroup.objects.create(
        slug=row["slug"],
        **in_languages("name", row["title"]),
        **in_languages("summary", row["summary"]),
        is_illustrative=row["illustrative"],
    )
    group.strategies.set(Strategy.objects.filter(slug=row["strategy"]))
    more = content("meetings", "working_group")
    _terms(group, more["terms"], known, clock)
    members = _members(group, row["members"], more, known, clock)
    meetings = [_meeting(group, part, members, known, clock) for part in more["meetings"]]
    by_day = {meeting.starts_at.astimezone(meeting.zone).date(): meeting for meeting in meetings}
    days = [clock.day(part["date"]) - DECISIONS_BACK for part in row["decisions"]]
    Decision.objects.bulk_create(
        Decision(
            group=group,
            meeting=by_day.get(day),
            number=part["number"],
            title=part["title"],
            text=part["text"],
            taken_on=day,
            is_public=part["public"],
        )
        for part, day in zip(row["decisions"], days, strict=True)
    )
    for part in row["action_items"]:
        _action(group, part, more["actions"][str(part["number"])], meetings, known, clock)


def _terms(group: WorkingGroup, rows: list[dict[str, Any]], known: Directory, clock: Clock) -> None:
    TermsVersion.objects.bulk_create(
        TermsVersion(
            group=group,
            number=number,
            text="\n\n".join(part["text"]),
            note=part["note"],
            adopted_on=clock.day(part["adopted"]),
            by=known.secretariat,
            made_at=clock.at(f"{part['adopted']}T17:30", ZONE),
        )
        for number, part in enumerate(rows, start=1)
    )


def _members(group: WorkingGroup, rows: Any, more: dict[str, Any], known: Directory, clock: Clock) -> dict[str, GroupMember]:
    """The members by address: by account where the demo has one, else by name and address."""
    made, begun = {}, clock.day("2017-08-31")
    for place, who in enumerate(rows):
        for email, role in ((who["member"], who["role"]), (who["alternate"], GroupRole.ALTERNATE)):
            if email:
                user = None if email in more["by_name_only"] else known.users.get(email)
                made[email] = GroupMember(
                    group=group,
                    organization=known.organizations[who["agency"]],
                    user=user,
                    name=known.name_of(email),
                    email="" if user else email,
                    role=role,
                    term_from=begun,
                    position=place,
                )
    past = [
        GroupMember(
            group=group,
            organization=known.organizations[who["agency"]],
            name=who["name"],
            email=who["email"],
            role=who["role"],
            term_from=clock.day(who["from"]),
            term_to=clock.day(who["to"]),
            position=len(rows) + place,
        )
        for place, who in enumerate(more["former_members"])
    ]
    GroupMember.objects.bulk_create([*made.values(), *past])
    return made


def _meeting(
    group: WorkingGroup, row: dict[str, Any], members: dict[str, GroupMember], known: Directory, clock: Clock
) -> Meeting:
    starts = clock.at(row["starts"], ZONE)
    made = Meeting.objects.create(
        slug=f"{group.slug}-{starts:%Y-%m-%d}",
        title_en=row["title"],
        summary_en=row["summary"],
        place_en="Conference room 6",
        city="New York",
        country=known.countries["US"],
        time_zone=ZONE,
        starts_at=starts,
        ends_at=clock.at(row["ends"], ZONE),
        host=known.unossc,
        group=group,
        is_public=row.get("public", False),
        is_illustrative=True,
        state=MeetingState.PUBLISHED,
    )
    who = {"by": known.secretariat, "on_behalf_of": known.unossc}
    planned = MeetingStateChange(subject=made, old="", new=MeetingState.DRAFT, **who)
    called = MeetingStateChange(subject=made, old=MeetingState.DRAFT, new=MeetingState.PUBLISHED, **who)
    dated([(planned, starts - timedelta(days=24)), (called, starts - timedelta(days=22))], MeetingStateChange)
    _agenda(made, row["agenda"], known)
    if "minutes" in row:
        agencies = dict.fromkeys(member.organization for member in members.values())
        kept_away = {**dict.fromkeys(row["absent"], Presence.ABSENT), **dict.fromkeys(row["excused"], Presence.EXCUSED)}
        Attendance.objects.bulk_create(
            Attendance(
                meeting=made,
                organization=body,
                presence=kept_away.get(body.code, Presence.PRESENT),
                people=""
                if body.code in kept_away
                else next(member.name for member in members.values() if member.organization == body),
            )
            for body in agencies
        )
        _minutes(made, row["minutes"], [body for body in agencies if not body.is_secretariat], members, known, clock)
    return made


def _agenda(meeting: Meeting, rows: list[dict[str, Any]], known: Directory) -> None:
    for number, row in enumerate(rows, start=1):
        item = AgendaItem.objects.create(
            meeting=meeting,
            number=number,
            title=row["title"],
            text=row.get("text", ""),
            introduced_by=known.organizations[row["by"]],
            introducer=known.name_of(row["who"]) if "who" in row else "",
        )
        for place, symbol in enumerate(row.get("documents", [])):
            document = MeetingDocument.objects.create(
                meeting=meeting,
                code=f"document-{number}-{place + 1}",
                title=symbol,
                symbol=symbol,
                url=OFFICIAL + symbol,
                position=number * 10 + place,
            )
            item.documents.add(document)


def _minutes(
    meeting: Meeting,
    row: dict[str, Any],
    agencies: list[Any],
    members: dict[str, GroupMember],
    known: Directory,
    clock: Clock,
) -> None:
    adopted = clock.at(row["adopted"], ZONE) if "adopted" in row else None
    minutes = Minutes.objects.create(meeting=meeting, state=row["state"], is_public=row["public"], adopted_at=adopted)
    steps: list[tuple[str, datetime]] = [(MinutesState.DRAFT, meeting.ends_at + timedelta(days=1))]
    for number, part in enumerate(row["versions"], start=1):
        circulated = clock.at(part["circulated"], ZONE) if "circulated" in part else None
        version = MinutesVersion.objects.create(
            minutes=minutes,
            number=number,
            text="\n\n".join(part["text"]),
            note=part["note"],
            circulated_at=circulated,
            confirm_until=clock.at(part["until"], ZONE) if circulated else None,
            by=known.secretariat,
            changed_at=circulated or meeting.ends_at + timedelta(days=1),
        )
        if circulated is None:
            continue
        if number > 1:
            steps.append((MinutesState.IN_CORRECTION, circulated - timedelta(hours=3)))
        steps.append((MinutesState.CIRCULATED, circulated))
        _answers(version, part["answers"], agencies, members, circulated, known)
    if adopted:
        steps.append((MinutesState.ADOPTED, adopted))
    old, changes = "", []
    for new, at in steps:
        change = MinutesStateChange(subject=minutes, old=old, new=new, by=known.secretariat, on_behalf_of=known.unossc)
        changes.append((change, at))
        old = new
    dated(changes, MinutesStateChange)


def _answers(
    version: MinutesVersion,
    answers: dict[str, str],
    agencies: list[Any],
    members: dict[str, GroupMember],
    circulated: datetime,
    known: Directory,
) -> None:
    changes: list[tuple[Any, datetime]] = []
    for place, body in enumerate(agencies):
        answer = answers.get(body.code, "")
        state = ConfirmationState.WAITING
        if answer:
            state = ConfirmationState.CONFIRMED if answer == "confirmed" else ConfirmationState.CORRECTION
        text = answer if state == ConfirmationState.CORRECTION else ""
        made = Confirmation.objects.create(version=version, organization=body, state=state, text=text)
        asked = ConfirmationStateChange(subject=made, old="", new=ConfirmationState.WAITING, by=known.secretariat)
        changes.append((asked, circulated))
        if answer:
            person = next((member.user for member in members.values() if member.organization == body), None)
            given = ConfirmationStateChange(
                subject=made, old=ConfirmationState.WAITING, new=state, by=person, on_behalf_of=body, reason=text
            )
            changes.append((given, circulated + timedelta(days=1, hours=place)))
    dated(changes, ConfirmationStateChange)


def _action(
    group: WorkingGroup,
    row: dict[str, Any],
    more: dict[str, Any],
    meetings: list[Meeting],
    known: Directory,
    clock: Clock,
) -> None:
    meeting = meetings[more["meeting"]]
    made = ActionItem.objects.create(
        group=group,
        meeting=meeting,
        number=row["number"],
        text=row["title"],
        owner=known.organizations[row["owner"]],
        person=group.members.filter(user=known.users.get(more.get("person", ""))).exclude(user=None).first(),
        due_on=clock.day(row["due"]),
        is_public=more["public"],
        state=ActionState(row["state"]),
    )
    start = ActionItemStateChange(subject=made, old="", new=ActionState.OPEN, by=known.secretariat, on_behalf_of=known.unossc)
    changes, old = [(start, meeting.ends_at)], ActionState.OPEN.value
    for new, at, agency, note in more.get("history", []):
        body = known.organizations[agency]
        by = group.members.filter(organization=body).exclude(user=None).first()
        step = ActionItemStateChange(subject=made, old=old, new=new, by=by.user if by else None, on_behalf_of=body, reason=note)
        changes.append((step, clock.at(at, ZONE)))
        old = new
    dated(changes, ActionItemStateChange)
