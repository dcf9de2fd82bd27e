"""Pages of the strategy app."""
