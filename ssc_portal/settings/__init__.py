"""Settings: base for what all share; dev, test and prod on top of it."""
