"""Filters that live in the address, by subject."""
