"""Demo data: the Antalya meeting, two consultations, events, a working group and reports."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction

from common.translated import in_languages
from directory.demo import content
from directory.models import Country, Organization, StakeholderCategory, Theme, User
from directory.page_versions import bump
from meetings.enums import (
    ActionState,
    Approval,
    EventState,
    GroupRole,
    MeetingState,
    RegistrationState,
    ReportState,
    SessionKind,
)
from meetings.models import (
    ActionItem,
    CategoryQuota,
    Decision,
    GroupMember,
    Meeting,
    MeetingDocument,
    MeetingStateChange,
    Registration,
    RegistrationStateChange,
    Room,
    Session,
    Speaker,
    ThematicEvent,
    ThematicEventStateChange,
    VoluntaryReport,
    VoluntaryReportStateChange,
    WorkingGroup,
)
from strategy.models import Strategy

S = RegistrationState
REGISTRATION_OPENS = "2017-09-18T09:00"
REGISTRATION_CLOSES = "2017-11-24T18:00"
# "Now" lies about four weeks before the meeting. What the meeting's own clock has later, and has happened here, is moved back.
DECISIONS_BACK = timedelta(weeks=3)
REPORTS_BACK = timedelta(weeks=53)
OFFICIAL = "https://undocs.org/"


class Clock:
    """Turns a local hour of 2017 or 2018 into the demo's moment: weekday and hour at the place stay."""

    def __init__(self, shift: timedelta) -> None:
        self.shift = shift

    def at(self, local: str, zone: str) -> datetime:
        return (datetime.fromisoformat(local) + self.shift).replace(tzinfo=ZoneInfo(zone))

    def day(self, text: str) -> date:
        return date.fromisoformat(text) + self.shift


class Directory:
    """What rows refer to, read once."""

    def __init__(self) -> None:
        self.countries = {row.iso2: row for row in Country.objects.all()}
        self.organizations = {row.code: row for row in Organization.objects.all()}
        self.categories = {row.code: row for row in StakeholderCategory.objects.all()}
        self.themes = {row.code: row for row in Theme.objects.all()}
        self.people = {row["email"]: row for row in content("directory", "people")}
        self.users = {row.email: row for row in User.objects.all()}
        self.secretariat = self.users["secretariat@demo.example"]
        self.unossc = self.organizations["unossc"]

    def name_of(self, email: str) -> str:
        row = self.people[email]
        return f"{row['given_name']} {row['family_name']}"


@transaction.atomic
def load(*, shift: timedelta, scale: int) -> None:
    """Load meetings with programme and registrations, thematic events, the working group and voluntary reports."""
    data, known, clock = content("meetings", "meeting"), Directory(), Clock(shift)
    meeting = _meeting(data, known, clock, opens=REGISTRATION_OPENS, closes=REGISTRATION_CLOSES)
    _programme(meeting, data, known, clock)
    CategoryQuota.objects.bulk_create(
        CategoryQuota(meeting=meeting, category=known.categories[row["category"]], seats=row["seats"], approval=row["approval"])
        for row in data["quotas"]
    )
    _registrations(meeting, known, clock)
    for row in data["other_meetings"]:
        other = _meeting(row, known, clock)
        _other_sessions(other, row, clock)
    _events(data["thematic_events"], known, clock)
    _group(data["working_group"], known, clock)
    _reports(data["voluntary_reports"], known, clock)
    bump("meetings")


def _dated(changes: Iterable[tuple[Any, datetime]], model: Any) -> None:
    """Write history rows with their own times: on creation the clock's would be taken."""
    pairs = list(changes)
    rows = model.objects.bulk_create([row for row, _at in pairs])
    for row, (_same, at) in zip(rows, pairs, strict=True):
        row.at = at
    model.objects.bulk_update(rows, ["at"])


# --- Meetings and programme ------------------------------------------------------------------------------------------


def _meeting(row: dict[str, Any], known: Directory, clock: Clock, opens: str = "", closes: str = "") -> Meeting:
    zone = row["time_zone"]
    purpose = row.get("purpose") or [row.get("description", "")]
    meeting = Meeting.objects.create(
        slug=row["slug"],
        **in_languages("title", row["title"]),
        **in_languages("summary", row["summary"]),
        **in_languages("place", row["venue"]),
        purpose="\n\n".join(purpose),
        city=row["city"],
        country=known.countries[row["country"]],
        time_zone=zone,
        starts_at=clock.at(row["starts"], zone),
        ends_at=clock.at(row["ends"], zone),
        host=known.organizations[row["organizer"]],
        conjunction=row.get("conjunction", {}).get("name", ""),
        parent_process=row.get("parent_process", {}).get("name", ""),
        contact_email=row.get("contact_email", ""),
        registration_opens_at=clock.at(opens, zone) if opens else None,
        registration_closes_at=clock.at(closes, zone) if closes else None,
        is_illustrative=row.get("illustrative", False),
        state=MeetingState.PUBLISHED,
    )
    announced = clock.at("2017-09-04T11:00", "America/New_York")
    drafted = MeetingStateChange(subject=meeting, old="", new=MeetingState.DRAFT)
    published = MeetingStateChange(subject=meeting, old=MeetingState.DRAFT, new=MeetingState.PUBLISHED)
    for change in (drafted, published):
        change.by, change.on_behalf_of = known.secretariat, known.unossc
    _dated([(drafted, announced - timedelta(days=12)), (published, announced)], MeetingStateChange)
    return meeting


def _programme(meeting: Meeting, data: dict[str, Any], known: Directory, clock: Clock) -> None:
    documents = {
        row["code"]: MeetingDocument.objects.create(
            meeting=meeting,
            code=row["code"],
            title=row["title"],
            symbol=row["symbol"],
            language=row["language"],
            url=OFFICIAL + row["symbol"] if row["symbol"] else "",
            note=row["description"],
            position=place,
        )
        for place, row in enumerate(data["documents"])
    }
    rooms = {
        row["code"]: Room.objects.create(
            meeting=meeting,
            code=row["code"],
            name=row["name"],
            capacity=row["capacity"],
            note=row.get("note", ""),
            position=place,
        )
        for place, row in enumerate(data["rooms"])
    }
    summaries = {row["code"]: row["summary"] for row in data["agenda_items"]}
    number = 0
    for row in data["sessions"]:
        item = row["agenda_item"] or ""
        if row["kind"] not in {SessionKind.BREAK, SessionKind.SERVICE}:
            number += 1
        session = Session.objects.create(
            meeting=meeting,
            room=rooms.get(row["room"]),
            code=row["code"],
            number=str(number) if row["kind"] not in {SessionKind.BREAK, SessionKind.SERVICE} else "",
            item=item,
            kind=row["kind"],
            **in_languages("title", row["title"]),
            **in_languages("summary", summaries.get(item) or row["description"]),
            starts_at=clock.at(row["starts"], meeting.time_zone),
            ends_at=clock.at(row["ends"], meeting.time_zone),
            interpretation=[code.replace("_", "-") for code in row.get("interpretation", [])],
            is_illustrative=row["illustrative"],
        )
        session.documents.set([documents[code] for code in row["documents"]])
        Speaker.objects.bulk_create(
            Speaker(
                session=session,
                name=who["name"],
                role=who["role"],
                organization=known.organizations.get(who["organization"] or ""),
                part=who["part"],
                position=place,
            )
            for place, who in enumerate(row["speakers"])
        )


def _other_sessions(meeting: Meeting, row: dict[str, Any], clock: Clock) -> None:
    for place, part in enumerate(row["sessions"], start=1):
        Session.objects.create(
            meeting=meeting,
            code=part["code"],
            number=str(place),
            **in_languages("title", part["title"]),
            starts_at=clock.at(part["starts"], meeting.time_zone),
            ends_at=clock.at(part["ends"], meeting.time_zone),
            is_illustrative=True,
        )


# --- Registrations ---------------------------------------------------------------------------------------------------

# How many of each category stand in which state, in the order in which people came; approved otherwise.
ENDINGS: dict[str, list[str]] = {
    "member-state": [
        *["a"] * 12,
        "submitted",
        "a",
        "endorsed",
        "cancelled",
        "submitted",
        "submitted",
        "endorsed",
        "declined",
        "submitted",
    ],
    "un-entity": ["a"] * 13 + ["cancelled", "a", "a"],
    "intergovernmental-organization": ["a", "a", "a", "cancelled"],
    "international-financial-institution": ["a", "a", "offered"],
    "ngo": ["a", "a", "submitted", "declined", "draft"],
    "civil-society": ["a", "a", "submitted", "endorsed"],
    "academia": ["a", "a", "a", "a", "waitlisted", "waitlisted"],
    "scientific-community": ["a", "a", "a"],
    "private-sector": ["a", "a", "submitted", "declined"],
    "philanthropy": ["a", "submitted"],
}
REASONS = {
    "member-state": "The delegation has named somebody else in your place. Its focal point can tell you more.",
    "ngo": "This meeting is for organizations that work in two countries or more. The calendar shows events that fit better.",
    "private-sector": "A trade exhibition takes place at the Expo in the same hotel; please register there.",
}
NEEDS = {
    "r.tarawneh@jordan.example": "Interpretation into Arabic; a seat near the stage.",
    "i.solvangsdal@unicef.example": "Step-free access.",
    "a.frimpomaa@markettraders.example": "Vegetarian meals.",
    "d.yalcinsoy@marmarapolicy.example": "Live captions in English.",
}


def _registrations(meeting: Meeting, known: Directory, clock: Clock) -> None:
    """Some sixty people in every state; all but the cast by address. The demo's participant is left to register in person."""
    people: dict[str, list[dict[str, Any]]] = {}
    for row in known.people.values():
        if not row.get("account"):
            people.setdefault(row["category"], []).append(row)
    people["member-state"].insert(0, known.people["focal.samoa@demo.example"])
    automatic = set(meeting.quotas.filter(approval=Approval.AUTOMATIC).values_list("category__code", flat=True))
    begin = clock.at(REGISTRATION_OPENS, meeting.time_zone)
    histories: list[tuple[Registration, list[tuple[str, datetime, str]]]] = []
    for place, (category, endings) in enumerate(ENDINGS.items()):
        for order, (row, ending) in enumerate(zip(people[category], endings, strict=False)):
            # Spread over some five weeks, in an order that looks like people and not like a table.
            hours, minutes = (order * 7 + place * 5) % 9, (order * 17 + place * 11) % 60
            came = begin + timedelta(days=order * 34 // len(endings), hours=hours, minutes=minutes)
            end = "approved" if ending == "a" else ending
            reason = REASONS.get(category, "") if end == S.DECLINED else ""
            steps = _steps(end, came, category in automatic, reason)
            histories.append((_registration(meeting, row, known, end, came, steps), steps))
    Registration.objects.bulk_create(registration for registration, _steps_of in histories)
    changes = []
    for registration, steps in histories:
        old = ""
        for new, at, reason in steps:
            change = RegistrationStateChange(subject=registration, old=old, new=new, reason=reason)
            by_rule = new in {S.APPROVED, S.WAITLISTED} and registration.category.code in automatic
            if new in {S.DRAFT, S.SUBMITTED, S.CANCELLED}:
                change.by, change.on_behalf_of = registration.user, registration.organization
            elif new == S.ENDORSED:
                change.on_behalf_of = registration.organization
            elif not by_rule:
                change.by, change.on_behalf_of = known.secretariat, known.unossc
            changes.append((change, at))
            old = new
    _dated(changes, RegistrationStateChange)


def _steps(end: str, came: datetime, automatic: bool, reason: str) -> list[tuple[str, datetime, str]]:
    """The history that leads to a state: (state, when, reason)."""
    if end == S.DRAFT:
        return [(S.DRAFT, came, "")]
    decided = came if automatic else came + timedelta(days=1, hours=3, minutes=20)
    steps: list[tuple[str, datetime, str]] = [(S.SUBMITTED, came, "")]
    if end == S.ENDORSED:
        steps.append((S.ENDORSED, came + timedelta(hours=5), ""))
    elif end in {S.APPROVED, S.WAITLISTED, S.DECLINED}:
        steps.append((end, decided, reason))
    elif end == S.CANCELLED:
        steps += [(S.APPROVED, decided, ""), (S.CANCELLED, decided + timedelta(days=3), "")]
    elif end == S.OFFERED:
        steps += [(S.WAITLISTED, decided, ""), (S.OFFERED, decided + timedelta(days=2), "")]
    return steps


def _registration(
    meeting: Meeting, row: dict[str, Any], known: Directory, end: str, came: datetime, steps: list[tuple[str, datetime, str]]
) -> Registration:
    organization = known.organizations.get(row["organization"] or "")
    waited = next((at for state, at, _reason in steps if state == S.WAITLISTED), None)
    return Registration(
        meeting=meeting,
        category=known.categories[row["category"]],
        user=known.users.get(row["email"]),
        email=row["email"],
        given_name=row["given_name"],
        family_name=row["family_name"],
        organization=organization,
        affiliation="" if organization else row["affiliation"],
        country=known.countries.get(row["country"]),
        access_needs=NEEDS.get(row["email"], ""),
        language=row["language"].replace("_", "-"),
        state=end,
        submitted_at=None if end == S.DRAFT else came,
        waitlisted_at=waited,
        offered_until=meeting.registration_closes_at if end == S.OFFERED else None,
    )


# --- Events, working group, reports ----------------------------------------------------------------------------------


def _events(rows: list[dict[str, Any]], known: Directory, clock: Clock) -> None:
    for row in rows:
        zone = row["time_zone"]
        event = ThematicEvent.objects.create(
            slug=row["slug"],
            **in_languages("title", row["title"]),
            **in_languages("summary", row["summary"]),
            proposed_by=known.organizations[row["proposer"]],
            theme=known.themes[row["theme"]],
            format=row["format"],
            starts_at=clock.at(f"{row['starts']}T09:00", zone),
            ends_at=clock.at(f"{row['ends']}T17:00", zone),
            time_zone=zone,
            city=row["city"],
            country=known.countries[row["country"]],
            expected=row["expected_participants"],
            needs=row["needs"],
            is_illustrative=row["illustrative"],
            state=row["state"],
        )
        event.co_sponsors.set([known.organizations[code] for code in row["co_sponsors"]])
        proposed = clock.at("2017-10-02T10:00", "UTC")
        first = ThematicEventStateChange(subject=event, old="", new=EventState.PROPOSED, on_behalf_of=event.proposed_by)
        changes = [(first, proposed)]
        if event.state != EventState.PROPOSED:
            decision = ThematicEventStateChange(subject=event, old=EventState.PROPOSED, new=event.state)
            decision.by, decision.on_behalf_of = known.secretariat, known.unossc
            changes.append((decision, proposed + timedelta(days=14)))
        _dated(changes, ThematicEventStateChange)


def _group(row: dict[str, Any], known: Directory, clock: Clock) -> None:
    group = WorkingGroup.objects.create(
        slug=row["slug"],
        **in_languages("name", row["title"]),
        **in_languages("summary", row["summary"]),
        terms_of_reference="\n\n".join(row["terms_of_reference"]),
        is_illustrative=row["illustrative"],
    )
    group.strategies.set(Strategy.objects.filter(slug=row["strategy"]))
    members = []
    for place, who in enumerate(row["members"]):
        for email, role in ((who["member"], who["role"]), (who["alternate"], GroupRole.ALTERNATE)):
            if email:
                body = known.organizations[who["agency"]]
                members.append(GroupMember(group=group, organization=body, name=known.name_of(email), role=role, position=place))
    GroupMember.objects.bulk_create(members)
    Decision.objects.bulk_create(
        Decision(
            group=group,
            number=part["number"],
            title=part["title"],
            text=part["text"],
            taken_on=clock.day(part["date"]) - DECISIONS_BACK,
            is_public=part["public"],
        )
        for part in row["decisions"]
    )
    ActionItem.objects.bulk_create(
        ActionItem(
            group=group,
            number=part["number"],
            text=part["title"],
            owner=known.organizations[part["owner"]],
            due_on=clock.day(part["due"]),
            state=ActionState(part["state"]),
        )
        for part in row["action_items"]
    )


def _reports(rows: list[dict[str, Any]], known: Directory, clock: Clock) -> None:
    for row in rows:
        # The true reports came after the meeting; here they are there before it.
        submitted = clock.at(f"{row['submitted']}T12:00", "UTC") - REPORTS_BACK
        published = submitted + timedelta(days=4)
        report = VoluntaryReport.objects.create(
            slug=row["slug"],
            country=known.countries.get(row["country"] or ""),
            organization=known.organizations.get(row["organization"] or ""),
            title=row["title"],
            language=row["language"].replace("_", "-"),
            summary=row["summary"],
            sections=[{"heading": part["heading"], "text": part["text"]} for part in row["body"]],
            is_illustrative=row["illustrative"],
            state=row["state"],
            submitted_at=submitted,
            published_at=published if row["state"] == ReportState.PUBLISHED else None,
        )
        report.themes.set([known.themes[code] for code in row["themes"]])
        first = VoluntaryReportStateChange(subject=report, old="", new=ReportState.SUBMITTED, on_behalf_of=report.organization)
        changes = [(first, submitted)]
        if report.state == ReportState.PUBLISHED:
            decision = VoluntaryReportStateChange(subject=report, old=ReportState.SUBMITTED, new=ReportState.PUBLISHED)
            decision.by, decision.on_behalf_of = known.secretariat, known.unossc
            changes.append((decision, published))
        _dated(changes, VoluntaryReportStateChange)
