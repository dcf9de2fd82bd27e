"""What an app gives the roof: what waits on a person's desk, what is internal to an agency."""

from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone
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
        focal_points_of: primary key of the organization whose focal points it waits for, if it waits for those: while one
            of them has delegated, it waits for who stands in.
        stays_due: it has to be done also after its deadline: then it is overdue, not closed.
    """

    title: str
    act: str | Promise
    url: str
    due: datetime | None = None
    note: str | Promise = ""
    is_mine: bool = True
    focal_points_of: int | None = None
    stays_due: bool = False

    @property
    def is_overdue(self) -> bool:
        return self.stays_due and self.due is not None and self.due <= timezone.now()


@dataclass(frozen=True)
class DeskPlace:
    """A page where staff work, whether or not something waits there.

    Args:
        title: the page, as its links say it.
        url: its address.
        note: what is there, with its number where one exists.
    """

    title: str | Promise
    url: str
    note: str | Promise


@dataclass(frozen=True)
class InternalText:
    """One thing that is internal to an agency, as an administrator reads it under a grant.

    Args:
        kind: what it is ("Comment", "Brief in the making").
        title: where it belongs.
        text: its words.
        state: how far it is.
        url: the page that shows it in its place.
    """

    kind: str | Promise
    title: str
    text: str
    state: str
    url: str
