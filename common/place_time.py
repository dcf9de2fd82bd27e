"""Hours on the clock of a place, turned into moments. The days on which clocks are changed have hours that are none."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from common.access import Refused

# Beyond these no meeting and no round is held; near the ends of the calendar Python cannot change from one zone to another.
FIRST_YEAR, LAST_YEAR = 1900, 2199


def moment_at(hour: datetime, zone: ZoneInfo) -> datetime:
    """The moment at which the clock of `zone` shows `hour` (a datetime without a zone).

    Raises:
        Refused: the clocks of the place skip this hour, or show it twice; or the year is a slip of the finger.
    """
    if not FIRST_YEAR <= hour.year <= LAST_YEAR:
        raise Refused(_("Give a year from %(first)s to %(last)s.") % {"first": FIRST_YEAR, "last": LAST_YEAR})
    first, second = hour.replace(tzinfo=zone, fold=0), hour.replace(tzinfo=zone, fold=1)
    words = {"day": date_format(hour, "DATE_FORMAT"), "hour": f"{hour:%H:%M}", "zone": zone.key}
    if first.astimezone(UTC).astimezone(zone).replace(tzinfo=None, fold=0) != hour.replace(fold=0):
        raise Refused(
            _("On %(day)s the clocks of %(zone)s are put forward and %(hour)s does not exist. Choose an earlier or a later hour.")
            % words
        )
    if first.utcoffset() != second.utcoffset():
        raise Refused(
            _("On %(day)s the clocks of %(zone)s are put back and show %(hour)s twice. Choose an earlier or a later hour.")
            % words
        )
    return first


def hour_at(moment: datetime, zone: ZoneInfo) -> datetime:
    """What the clock of `zone` shows at `moment`: a datetime without a zone."""
    return moment.astimezone(zone).replace(tzinfo=None, fold=0)
