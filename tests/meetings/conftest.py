"""What the tests of meetings share."""

from typing import Any

import pytest
from django.utils import translation

from meetings.enums import Approval
from meetings.models import CategoryQuota, Meeting
from tests.factories.directory import CategoryFactory
from tests.factories.meetings import MeetingFactory, QuotaFactory


@pytest.fixture(autouse=True)
def _in_english() -> None:
    """A page in another language leaves its language behind, and rows would be made in it."""
    translation.activate("en")


@pytest.fixture
def meeting(db: Any) -> Meeting:
    """The meeting, with registration open."""
    return MeetingFactory(slug="antalya")


@pytest.fixture
def academia(meeting: Meeting) -> CategoryQuota:
    """Two seats, given at once."""
    return QuotaFactory(meeting=meeting, seats=2)


@pytest.fixture
def ngo(meeting: Meeting) -> CategoryQuota:
    """Two seats, given by the secretariat."""
    return QuotaFactory(meeting=meeting, category=CategoryFactory(code="ngo"), seats=2, approval=Approval.MANUAL)
