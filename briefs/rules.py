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
def is_lead_member(user: Any, brief: Any) -> bool:
    """A member, in any role, of the agency that leads: it writes what stands before the sections."""
    own = organizations_of(user)
    return bool(own) and any(agency.is_lead and agency.organization_id in own for agency in brief.agencies.all())


@rules.predicate
def is_coauthor_focal_point(user: Any, brief: Any) -> bool:
    own = organizations_of(user, FOCAL_ROLES)
    return bool(own) and any(agency.organization_id in own for agency in brief.agencies.all())


@rules.predicate
def is_coauthor(user: Any, brief: Any) -> bool:
    """A member, in any role, of an agency that writes this brief; a grant to read is not enough."""
    own = organizations_of(user)
    return bool(own) and any(agency.organization_id in own for agency in brief.agencies.all())


@rules.predicate
def talks_in_brief_of(user: Any, section: Any) -> bool:
    """May say something about a section: whoever writes its brief, and the secretariat."""
    return is_coauthor(user, section.brief) or is_secretariat(user, section.brief)


@rules.predicate
def speaks_for_comment(user: Any, comment: Any) -> bool:
    """Belongs to the agency in whose name the comment was written, or to the one that writes the section."""
    return bool(organizations_of(user) & {comment.organization_id, comment.section.organization_id}) or is_secretariat(
        user, comment.section.brief
    )


@rules.predicate
def reviews_as_author(user: Any, brief: Any) -> bool:
    """Whether `user`, as a reviewer, would review a text of their own agency."""
    return bool(is_coauthor(user, brief))


@rules.predicate
def is_that_reviewer(user: Any, reviewer: Any) -> bool:
    return user.is_authenticated and user.is_active and reviewer.user_id == user.pk


rules.add_perm("briefs.view_brief", is_public | reads_as_coauthor | is_secretariat)
rules.add_perm("briefs.work_on_brief", reads_as_coauthor | is_secretariat)
rules.add_perm("briefs.add_brief", is_secretariat_staff)
rules.add_perm("briefs.change_brief", is_secretariat_staff)
# Title, summary, key messages and topics are written like a section, by the agency that leads.
rules.add_perm("briefs.change_words", is_lead_member | is_secretariat_staff)
# Figures, references, footnotes and citations: what the sections' authors need while they write.
rules.add_perm("briefs.change_matter", is_coauthor | is_secretariat_staff)
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
rules.add_perm("briefs.comment_on_section", talks_in_brief_of)
rules.add_perm("briefs.resolve_comment", speaks_for_comment)
# A document that fills sections of several agencies is brought in by whoever leads, or by the secretariat's staff.
rules.add_perm("briefs.import_text", is_lead_focal_point | is_secretariat_staff)
# Rounds of review. Whoever invites knows the names: the editors of a round whose reviewers stay anonymous are no authors.
rules.add_perm("briefs.edit_reviews", is_secretariat_staff & ~is_coauthor)
rules.add_perm("briefs.open_review", (is_secretariat_staff & ~is_coauthor) | is_lead_focal_point)
rules.add_perm("briefs.reply_to_review", is_coauthor)
rules.add_perm("briefs.write_review", is_that_reviewer)
# Clearance beyond the agencies' own answers, and the checklist.
rules.add_perm("briefs.extend_clearance", is_secretariat_staff | is_lead_focal_point)
rules.add_perm("briefs.go_on_without", is_secretariat_staff)
rules.add_perm("briefs.check_brief", reads_as_coauthor | is_secretariat)
rules.add_perm("briefs.acknowledge_warning", is_secretariat_staff)
rules.add_perm("briefs.view_downloads", is_secretariat)
rules.add_perm("briefs.correct_edition", is_secretariat_staff)
