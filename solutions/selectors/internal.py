"""What of the catalogue is internal to the organization that provides it."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from directory.desk import InternalText
from directory.models import Organization
from solutions.models import Solution


def internal_of_solutions(user: Any, organization: Organization) -> list[InternalText]:
    """The organization's entries that are not published."""
    published = Solution.objects.published().values("pk")
    rows = Solution.objects.visible_to(user).filter(provider=organization).exclude(pk__in=published)
    return [
        InternalText(_("Solution"), row.title, row.summary, str(row.get_state_display()), row.get_absolute_url())
        for row in rows.order_by("-pk")
    ]
