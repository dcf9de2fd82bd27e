"""A person's own clock: quiet hours and the hour of digests, on the days when clocks change too."""

from datetime import UTC, datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifications.models import MailHours
from notifications.selectors.hours import end_of_quiet, last_daily, last_weekly

BERLIN, APIA, TEHRAN = "Europe/Berlin", "Pacific/Apia", "Asia/Tehran"
NIGHT = MailHours(quiet_from=time(22), quiet_to=time(7))


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("now", "due"),
    [
        ("2026-11-24 12:00", "2026-11-24 12:00"),  # by day
        ("2026-11-24 21:30", "2026-11-25 06:00"),  # 22:30 in Berlin: until 7:00 tomorrow
        ("2026-11-25 03:00", "2026-11-25 06:00"),  # 4:00: until 7:00 today
        ("2026-11-25 06:00", "2026-11-25 06:00"),  # 7:00 is not quiet any more
        ("2026-03-28 22:30", "2026-03-29 05:00"),  # the night when the clock goes forward: 7:00 is an hour earlier
        ("2026-10-24 21:30", "2026-10-25 06:00"),  # the night when it goes back
    ],
)
def test_mail_waits_for_the_end_of_quiet_hours(now: str, due: str) -> None:
    assert end_of_quiet(at(now), NIGHT, BERLIN) == at(due)


def test_quiet_hours_at_noon_and_of_no_length() -> None:
    noon = MailHours(quiet_from=time(12), quiet_to=time(14))
    assert end_of_quiet(at("2026-11-24 11:30"), noon, BERLIN) == at("2026-11-24 13:00")
    assert end_of_quiet(at("2026-11-24 13:00"), noon, BERLIN) == at("2026-11-24 13:00")
    assert end_of_quiet(at("2026-11-24 11:30"), MailHours(quiet_from=time(12), quiet_to=time(12)), BERLIN).hour == 11
    assert end_of_quiet(at("2026-11-24 11:30"), None, BERLIN).hour == 11
    assert end_of_quiet(at("2026-11-24 11:30"), MailHours(), BERLIN).hour == 11


def test_end_of_quiet_hours_that_comes_twice_is_the_one_ahead() -> None:
    hours = MailHours(quiet_from=time(22), quiet_to=time(2, 30))
    # 02:15 for the second time in Berlin: the first 02:30 is past.
    assert end_of_quiet(at("2026-10-25 01:15"), hours, BERLIN) == at("2026-10-25 01:30")
    assert end_of_quiet(at("2026-10-25 00:15"), hours, BERLIN) == at("2026-10-25 00:30")


def test_end_of_quiet_hours_that_is_skipped_comes_after_the_jump() -> None:
    hours = MailHours(quiet_from=time(22), quiet_to=time(2, 30))
    assert end_of_quiet(at("2026-03-29 00:30"), hours, BERLIN) == at("2026-03-29 01:30")


def test_daily_digest_by_the_readers_own_clock() -> None:
    hours = MailHours(digest_at=time(7))
    assert last_daily(at("2026-11-24 05:59"), hours, BERLIN) == at("2026-11-23 06:00")
    assert last_daily(at("2026-11-24 06:00"), hours, BERLIN) == at("2026-11-24 06:00")
    assert last_daily(at("2026-11-24 06:00"), None, APIA) == at("2026-11-23 18:00")
    assert last_daily(at("2026-11-24 04:00"), None, TEHRAN) == at("2026-11-24 03:30")


def test_daily_digest_over_the_change_of_clocks() -> None:
    half_past_two = MailHours(digest_at=time(2, 30))
    assert last_daily(at("2026-03-29 12:00"), half_past_two, BERLIN) == at("2026-03-29 01:30")
    assert last_daily(at("2026-10-25 12:00"), half_past_two, BERLIN) == at("2026-10-25 00:30")


def test_weekly_digest_on_its_weekday() -> None:
    friday = MailHours(digest_at=time(9), digest_weekday=4)
    assert last_weekly(at("2026-11-27 07:59"), friday, BERLIN) == at("2026-11-20 08:00")
    assert last_weekly(at("2026-11-27 08:00"), friday, BERLIN) == at("2026-11-27 08:00")
    assert last_weekly(at("2026-11-24 12:00"), None, BERLIN) == at("2026-11-23 06:00")


moments = st.datetimes(datetime(2024, 1, 1), datetime(2028, 1, 1), timezones=st.just(UTC))
zones = st.sampled_from([BERLIN, APIA, TEHRAN, "America/St_Johns", "Australia/Lord_Howe", "Africa/Casablanca"])


@given(now=moments, zone=zones, hour=st.integers(0, 23), weekday=st.integers(0, 6))
def test_the_last_digest_is_never_ahead_and_never_long_ago(now: datetime, zone: str, hour: int, weekday: int) -> None:
    hours = MailHours(digest_at=time(hour, 30), digest_weekday=weekday)
    assert 0 <= (now - last_daily(now, hours, zone)).total_seconds() <= 26 * 3600
    assert 0 <= (now - last_weekly(now, hours, zone)).total_seconds() <= (7 * 24 + 2) * 3600


@given(now=moments, zone=zones, start=st.integers(0, 23), end=st.integers(0, 23))
def test_quiet_hours_never_hold_mail_for_longer_than_they_last(now: datetime, zone: str, start: int, end: int) -> None:
    due = end_of_quiet(now, MailHours(quiet_from=time(start), quiet_to=time(end)), zone)
    assert 0 <= (due - now).total_seconds() <= ((end - start) % 24 + 2) * 3600
