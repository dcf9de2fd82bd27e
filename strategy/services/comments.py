"""Comments inside an agency: written, discussed, edited, cleared or dropped, until the position is submitted."""

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from common.access import Refused, require
from directory.models import Organization
from directory.services.state import change_state, locked, record_start, refuse_if_changed
from strategy.enums import CommentState, Visibility
from strategy.messages import consultation as messages
from strategy.messages.threads import reply_written
from strategy.models import Comment, CommentReply, ConsultationRound, Disposition, Paragraph
from strategy.services.passages import quote_from
from strategy.services.positions import locked_position, refuse_if_submitted, refuse_unless_open, require_for

_WORDS = ["type", "text", "proposed_text", "proposes_deletion", "quote", "quote_prefix", "quote_suffix", "share_with"]


def refuse_empty(text: str, proposed_text: str, proposes_deletion: bool) -> None:
    if not (text or proposed_text or proposes_deletion):
        raise Refused(_("Write a comment, propose a text or propose to delete the paragraph."))
    if proposed_text and proposes_deletion:
        raise Refused(_("Propose a text or propose to delete the paragraph, not both."))


def refuse_proposal_on_the_whole(paragraph: Paragraph | None, proposed_text: str, proposes_deletion: bool) -> None:
    if paragraph is None and (proposed_text or proposes_deletion):
        raise Refused(_("A proposal needs a paragraph. Comment on the paragraph that it changes."))


def refuse_other_draft(paragraph: Paragraph | None, consultation: ConsultationRound) -> None:
    """Refuse a comment on a paragraph of another draft than the one of the round."""
    if paragraph is not None and paragraph.draft_id != consultation.draft_id:
        raise Refused(_("This paragraph is not in the draft under consultation. Open that draft and comment there."))


@transaction.atomic
def write_comment(
    *,
    consultation: ConsultationRound,
    by: Any,
    on_behalf_of: Organization,
    paragraph: Paragraph | None,
    type: str,
    text: str,
    proposed_text: str = "",
    proposes_deletion: bool = False,
    passage: str = "",
    passage_prefix: str = "",
    passage_suffix: str = "",
    share_with: str = Visibility.AGENCIES,
) -> Comment:
    """Write a comment inside the agency; it waits for clearance, and the focal points are told unless one wrote it.

    Args:
        passage: words of the paragraph that the comment speaks of, and that a proposed text replaces; with
            `passage_prefix` and `passage_suffix`, the words around it.
        share_with: how far it may travel once it is submitted, if the round lets it.
    """
    require_for(by, "strategy.write_comment", consultation, on_behalf_of)
    position = locked_position(consultation=consultation, organization=on_behalf_of, by=by)
    # Read again after the lock: the close may have been moved meanwhile.
    consultation = ConsultationRound.objects.select_related("draft__strategy").get(pk=consultation.pk)
    refuse_unless_open(consultation, on_behalf_of)
    refuse_if_submitted(position)
    text, proposed_text = text.strip(), proposed_text.strip()
    refuse_empty(text, proposed_text, proposes_deletion)
    refuse_proposal_on_the_whole(paragraph, proposed_text, proposes_deletion)
    refuse_other_draft(paragraph, consultation)
    quote = quote_from(paragraph, passage, passage_prefix, passage_suffix)
    comment = Comment.objects.create(
        round=consultation,
        paragraph=paragraph,
        organization=on_behalf_of,
        author=by,
        type=type,
        text=text,
        proposed_text=proposed_text,
        proposes_deletion=proposes_deletion,
        share_with=share_with,
        **quote.values(),
    )
    record_start(comment, by=by, on_behalf_of=on_behalf_of)
    messages.comment_waits_for_clearance(comment)
    return comment


def _locked_in_agency(comment: Comment, by: Any, permission: str) -> Comment:
    """Lock position and comment, ask the right, and refuse what a submitted position or the clock forbids."""
    require(by, permission, comment)
    assert comment.organization is not None
    consultation = ConsultationRound.objects.select_related("draft__strategy").get(pk=comment.round_id)
    position = locked_position(consultation=consultation, organization=comment.organization, by=by)
    comment = locked(comment)
    comment.round = consultation
    require(by, permission, comment)
    refuse_unless_open(consultation, comment.organization)
    refuse_if_submitted(position)
    return comment


@transaction.atomic
def edit_comment(
    *,
    comment: Comment,
    by: Any,
    type: str,
    text: str,
    proposed_text: str = "",
    proposes_deletion: bool = False,
    passage: str | None = None,
    passage_prefix: str = "",
    passage_suffix: str = "",
    share_with: str | None = None,
    seen: str | None = None,
) -> Comment:
    """Change a comment that waits for clearance: its author or a focal point may.

    Args:
        passage: None leaves it as it is.
        share_with: None leaves it as it is.
        seen: `version` of the comment that the person had before them; None asks nothing.
    """
    comment = _locked_in_agency(comment, by, "strategy.edit_comment")
    if comment.state != CommentState.DRAFT:
        raise Refused(
            _("This comment is “%(state)s” and no longer changes. A focal point can open it again.")
            % {"state": comment.get_state_display()}
        )
    refuse_if_changed(
        seen=seen,
        present=comment.version,
        refusal=_(
            "This comment was changed after you opened it. Read the present text, then save yours again if it shall replace it."
        ),
    )
    text, proposed_text = text.strip(), proposed_text.strip()
    refuse_empty(text, proposed_text, proposes_deletion)
    refuse_proposal_on_the_whole(comment.paragraph, proposed_text, proposes_deletion)
    comment.type, comment.text = type, text
    comment.proposed_text, comment.proposes_deletion = proposed_text, proposes_deletion
    if passage is not None:
        same = passage.split() == comment.quote.split() and not (passage_prefix or passage_suffix)
        around = (comment.quote_prefix, comment.quote_suffix) if same else (passage_prefix, passage_suffix)
        for name, value in quote_from(comment.paragraph, passage, *around).values().items():
            setattr(comment, name, value)
    comment.share_with = share_with or comment.share_with
    comment.edited_at, comment.edited_by = timezone.now(), by
    comment.save(update_fields=[*_WORDS, "edited_at", "edited_by"])
    return comment


@transaction.atomic
def reply_to_comment(*, comment: Comment, by: Any, text: str) -> CommentReply:
    """Say something about a comment to the other members of its agency; it never leaves the agency."""
    require(by, "strategy.reply_to_comment", comment)
    text = text.strip()
    if not text:
        raise Refused(_("Write a reply before you send it."))
    reply = CommentReply.objects.create(comment=comment, author=by, text=text)
    reply_written(reply)
    return reply


@transaction.atomic
def clear_comment(*, comment: Comment, by: Any, seen: str | None = None, share_with: str | None = None) -> Comment:
    """Clear a comment for the agency's position.

    Args:
        share_with: how far it may travel once it is submitted; None leaves it as it is.
        seen: `version` of the comment that the focal point had before them; None asks nothing.
    """
    comment = _locked_in_agency(comment, by, "strategy.clear_comment")
    refusal = _("This comment was changed after you opened the page. Read it again, then clear it.")
    refuse_if_changed(seen=seen, present=comment.version, refusal=refusal)
    comment.share_with = share_with or comment.share_with
    change_state(comment, to=CommentState.CLEARED, by=by, on_behalf_of=comment.organization, also=["share_with"])
    return comment


@transaction.atomic
def drop_comment(*, comment: Comment, by: Any, reason: str = "", seen: str | None = None) -> Comment:
    """Leave a comment out of the agency's position; it stays readable inside the agency.

    Args:
        seen: `version` of the comment that the focal point had before them; None asks nothing.
    """
    comment = _locked_in_agency(comment, by, "strategy.drop_comment")
    refusal = _("This comment was changed after you opened the page. Read it again before you drop it.")
    refuse_if_changed(seen=seen, present=comment.version, refusal=refusal)
    change_state(comment, to=CommentState.DROPPED, by=by, on_behalf_of=comment.organization, reason=reason.strip())
    forget_answer(comment)
    return comment


@transaction.atomic
def reopen_comment(*, comment: Comment, by: Any, seen: str | None = None) -> Comment:
    """Open a cleared or dropped comment again, so that it can be edited.

    Args:
        seen: `version` of the comment that the focal point had before them; None asks nothing.
    """
    comment = _locked_in_agency(comment, by, "strategy.reopen_comment")
    refusal = _("This comment was changed after you opened the page. Read it again before you open it.")
    refuse_if_changed(seen=seen, present=comment.version, refusal=refusal)
    comment.merged_into = None  # it stands by itself again
    change_state(comment, to=CommentState.DRAFT, by=by, on_behalf_of=comment.organization, also=["merged_into"])
    forget_answer(comment)
    return comment


def forget_answer(comment: Comment) -> None:
    # Written while an earlier position stood: it would answer a text that no longer exists.
    Disposition.objects.filter(comment=comment, released_at__isnull=True).delete()
