"""The vocabularies that every portal needs: countries, regions, goals, categories, themes."""

import json
from pathlib import Path
from typing import Any

from common.translated import in_languages
from directory.models import (
    Agenda,
    Country,
    Language,
    Pillar,
    Region,
    SDGGoal,
    SDGTarget,
    StakeholderCategory,
    Theme,
)

FILES = Path(__file__).parent.parent / "vocabularies"


def _vocabulary(name: str) -> Any:
    return json.loads((FILES / f"{name}.json").read_text(encoding="utf-8"))


def load_vocabularies() -> None:
    """Write every vocabulary that is not there yet; rows that exist are left as they are."""
    if SDGGoal.objects.exists():
        return
    terms: list[tuple[Any, str]] = [(Agenda, "agendas"), (Pillar, "pillars"), (Theme, "themes"), (Language, "languages")]
    for model, name in terms:
        model.objects.bulk_create(
            model(code=row["code"], order=row.get("order", place), **in_languages("name", row["name"]))
            for place, row in enumerate(_vocabulary(name))
        )
    StakeholderCategory.objects.bulk_create(
        StakeholderCategory(
            code=row["code"], order=row["order"], description=row.get("description", ""), **in_languages("name", row["name"])
        )
        for row in _vocabulary("categories")
    )
    regions: dict[str, Region] = {}
    for row in _vocabulary("regions"):  # parents come before their children
        regions[row["code"]] = Region.objects.create(
            code=row["code"], parent=regions.get(row["parent"] or ""), **in_languages("name", row["name"])
        )
    Country.objects.bulk_create(
        Country(
            m49=row["m49"],
            iso2=row["iso2"],
            iso3=row["iso3"],
            region=regions[row["region"]],
            status=row["status"],
            latitude=row["lat"],
            longitude=row["lon"],
            **in_languages("name", row["name"]),
        )
        for row in _vocabulary("countries")
    )
    goals = {
        row["number"]: SDGGoal.objects.create(number=row["number"], colour=row["colour"], **in_languages("title", row["title"]))
        for row in _vocabulary("sdg_goals")
    }
    SDGTarget.objects.bulk_create(
        SDGTarget(goal=goals[row["goal"]], code=row["code"], title=row["text"]) for row in _vocabulary("sdg_targets")
    )
