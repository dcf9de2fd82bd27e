"""Several comments of an agency become one of its position; what each said stays readable inside the agency."""

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from common.access import Refused, require
from directory.services.state import change_state, record_start, refuse_if_changed, version_of
from strategy.enums import CommentState, Visibility
from strategy.models import Comment, ConsultationRound
from strategy.services.comments import forget_answer, refuse_empty, refuse_proposal_on_the_whole
from strategy.services.passages import quote_from
from strategy.services.positions import locked_position, refuse_if_submitted, refuse_unless_open


def version_of_all(comments: Sequence[Comment]) -> str:
    """Names the words of several comments, for a form that shows them."""
    return version_of(f"{row.pk} {row.version} {row.state}" for row in sorted(comments, key=lambda row: row.pk))


def refuse_unlike(comments: Sequence[Comment]) -> None:
    """Refuse comments that cannot become one: fewer than two, of several places, or decided on otherwise."""
    if len(comments) < 2:
        raise Refused(_("Choose two comments or more: they become one."))
    if len({(row.round_id, row.organization_id) for row in comments}) > 1:
        raise Refused(_("Comments of several agencies or rounds do not become one. Choose comments of one position."))
    if len({row.paragraph_id for row in comments}) > 1:
        raise Refused(_("These comments speak of different paragraphs. Choose comments on one paragraph."))
    if any(row.state not in {CommentState.DRAFT, CommentState.CLEARED} for row in comments):
        raise Refused(_("One of these comments is dropped or submitted. Choose comments that wait or are cleared."))


@transaction.atomic
def merge_comments(
    *,
    comments: Sequence[Comment],
    by: Any,
    type: str,
    text: str,
    proposed_text: str = "",
    proposes_deletion: bool = False,
    passage: str = "",
    passage_prefix: str = "",
    passage_suffix: str = "",
    share_with: str = Visibility.AGENCIES,
    seen: str | None = None,
) -> Comment:
    """Make one comment of several; they are dropped, each saying into which it went, and can be opened again.

    The new one waits for clearance like any other.

    Args:
        seen: `version_of_all` the comments as the focal point had them before them; None asks nothing.
    """
    refuse_unlike(comments)
    for comment in comments:
        require(by, "strategy.merge_comment", comment)
    organization = comments[0].organization
    assert organization is not None
    consultation = ConsultationRound.objects.select_related("draft__strategy").get(pk=comments[0].round_id)
    position = locked_position(consultation=consultation, organization=organization, by=by)
    wanted = Comment.objects.select_for_update(of=("self",)).filter(pk__in={row.pk for row in comments})
    rows = list(wanted.select_related("paragraph").order_by("pk"))
    refuse_unless_open(consultation, organization)
    refuse_if_submitted(position)
    refuse_unlike(rows)
    refusal = _("One of these comments was changed after you opened the page. Read them again, then merge them.")
    refuse_if_changed(seen=seen, present=version_of_all(rows), refusal=refusal)
    paragraph = rows[0].paragraph
    text, proposed_text = text.strip(), proposed_text.strip()
    refuse_empty(text, proposed_text, proposes_deletion)
    refuse_proposal_on_the_whole(paragraph, proposed_text, proposes_deletion)
    one = Comment.objects.create(
        round=consultation, paragraph=paragraph, organization=organization, author=by, type=type, text=text,
        proposed_text=proposed_text, proposes_deletion=proposes_deletion, share_with=share_with,
        **quote_from(paragraph, passage, passage_prefix, passage_suffix).values(),
    )  # fmt: skip
    numbers = ", ".join(str(row.pk) for row in rows)
    record_start(one, by=by, on_behalf_of=organization, reason=_("Made of the comments no. %(numbers)s") % {"numbers": numbers})
    for row in rows:
        row.merged_into = one
        reason = _("Merged into comment no. %(number)d") % {"number": one.pk}
        change_state(row, to=CommentState.DROPPED, by=by, on_behalf_of=organization, reason=reason, also=["merged_into"])
        forget_answer(row)
    return one
