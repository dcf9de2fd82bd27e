"""Reads that span models: people, rounds, threads, lineage, and what the roof asks for."""

from strategy.selectors.people import drafters_of, focal_points_of
from strategy.selectors.roof import addresses_of_strategy, desk_of_strategy, search_strategy, strategy_for_home

__all__ = [
    "addresses_of_strategy",
    "desk_of_strategy",
    "drafters_of",
    "focal_points_of",
    "search_strategy",
    "strategy_for_home",
]
