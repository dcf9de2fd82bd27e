"""The list of participants: who is named in it is each person's own choice."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from common.access import Refused, require
from directory.page_versions import bump
from directory.services.state import locked
from meetings.enums import ENDED_REGISTRATIONS
from meetings.models import Registration


def list_changes_with(registration: Registration) -> None:
    """Have the public list made anew if this registration stands in it, or did before this act."""
    if registration.is_listed and registration.meeting.lists_participants:
        bump("meetings")


@transaction.atomic
def choose_listing(*, registration: Registration, by: Any, is_listed: bool) -> Registration:
    """Agree to be named in the public list of participants, or take the consent back: at once and without a reason."""
    registration = locked(registration)
    require(by, "meetings.list_consent", registration)
    if is_listed and registration.state in ENDED_REGISTRATIONS:
        raise Refused(_("This registration has ended, so there is nothing to list."))
    if registration.is_listed != is_listed:
        registration.is_listed = is_listed
        registration.save(update_fields=["is_listed"])
        if registration.meeting.lists_participants:
            bump("meetings")
    return registration
