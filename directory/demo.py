"""Organizations and the demo's cast."""

import json
from datetime import timedelta
from typing import Any

from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.utils import timezone

from common.translated import in_languages
from directory.enums import MembershipAct, Role
from directory.models import (
    Country,
    Delegation,
    InternalAccessGrant,
    Invitation,
    Membership,
    MembershipEvent,
    Organization,
    StakeholderCategory,
    User,
)
from directory.services.invitations import LIFETIME
from directory.services.organization_import import read_import
from directory.services.state import record_start
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


# --- The life of two agencies: loaded last, when every other part of the demonstration has its authors ----------------


def load_agencies(*, shift: timedelta, scale: int) -> None:
    """Alternates, somebody who left, invitations that wait, planned delegations, and an import that nobody confirmed."""
    told = content("directory", "agencies")
    for child, parent in told["parents"].items():
        Organization.objects.filter(code=child).update(parent=Organization.objects.get(code=parent))
    for code, days in told["serving_since_days"].items():
        for membership in Membership.objects.filter(organization__code=code):
            _began(membership, days)
    for row in told["people"]:
        _load_member(row)
    for row in told["invitations"]:
        _load_invitation(row)
    for row in told["delegations"]:
        _load_delegation(row)
    _load_grant(told["grant"])
    read_import(
        content="\n".join(told["import"]["lines"]).encode(),
        file_name=told["import"]["file"],
        by=User.objects.get(email="secretariat@demo.example"),
    )


def _began(membership: Membership, days_ago: int) -> None:
    membership.starts_on = timezone.now().date() - timedelta(days=days_ago)
    membership.save(update_fields=["starts_on"])
    _event(membership, MembershipAct.BEGUN, days_ago)


def _event(membership: Membership, act: MembershipAct, days_ago: int, detail: str = "", reason: str = "") -> None:
    event = MembershipEvent.objects.create(membership=membership, act=act, detail=detail, reason=reason)
    MembershipEvent.objects.filter(pk=event.pk).update(at=timezone.now() - timedelta(days=days_ago))


def _load_member(row: dict[str, Any]) -> None:
    organization = Organization.objects.get(code=row["organization"])
    _load_person({**row, "account": False}, {organization.code: organization}, make_password(None))
    membership = Membership.objects.get(user__email=row["email"])
    _began(membership, row["began_days_ago"])
    if "ended_days_ago" in row:
        membership.ended_at = timezone.now() - timedelta(days=row["ended_days_ago"])
        membership.ends_on = membership.ended_at.date()
        membership.save(update_fields=["ended_at", "ends_on"])
        _event(membership, MembershipAct.ENDED, row["ended_days_ago"], reason=row["reason"])


def _load_invitation(row: dict[str, Any]) -> None:
    sent = timezone.now() - timedelta(days=row["days_ago"])
    organization, by = Organization.objects.get(code=row["organization"]), User.objects.get(email=row["by"])
    invitation = Invitation.objects.create(
        organization=organization,
        email=row["email"],
        role=row["role"],
        language=row["language"],
        note=row["note"],
        invited_by=by,
        expires_at=sent + LIFETIME,
    )
    Invitation.objects.filter(pk=invitation.pk).update(created_at=sent)
    record_start(invitation, by=by, on_behalf_of=organization)
    invitation.state_changes.update(at=sent)


def _load_delegation(row: dict[str, Any]) -> None:
    starts_on = timezone.now().date() + timedelta(days=row["in_days"])
    ends_on = starts_on + timedelta(days=row["for_days"])
    members = Membership.objects.filter(organization__code=row["organization"])
    focal_point, colleague = members.get(user__email=row["of"]), members.get(user__email=row["to"])
    brings_role = colleague.role != Role.ALTERNATE
    if brings_role:
        colleague = Membership.objects.create(
            user=colleague.user, organization=colleague.organization, role=Role.ALTERNATE, starts_on=starts_on, ends_on=ends_on
        )
    Delegation.objects.create(
        membership=focal_point,
        alternate=colleague,
        starts_on=starts_on,
        ends_on=ends_on,
        reason=row["reason"],
        brings_role=brings_role,
    )
    _event(focal_point, MembershipAct.DELEGATED, 1, detail=f"dates:{starts_on}>{ends_on}", reason=row["reason"])


def _load_grant(row: dict[str, Any]) -> None:
    """A grant that is over, so that agencies see what one looks like."""
    opened = timezone.now() - timedelta(days=row["days_ago"])
    grant = InternalAccessGrant.objects.create(
        organization=Organization.objects.get(code=row["organization"]),
        administrator=User.objects.get(email=row["by"]),
        reason=row["reason"],
        starts_at=opened,
        expires_at=opened + timedelta(hours=row["hours"]),
        ended_at=opened + timedelta(minutes=row["ended_after_minutes"]),
        ended_by=User.objects.get(email=row["ended_by"]),
    )
    for minutes, what in row["uses"]:
        use = grant.uses.create(what=what)
        grant.uses.filter(pk=use.pk).update(at=opened + timedelta(minutes=minutes))
