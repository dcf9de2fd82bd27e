"""Who may do what with solutions."""

from typing import Any

import rules

from directory.rules import is_active_person, is_focal_point, is_member, is_member_or_granted, is_secretariat_staff
from solutions.enums import SolutionState


@rules.predicate
def is_published(user: Any, solution: Any) -> bool:
    return solution.state == SolutionState.VERIFIED


@rules.predicate
def was_submitted(user: Any, solution: Any) -> bool:
    return solution.state != SolutionState.DRAFT


@rules.predicate
def wrote_it(user: Any, solution: Any) -> bool:
    """The person who wrote the entry down."""
    return is_active_person(user) and solution.submitted_by_id == user.pk


@rules.predicate
def has_no_provider(user: Any, solution: Any) -> bool:
    return solution.provider_id is None


# Who wrote an organization's entry has it as a member only: whoever leaves the organization leaves its drafts behind.
is_own_entry = has_no_provider & wrote_it
# A person answers for an entry of their own; where an organization provides it, its focal point does.
answers_for_it = is_focal_point | is_own_entry

rules.add_perm(
    "solutions.view_solution", is_published | is_own_entry | is_member_or_granted | (was_submitted & is_secretariat_staff)
)
rules.add_perm("solutions.add_solution", is_active_person)
rules.add_perm("solutions.change_solution", is_own_entry | is_member)
rules.add_perm("solutions.submit_solution", answers_for_it)
rules.add_perm("solutions.verify_solution", is_secretariat_staff)
rules.add_perm("solutions.return_solution", is_secretariat_staff)
rules.add_perm("solutions.withdraw_solution", answers_for_it | (was_submitted & is_secretariat_staff))
