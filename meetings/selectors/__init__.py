"""Reads that span models: for the roof, for registration, for the programme."""

from meetings.selectors.personal import data_of_person
from meetings.selectors.roof import (
    addresses_of_meetings,
    desk_of_meetings,
    meetings_for_home,
    places_of_meetings,
    search_meetings,
)

__all__ = [
    "addresses_of_meetings",
    "data_of_person",
    "desk_of_meetings",
    "meetings_for_home",
    "places_of_meetings",
    "search_meetings",
]
