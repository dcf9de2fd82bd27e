"""Reads that span models: the search, and what the roof asks for."""

from solutions.selectors.roof import (
    addresses_of_solutions,
    desk_of_solutions,
    search_solutions,
    solutions_for_home,
)

__all__ = ["addresses_of_solutions", "desk_of_solutions", "search_solutions", "solutions_for_home"]
