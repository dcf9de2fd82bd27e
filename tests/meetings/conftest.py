"""What the tests of meetings share."""

from typing import Any

import pytest

from meetings.enums import Approval
from meetings.models import CategoryQuota, Meeting
from tests.factories.directory import CategoryFactory
from tests.factories.meetings import MeetingFactory, QuotaFactory


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
