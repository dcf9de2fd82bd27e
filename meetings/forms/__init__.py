"""Forms of meetings, by subject: they validate and delegate."""
