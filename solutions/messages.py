"""Messages of solutions: who hears of a submission, a verification, a return."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from common.access import may
from directory.enums import Role
from directory.models import Membership, User
from notifications.kinds import Kind, in_all_languages, label_in_all_languages, link, register
from notifications.models import Notification
from notifications.selectors.reach import serves_as_staff
from notifications.services import notify
from solutions.enums import SolutionKind, VerificationLevel
from solutions.models import Solution


def _may_still_see(notification: Notification) -> bool:
    solution = Solution.objects.filter(pk=notification.context["solution"]).first()
    return solution is not None and may(notification.recipient, "solutions.view_solution", solution)


SUBMITTED = register(
    Kind(
        "solutions.solution_submitted",
        subject=_("To verify: %(title)s"),
        label=_("A solution waits for verification"),
        may_reach=serves_as_staff,
        action=_("Review the entry"),
        is_visible=_may_still_see,
    )
)
VERIFIED = register(
    Kind(
        "solutions.solution_verified",
        subject=_("Published: %(title)s"),
        label=_("A solution of yours is published"),
        action=_("Open the entry"),
        is_visible=_may_still_see,
    )
)
RETURNED = register(
    Kind(
        "solutions.solution_returned",
        subject=_("Please revise: %(title)s"),
        label=_("A solution of yours must be revised"),
        action=_("Revise the entry"),
        is_visible=_may_still_see,
    )
)


def _author_and_focal_points(solution: Solution) -> list[User]:
    author = solution.submitted_by
    people = [author] if author.is_active and may(author, "solutions.view_solution", solution) else []
    if solution.provider_id:
        people += Membership.objects.focal_points().filter(organization=solution.provider_id).people()
    return people


def _context(solution: Solution, route: str) -> dict[str, Any]:
    return {
        "solution": solution.pk,
        "title": in_all_languages(solution, "title"),
        "kind": label_in_all_languages(SolutionKind(solution.kind).label),
        "provider": in_all_languages(solution.provider, "name") if solution.provider else "",
        "link": link(route, solution.slug),
    }


def _cause(solution: Solution) -> str:
    change = solution.state_changes.latest("pk")
    return f"solution {solution.pk} change {change.pk}"


def solution_submitted(solution: Solution) -> None:
    """Tell the secretariat that an entry waits for its decision."""
    staff = Membership.objects.of_secretariat(Role.STAFF, solution).people()
    notify(kind=SUBMITTED, to=staff, cause=_cause(solution), context=_context(solution, "solutions:review"))


def solution_verified(solution: Solution) -> None:
    """Tell the author and the provider's focal points that the entry is public, and at which step of the ladder."""
    level = label_in_all_languages(VerificationLevel(solution.verification_level).label)
    context = _context(solution, "solutions:detail") | {"level": level, "evidence": solution.verification_note}
    notify(kind=VERIFIED, to=_author_and_focal_points(solution), cause=_cause(solution), context=context)


def solution_returned(solution: Solution, *, reason: str) -> None:
    """Tell the author and the provider's focal points what must change."""
    context = _context(solution, "solutions:edit") | {"reason": reason}
    notify(kind=RETURNED, to=_author_and_focal_points(solution), cause=_cause(solution), context=context)
