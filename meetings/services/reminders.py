"""Reminders before a meeting, once for each person who has a seat."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from meetings.enums import MeetingState, RegistrationState
from meetings.messages.reminders import REMINDER, cause_of_reminder, meeting_reminder
from meetings.models import Meeting, Registration, RegistrationStateChange
from meetings.services.seats import calendar_for
from notifications.models import Notification

BATCH = 200


def remind_before_meetings(*, now: datetime | None = None) -> int:
    """Remind of every meeting that is as near as its settings say; safe to repeat. Returns how many were written to."""
    now = now or timezone.now()
    sent = 0
    coming = Meeting.objects.filter(state=MeetingState.PUBLISHED, starts_at__gt=now, reminder_days__gt=0)
    for meeting in coming.select_related("country"):
        due = meeting.starts_at - timedelta(days=meeting.reminder_days)
        if due <= now:
            sent += _remind(meeting, due)
    return sent


def _remind(meeting: Meeting, due: datetime) -> int:
    """Whoever got the seat after the reminders were due has just read the same in the confirmation."""
    late = RegistrationStateChange.objects.filter(subject=OuterRef("pk"), new=RegistrationState.APPROVED, at__gte=due)
    rows = Registration.objects.filter(meeting=meeting, state=RegistrationState.APPROVED).exclude(Exists(late))
    causes = {pk: cause_of_reminder(reference) for pk, reference in rows.order_by("pk").values_list("pk", "reference")}
    reminded = set(Notification.objects.filter(kind=REMINDER.name, cause__in=causes.values()).values_list("cause", flat=True))
    keys = [pk for pk, cause in causes.items() if cause not in reminded]
    for begin in range(0, len(keys), BATCH):
        _remind_batch(meeting, keys[begin : begin + BATCH])
    return len(keys)


@transaction.atomic
def _remind_batch(meeting: Meeting, keys: list[int]) -> None:
    """A batch in a transaction of its own: a crash in the middle repeats nothing."""
    rows = Registration.objects.filter(pk__in=keys, state=RegistrationState.APPROVED).select_related("category", "user")
    for registration in rows.order_by("pk"):
        registration.meeting = meeting
        meeting_reminder(registration, calendar=calendar_for(registration))
