"""How often a person wants mail: what notify() does with it, and the page where it is chosen."""

from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.utils import timezone

from common.access import Refused
from common.mail_files import messages_to
from directory.models import User
from notifications.enums import DeliveryState, Frequency, Priority
from notifications.kinds import Kind, all_kinds
from notifications.models import MailHours, Notification, Preference
from notifications.selectors.preferences import choices_of
from notifications.services import BULK, Recipient, deliver_due, notify
from notifications.services.preferences import set_hours, set_preferences
from tests.factories.directory import UserFactory
from tests.notifications.kinds import PLAIN, REQUIRED, use_templates

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _templates(tmp_path: Path, settings: Any) -> None:
    use_templates(settings, tmp_path)


def queue(to: Any, kind: Kind = PLAIN, cause: str = "one") -> Notification:
    with transaction.atomic():
        notify(kind=kind, to=[to], cause=cause, context={"name": "wells"})
    return Notification.objects.get(kind=kind.name, cause=cause)


@pytest.mark.parametrize(
    ("frequency", "state"),
    [
        (Frequency.AT_ONCE, DeliveryState.QUEUED),
        (Frequency.DAILY, DeliveryState.COLLECTED),
        (Frequency.WEEKLY, DeliveryState.COLLECTED),
        (Frequency.NONE, DeliveryState.KEPT),
    ],
)
def test_message_takes_the_way_its_reader_prefers(frequency: str, state: str) -> None:
    user = UserFactory()
    set_preferences(user=user, frequencies={PLAIN.name: frequency})
    row = queue(user)
    assert row.state == state
    assert Notification.objects.inbox_of(user).get() == row
    assert deliver_due() == (state == DeliveryState.QUEUED)
    assert len(list(messages_to(user.email))) == (state == DeliveryState.QUEUED)


def test_what_a_procedure_requires_goes_out_at_once_whatever_is_preferred() -> None:
    user = UserFactory()
    Preference.objects.create(user=user, kind=REQUIRED.name, frequency=Frequency.NONE)
    set_hours(user=user, quiet_from=time(0), quiet_to=time(23, 59))
    row = queue(user, REQUIRED)
    assert row.state == DeliveryState.QUEUED
    assert row.due_at <= timezone.now()
    with pytest.raises(Refused, match="part of a procedure"):
        set_preferences(user=user, frequencies={REQUIRED.name: Frequency.DAILY})


def test_mail_waits_for_the_end_of_quiet_hours() -> None:
    user = UserFactory(time_zone="Pacific/Apia")
    set_hours(user=user, quiet_from=time(21), quiet_to=time(6))
    with time_machine.travel(datetime(2026, 11, 24, 9, 0, tzinfo=UTC), tick=False):  # 22:00 in Apia
        row = queue(user)
        assert row.due_at == datetime(2026, 11, 24, 17, 0, tzinfo=UTC)
        assert deliver_due() == 0
    with time_machine.travel(datetime(2026, 11, 24, 17, 1, tzinfo=UTC), tick=False):
        assert deliver_due() == 1


def test_message_that_waits_takes_new_quiet_hours_too() -> None:
    user = UserFactory(time_zone="Pacific/Apia")
    set_hours(user=user, quiet_from=time(21), quiet_to=time(6))
    with time_machine.travel(datetime(2026, 11, 24, 9, 0, tzinfo=UTC), tick=False):  # 22:00 in Apia
        queue(user)
        set_hours(user=user, quiet_from=time(21), quiet_to=time(7))
        assert Notification.objects.get().due_at == datetime(2026, 11, 24, 18, 0, tzinfo=UTC)
        set_hours(user=user, quiet_from=None, quiet_to=None)
        assert deliver_due() == 1


def test_message_that_waits_moves_with_its_readers_clock(sign_in: Any) -> None:
    user = UserFactory(time_zone="UTC")
    set_hours(user=user, quiet_from=time(22), quiet_to=time(7))
    profile = {"given_name": "Ada", "family_name": "Diallo", "language": "en"}
    with time_machine.travel(datetime(2026, 3, 3, 23, tzinfo=UTC), tick=False):
        row = queue(User.objects.get(pk=user.pk))
        client = sign_in(user)
        # 23:00 in London is 18:00 in New York, when nothing is quiet, and 2:00 in Istanbul.
        for zone, due in (("UTC", (4, 7)), ("America/New_York", (3, 23)), ("Europe/Istanbul", (4, 4))):
            assert client.post("/accounts/profile/", {**profile, "time_zone": zone}).status_code == 302
            row.refresh_from_db()
            assert row.due_at == datetime(2026, 3, *due, tzinfo=UTC), zone


def test_person_without_an_account_is_written_to_at_once() -> None:
    assert queue(Recipient("nominee@test.example")).state == DeliveryState.QUEUED


def test_bulk_mail_goes_last_and_account_mail_first() -> None:
    user = UserFactory()
    with transaction.atomic():
        notify(kind=BULK, to=[user], cause="b", context={"subject": "S", "text": "T"})
    assert Notification.objects.get().priority == Priority.BULK
    assert {kind.name for kind in all_kinds() if kind.priority == Priority.URGENT} >= {"notifications.account_mail"}


def test_a_new_choice_holds_for_what_waits_already() -> None:
    user = UserFactory()
    set_preferences(user=user, frequencies={PLAIN.name: Frequency.DAILY})
    row = queue(user)
    set_preferences(user=user, frequencies={PLAIN.name: Frequency.AT_ONCE})
    row.refresh_from_db()
    assert row.state == DeliveryState.QUEUED
    set_preferences(user=user, frequencies={PLAIN.name: Frequency.NONE})
    row.refresh_from_db()
    assert row.state == DeliveryState.KEPT


def test_one_preference_for_a_kind_and_a_person() -> None:
    user = UserFactory()
    for frequency in (Frequency.DAILY, Frequency.NONE):
        set_preferences(user=user, frequencies={PLAIN.name: frequency})
    assert Preference.objects.get().frequency == Frequency.NONE
    with pytest.raises(IntegrityError), transaction.atomic():
        Preference.objects.create(user=user, kind=PLAIN.name, frequency=Frequency.DAILY)


@pytest.mark.parametrize("bad", [{"no.such": "daily"}, {PLAIN.name: "hourly"}])
def test_unknown_kind_or_frequency_is_refused(bad: dict[str, str]) -> None:
    with pytest.raises(Refused, match="Load the page again"):
        set_preferences(user=UserFactory(), frequencies=bad)
    assert not Preference.objects.exists()


def test_ten_thousand_people_cost_few_queries(django_assert_num_queries: Any) -> None:
    User.objects.bulk_create([User(email=f"many{number}@test.example", password="!") for number in range(10_000)])
    people = list(User.objects.filter(email__startswith="many"))
    Preference.objects.create(user=people[0], kind=PLAIN.name, frequency=Frequency.NONE)
    with transaction.atomic(), django_assert_num_queries(3):
        notify(kind=PLAIN, to=people, cause="many", context={"name": "wells"})
    assert Notification.objects.filter(state=DeliveryState.QUEUED).count() == 9_999


def test_every_kind_of_ours_has_words_for_the_preferences_page() -> None:
    silent = {"notifications.digest"}  # nobody chooses a digest: it is what one chooses instead
    nameless = {kind.name for kind in all_kinds() if not kind.label and not kind.name.startswith("tests")}
    assert nameless <= silent
    assert all(kind.required or kind.frequency in Frequency.values for kind in all_kinds())


# --- The page --------------------------------------------------------------------------------------------------------

HOURS = {"quiet_from": "", "quiet_to": "", "digest_at": "07:00", "digest_weekday": "0"}


def chosen(user: Any, **changed: str) -> dict[str, str]:
    """What the browser posts when nothing but `changed` is touched."""
    own = {one.kind.name: one.frequency for group in choices_of(user).values() for one in group if not one.kind.required}
    return {**own, **HOURS, **changed}


def test_page_keeps_what_is_chosen(sign_in: Any) -> None:
    user = UserFactory()
    client = sign_in(user)
    page = client.get("/inbox/preferences/")
    assert page.status_code == 200
    assert "Always, at once" in page.content.decode()
    hours = {"quiet_from": "22:00", "quiet_to": "06:30", "digest_at": "08:15", "digest_weekday": "4"}
    answer = client.post("/inbox/preferences/", chosen(user, **hours, **{"solutions.solution_verified": "weekly"}))
    assert (answer.status_code, answer["Location"]) == (302, "/inbox/preferences/")
    assert Preference.objects.get(user=user, kind="solutions.solution_verified").frequency == Frequency.WEEKLY
    kept = MailHours.objects.get(user=user)
    assert (kept.quiet_from, kept.quiet_to, kept.digest_at, kept.digest_weekday) == (time(22), time(6, 30), time(8, 15), 4)
    assert 'value="22:00"' in client.get("/inbox/preferences/").content.decode()


def test_one_end_of_quiet_hours_is_refused_with_what_to_do(sign_in: Any) -> None:
    user = UserFactory()
    answer = sign_in(user).post("/inbox/preferences/", chosen(user, quiet_from="22:00"))
    assert answer.status_code == 400
    assert "Give both ends of the quiet hours, or neither." in answer.content.decode()
    assert not MailHours.objects.exists()
    assert not Preference.objects.exists()


def test_page_speaks_of_what_can_reach_the_reader_only(cast: Any) -> None:
    def names(user: Any) -> set[str]:
        return {one.kind.name for group in choices_of(user).values() for one in group}

    assert "meetings.registration_to_review" in names(cast.secretariat)
    assert "meetings.registration_to_review" not in names(cast.focal_undp)
    assert "strategy.comment_waits_for_clearance" in names(cast.focal_undp)
    assert "strategy.comment_waits_for_clearance" not in names(cast.outsider)
    assert "notifications.account_mail" not in names(cast.outsider)


def test_nobody_is_asked_who_has_not_signed_in(sign_in: Any) -> None:
    for address in ("/inbox/", "/inbox/preferences/", "/inbox/1/", "/inbox/1/open/"):
        assert sign_in().get(address).status_code == 302


def test_retried_message_does_not_lose_its_way(sign_in: Any) -> None:
    user = UserFactory()
    row = queue(user)
    Notification.objects.filter(pk=row.pk).update(due_at=timezone.now() + timedelta(hours=1))
    set_preferences(user=user, frequencies={PLAIN.name: Frequency.NONE})
    row.refresh_from_db()
    assert row.state == DeliveryState.KEPT
