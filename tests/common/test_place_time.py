"""Hours on the place's clock."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from common.access import Refused
from common.place_time import hour_at, moment_at

BERLIN, SAMOA = ZoneInfo("Europe/Berlin"), ZoneInfo("Pacific/Apia")


def test_an_hour_becomes_the_moment_of_the_place() -> None:
    hour = datetime(2017, 11, 29, 18, 30)
    assert moment_at(hour, ZoneInfo("Europe/Istanbul")).astimezone(UTC) == datetime(2017, 11, 29, 15, 30, tzinfo=UTC)
    assert hour_at(moment_at(hour, SAMOA), SAMOA) == hour


@pytest.mark.parametrize(
    ("hour", "zone", "words"),
    [
        (datetime(2018, 3, 25, 2, 30), BERLIN, "put forward"),
        (datetime(2018, 3, 25, 2, 0), BERLIN, "put forward"),
        (datetime(2018, 10, 28, 2, 30), BERLIN, "put back"),
        (datetime(2018, 10, 28, 2, 0), BERLIN, "put back"),
        (datetime(2011, 12, 30, 12, 0), SAMOA, "put forward"),  # a whole day that Samoa never had
    ],
)
def test_an_hour_that_the_clocks_skip_or_double_is_refused(hour: datetime, zone: ZoneInfo, words: str) -> None:
    with pytest.raises(Refused, match=words):
        moment_at(hour, zone)


@pytest.mark.parametrize("hour", [datetime(2018, 3, 25, 1, 59), datetime(2018, 3, 25, 3, 0), datetime(2018, 10, 28, 3, 0)])
def test_the_hours_around_it_are_taken(hour: datetime) -> None:
    assert hour_at(moment_at(hour, BERLIN), BERLIN) == hour
