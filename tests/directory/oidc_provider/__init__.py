"""A real OpenID Connect provider for tests: allauth's own, as a process with a database of its own."""
