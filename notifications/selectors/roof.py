"""What the roof asks of notifications."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from directory.desk import DeskItem
from notifications.models import AddressTrouble


def desk_of_notifications(user: Any) -> list[DeskItem]:
    """Mail to the person's own address comes back: say so where they look, since no mail can."""
    if not user.is_active:
        return []
    own = AddressTrouble.objects.at_address(user.email).filter(is_permanent=True)
    return [
        DeskItem(
            title=_("Mail to %(address)s comes back") % {"address": trouble.address},
            act=_("See what to do"),
            url=reverse("notifications:my_address"),
            note=_("Until this is mended, messages reach you only here."),
        )
        for trouble in own
    ]
