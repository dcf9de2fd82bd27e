"""The public consultation: a participant comments under a stakeholder category, the secretariat admits or turns down."""

from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from common.access import Refused, require
from directory.models import StakeholderCategory, User
from directory.page_versions import bump
from directory.services.state import change_state, locked, record_start
from strategy.enums import CommentState, Visibility
from strategy.messages import public_comments as messages
from strategy.models import Comment, ConsultationRound, Paragraph
from strategy.selectors.participants import categories_of
from strategy.services.comments import refuse_empty, refuse_other_draft, refuse_proposal_on_the_whole
from strategy.services.passages import quote_from
from strategy.services.positions import refuse_unless_open

# Enough for a careful reader of a long draft, too little to bury the people who read every comment.
MOST_WAITING = 20
MOST_IN_A_DAY = 40


@transaction.atomic
def write_public_comment(
    *,
    consultation: ConsultationRound,
    by: Any,
    category: StakeholderCategory,
    paragraph: Paragraph | None,
    type: str,
    text: str,
    proposed_text: str = "",
    proposes_deletion: bool = False,
    passage: str = "",
    passage_prefix: str = "",
    passage_suffix: str = "",
) -> Comment:
    """Write a comment of the public consultation; the secretariat admits it before anybody else reads it.

    Raises:
        Refused: the round is not open to participants, the category is not the person's, or they write too much at once.
    """
    User.objects.select_for_update(of=("self",)).get(pk=by.pk)  # who sends twice at once is counted once
    consultation = ConsultationRound.objects.select_related("draft__strategy").get(pk=consultation.pk)
    require(by, "strategy.write_public_comment", consultation)
    refuse_unless_open(consultation)
    if category not in categories_of(by):
        raise Refused(_("You cannot comment under this category. Choose the one of your organization."))
    text, proposed_text = text.strip(), proposed_text.strip()
    refuse_empty(text, proposed_text, proposes_deletion)
    refuse_proposal_on_the_whole(paragraph, proposed_text, proposes_deletion)
    refuse_other_draft(paragraph, consultation)
    _refuse_flood(by)
    comment = Comment.objects.create(
        round=consultation, paragraph=paragraph, category=category, author=by, type=type, text=text,
        proposed_text=proposed_text, proposes_deletion=proposes_deletion, state=CommentState.MODERATION,
        share_with=Visibility.PUBLIC, **quote_from(paragraph, passage, passage_prefix, passage_suffix).values(),
    )  # fmt: skip
    record_start(comment, by=by)
    return comment


def _refuse_flood(by: Any) -> None:
    own = Comment.objects.filter(author=by, category__isnull=False)
    if own.filter(state=CommentState.MODERATION).count() >= MOST_WAITING:
        raise Refused(
            _("%(n)d comments of yours wait for the secretariat. Write the next one once some of them have been read.")
            % {"n": MOST_WAITING}
        )
    if own.filter(created_at__gt=timezone.now() - timedelta(days=1)).count() >= MOST_IN_A_DAY:
        raise Refused(
            _("You have written %(n)d comments within a day. Come back tomorrow, or say it in one on the draft as a whole.")
            % {"n": MOST_IN_A_DAY}
        )


@transaction.atomic
def admit_comment(*, comment: Comment, by: Any) -> Comment:
    """Show a participant's comment to everybody, under its category; its author is told."""
    comment = locked(comment)
    require(by, "strategy.moderate_comment", comment)
    comment.visibility = Visibility.PUBLIC
    change_state(comment, to=CommentState.SUBMITTED, by=by, also=["visibility"])
    bump("strategy")
    messages.comment_admitted(comment)
    return comment


@transaction.atomic
def turn_down_comment(*, comment: Comment, by: Any, reason: str) -> Comment:
    """Do not publish a participant's comment; its author is told why and goes on reading it."""
    comment = locked(comment)
    require(by, "strategy.moderate_comment", comment)
    if not reason.strip():
        raise Refused(_("Give the reason: the author is told."))
    change_state(comment, to=CommentState.TURNED_DOWN, by=by, reason=reason.strip())
    messages.comment_turned_down(comment, reason=reason.strip())
    return comment
