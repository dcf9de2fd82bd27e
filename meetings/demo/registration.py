"""Demo data: some sixty registrations in every state."""

from datetime import datetime, timedelta
from typing import Any

from meetings.demo.base import Clock, Directory, dated
from meetings.enums import (
    Approval,
    RegistrationState,
)
from meetings.models import (
    Meeting,
    Registration,
    RegistrationStateChange,
)

S = RegistrationState
OPENS = "2017-09-18T09:00"
CLOSES = "2017-11-24T18:00"

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


def load(meeting: Meeting, known: Directory, clock: Clock) -> None:
    """Some sixty people in every state; all but the cast by address. The demo's participant is left to register in person."""
    people: dict[str, list[dict[str, Any]]] = {}
    for row in known.people.values():
        if not row.get("account"):
            people.setdefault(row["category"], []).append(row)
    people["member-state"].insert(0, known.people["focal.samoa@demo.example"])
    automatic = set(meeting.quotas.filter(approval=Approval.AUTOMATIC).values_list("category__code", flat=True))
    begin = clock.at(OPENS, meeting.time_zone)
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
    dated(changes, RegistrationStateChange)


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
