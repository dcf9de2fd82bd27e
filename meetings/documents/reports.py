"""Lists of voluntary reports."""

from collections.abc import Iterable, Iterator
from datetime import UTC

from django.conf import settings
from django.utils.translation import gettext as _

from common.spreadsheets import stream_csv
from meetings.models import VoluntaryReport


def reports_csv(reports: Iterable[VoluntaryReport]) -> Iterator[str]:
    """Lines of the list of voluntary reports as CSV."""
    header = [_("Title"), _("Reported by"), _("Themes"), _("Language"), _("Summary"), _("State"), _("Published"), _("Address")]
    rows = (
        [
            row.title,
            row.author,
            "; ".join(theme.name for theme in row.themes.all()),
            row.language,
            row.summary,
            row.get_state_display(),
            row.published_at.astimezone(UTC).date().isoformat() if row.published_at else "",
            settings.PUBLIC_URL + row.get_absolute_url(),
        ]
        for row in reports
    )
    return stream_csv(header, rows)
