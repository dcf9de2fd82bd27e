"""What of the strategy app is internal to an agency, for whoever may read it."""

from typing import Any

from django.db.models import Prefetch
from django.utils.translation import gettext_lazy as _

from directory.desk import InternalText
from directory.models import Organization
from strategy.enums import CommentState
from strategy.models import Comment, CommentReply


def internal_of_strategy(user: Any, organization: Organization, limit: int = 500) -> list[InternalText]:
    """The agency's comments that it has not submitted, and the talk inside it; newest first."""
    rows = (
        Comment.objects.visible_to(user)
        .filter(organization=organization)
        .select_related("round__draft__strategy", "paragraph", "author")
        .prefetch_related(Prefetch("replies", CommentReply.objects.visible_to(user).select_related("author"), to_attr="seen"))
        .order_by("-pk")
    )
    texts = []
    for row in rows[:limit]:
        words = [f"{row.author}: {' '.join(filter(None, [row.text, row.proposed_text]))}"]
        replies: list[CommentReply] = row.seen  # type: ignore[attr-defined]
        words += [f"{reply.author}: {reply.text}" for reply in replies]
        if row.state == CommentState.SUBMITTED:
            if not replies:
                continue
            words = words[1:]
        draft = row.round.draft
        place = f"{draft.strategy}, {draft.label}" + (f", ¶ {row.paragraph.number}" if row.paragraph else "")
        texts.append(InternalText(_("Comment"), place, "\n\n".join(words), str(row.get_state_display()), row.get_absolute_url()))
    return texts
