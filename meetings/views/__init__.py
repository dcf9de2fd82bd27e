"""Pages of meetings, by subject."""
