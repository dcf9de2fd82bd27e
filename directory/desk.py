"""What an app puts on a person's desk."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise


@dataclass(frozen=True)
class DeskItem:
    """One thing that waits.

    Args:
        title: what it is about.
        act: what to do with it, as a button says it ("Clear", "Decide").
        url: where to do it.
        due: until when, if there is a deadline.
        note: one more line, such as a state or a count.
        is_mine: False for what the person follows but others must act on.
    """

    title: str
    act: str | Promise
    url: str
    due: datetime | None = None
    note: str | Promise = ""
    is_mine: bool = True
