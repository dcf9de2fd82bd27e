"""Reads that span models: rounds, threads, lineage, and what the roof asks for."""

from strategy.selectors.roof import addresses_of_strategy, desk_of_strategy, search_strategy, strategy_for_home

__all__ = [
    "addresses_of_strategy",
    "desk_of_strategy",
    "search_strategy",
    "strategy_for_home",
]
