"""Reckoning with a person's own clock: quiet hours, the hour of digests. Wall clocks jump twice a year; moments do not."""

import zoneinfo
from datetime import UTC, date, datetime, time, timedelta

from notifications.models import MailHours

DEFAULT_HOURS = MailHours(digest_at=time(7, 0))


def on_the_clock(day: date, at: time, zone: zoneinfo.ZoneInfo, after: datetime | None = None) -> datetime:
    """The moment when a clock in `zone` shows `at` on `day`; the first one, or the first one after `after`.

    An hour that is skipped in spring comes out as the same number of minutes after the jump; of an hour that comes twice in
    autumn, the second is meant only if the first is past.
    """
    first, second = (datetime.combine(day, at, tzinfo=zone).replace(fold=fold).astimezone(UTC) for fold in (0, 1))
    return second if after is not None and first <= after < second else first


def end_of_quiet(now: datetime, hours: MailHours | None, zone_name: str) -> datetime:
    """When mail may go out to somebody with these hours: `now`, or the end of the quiet hours that `now` lies in."""
    if hours is None or hours.quiet_from is None or hours.quiet_to is None or hours.quiet_from == hours.quiet_to:
        return now
    zone = zoneinfo.ZoneInfo(zone_name)
    local = now.astimezone(zone)
    clock, overnight = local.time(), hours.quiet_from > hours.quiet_to
    is_evening = overnight and clock >= hours.quiet_from
    if not (is_evening or clock < hours.quiet_to if overnight else hours.quiet_from <= clock < hours.quiet_to):
        return now
    day = local.date() + timedelta(days=1) if is_evening else local.date()
    return max(now, on_the_clock(day, hours.quiet_to, zone, after=now))


def last_daily(now: datetime, hours: MailHours | None, zone_name: str) -> datetime:
    """The latest moment, up to `now`, at which this person's clock showed the hour of digests."""
    return _last(now, hours or DEFAULT_HOURS, zone_name, step=1)


def last_weekly(now: datetime, hours: MailHours | None, zone_name: str) -> datetime:
    """The same on the weekday of the weekly digest."""
    return _last(now, hours or DEFAULT_HOURS, zone_name, step=7)


def _last(now: datetime, hours: MailHours, zone_name: str, *, step: int) -> datetime:
    zone = zoneinfo.ZoneInfo(zone_name)
    day = now.astimezone(zone).date()
    if step == 7:
        day -= timedelta(days=(day.weekday() - hours.digest_weekday) % 7)
    moment = on_the_clock(day, hours.digest_at, zone)
    return moment if moment <= now else on_the_clock(day - timedelta(days=step), hours.digest_at, zone)
