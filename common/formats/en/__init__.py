"""English: see formats."""
