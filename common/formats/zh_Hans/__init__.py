"""Chinese: see formats."""
