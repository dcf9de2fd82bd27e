"""The messages of the demonstration: what the portal wrote in the last days, in every state that the outbox knows.

It stands at the roof because the messages are those of every app. Nothing is really sent: no demo address exists.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.db import transaction
from django.utils import timezone, translation

import briefs.messages
import solutions.messages
import strategy.messages.consultation
from briefs.models import Edition
from directory.enums import JobState
from directory.models import Job, User
from meetings.documents.calendar import registration_calendar
from meetings.messages import registration as registration_messages
from meetings.models import Registration
from notifications.enums import BulkState, DeliveryState, Frequency, TrailAct
from notifications.models import BulkMessage, Notification, Preference, TrailEntry
from notifications.services import bulk
from notifications.services.bounces import record_trouble
from notifications.services.digests import KIND as DIGEST
from notifications.services.digests import make_digest
from notifications.services.rendering import render
from solutions.models import Solution
from strategy.models import Position

SUBJECT = "Antalya: doors open at 18:00, bring an identity document"
BODY = """Dear colleagues,

the opening discussion begins at 18:30. Doors open at 18:00; please allow a quarter of an hour for the security desk \
and bring the identity document that you registered with.

The programme with its rooms is on the meeting's page. If you cannot come, please cancel your registration, so that \
somebody on the waiting list gets your seat.

We look forward to seeing you in Antalya."""
REMINDER = "Two weeks left for your agency's position"
REMINDER_BODY = """Dear focal points,

the consultation on the first revised draft is open. Several agencies have cleared their comments already; \
others still gather them.

A position may also say that your agency has no comment: that, too, helps the drafters."""
DAILY = [
    ("focal.undp@demo.example", "briefs.brief_published"),
    ("contributor.undp@demo.example", "briefs.brief_published"),
    ("focal.undp@demo.example", "solutions.solution_verified"),
]
REGISTRANTS = {"meeting": "antalya-2017", "states": ["approved", "waitlisted"], "categories": []}


def _settle(rows: Iterable[Notification], *, first: datetime, apart: timedelta) -> None:
    """Mark rows as sent, one after another from the moment `first` on, as a worker would have marked them."""
    for number, row in enumerate(rows):
        subject, text, html, *_rest = render(row)
        row.subject, row.text, row.html = subject, text, html
        row.state, row.attempts, row.sent_to = DeliveryState.SENT, 1, row.destination
        row.created_at = row.due_at = first + number * apart
        row.sent_at = row.created_at + timedelta(seconds=2)
        row.save()


def _written(*writing: Callable[[], Any]) -> list[Notification]:
    """The rows that these functions write, the oldest first."""
    known = set(Notification.objects.values_list("pk", flat=True))
    for write in writing:
        write()
    return list(Notification.objects.exclude(pk__in=known).select_related("recipient").order_by("pk"))


def _calendar(registration: Registration) -> str:
    with translation.override(registration.user.language if registration.user else registration.language):
        return registration_calendar(registration).decode()


def _of_meetings() -> list[Callable[[], Any]]:
    def about(state: str) -> Any:
        rows = Registration.objects.filter(state=state, meeting__slug="antalya-2017").order_by("pk")
        return rows.select_related("meeting__country", "category", "user", "organization")

    said: list[Callable[[], Any]] = []
    for row in about("approved")[:8]:
        said.append(partial(registration_messages.registration_approved, row, calendar=_calendar(row)))
    for row in about("waitlisted")[:3]:
        said.append(partial(registration_messages.registration_waitlisted, row))
    for row in about("submitted")[:3]:
        said.append(partial(registration_messages.registration_received, row))
        said.append(partial(registration_messages.registration_to_review, row))
    return said


def _of_the_others() -> list[Callable[[], Any]]:
    said: list[Callable[[], Any]] = []
    for position in (
        Position.objects.filter(state="submitted").order_by("-round__opens_at", "pk").select_related("round__draft__strategy")[:3]
    ):
        said.append(partial(strategy.messages.consultation.position_submitted, position, comments=4))
    for edition in Edition.objects.order_by("-pk")[:2]:
        said.append(partial(briefs.messages.brief_published, edition))
    for solution in Solution.objects.filter(state="verified", state_changes__isnull=False).distinct().order_by("pk")[:2]:
        said.append(partial(solutions.messages.solution_verified, solution))
    return said


def _digest(now: datetime) -> None:
    """What was collected for those who want it once a day, sent to them yesterday in one mail."""
    rows = Notification.objects.filter(state=DeliveryState.COLLECTED)
    rows.update(created_at=now - timedelta(days=2, hours=5), due_at=now - timedelta(days=2, hours=5))
    for person in sorted(set(rows.values_list("recipient", flat=True))):
        make_digest(user_id=person, now=now - timedelta(days=1))
    for digest in Notification.objects.filter(kind=DIGEST.name).select_related("recipient"):
        assert DIGEST.on_sent is not None
        DIGEST.on_sent(digest)
        Notification.objects.filter(digest=digest).update(sent_at=now - timedelta(days=1))
        at = now - timedelta(days=1)
        Notification.objects.filter(pk=digest.pk).update(
            state=DeliveryState.SENT, attempts=1, sent_to=digest.destination, created_at=at, due_at=at, sent_at=at, context={}
        )


def _bulk(by: User, now: datetime) -> None:
    """One message to many that went out two days ago, and one that waits as a draft."""
    chosen = {"list": "directory.focal_points", "categories": []}
    sent = bulk.write_bulk(by=by, subject=REMINDER, body=REMINDER_BODY, language="en", audience=chosen)
    count = bulk.reach_of(message=sent, by=by).total
    bulk.confirm_bulk(message=sent, by=by, count=count)
    bulk.queue_bulk(pk=sent.pk)
    _settle(
        sent.notifications.filter(state=DeliveryState.QUEUED).select_related("recipient").order_by("pk"),  # type: ignore[attr-defined]
        first=now - timedelta(days=2, hours=3),
        apart=timedelta(seconds=1),
    )
    BulkMessage.objects.filter(pk=sent.pk).update(created_at=now - timedelta(days=2, hours=4))
    Job.objects.filter(kind=bulk.JOB).update(state=JobState.DONE, finished_at=now - timedelta(days=2, hours=3))
    assert BulkMessage.objects.get(pk=sent.pk).state == BulkState.QUEUED
    bulk.write_bulk(by=by, subject=SUBJECT, body=BODY, language="en", audience={"list": "meetings.registrants", **REGISTRANTS})


def _trail(row: Notification, act: str, at: datetime, *, by: User | None = None, detail: str = "") -> None:
    line = TrailEntry.objects.create(notification=row, act=act, by=by, detail=detail)
    TrailEntry.objects.filter(pk=line.pk).update(at=at)


def _troubles(rows: Sequence[Notification], by: User, now: datetime) -> None:
    """Of messages that were sent: one came back, one was given up, one is held."""
    came_back = next(row for row in rows if row.recipient is None)
    reason = "5.1.1 smtp; 550 5.1.1 The email account that you tried to reach does not exist"
    at = now - timedelta(hours=20)
    Notification.objects.filter(pk=came_back.pk).update(state=DeliveryState.BOUNCED, error=reason)
    _trail(came_back, TrailAct.BOUNCED, at, detail=reason)
    record_trouble(address=came_back.destination, is_permanent=True, detail=reason)

    given_up = next(row for row in rows if row.recipient is None and row.pk != came_back.pk)
    refused = "451 Greylisted, please try again later"
    Notification.objects.filter(pk=given_up.pk).update(
        state=DeliveryState.FAILED, error=refused, attempts=8, sent_at=None, sent_to="", subject="", text="", html=""
    )
    for hours in (30, 26, 18):
        _trail(given_up, TrailAct.RETRIED, now - timedelta(hours=hours), detail=refused)
    _trail(given_up, TrailAct.FAILED, now - timedelta(hours=6), detail=refused)

    held = next(row for row in reversed(rows) if row.kind == "meetings.registration_received")
    Notification.objects.filter(pk=held.pk).update(
        state=DeliveryState.HELD, attempts=0, sent_at=None, sent_to="", subject="", text="", html=""
    )
    _trail(held, TrailAct.HELD, now - timedelta(hours=3), by=by, detail="The room may change: wait for the host's answer.")


@transaction.atomic
def load(*, shift: timedelta, scale: int) -> None:
    """Write the messages; `shift` and `scale` do not concern them: they are of the days before now, and few."""
    now = timezone.now()
    by = User.objects.get(email="secretariat@demo.example")
    for email, kind in DAILY:
        Preference.objects.create(user=User.objects.get(email=email), kind=kind, frequency=Frequency.DAILY)
    rows = [row for row in _written(*_of_the_others(), *_of_meetings()) if row.state == DeliveryState.QUEUED]
    _digest(now)
    _settle(rows, first=now - timedelta(days=6), apart=timedelta(days=5) / max(len(rows), 1))
    _bulk(by, now)
    _troubles(rows, by, now)
