"""What of the meetings app is internal to an organization."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from directory.desk import InternalText
from directory.models import Organization
from meetings.enums import EventState, ReportState
from meetings.models import Confirmation, ThematicEvent, VoluntaryReport


def internal_of_meetings(user: Any, organization: Organization) -> list[InternalText]:
    """The organization's event proposals that are not accepted, its reports that are not published, what it asks of minutes."""
    events = ThematicEvent.objects.visible_to(user).filter(proposed_by=organization).exclude(state=EventState.ACCEPTED)
    reports = VoluntaryReport.objects.visible_to(user).filter(organization=organization).exclude(state=ReportState.PUBLISHED)
    asked = Confirmation.objects.visible_to(user).filter(organization=organization).exclude(text="")
    corrections = [
        InternalText(
            _("Correction asked for in minutes"),
            str(row.version.minutes),
            row.text,
            str(row.get_state_display()),
            row.version.minutes.get_absolute_url(),
        )
        for row in asked.select_related("version__minutes__meeting").order_by("-pk")
    ]
    return corrections + [
        InternalText(kind, row.title, row.summary, str(row.get_state_display()), row.get_absolute_url())
        for kind, rows in ((_("Event proposal"), events), (_("Voluntary report"), reports))
        for row in rows.order_by("-pk")
    ]
