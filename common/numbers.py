"""Whole numbers out of addresses and forms, where anything may be written."""


def whole_number(text: str, *, digits: int = 18) -> int | None:
    """Return the number that is written in digits 0 to 9, at most so many of them; None for anything else.

    Eighteen digits fit a primary key of the database. Signs, spaces, digits of other scripts and numbers without end
    are nobody's key: Python would read some and fail on others.
    """
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= digits else None
