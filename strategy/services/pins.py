"""After a split: beside which part a comment on the earlier paragraph is read."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from common.access import Refused, require
from directory.page_versions import bump
from directory.services.state import locked
from strategy.enums import LineageKind
from strategy.models import Comment, CommentPin, Paragraph
from strategy.selectors.earlier import Lineage
from strategy.services.lineage_record import record_pin


@transaction.atomic
def pin_comment(*, comment: Comment, paragraph: Paragraph, by: Any) -> CommentPin:
    """Show an earlier comment at this part of what its paragraph was split into, and at no other part of that draft."""
    comment = locked(comment)
    require(by, "strategy.pin_comment", comment)
    if comment.paragraph is None or paragraph.pk not in Lineage(paragraph.draft).ends(comment.paragraph):
        raise Refused(_("This paragraph does not continue the one that the comment speaks of. Choose a part of it."))
    CommentPin.objects.filter(comment=comment, paragraph__draft=paragraph.draft_id).exclude(paragraph=paragraph).delete()
    pin, is_new = CommentPin.objects.update_or_create(comment=comment, paragraph=paragraph, defaults={"by": by})
    if is_new:
        record_pin(LineageKind.PINNED, comment, paragraph, by=by)
    bump("strategy")
    return pin


@transaction.atomic
def unpin_comment(*, comment: Comment, paragraph: Paragraph, by: Any) -> None:
    """Show an earlier comment at every part again."""
    comment = locked(comment)
    require(by, "strategy.pin_comment", comment)
    gone = CommentPin.objects.filter(comment=comment, paragraph__draft=paragraph.draft_id).select_related("paragraph")
    for pin in gone:
        record_pin(LineageKind.UNPINNED, comment, pin.paragraph, by=by)
    gone.delete()
    bump("strategy")
