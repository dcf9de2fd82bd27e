"""Organizations written by hand and as a table."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils.translation import gettext as _

from common.access import Refused, require
from directory.models import Organization
from directory.page_versions import bump
from directory.services.state import locked, refuse_if_changed, version_of

# The one category whose organizations are agencies of the United Nations system, consulted as such.
AGENCY_CATEGORY = "un-entity"
NAMES = {code: f"name_{code.replace('-', '_')}" for code, _label in settings.LANGUAGES}
COLUMNS = [
    "code",
    "acronym",
    *(NAMES[code] for code in ("en", "fr", "es", "ru", "ar", "zh-hans")),
    "category",
    "country",
    "parent",
]
# Words that stand in addresses under /organizations/ and /agency/.
RESERVED_CODES = frozenset({"new", "import", "export", "invitation", "members", "delegations", "invitations"})


def lock_parents() -> None:
    """Let one transaction at a time change who is part of whom: two changes at once could close a circle."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('directory.organization.parent'))")


def version_of_organization(organization: Organization) -> str:
    """Names what is written about an organization, as it stands."""
    return version_of(next(as_rows([organization])))


@transaction.atomic
def save_organization(*, organization: Organization, by: Any, seen: str | None = None) -> Organization:
    """Write a new or changed organization and make the public pages that show its name new.

    Args:
        seen: `version_of_organization` that the person had before them; None asks nothing.

    Raises:
        Refused: a code taken or reserved, a parent that is part of the organization, or another's change meanwhile.
    """
    require(by, "directory.edit_organization", organization)
    lock_parents()
    if organization.pk:
        refusal = _(
            "Somebody changed this organization after you opened this page. Load the page again and write your change anew."
        )
        refuse_if_changed(seen=seen, present=version_of_organization(locked(organization)), refusal=refusal)
    organization.is_agency = organization.category.code == AGENCY_CATEGORY
    try:
        organization.full_clean(exclude=["is_secretariat"])
    except ValidationError as error:
        raise Refused(" ".join(error.messages))
    organization.save()
    bump("directory")
    return organization


def as_rows(organizations: Iterable[Organization]) -> Iterator[list[str]]:
    """The cells of each organization under `COLUMNS`: what an import reads back without a change."""
    for row in organizations:
        yield [
            row.code,
            row.acronym,
            *(getattr(row, name) or "" for name in COLUMNS[2:8]),
            row.category.code,
            row.country.iso2 if row.country else "",
            row.parent.code if row.parent else "",
        ]
