"""The demo's strategy: a zero draft under open consultation, and the drafters' unpublished next draft."""

from strategy.demo.consultation import load

__all__ = ["load"]
