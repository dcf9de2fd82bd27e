"""What a person can be found by in texts, and taking it out of them."""

import html
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property, reduce
from operator import or_
from typing import Any
from urllib.parse import quote

from django.db import models
from django.db.models import Q, TextField
from django.db.models.functions import Cast

# What stands where a name or an address was: brackets as the United Nations use them for an omission, in any language.
OMISSION = "[…]"
# A shorter part of a name stands in too many words that are no name.
SHORTEST_PART = 4


@dataclass(frozen=True)
class Traces:
    """The addresses, whole names and parts of names of one person.

    Args:
        addresses: e-mail addresses.
        names: whole names, as they are written out in texts.
        parts: given and family names, taken out on their own only where the person is recognized anyway.
    """

    addresses: frozenset[str]
    names: frozenset[str]
    parts: frozenset[str]

    def with_names(self, pairs: Iterable[tuple[str, str]], addresses: Iterable[str] = ()) -> "Traces":
        """These traces and those of other spellings: (given name, family name), and further addresses."""
        pairs = [(given.strip(), family.strip()) for given, family in pairs]
        whole = {f"{one} {other}".strip() for pair in pairs if all(pair) for one, other in (pair, pair[::-1])}
        # Who has one name only is recognized by it, unless it is too short for a text.
        whole |= {"".join(pair) for pair in pairs if not all(pair) and len("".join(pair)) >= SHORTEST_PART}
        parts = {part for pair in pairs for part in pair if part}
        return Traces(self.addresses | {one for one in addresses if one}, self.names | whole, self.parts | parts)

    @cached_property
    def needles(self) -> list[str]:
        """Every spelling that a stored text may have: plain, in JSON, in HTML, in an address of the web."""
        found = set()
        for text in self.addresses | self.names:
            found |= {text, json.dumps(text)[1:-1], json.dumps(text, ensure_ascii=False)[1:-1], html.escape(text), quote(text)}
        return sorted(found, key=len, reverse=True)

    @cached_property
    def _whole(self) -> re.Pattern[str]:
        return re.compile("|".join(rf"(?<!\w){re.escape(needle)}(?!\w)" for needle in self.needles), re.IGNORECASE)

    @cached_property
    def _part(self) -> re.Pattern[str] | None:
        parts = sorted((part for part in self.parts if len(part) >= SHORTEST_PART), key=len, reverse=True)
        return re.compile("|".join(rf"(?<!\w){re.escape(part)}(?!\w)" for part in parts), re.IGNORECASE) if parts else None

    def found_in(self, text: str) -> bool:
        return bool(self._whole.search(text))

    def taken_out_of(self, text: str) -> str:
        """`text` without the person: whole names and addresses, then what is left of the name."""
        cleaned = self._whole.sub(OMISSION, text)
        return self._part.sub(OMISSION, cleaned) if self._part else cleaned

    def taken_out_of_json(self, value: Any, name: Any = OMISSION) -> Any:
        """`value` without the person; a string that is nothing but the name becomes `name`."""
        if isinstance(value, str):
            alone = value.strip().casefold()
            if alone in {one.casefold() for one in self.names | self.parts}:
                return name
            return self.taken_out_of(value)
        if isinstance(value, list):
            return [self.taken_out_of_json(item, name) for item in value]
        if isinstance(value, dict):
            return {key: self.taken_out_of_json(item, name) for key, item in value.items()}
        return value


def mentioning(rows: Any, traces: Traces, fields: Iterable[str]) -> Any:
    """The rows in which a field, read as text, has a trace. A table without an index for it is read once, as a whole."""
    fields = list(fields)
    rows = rows.annotate(**{f"_{name}_text": Cast(name, TextField()) for name in fields}).order_by()
    anywhere = [Q(**{f"_{name}_text__icontains": needle}) for name in fields for needle in traces.needles]
    return rows.filter(reduce(or_, anywhere)) if anywhere else rows.none()


def take_out(rows: Any, traces: Traces, *fields: str, name: Any = OMISSION) -> int:
    """Take a person out of text and JSON fields of `rows` and return how many rows had them."""
    model = rows.model
    is_json = {field: isinstance(model._meta.get_field(field), models.JSONField) for field in fields}
    changed = 0
    for row in mentioning(rows, traces, fields).only("pk", *fields).iterator(500):
        new = {
            field: traces.taken_out_of_json(getattr(row, field), name)
            if is_json[field]
            else traces.taken_out_of(getattr(row, field))
            for field in fields
        }
        changed += model._default_manager.filter(pk=row.pk).update(**new)
    return changed
