"""A moment in words, on the clock of the place that set it."""

from datetime import datetime
from typing import Any

from django.utils import formats


def on_the_clock(consultation: Any, moment: datetime) -> str:
    """For example "29 November 2017, 18:00 (New York)"."""
    here = consultation.on_the_places_clock(moment)
    city = consultation.time_zone.rpartition("/")[2].replace("_", " ")
    return f"{formats.date_format(here, 'DATE_FORMAT')}, {formats.date_format(here, 'H:i')} ({city})"
