"""Verbs of co-sponsorship: the proposing agency names organizations, each answers for itself."""

from collections.abc import Collection
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from common.access import Refused, require
from directory.models import Organization
from directory.page_versions import bump
from directory.services.state import change_state, locked, record_start
from meetings.enums import COUNTED_EVENTS, CoSponsorState
from meetings.messages import events as messages
from meetings.models import CoSponsorship, ThematicEvent


def name_co_sponsors(*, event: ThematicEvent, organizations: Collection[Organization], by: Any) -> None:
    """Let the event name exactly these: new ones are asked when it is proposed, those left out lose their row."""
    named = {body.pk: body for body in organizations}
    event.co_sponsorships.exclude(organization__in=named).delete()
    present = set(event.co_sponsorships.values_list("organization", flat=True))
    for key, body in named.items():
        if key not in present:
            row = CoSponsorship.objects.create(event=event, organization=body)
            record_start(row, by=by, on_behalf_of=event.proposed_by)


def ask_co_sponsors(*, event: ThematicEvent) -> None:
    """Write to those who have not answered yet. Nobody is asked twice for the same naming."""
    waiting = event.co_sponsorships.filter(state=CoSponsorState.ASKED).select_related("organization")
    messages.co_sponsors_asked(event, waiting)


@transaction.atomic
def answer_co_sponsorship(*, co_sponsorship: CoSponsorship, by: Any, confirm: bool, reason: str = "") -> CoSponsorship:
    """Confirm or decline in the name of one's organization; the proposing agency gets a message.

    Raises:
        Refused: the event is declined, withdrawn or over, or the same answer is given already.
    """
    event = locked(co_sponsorship.event)  # before its row, as everywhere: an answer never crosses a decision
    row = locked(co_sponsorship)
    require(by, "meetings.answer_cosponsorship", row)
    if event.state not in COUNTED_EVENTS:
        words = _("This event is “%(state)s”, so there is nothing to co-sponsor any more.")
        raise Refused(words % {"state": event.get_state_display()})
    if event.ends_at <= timezone.now():
        raise Refused(_("This event is over; its co-sponsors stay as they are."))
    row.event = event
    reason = reason.strip()
    to = CoSponsorState.CONFIRMED if confirm else CoSponsorState.DECLINED
    change_state(row, to=to, by=by, on_behalf_of=row.organization, reason=reason)
    messages.co_sponsor_answered(row, reason=reason)
    bump("meetings")
    return row
