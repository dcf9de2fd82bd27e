"""Replies for the readers of a submitted comment, in the name of the secretariat or of an invited agency."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from common.access import Refused, require
from directory.models import Organization
from directory.page_versions import bump
from directory.services.state import locked
from strategy.enums import CommentState, ReplyAudience
from strategy.messages.threads import reply_written
from strategy.models import Comment, CommentReply, ConsultationRound
from strategy.services.positions import refuse_unless_open


@transaction.atomic
def reply_to_readers(*, comment: Comment, by: Any, on_behalf_of: Organization, text: str) -> CommentReply:
    """Say something about a submitted comment to whoever reads it, in the name of an agency or of the secretariat.

    Agencies do so while the round is open; the secretariat, which asks and explains, also afterwards.
    """
    comment = locked(comment)
    reply = CommentReply(comment=comment, author=by, audience=ReplyAudience.READERS, organization=on_behalf_of, text=text.strip())
    if comment.state != CommentState.SUBMITTED:
        raise Refused(_("This comment has not been submitted, so nobody else reads it. Reply inside the agency."))
    require(by, "strategy.reply_to_readers", reply)
    if not on_behalf_of.is_secretariat:
        refuse_unless_open(ConsultationRound.objects.select_related("draft").get(pk=comment.round_id), on_behalf_of)
    if not reply.text:
        raise Refused(_("Write a reply before you send it."))
    reply.save()
    reply_written(reply)
    bump("strategy")
    return reply
