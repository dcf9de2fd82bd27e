"""An administrator's way into what is internal to an agency: for a reason, for hours, seen by the agency, ended by it."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from common.access import Refused, require
from directory.announcements import internal_access_opened
from directory.models import InternalAccessGrant, Organization, User
from directory.services.state import locked


@transaction.atomic
def open_internal_access(*, organization: Organization, by: Any, reason: str, hours: int) -> InternalAccessGrant:
    """Let the administrator `by` read what is internal to `organization` for some hours, and have its focal points told."""
    require(by, "directory.open_internal_matters")
    locked(User(pk=by.pk))  # one grant after another: two clicks must not open the same agency twice
    most = settings.INTERNAL_ACCESS_MOST_HOURS
    if not reason.strip():
        raise Refused(_("Say why: the agency's focal points read the reason."))
    if not 1 <= hours <= most:
        words = ngettext("Choose a time of at most %(n)d hour.", "Choose a time of at most %(n)d hours.", most)
        raise Refused(words % {"n": most})
    if organization.is_secretariat:
        raise Refused(_("The secretariat has no agency-internal texts. Choose an agency or another organization."))
    if InternalAccessGrant.objects.in_force().filter(organization=organization, administrator=by).exists():
        raise Refused(_("You have a grant for this organization already. Use it, or end it before you open another."))
    now = timezone.now()
    grant = InternalAccessGrant.objects.create(
        organization=organization, administrator=by, reason=reason.strip(), starts_at=now, expires_at=now + timedelta(hours=hours)
    )
    internal_access_opened.send(sender=InternalAccessGrant, grant=grant)
    return grant


@transaction.atomic
def end_internal_access(*, grant: InternalAccessGrant, by: Any) -> InternalAccessGrant:
    """End a grant before its time: by the administrator who opened it or a focal point of the agency. It holds at once."""
    grant = locked(grant)
    require(by, "directory.end_internalaccessgrant", grant)
    if not grant.is_in_force:
        raise Refused(_("This grant is over already: it opens nothing any more."))
    grant.ended_at, grant.ended_by = timezone.now(), by
    grant.save(update_fields=["ended_at", "ended_by"])
    return grant
