"""What of the briefs is internal to the agencies that write them."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from briefs.enums import OPEN_STATES
from briefs.models import Brief
from directory.desk import InternalText
from directory.models import Organization


def internal_of_briefs(user: Any, organization: Organization) -> list[InternalText]:
    """The briefs in the making of the agency; their pages show the whole text."""
    rows = Brief.objects.of_insider(user).filter(agencies__organization=organization, state__in=OPEN_STATES)
    return [
        InternalText(_("Brief in the making"), row.title, row.summary, str(row.get_state_display()), row.get_absolute_url())
        for row in rows.order_by("-pk")
    ]
