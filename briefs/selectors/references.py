"""Sources as a reader sees them: one plain style for all, from CSL-JSON."""

import re
from typing import Any

from django.utils.translation import gettext as _

_ENDS = (".", "?", "!", "。", "؟")
_MANY = 6  # more authors than these are the first three "and others"


def names_of(csl: dict[str, Any], role: str = "author") -> str:
    """The people of a role: family name, initials; agencies and other bodies as they are."""
    names = [_name(person) for person in csl.get(role, [])]
    if len(names) > _MANY:
        return _("%(names)s and others") % {"names": ", ".join(names[:3])}
    return "; ".join(names) if any("," in name for name in names) else ", ".join(names)


def _name(person: dict[str, str]) -> str:
    if person.get("literal"):
        return person["literal"]
    initials = " ".join(f"{part[0]}." for part in re.split(r"[\s.-]+", person.get("given", "")) if part)
    return f"{person.get('family', '')}, {initials}" if initials else person.get("family", "")


def year_of(csl: dict[str, Any]) -> str:
    parts = (csl.get("issued") or {}).get("date-parts") or [[""]]
    return str(parts[0][0]) if parts[0] else ""


def reference_text(csl: dict[str, Any]) -> str:
    """A source in one line: authors (year). Title. In: container, volume(issue), pages. Publisher, place. Address."""
    authors = names_of(csl)
    year = year_of(csl) or (_("no date") if authors else "")
    head = f"{authors} ({year})" if authors else ""
    title = csl.get("title", "") if authors or not year else f"{csl.get('title', '')} ({year})"
    publisher = ", ".join(part for part in (csl.get("publisher", ""), csl.get("publisher-place", "")) if part)
    parts = [head, title, _container(csl), csl.get("number", ""), publisher]
    words = " ".join(part if part.endswith(_ENDS) else f"{part}." for part in parts if part)
    address = f"https://doi.org/{csl['DOI']}" if csl.get("DOI") else csl.get("URL", "")
    return f"{words} {address}".strip()


def _container(csl: dict[str, Any]) -> str:
    name = csl.get("container-title", "")
    editors = names_of(csl, "editor")
    if csl.get("type") == "chapter" and editors and name:
        name = _("In: %(editors)s (eds.), %(book)s") % {"editors": editors, "book": name}
    volume = csl.get("volume", "")
    issue = f"({csl['issue']})" if csl.get("issue") else ""
    pages = _("pp. %(pages)s") % {"pages": csl["page"]} if csl.get("page") else ""
    return ", ".join(part for part in (name, f"{volume}{issue}", pages) if part)
