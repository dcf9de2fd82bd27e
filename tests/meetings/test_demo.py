"""The demo keeps its promises."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

import directory.demo
import meetings.demo
from meetings.enums import RegistrationState
from meetings.models import (
    ActionItem,
    CategoryQuota,
    Decision,
    Meeting,
    MeetingStateChange,
    Minutes,
    Registration,
    RegistrationStateChange,
    Room,
    TermsVersion,
    ThematicEvent,
    VoluntaryReport,
    WorkingGroup,
)
from notifications.models import Notification

TRUE = datetime(2017, 11, 29, 15, 30, tzinfo=UTC)


@pytest.fixture
def demo(db: Any) -> None:
    shift = timedelta(weeks=round((timezone.now() + timedelta(weeks=4) - TRUE) / timedelta(weeks=1)))
    directory.demo.load(shift=shift, scale=1)
    meetings.demo.load(shift=shift, scale=1)


@pytest.mark.usefixtures("demo")
def test_the_demo_is_as_the_contract_says() -> None:
    meeting = Meeting.objects.get(slug="antalya-2017")
    start = meeting.starts_at.astimezone(ZoneInfo("Europe/Istanbul"))
    assert (start.weekday(), start.hour, start.minute) == (2, 18, 30)
    assert meeting.registration_window(timezone.now()) == "open"
    assert "".join(meeting.sessions.exclude(item="").order_by("item").values_list("item", flat=True)) == "abcd"
    assert Room.objects.filter(meeting=meeting).count() == 3
    assert 55 <= meeting.registrations.count() <= 75
    assert set(meeting.registrations.values_list("state", flat=True)) == set(RegistrationState.values)
    assert (ThematicEvent.objects.count(), WorkingGroup.objects.count(), VoluntaryReport.objects.count()) == (9, 1, 7)
    assert Meeting.objects.filter(group=None).count() == 3
    assert Meeting.objects.exclude(group=None).count() == 4
    assert set(Minutes.objects.values_list("state", flat=True)) == {"adopted", "circulated", "draft"}
    assert TermsVersion.objects.count() == 2
    assert Decision.objects.count() == 4
    assert ActionItem.objects.exclude(state="done").count() == 5

    # Nobody has a seat too many, somebody waits, and who waits has a reason to.
    full = [
        quota
        for quota in CategoryQuota.objects.all()
        if (taken := Registration.objects.filter(meeting=quota.meeting, category=quota.category).taking_seats().count())
        >= quota.seats
        and not taken > quota.seats
    ]
    waiting = Registration.objects.waiting()
    assert {row.category_id for row in waiting} == {quota.category_id for quota in full}
    assert waiting.count() >= 2

    # The thread can be walked.
    assert not Registration.objects.filter(email="participant@demo.example").exists()
    assert Registration.objects.get(user__email="focal.samoa@demo.example").state == "approved"
    assert Notification.objects.count() == 0


@pytest.mark.usefixtures("demo")
def test_histories_lead_to_the_states_in_allowed_steps_and_in_the_past() -> None:
    newest = {}
    for change in RegistrationStateChange.objects.select_related("subject").order_by("subject", "pk"):
        row = change.subject
        assert change.old == newest.get(row.pk, "")
        if change.old:
            assert change.new in Registration.TRANSITIONS[change.old]
        assert change.at < timezone.now()
        newest[row.pk] = change.new
    assert newest == dict(Registration.objects.values_list("pk", "state"))
    assert all(at < timezone.now() for at in MeetingStateChange.objects.values_list("at", flat=True))
    assert all(day < timezone.now().date() for day in Decision.objects.values_list("taken_on", flat=True))
    assert all(
        at < timezone.now() for at in VoluntaryReport.objects.exclude(published_at=None).values_list("published_at", flat=True)
    )
    assert Counter(Registration.objects.values_list("state", flat=True))["draft"] == 1
