"""Named readers of an embargoed text, and the record of who opened it."""

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from briefs.enums import PlanState
from briefs.messages import publishing as messages
from briefs.models import EmbargoOpening, EmbargoReader, PlannedPublication
from common.access import Refused, require
from directory.models import User
from directory.services.state import locked

MOST_READERS = 200


@transaction.atomic
def name_reader(*, plan: PlannedPublication, by: Any, email: str, name: str = "", language: str = "en") -> EmbargoReader:
    """Let somebody read an embargoed text: a user by their address, anybody else by a link that is sent to it."""
    brief = locked(plan.brief)
    require(by, "briefs.publish_brief", brief)
    plan = _open(locked(plan))
    readers = plan.readers.filter(revoked_at__isnull=True)
    if readers.count() >= MOST_READERS:
        raise Refused(_("There are %(number)d readers already. Revoke some before you name others.") % {"number": MOST_READERS})
    email = email.strip()
    user = User.objects.filter(email__iexact=email, is_active=True).first()
    if readers.filter(user=user).exists() if user else readers.filter(email__iexact=email).exists():
        raise Refused(_("%(address)s is a reader already.") % {"address": email})
    if user is None and not name.strip():
        raise Refused(
            _("Nobody has an account with this address. Give the person’s name, too: they receive a link of their own.")
        )
    who = {"user": user} if user else {"email": email, "name": name.strip(), "language": language}
    reader = EmbargoReader.objects.create(plan=plan, added_by=by, **who)
    messages.named_as_reader(reader)
    return reader


@transaction.atomic
def revoke_reader(*, reader: EmbargoReader, by: Any) -> EmbargoReader:
    """End what a reader may do; the link that was sent opens nothing any more."""
    brief = locked(reader.plan.brief)
    require(by, "briefs.publish_brief", brief)
    reader = locked(reader)
    if reader.revoked_at:
        raise Refused(_("This reader was revoked already."))
    reader.revoked_at, reader.revoked_by = timezone.now(), by
    reader.save(update_fields=["revoked_at", "revoked_by"])
    return reader


def _open(plan: PlannedPublication) -> PlannedPublication:
    if plan.state != PlanState.WAITING or not plan.under_embargo:
        raise Refused(_("This brief is not under embargo now. Load the page again to see how it stands."))
    return plan


def record_opening(*, plan: PlannedPublication, what: str, user: Any = None, reader: EmbargoReader | None = None) -> None:
    """Keep who opened what of an embargoed text, and when."""
    EmbargoOpening.objects.create(plan=plan, what=what, user=user, reader=reader)
