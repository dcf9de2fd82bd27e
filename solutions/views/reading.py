"""What the pages of one entry share: its texts under their headings, its language, its map."""

from typing import Any

from django.utils import translation
from django.utils.safestring import SafeString
from django.utils.translation import get_language_info
from django.utils.translation import gettext as _

from common.charts import MAP_NOTE, Flow, Point, data_table, figure, point_map
from directory.models import Country
from solutions.models import Solution, Transfer


def sections_of(solution: Solution) -> list[tuple[str, str, str]]:
    """The texts that are not empty, as (heading, text, anchor)."""
    sections = [
        (_("The challenge"), solution.challenge, "challenge"),
        (_("The approach"), solution.approach, "approach"),
        (_("Results"), solution.results, "results"),
        (_("Lessons"), solution.lessons, "lessons"),
        (_("Conditions for transfer"), solution.conditions_for_transfer, "conditions"),
    ]
    return [section for section in sections if section[1]]


def language_of(solution: Solution) -> dict[str, Any]:
    """The language the entry is written in, where it is not the reader's; nothing otherwise."""
    if solution.language == translation.get_language():
        return {}
    info = get_language_info(solution.language)
    return {"code": solution.language, "dir": "rtl" if info["bidi"] else "ltr", "name": info["name_translated"]}


def map_of(solution: Solution, transfers: list[Transfer]) -> SafeString | None:
    """A point map of the countries of origin and of use, with recorded transfers as arcs; None without any country."""
    roles: dict[Country, str] = {}
    for country in solution.countries_of_origin.all():
        roles[country] = _("developed here")
    for country in solution.countries_of_use.all():
        roles.setdefault(country, _("in use"))
    for transfer in transfers:
        roles.setdefault(transfer.from_country, _("in use"))
        roles.setdefault(transfer.to_country, _("in use"))
    if not roles:
        return None
    flows = [
        Flow(_point(transfer.from_country), _point(transfer.to_country), f"{transfer}{_year(transfer)}") for transfer in transfers
    ]
    caption = _("Where it was developed and where it is used")
    chart = point_map([_point(country) for country in roles], label=caption, flows=flows)
    table = data_table([_("Country"), _("Role")], [(country.name, role) for country, role in roles.items()], caption=caption)
    return figure(chart, table, caption=caption, note=str(MAP_NOTE))


def _point(country: Country) -> Point:
    return Point(country.name, country.latitude, country.longitude)


def _year(transfer: Transfer) -> str:
    return f", {transfer.year}" if transfer.year else ""
