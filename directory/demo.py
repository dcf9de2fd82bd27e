"""Vocabularies, organizations and the demo's cast."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.auth.hashers import make_password

from directory.enums import Role
from directory.models import (
    Agenda,
    Country,
    Language,
    Membership,
    Organization,
    Pillar,
    Region,
    SDGGoal,
    SDGTarget,
    StakeholderCategory,
    Theme,
    User,
)

HERE = Path(__file__).parent
PASSWORD = "antalya-2017"
ROLES = {
    "secretariat": Role.STAFF,
    "drafter": Role.DRAFTER,
    "focal_point": Role.FOCAL_POINT,
    "alternate": Role.ALTERNATE,
    "contributor": Role.CONTRIBUTOR,
}


def content(app: str, name: str) -> Any:
    """Read a JSON file of an app's demo content, e.g. `content("meetings", "meeting")`."""
    return json.loads((settings.BASE_DIR / app / "demo_content" / f"{name}.json").read_text(encoding="utf-8"))


def in_languages(field: str, texts: dict[str, str] | str) -> dict[str, str]:
    """Model arguments for a translated field from `{"en": …, "zh_hans": …}`; a plain text is English."""
    if isinstance(texts, str):
        return {f"{field}_en": texts}
    return {f"{field}_{code}": text for code, text in texts.items() if text}


def _vocabulary(name: str) -> Any:
    return json.loads((HERE / "vocabularies" / f"{name}.json").read_text(encoding="utf-8"))


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


def load(*, shift: timedelta, scale: int) -> None:
    """Load vocabularies, organizations and people: the demo accounts share one password, the rest of the cast has none."""
    load_vocabularies()
    categories = {row.code: row for row in StakeholderCategory.objects.all()}
    countries = {row.iso2: row for row in Country.objects.all()}
    organizations = {}
    for row in content("directory", "organizations"):
        organizations[row["code"]] = Organization.objects.create(
            code=row["code"],
            acronym=row.get("acronym") or "",
            category=categories[row["category"]],
            country=countries.get(row.get("country") or ""),
            is_agency=row["category"] == "un-entity",
            is_secretariat=bool(row.get("secretariat")),
            **in_languages("name", row["name"]),
        )
    # One hash for all: each would take a quarter of a second.
    password = make_password(PASSWORD)
    for row in content("directory", "people"):
        if row["account"] or row["role"] in ROLES:
            _load_person(row, organizations, password if row["account"] else make_password(None))


def _load_person(row: dict[str, Any], organizations: dict[str, Organization], password: str) -> None:
    administrator = row["role"] == "administrator"
    person = User.objects.create(
        email=row["email"],
        password=password,
        given_name=row["given_name"],
        family_name=row["family_name"],
        language=row["language"].replace("_", "-"),
        time_zone=row.get("time_zone") or "UTC",
        is_staff=administrator or row["role"] == "secretariat",
        is_superuser=administrator,
    )
    EmailAddress.objects.create(user=person, email=person.email, verified=True, primary=True)
    if row["role"] in ROLES:
        Membership.objects.create(user=person, organization=organizations[row["organization"]], role=ROLES[row["role"]])
