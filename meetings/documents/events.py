"""The secretariat's list of proposed events as a file."""

from collections.abc import Iterable, Iterator
from datetime import UTC

from django.conf import settings
from django.utils.translation import gettext as _

from common.spreadsheets import stream_csv
from meetings.models import ThematicEvent


def events_csv(events: Iterable[ThematicEvent]) -> Iterator[str]:
    """Lines of the list of proposed events as CSV; hours are the place's."""
    header = [_("Title"), _("Proposing agency"), _("Co-sponsors"), _("Theme"), _("Format"), _("State"), _("Proposed")]
    header += [
        _("Begins"),
        _("Ends"),
        _("Time zone"),
        _("City"),
        _("Country"),
        _("Participants expected"),
        _("Needs"),
        _("Address"),
    ]
    rows = (
        [
            row.title,
            row.proposed_by.short_name,
            "; ".join(f"{one.organization.short_name} ({one.get_state_display()})" for one in row.co_sponsorships.all()),
            row.theme.name,
            row.get_format_display(),
            row.get_state_display(),
            row.proposed_at.astimezone(UTC).date().isoformat() if row.proposed_at else "",
            f"{row.starts_at.astimezone(row.zone):%Y-%m-%d %H:%M}",
            f"{row.ends_at.astimezone(row.zone):%Y-%m-%d %H:%M}",
            row.time_zone,
            row.city,
            row.country.name if row.country else "",
            row.expected or "",
            row.needs,
            settings.PUBLIC_URL + row.get_absolute_url(),
        ]
        for row in events
    )
    return stream_csv(header, rows)
