"""Who takes part in a public consultation, and under which stakeholder category."""

from typing import Any

from common.access import may
from directory.models import StakeholderCategory
from directory.rules import memberships_of
from strategy.enums import RoundKind
from strategy.models import ConsultationRound

# Those of the United Nations system speak through their agency.
OF_THE_SYSTEM = ("un-entity", "specialized-agency")


def categories_of(user: Any) -> list[StakeholderCategory]:
    """The categories that a person may comment under: of their organizations, or any outside the system without one."""
    rows = StakeholderCategory.objects.exclude(code__in=OF_THE_SYSTEM)
    own = {membership.organization.category_id for membership in memberships_of(user)}
    return list(rows.filter(pk__in=own) if own else rows)


def may_comment_publicly(user: Any, consultation: ConsultationRound | None) -> bool:
    """Whether the form of the public consultation is for this person, now."""
    return (
        consultation is not None
        and consultation.takes_public_comments
        and consultation.kind == RoundKind.COMMENTS
        and consultation.is_open
        and may(user, "strategy.write_public_comment", consultation)
    )
