"""Verbs of thematic events: the secretariat's decision."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from common.access import Refused, require
from directory.page_versions import bump
from directory.services.state import change_state, locked
from meetings.enums import EventState
from meetings.models import ThematicEvent
from meetings.rules import secretariat_of


@transaction.atomic
def decide_event(*, event: ThematicEvent, by: Any, accept: bool, reason: str = "") -> ThematicEvent:
    """Accept a proposed event, which puts it into the public calendar, or decline it with a reason."""
    event = locked(event)
    require(by, "meetings.decide_thematicevent", event)
    if not accept and not reason.strip():
        raise Refused(_("Say why: the proposing agency reads the reason."))
    to = EventState.ACCEPTED if accept else EventState.DECLINED
    change_state(event, to=to, by=by, on_behalf_of=secretariat_of(by), reason=reason.strip())
    bump("meetings")
    return event
