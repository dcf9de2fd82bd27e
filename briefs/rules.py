"""Who may do what with policy briefs.

Rules ask about roles only; whether the brief's state allows an act is asked by the verb, which answers with a sentence.
"""

from typing import Any

import rules

from directory.enums import FOCAL_ROLES
from directory.rules import (
    is_focal_point,
    is_member,
    is_secretariat,
    is_secretariat_staff,
    organizations_of,
    readable_organizations,
)


@rules.predicate
def is_public(user: Any, brief: Any) -> bool:
    """There is an edition: published, withdrawn or being revised, it stays citable."""
    return brief.current_edition_id is not None


@rules.predicate
def reads_as_coauthor(user: Any, brief: Any) -> bool:
    """A member, in any role, of an agency that writes this brief, or who may read by a grant what is internal to it."""
    own = readable_organizations(user)
    return bool(own) and any(agency.organization_id in own for agency in brief.agencies.all())


@rules.predicate
def is_lead_focal_point(user: Any, brief: Any) -> bool:
    own = organizations_of(user, FOCAL_ROLES)
    return bool(own) and any(agency.is_lead and agency.organization_id in own for agency in brief.agencies.all())


@rules.predicate
def is_coauthor_focal_point(user: Any, brief: Any) -> bool:
    own = organizations_of(user, FOCAL_ROLES)
    return bool(own) and any(agency.organization_id in own for agency in brief.agencies.all())


rules.add_perm("briefs.view_brief", is_public | reads_as_coauthor | is_secretariat)
rules.add_perm("briefs.work_on_brief", reads_as_coauthor | is_secretariat)
rules.add_perm("briefs.add_brief", is_secretariat_staff)
rules.add_perm("briefs.change_series", is_secretariat_staff)
rules.add_perm("briefs.start_clearance", is_lead_focal_point)
rules.add_perm("briefs.answer_clearance", is_coauthor_focal_point)
# The objects of these two are a section and a co-authoring agency's row: each names its organization.
rules.add_perm("briefs.save_section", is_member)
rules.add_perm("briefs.clear_brief", is_focal_point)
rules.add_perm("briefs.publish_brief", is_secretariat_staff)
rules.add_perm("briefs.withdraw_brief", is_secretariat_staff)
rules.add_perm("briefs.revise_brief", is_secretariat_staff)
rules.add_perm("briefs.render_edition", is_secretariat_staff)
rules.add_perm("briefs.correct_edition", is_secretariat_staff)
