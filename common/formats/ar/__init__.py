"""Arabic: see formats."""
