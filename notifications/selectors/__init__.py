"""Reads that span models: for the roof, and the kernel's lists of people."""

from notifications.selectors.roof import desk_of_notifications

__all__ = ["desk_of_notifications"]
