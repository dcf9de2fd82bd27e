"""Load the demonstration: the meeting of the concept note, moved to lie ahead."""

from datetime import UTC, datetime, timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import transaction

import briefs.demo
import directory.demo
import meetings.demo
import solutions.demo
import strategy.demo
from directory.models import DemoLoad
from ssc_portal import demo_messages

VERSION = "2026-11"
TRUE_MEETING = datetime(2017, 11, 29, 15, 30, tzinfo=UTC)


def weeks_to_shift(now: datetime) -> int:
    """Whole weeks to add so that the meeting lies about four weeks ahead of `now`; weekday and hour stay."""
    return round((now + timedelta(weeks=4) - TRUE_MEETING) / timedelta(weeks=1))


class Command(BaseCommand):
    """Fill an empty portal with the demonstration; does nothing where it was loaded before."""

    help = "Load demo data: the Antalya meeting, a consultation, briefs and solutions. --scale N multiplies the volume."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--scale", type=int, default=1, help="multiply the volume (100 makes about 100,000 solutions)")

    def handle(self, *args: Any, **options: Any) -> None:
        if DemoLoad.objects.exists():
            self.stdout.write("The demo data is already there.")
            return
        weeks = weeks_to_shift(datetime.now(UTC))
        shift = timedelta(weeks=weeks)
        with transaction.atomic():
            for load in (directory.demo.load, strategy.demo.load, solutions.demo.load, briefs.demo.load, meetings.demo.load):
                self.stdout.write(f"  {load.__module__.split('.')[0]} …")
                load(shift=shift, scale=options["scale"])
            self.stdout.write("  messages …")
            directory.demo.load_agencies(shift=shift, scale=options["scale"])
            demo_messages.load(shift=shift, scale=options["scale"])
            DemoLoad.objects.create(shift_weeks=weeks, version=VERSION)
        self.stdout.write(self.style.SUCCESS(f"Demo data loaded; every date is moved by {weeks} weeks."))
