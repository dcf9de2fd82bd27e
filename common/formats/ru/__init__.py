"""Russian: see formats."""
