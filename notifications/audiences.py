"""Lists of people that a bulk message can go to, each contributed by the app that knows them.

An app registers its lists in its `selectors/audiences.py`::

    @audience("meetings.registrants", _("Registrants of a meeting"), Choice("meeting", _("Meeting"), meetings_of))
    def registrants(by, chosen): ...   # people with an account, or addresses

Each function starts from what the person who writes may see.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise

Options = Callable[[Any], Iterable[tuple[str, str | Promise]]]
# (who writes, what is chosen) → users, or `notifications.services.Recipient`s for people without an account
People = Callable[[Any, Mapping[str, Any]], Iterable[Any]]


@dataclass(frozen=True)
class Choice:
    """One thing that is chosen to narrow a list down.

    Args:
        name: under which the chosen value is kept and handed to the list's function.
        options: the values and labels that the given person may choose from.
        many: several may be chosen; none means all of them.
    """

    name: str
    label: str | Promise
    options: Options
    many: bool = False


@dataclass(frozen=True)
class Audience:
    """A list of people by its name, such as `meetings.registrants`."""

    name: str
    label: str | Promise
    choices: Sequence[Choice]
    people: People


_audiences: dict[str, Audience] = {}


def audience(name: str, label: str | Promise, *choices: Choice) -> Callable[[People], People]:
    """Register the decorated function as the list `name`. Two of the same name are an error."""

    def register(people: People) -> People:
        if name in _audiences:
            raise ValueError(f"Two lists of people are called {name}")
        _audiences[name] = Audience(name, label, choices, people)
        return people

    return register


def audience_of(name: str) -> Audience | None:
    """The list of this name, or None if no app has it (any more)."""
    return _audiences.get(name)


def all_audiences() -> list[Audience]:
    """Every list, in the order of its words in the reader's language."""
    return sorted(_audiences.values(), key=lambda one: str(one.label))
