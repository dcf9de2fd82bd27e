"""Who may do what with a strategy: its drafts, rounds, positions, comments and answers.

Nobody outside an agency, the secretariat included, holds any permission on a comment that its agency has not
submitted; an administrator may read it under a grant (`directory.rules.granted_organizations`), never act on it. The
predicates agree row by row with the `visible_to` of the models; a test compares them.
"""

from typing import Any

import rules
from django.utils import timezone

from directory.rules import (
    is_drafter,
    is_focal_point,
    is_member,
    is_member_or_granted,
    is_secretariat,
    memberships_of,
    organizations_of,
)
from strategy.enums import (
    SHARED_AFTER_CLOSE,
    SHARED_AT_ONCE,
    CommentState,
    DraftState,
    ObjectionState,
    PositionState,
    ReplyAudience,
    Sharing,
    Visibility,
)


def is_consulted(organization: Any) -> bool:
    """Whether an organization is of the kind that rounds invite: an agency, and not the secretariat that asks."""
    return organization.is_agency and not organization.is_secretariat


def agencies_of(user: Any) -> set[int]:
    """Primary keys of the agencies of the United Nations system that `user` serves today."""
    own = organizations_of(user)
    return {
        membership.organization_id
        for membership in memberships_of(user)
        if membership.organization_id in own and is_consulted(membership.organization)
    }


def serves_an_invited_agency(user: Any, consultation: Any) -> bool:
    """Whether `user` serves an agency that the round invites."""
    own = agencies_of(user)
    return bool(own) and (consultation.invites_all_agencies or not own.isdisjoint(consultation.invited_ids))


# --- Texts -----------------------------------------------------------------------------------------------------------


@rules.predicate
def is_published(user: Any, draft: Any) -> bool:
    return draft.state == DraftState.PUBLISHED


@rules.predicate
def is_public(user: Any, thing: Any) -> bool:
    return thing.is_public


@rules.predicate
def is_consulted_on(user: Any, draft: Any) -> bool:
    """Somebody whose agency is invited to a round on the draft."""
    return any(serves_an_invited_agency(user, consultation) for consultation in draft.rounds.all())


view_draft = is_secretariat | (is_published & (is_public | is_consulted_on))


@rules.predicate
def may_view_its_draft(user: Any, part: Any) -> bool:
    return view_draft(user, part.draft)


@rules.predicate
def may_view_a_draft(user: Any, strategy: Any) -> bool:
    return any(view_draft(user, draft) for draft in strategy.drafts.all())


rules.add_perm("strategy.view_strategy", is_secretariat | may_view_a_draft)
rules.add_perm("strategy.view_draft", view_draft)
rules.add_perm("strategy.view_paragraph", may_view_its_draft)
# Whoever reads the text; of the proposals to it each reads those that `view_comment` lets them read.
rules.add_perm("strategy.view_compilation", view_draft)
rules.add_perm("strategy.publish_draft", is_drafter)
rules.add_perm("strategy.place_paragraphs", is_drafter)
rules.add_perm("strategy.import_text", is_drafter)
rules.add_perm("strategy.view_draftimport", is_secretariat)
rules.add_perm("strategy.add_strategy", is_secretariat)
rules.add_perm("strategy.change_strategy", is_secretariat)
rules.add_perm("strategy.add_draft", is_secretariat)
rules.add_perm("strategy.discard_draft", is_drafter)
rules.add_perm("strategy.write_draft", is_drafter)

# --- Rounds ----------------------------------------------------------------------------------------------------------


@rules.predicate
def is_invited(user: Any, consultation: Any) -> bool:
    return serves_an_invited_agency(user, consultation)


@rules.predicate
def draft_is_public(user: Any, consultation: Any) -> bool:
    return consultation.draft.state == DraftState.PUBLISHED and consultation.draft.is_public


@rules.predicate
def its_draft_is_published(user: Any, consultation: Any) -> bool:
    return consultation.draft.state == DraftState.PUBLISHED


view_round = is_secretariat | (is_public & draft_is_public) | (is_invited & its_draft_is_published)
rules.add_perm("strategy.view_consultationround", view_round)
rules.add_perm("strategy.manage_round", is_secretariat)
rules.add_perm("strategy.answer_round", is_drafter)
rules.add_perm("strategy.release_dispositions", is_drafter)

# --- Positions and comments: what belongs to an agency ---------------------------------------------------------------


@rules.predicate
def its_agency_is_invited(user: Any, owned: Any) -> bool:
    """The organization of a position or comment is an agency that its round invites."""
    consultation = owned.round
    return is_consulted(owned.organization) and (
        consultation.invites_all_agencies or owned.organization_id in consultation.invited_ids
    )


@rules.predicate
def is_shared_with_agencies(user: Any, owned: Any) -> bool:
    """The round lets the invited agencies read what another has submitted, now or because it has closed."""
    consultation = owned.round
    return consultation.sharing in SHARED_AT_ONCE or (consultation.sharing in SHARED_AFTER_CLOSE and _is_over(consultation))


def _is_over(consultation: Any) -> bool:
    return consultation.paused_at is None and consultation.cancelled_at is None and consultation.closes_at <= timezone.now()


@rules.predicate
def is_invited_to_its_round(user: Any, owned: Any) -> bool:
    return serves_an_invited_agency(user, owned.round)


@rules.predicate
def position_is_submitted(user: Any, position: Any) -> bool:
    return position.state == PositionState.SUBMITTED


@rules.predicate
def comment_has_left_its_agency(user: Any, comment: Any) -> bool:
    return comment.state == CommentState.SUBMITTED and comment.visibility != Visibility.INTERNAL


@rules.predicate
def comment_is_for_agencies(user: Any, comment: Any) -> bool:
    return comment.visibility in {Visibility.AGENCIES, Visibility.PUBLIC}


@rules.predicate
def comment_is_shown_to_the_public(user: Any, comment: Any) -> bool:
    """Meant for everybody, in a public round on a public draft that lets it be read now."""
    consultation = comment.round
    draft = consultation.draft
    if comment.visibility != Visibility.PUBLIC or not (
        consultation.is_public and draft.is_public and draft.state == DraftState.PUBLISHED
    ):
        return False
    if comment.category_id and consultation.takes_public_comments:
        return True
    return consultation.sharing == Sharing.PUBLIC or (
        consultation.sharing == Sharing.PUBLIC_AFTER_CLOSE and _is_over(consultation)
    )


@rules.predicate
def is_of_a_participant(user: Any, comment: Any) -> bool:
    """A comment of the public consultation: written under a stakeholder category, not in an agency."""
    return comment.category_id is not None


@rules.predicate
def is_author(user: Any, comment: Any) -> bool:
    return user.is_active and comment.author_id == user.pk


@rules.predicate
def serves_its_agency(user: Any, comment: Any) -> bool:
    """A member of the comment's agency, or a person with a grant for it; a participant's comment has no agency."""
    return comment.organization_id is not None and is_member_or_granted(user, comment)


view_comment = (
    serves_its_agency
    | (is_of_a_participant & (is_author | is_secretariat))
    | (
        comment_has_left_its_agency
        & (
            is_secretariat
            | comment_is_shown_to_the_public
            | (comment_is_for_agencies & is_shared_with_agencies & is_invited_to_its_round)
        )
    )
)

rules.add_perm(
    "strategy.view_position",
    is_member_or_granted | (position_is_submitted & (is_secretariat | (is_shared_with_agencies & is_invited_to_its_round))),
)
rules.add_perm("strategy.write_comment", is_member & its_agency_is_invited)
rules.add_perm("strategy.submit_position", is_focal_point & its_agency_is_invited)
rules.add_perm("strategy.withdraw_position", is_focal_point & its_agency_is_invited)

rules.add_perm("strategy.view_comment", view_comment)
rules.add_perm("strategy.edit_comment", is_member & (is_author | is_focal_point))
rules.add_perm("strategy.reply_to_comment", is_member)
rules.add_perm("strategy.clear_comment", is_focal_point)
rules.add_perm("strategy.drop_comment", is_focal_point)
rules.add_perm("strategy.reopen_comment", is_focal_point)

# --- Adoption ---------------------------------------------------------------------------------------------------------


@rules.predicate
def objection_stands(user: Any, objection: Any) -> bool:
    return objection.state == ObjectionState.LODGED


@rules.predicate
def may_view_its_round(user: Any, owned: Any) -> bool:
    return view_round(user, owned.round)


@rules.predicate
def its_round_is_cancelled(user: Any, owned: Any) -> bool:
    return owned.round.cancelled_at is not None


@rules.predicate
def counts(user: Any, endorsement: Any) -> bool:
    """It is what its agency says now, not words that it has replaced."""
    return endorsement.replaced_at is None


rules.add_perm("strategy.view_roundnotice", is_member_or_granted | is_secretariat)
rules.add_perm(
    "strategy.view_objection",
    is_member_or_granted | is_secretariat | (objection_stands & is_shared_with_agencies & is_invited_to_its_round),
)
rules.add_perm("strategy.object", is_focal_point & its_agency_is_invited)
rules.add_perm(
    "strategy.view_endorsement", is_member_or_granted | is_secretariat | (counts & ~its_round_is_cancelled & may_view_its_round)
)
rules.add_perm("strategy.endorse", is_focal_point & its_agency_is_invited)
rules.add_perm("strategy.view_roundoutcome", may_view_its_round)

# --- Replies and answers ---------------------------------------------------------------------------------------------


@rules.predicate
def may_view_its_comment(user: Any, answer: Any) -> bool:
    return view_comment(user, answer.comment)


@rules.predicate
def may_read_a_reply(user: Any, reply: Any) -> bool:
    """Inside the agency its members; a reply to the readers of the comment, whoever reads the comment."""
    if reply.audience == ReplyAudience.READERS:
        return view_comment(user, reply.comment)
    return serves_its_agency(user, reply.comment)


@rules.predicate
def serves_the_secretariat_of_its_comment(user: Any, answer: Any) -> bool:
    return is_secretariat(user, answer.comment)


@rules.predicate
def is_released(user: Any, answer: Any) -> bool:
    return answer.released_at is not None


rules.add_perm("strategy.view_commentreply", may_read_a_reply)
rules.add_perm("strategy.dispose_comment", is_drafter & comment_has_left_its_agency)
rules.add_perm("strategy.view_disposition", may_view_its_comment & (is_released | serves_the_secretariat_of_its_comment))

# --- Open threads, the public consultation, lineage --------------------------------------------------------------------


@rules.predicate
def speaks_for_its_organization(user: Any, reply: Any) -> bool:
    """The secretariat for itself; a focal point for an agency that the round of the comment invites."""
    organization, consultation = reply.organization, reply.comment.round
    if organization.is_secretariat:
        return is_secretariat(user, consultation) and organization.pk in {row.organization_id for row in memberships_of(user)}
    invited = consultation.invites_all_agencies or organization.pk in consultation.invited_ids
    return is_focal_point(user, reply) and is_consulted(organization) and invited


@rules.predicate
def its_comment_has_left(user: Any, reply: Any) -> bool:
    return comment_has_left_its_agency(user, reply.comment)


@rules.predicate
def is_outside_the_system(user: Any) -> bool:
    """An active person who serves neither an agency nor the secretariat: those have their own way to speak."""
    if not user.is_authenticated or not user.is_active or user.is_superuser:
        return False
    return not any(row.organization.is_agency or row.organization.is_secretariat for row in memberships_of(user))


@rules.predicate
def takes_public_comments(user: Any, consultation: Any) -> bool:
    return consultation.takes_public_comments


rules.add_perm("strategy.merge_comment", is_focal_point)
rules.add_perm("strategy.reply_to_readers", its_comment_has_left & may_view_its_comment & speaks_for_its_organization)
rules.add_perm("strategy.write_public_comment", is_outside_the_system & takes_public_comments & is_public & draft_is_public)
rules.add_perm("strategy.moderate_comment", is_of_a_participant & is_secretariat)
rules.add_perm("strategy.moderate_round", is_secretariat)
rules.add_perm("strategy.pin_comment", is_drafter & comment_has_left_its_agency)
