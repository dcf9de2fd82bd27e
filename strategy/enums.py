"""Choices of the strategy app and the ways between its states."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class DraftState(models.TextChoices):
    """A draft is written, then published and never changed again."""

    DRAFT = "draft", _("In preparation")
    PUBLISHED = "published", _("Published")


DRAFT_TRANSITIONS = {DraftState.DRAFT: {DraftState.PUBLISHED}}


class ParagraphKind(models.TextChoices):
    """What a numbered piece of text is."""

    HEADING1 = "heading1", _("Heading")
    HEADING2 = "heading2", _("Heading, second level")
    HEADING3 = "heading3", _("Heading, third level")
    PARAGRAPH = "paragraph", _("Paragraph")
    LIST_ITEM = "list_item", _("List item")
    TABLE_ROW = "table_row", _("Row of a results framework")
    ANNEX_HEADING = "annex_heading", _("Heading of an annex")


HEADINGS = {ParagraphKind.HEADING1: 2, ParagraphKind.ANNEX_HEADING: 2, ParagraphKind.HEADING2: 3, ParagraphKind.HEADING3: 4}


class Relation(models.TextChoices):
    """What became of a paragraph in the next draft."""

    SAME = "same", _("Unchanged")
    EDITED = "edited", _("Edited")
    MOVED = "moved", _("Moved")
    SPLIT = "split", _("Split")
    MERGED = "merged", _("Merged")


class LineageKind(models.TextChoices):
    """What a drafter does to the lineage of a draft in preparation, and to comments that are read in a later draft."""

    ALIGNED = "aligned", _("Aligned with the earlier draft")
    CONFIRMED = "confirmed", _("Proposal confirmed")
    REJECTED = "rejected", _("Proposal rejected")
    LINKED = "linked", _("Placed by hand")
    UNDONE = "undone", _("Link taken back")
    LEFT_OUT = "left_out", _("Left out on purpose")
    RESTORED = "restored", _("No longer left out")
    PINNED = "pinned", _("Comment pinned to this part")
    UNPINNED = "unpinned", _("Comment shown at every part again")


class WritingKind(models.TextChoices):
    """What a drafter does to the text of a draft in preparation."""

    WRITTEN = "written", _("Written")
    ADDED = "added", _("Added")
    DELETED = "deleted", _("Deleted")
    MOVED = "moved", _("Moved")
    SPLIT = "split", _("Split")
    MERGED = "merged", _("Merged")
    LEVEL = "level", _("Level changed")
    RENUMBERED = "renumbered", _("Renumbered")
    RESTORED = "restored", _("Earlier words restored")
    UNDONE = "undone", _("Undone")


class RoundKind(models.TextChoices):
    """What a round asks of the agencies."""

    COMMENTS = "comments", _("Call for comments")
    SILENCE = "silence", _("Silence procedure")
    ENDORSEMENT = "endorsement", _("Endorsement")


class RoundState(models.TextChoices):
    """Where a round stands: the clock says so, and whether the secretariat has paused or cancelled it."""

    UPCOMING = "upcoming", _("Opens soon")
    OPEN = "open", _("Open")
    PAUSED = "paused", _("Paused")
    CLOSED = "closed", _("Closed")
    CANCELLED = "cancelled", _("Cancelled")


class RoundAct(models.TextChoices):
    """What the secretariat does to a round while it lives; each act leaves a row."""

    CREATED = "created", _("Set up")
    EXTENDED = "extended", _("Extended")
    PAUSED = "paused", _("Paused")
    RESUMED = "resumed", _("Resumed")
    CANCELLED = "cancelled", _("Cancelled")
    CHANGED = "changed", _("Changed")
    CONCLUDED = "concluded", _("Concluded")


class Sharing(models.TextChoices):
    """Who besides the secretariat reads the comments of a submitted position, at most; an agency may keep one closer."""

    SECRETARIAT = "secretariat", _("The secretariat only")
    AGENCIES = "agencies", _("All invited agencies, once submitted")
    AGENCIES_AFTER_CLOSE = "agencies_after_close", _("All invited agencies, after the close")
    PUBLIC = "public", _("All invited agencies once submitted; the public, where the agency says so")
    PUBLIC_AFTER_CLOSE = "public_after_close", _("All invited agencies after the close; the public, where the agency says so")


SHARED_AT_ONCE = frozenset({Sharing.AGENCIES, Sharing.PUBLIC})
SHARED_AFTER_CLOSE = frozenset({Sharing.AGENCIES_AFTER_CLOSE, Sharing.PUBLIC_AFTER_CLOSE})


class PositionState(models.TextChoices):
    """The life of what an agency submits in a round."""

    DRAFTING = "drafting", _("Being drafted")
    SUBMITTED = "submitted", _("Submitted")
    WITHDRAWN = "withdrawn", _("Withdrawn")


POSITION_TRANSITIONS = {
    PositionState.DRAFTING: {PositionState.SUBMITTED},
    PositionState.SUBMITTED: {PositionState.WITHDRAWN},
    PositionState.WITHDRAWN: {PositionState.SUBMITTED},
}


class CommentType(models.TextChoices):
    """How much weight an agency gives to a comment."""

    GENERAL = "general", _("General")
    SUBSTANTIVE = "substantive", _("Substantive")
    EDITORIAL = "editorial", _("Editorial")
    RED_LINE = "red_line", _("Red line")


class CommentState(models.TextChoices):
    """The life of a comment: only a submitted one has left its agency.

    A participant of a public consultation has no focal point: the secretariat admits the comment or turns it down.
    """

    DRAFT = "draft", _("Waits for clearance")
    CLEARED = "cleared", _("Cleared")
    DROPPED = "dropped", _("Dropped")
    SUBMITTED = "submitted", _("Submitted")
    MODERATION = "moderation", _("Waits for moderation")
    TURNED_DOWN = "turned_down", _("Not published")


COMMENT_TRANSITIONS = {
    CommentState.DRAFT: {CommentState.CLEARED, CommentState.DROPPED},
    CommentState.CLEARED: {CommentState.DRAFT, CommentState.DROPPED, CommentState.SUBMITTED},
    CommentState.DROPPED: {CommentState.DRAFT},
    # Back, when the agency withdraws its position before the close.
    CommentState.SUBMITTED: {CommentState.CLEARED},
    CommentState.MODERATION: {CommentState.SUBMITTED, CommentState.TURNED_DOWN},
    CommentState.TURNED_DOWN: {CommentState.SUBMITTED},
}


class Visibility(models.TextChoices):
    """How far a comment may travel; anything but internal needs a submitted position."""

    INTERNAL = "internal", _("Inside the agency")
    SECRETARIAT = "secretariat", _("The secretariat")
    AGENCIES = "agencies", _("The secretariat and the invited agencies")
    PUBLIC = "public", _("Everybody")


# How far an agency may ask that a comment of its position travels; the round says how far it may at most.
SHAREABLE = (Visibility.SECRETARIAT, Visibility.AGENCIES, Visibility.PUBLIC)


def shareable_in(sharing: str) -> tuple[Visibility, ...]:
    """How far comments of a round with this `sharing` may travel, the closest first."""
    if sharing == Sharing.SECRETARIAT:
        return SHAREABLE[:1]
    return SHAREABLE[:2] if sharing in {Sharing.AGENCIES, Sharing.AGENCIES_AFTER_CLOSE} else SHAREABLE


def no_further_than(sharing: str, wish: str) -> Visibility:
    """How far a comment travels: as its agency wishes, but no further than the round lets it."""
    allowed = shareable_in(sharing)
    return Visibility(wish) if wish in allowed else allowed[-1]


class ReplyAudience(models.TextChoices):
    """Who reads a word about a comment."""

    AGENCY = "agency", _("Inside the agency")
    READERS = "readers", _("Whoever reads the comment")


class Decision(models.TextChoices):
    """What the drafters decide about a comment."""

    ACCEPTED = "accepted", _("Accepted")
    PARTLY_ACCEPTED = "partly_accepted", _("Partly accepted")
    NOT_ACCEPTED = "not_accepted", _("Not accepted")
    NOTED = "noted", _("Noted")
    OUT_OF_SCOPE = "out_of_scope", _("Out of scope")
    DUPLICATE_OF = "duplicate_of", _("Duplicate of another comment")


# The comment that a duplicate points to carries the reason.
WITHOUT_REASON = frozenset({Decision.ACCEPTED, Decision.DUPLICATE_OF})
# These say whether a proposed wording goes into the text. "Noted" does not: its brackets stay open. A duplicate follows the
# comment that it repeats.
SETTLING = frozenset({Decision.ACCEPTED, Decision.PARTLY_ACCEPTED, Decision.NOT_ACCEPTED, Decision.OUT_OF_SCOPE})


# --- Adoption: silence procedure and endorsement -----------------------------------------------------------------------


class NoticeState(models.TextChoices):
    """How far the notice of a silence procedure has come to one agency."""

    QUEUED = "queued", _("On its way")
    ACCEPTED = "accepted", _("Accepted by the agency's mail server")
    BOUNCED = "bounced", _("Did not arrive")
    NOBODY = "nobody", _("No focal point to write to")


# An agency that is not known to have been told does not consent by its silence.
NOT_REACHED = frozenset({NoticeState.QUEUED, NoticeState.BOUNCED, NoticeState.NOBODY})


class ObjectionState(models.TextChoices):
    """An objection stands until its agency takes it back."""

    LODGED = "lodged", _("Stands")
    WITHDRAWN = "withdrawn", _("Withdrawn")


OBJECTION_TRANSITIONS = {ObjectionState.LODGED: {ObjectionState.WITHDRAWN}}


class RoundResult(models.TextChoices):
    """What came of a silence procedure or of an endorsement round."""

    ADOPTED = "adopted", _("Adopted: no objection was lodged")
    ADOPTED_EXCEPT = "adopted_except", _("Adopted by the agencies that were notified")
    OBJECTED = "objected", _("Not adopted: an objection stands")
    NOT_NOTIFIED = "not_notified", _("Not adopted: no agency is known to have received the notice")
    SUPERSEDED = "superseded", _("Not adopted: a newer text was published before the deadline")
    RECORDED = "recorded", _("Closed: the answers of the agencies are recorded")


ADOPTED_RESULTS = frozenset({RoundResult.ADOPTED, RoundResult.ADOPTED_EXCEPT})


class EndorsementAnswer(models.TextChoices):
    """What an agency says to the text that is put before it."""

    ENDORSED = "endorsed", _("Endorsed")
    NO_OBJECTION = "no_objection", _("No objection")
    RESERVED = "reserved", _("Reserved its position")
    OBJECTED = "objected", _("Objected")
    NOT_PARTICIPATING = "not_participating", _("Not participating")


# An agency that holds back says why.
WITH_STATEMENT = frozenset({EndorsementAnswer.OBJECTED, EndorsementAnswer.RESERVED})
