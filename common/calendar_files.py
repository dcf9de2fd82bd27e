"""A calendar file of one entry, for mail about something that has a date."""

from datetime import UTC, date, datetime, time, timedelta
from urllib.parse import urlsplit

from django.conf import settings
from icalendar import Alarm, Calendar, Event

MIME = "text/calendar; charset=utf-8; method=PUBLISH"
MIME_OF_CANCELLED = "text/calendar; charset=utf-8; method=CANCEL"


def deadline_file(*, name: str, summary: str, due: datetime, url: str = "") -> bytes:
    """A file with one deadline and a reminder a day before. The same `name` replaces the entry in the reader's calendar."""
    entry = Event()
    entry.add("uid", f"{name}@{urlsplit(settings.PUBLIC_URL).hostname}")
    entry.add("summary", summary)
    # Half an hour that ends at the deadline, free for other things; UTC, so that no calendar needs a zone's definition.
    entry.add("dtstart", (due - timedelta(minutes=30)).astimezone(UTC))
    entry.add("dtend", due.astimezone(UTC))
    entry.add("dtstamp", due.astimezone(UTC))
    entry.add("transp", "TRANSPARENT")
    if url:
        entry.add("url", url)
    reminder = Alarm()
    reminder.add("action", "DISPLAY")
    reminder.add("description", summary)
    reminder.add("trigger", timedelta(days=-1))
    entry.add_component(reminder)
    return _file(entry)


def days_file(*, name: str, summary: str, first: date, last: date, url: str = "") -> bytes:
    """A file with one entry for whole days, which leaves them free. The same `name` replaces the entry in a calendar."""
    entry = Event()
    entry.add("uid", f"{name}@{urlsplit(settings.PUBLIC_URL).hostname}")
    entry.add("summary", summary)
    # Days have no zone: they begin at midnight wherever the reader is. The end is the first day that is free again.
    entry.add("dtstart", first)
    entry.add("dtend", last + timedelta(days=1))
    entry.add("dtstamp", datetime.combine(first, time.min, tzinfo=UTC))
    entry.add("transp", "TRANSPARENT")
    if url:
        entry.add("url", url)
    return _file(entry)


def _file(entry: Event) -> bytes:
    calendar = Calendar()
    calendar.add("prodid", "-//South-South Cooperation Portal//Calendar//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add_component(entry)
    return calendar.to_ical()
