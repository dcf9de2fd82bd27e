"""Bytes for people, by subject. The same data gives the same bytes."""
