"""How often, and at which hours, people want mail."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.apps import apps

from notifications.enums import Frequency
from notifications.kinds import Kind, all_kinds
from notifications.models import MailHours, MailRefusal, Preference


def frequency_of(kind: Kind, chosen: Mapping[str, str]) -> str:
    """How often mail of `kind` goes to a person who chose `chosen`, by name of kind."""
    return Frequency.AT_ONCE if kind.required else chosen.get(kind.name, kind.frequency)


def chosen_by(user: Any) -> dict[str, str]:
    """What a person has chosen, by name of kind."""
    return dict(Preference.objects.filter(user=user).values_list("kind", "frequency"))


def chosen_for(kind: Kind, user_ids: Iterable[int]) -> dict[int, str]:
    """Who of these people gets mail of `kind` in another way than by default, and how."""
    if kind.required:
        return {}
    return dict(Preference.objects.filter(kind=kind.name, user__in=user_ids).values_list("user_id", "frequency"))


def said_no(addresses: Iterable[str], *kinds: str) -> set[tuple[str, str]]:
    """Who of these, without an account, wants no mail of which of these kinds: pairs of address in lower case and kind."""
    rows = MailRefusal.objects.at_address(*addresses).filter(kind__in=kinds)
    return {(address.lower(), kind) for address, kind in rows.values_list("address", "kind")}


def quiet_hours_of(user_ids: Iterable[int]) -> dict[int, MailHours]:
    """The hours of those of these people who have quiet ones."""
    return {row.user_id: row for row in MailHours.objects.filter(user__in=user_ids, quiet_from__isnull=False)}


def is_choosable(kind: Kind) -> bool:
    """Whether the preferences page speaks of `kind`: mail that a person has just asked for is not a matter of choice."""
    return kind.in_inbox and bool(kind.label)


@dataclass(frozen=True)
class Choice:
    """One kind on the preferences page, and how often it comes at present."""

    kind: Kind
    frequency: str


def choices_of(user: Any) -> dict[str, list[Choice]]:
    """The kinds that could reach a person, by heading, with how often each comes at present."""
    chosen = chosen_by(user)
    groups: dict[str, list[Choice]] = {}
    for kind in all_kinds():
        if is_choosable(kind) and kind.may_reach(user):
            heading = str(kind.group or apps.get_app_config(kind.app).verbose_name)
            groups.setdefault(heading, []).append(Choice(kind, frequency_of(kind, chosen)))
    return {heading: sorted(groups[heading], key=lambda one: str(one.kind.label)) for heading in sorted(groups)}
