"""The secretariat's decisions on an entry, and its withdrawal."""

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from common.access import Refused, require
from directory.page_versions import bump
from directory.rules import organizations_of
from directory.services.state import change_state, locked, refuse_if_changed
from solutions import messages
from solutions.enums import SolutionState, VerificationLevel
from solutions.models import Solution
from solutions.services.search_index import place_in_lists, update_search_index


def version_of(solution: Solution) -> str:
    """Names the text of an entry as it stands: the moment of its last change."""
    return solution.changed_at.isoformat()


@transaction.atomic
def verify_solution(*, solution: Solution, by: Any, level: str, evidence: str = "", seen: str | None = None) -> Solution:
    """Publish a submitted entry at a step of the verification ladder; tell its author and the provider's focal points.

    Args:
        seen: the entry's `version_of` when it was read; None asks for no comparison.

    Raises:
        Refused: a step above self-reported has no evidence, the entry is not waiting for a decision, or its text is
            another one than was read.
    """
    solution = locked(solution)
    require(by, "solutions.verify_solution", solution)
    refusal = _("This entry was changed after you opened the page. Read it again, then decide.")
    refuse_if_changed(seen=seen, present=version_of(solution), refusal=refusal)
    if level != VerificationLevel.SELF_REPORTED and not evidence.strip():
        raise Refused(_("Say on which evidence this level rests: a report, a letter, an evaluation."))
    now = timezone.now()
    solution.verification_level = VerificationLevel(level)
    solution.verification_note = evidence.strip()
    solution.verified_at = solution.published_at = now
    solution.verified_by = by
    solution.sort_key = place_in_lists(solution)
    change_state(
        solution,
        to=SolutionState.VERIFIED,
        by=by,
        reason=solution.verification_note,
        also=["verification_level", "verification_note", "verified_at", "verified_by", "published_at", "sort_key"],
    )
    _publication_changed(solution)
    messages.solution_verified(solution)
    return solution


@transaction.atomic
def return_solution(*, solution: Solution, by: Any, reason: str) -> Solution:
    """Give a submitted entry back to its author with what must change.

    Raises:
        Refused: there is no reason, or the entry is not waiting for a decision.
    """
    solution = locked(solution)
    require(by, "solutions.return_solution", solution)
    if not reason.strip():
        raise Refused(_("Say what must change, so that the provider can revise the entry."))
    change_state(solution, to=SolutionState.RETURNED, by=by, reason=reason.strip())
    messages.solution_returned(solution, reason=reason.strip())
    return solution


@transaction.atomic
def withdraw_solution(*, solution: Solution, by: Any, reason: str) -> Solution:
    """Take an entry out of the catalogue for good; its history stays.

    Raises:
        Refused: there is no reason, or the entry is a draft or already withdrawn.
    """
    solution = locked(solution)
    require(by, "solutions.withdraw_solution", solution)
    if not reason.strip():
        raise Refused(_("Say why the entry is withdrawn; the reason stays in its history."))
    was_published = solution.is_published
    on_behalf_of = solution.provider if solution.provider_id in organizations_of(by) else None
    change_state(solution, to=SolutionState.WITHDRAWN, by=by, on_behalf_of=on_behalf_of, reason=reason.strip())
    if was_published:
        _publication_changed(solution)
    return solution


def _publication_changed(solution: Solution) -> None:
    update_search_index([solution])
    bump("solutions")
