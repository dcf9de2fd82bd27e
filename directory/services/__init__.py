"""The kernel's verbs."""
