"""Dates and hours as the United Nations writes them, per language: day before month, a clock of 24 hours."""
