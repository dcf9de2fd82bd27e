"""What a person wrote down in the catalogue: for taking along, for erasure."""

from typing import Any

from django.db import transaction

from directory.models import User
from directory.services.erasure import is_any_of
from directory.services.traces import Traces, take_out
from solutions.enums import SolutionState
from solutions.models import Solution


def data_of_person(user: Any) -> dict[str, Any]:
    """The entries that the person wrote down; those of an organization only while they may see them."""
    rows = Solution.objects.visible_to(user).filter(submitted_by=user).select_related("provider")
    texts = ("title", "summary", "challenge", "approach", "results", "lessons", "conditions_for_transfer", "contact_email")
    return {
        "entries": [
            {
                "address": row.slug,
                "kind": row.kind,
                "state": row.state,
                "provider": row.provider.code if row.provider else "",
                "begun": row.created_at.isoformat(),
                **{name: getattr(row, name) for name in texts},
            }
            for row in rows.order_by("pk")
        ]
    }


@transaction.atomic
def erase_person(*, user: User, traces: Traces) -> None:
    """Delete drafts in the person's own name that were never submitted; other entries lose the contact, not their text."""
    Solution.objects.filter(submitted_by=user, provider=None, state=SolutionState.DRAFT).delete()
    Solution.objects.filter(is_any_of("contact_email", traces.addresses)).update(contact_email="")
    take_out(Solution.objects.all(), traces, "verification_note")
