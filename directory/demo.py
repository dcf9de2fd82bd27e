"""Organizations and the demo's cast."""

import json
from datetime import timedelta
from typing import Any

from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.auth.hashers import make_password

from common.translated import in_languages
from directory.enums import Role
from directory.models import Country, Membership, Organization, StakeholderCategory, User
from directory.services.vocabularies import load_vocabularies

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
