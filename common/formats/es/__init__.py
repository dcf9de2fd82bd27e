"""Spanish: see formats."""
