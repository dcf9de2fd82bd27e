"""Verbs of meetings."""

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from common.access import Refused, require
from directory.page_versions import bump
from directory.services.state import change_state, locked
from meetings.enums import MeetingState
from meetings.models import Meeting
from meetings.rules import secretariat_of


@transaction.atomic
def publish_meeting(*, meeting: Meeting, by: Any) -> Meeting:
    """Announce a meeting: from now on everybody sees it."""
    meeting = locked(meeting)
    require(by, "meetings.publish_meeting", meeting)
    if meeting.ends_at <= timezone.now():
        raise Refused(_("This meeting lies in the past. Set its dates before you announce it."))
    change_state(meeting, to=MeetingState.PUBLISHED, by=by, on_behalf_of=secretariat_of(by))
    bump("meetings")
    return meeting
