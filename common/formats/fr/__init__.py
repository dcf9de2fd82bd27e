"""French: see formats."""
