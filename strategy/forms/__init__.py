"""Forms of strategies, by subject: they validate and delegate."""
