"""Strategies in the admin, by subject: what may be set up is set up here, everything that has a verb is only looked at."""

from strategy.admin import texts

__all__ = ["texts"]
