"""Choices of policy briefs, and how a brief may move from state to state."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class BriefState(models.TextChoices):
    """Where a brief stands on its way to publication."""

    DRAFTING = "drafting", _("Drafting")
    IN_CLEARANCE = "in_clearance", _("In clearance")
    CLEARED = "cleared", _("Cleared")
    PUBLISHED = "published", _("Published")
    WITHDRAWN = "withdrawn", _("Withdrawn")


# Published → drafting is the way to a second edition: the first stays public while the next is written.
BRIEF_TRANSITIONS: dict[str, set[str]] = {
    # Withdrawn from these, too, where readers have an edition while the next is in the making.
    BriefState.DRAFTING: {BriefState.IN_CLEARANCE, BriefState.WITHDRAWN},
    BriefState.IN_CLEARANCE: {BriefState.CLEARED, BriefState.DRAFTING, BriefState.WITHDRAWN},
    BriefState.CLEARED: {BriefState.PUBLISHED, BriefState.DRAFTING, BriefState.WITHDRAWN},
    BriefState.PUBLISHED: {BriefState.WITHDRAWN, BriefState.DRAFTING},
    BriefState.WITHDRAWN: set(),
}
OPEN_STATES = frozenset({BriefState.DRAFTING, BriefState.IN_CLEARANCE, BriefState.CLEARED})


class Clearance(models.TextChoices):
    """What a co-authoring agency has said about the text as it stands."""

    PENDING = "pending", _("No answer yet")
    CLEARED = "cleared", _("Cleared")
    CLEARED_WITH_RESERVATION = "cleared_with_reservation", _("Cleared with reservation")
    NOT_CLEARED = "not_cleared", _("Not cleared")
    NO_ANSWER = "no_answer", _("No answer by the deadline")


GIVEN = frozenset({Clearance.CLEARED, Clearance.CLEARED_WITH_RESERVATION})


class CommentKind(models.TextChoices):
    """What somebody says about a section."""

    COMMENT = "comment", _("Comment")
    SUGGESTION = "suggestion", _("Suggestion")


class CommentState(models.TextChoices):
    """What became of a comment or suggestion."""

    OPEN = "open", _("Open")
    RESOLVED = "resolved", _("Resolved")
    ACCEPTED = "accepted", _("Accepted")


COMMENT_TRANSITIONS: dict[str, set[str]] = {
    CommentState.OPEN: {CommentState.RESOLVED, CommentState.ACCEPTED},
    CommentState.RESOLVED: {CommentState.OPEN},
    CommentState.ACCEPTED: {CommentState.OPEN},
}


class ReviewRoundState(models.TextChoices):
    """Whether a round of review still takes reviews."""

    OPEN = "open", _("Open")
    CLOSED = "closed", _("Closed")


REVIEW_ROUND_TRANSITIONS: dict[str, set[str]] = {
    ReviewRoundState.OPEN: {ReviewRoundState.CLOSED},
    ReviewRoundState.CLOSED: set(),
}


class ReviewerState(models.TextChoices):
    """How far an invited reviewer has come."""

    INVITED = "invited", _("Invited")
    SUBMITTED = "submitted", _("Review handed in")
    DECLINED = "declined", _("Declined")
    REVOKED = "revoked", _("Invitation withdrawn")


REVIEWER_TRANSITIONS: dict[str, set[str]] = {
    ReviewerState.INVITED: {ReviewerState.SUBMITTED, ReviewerState.DECLINED, ReviewerState.REVOKED},
    ReviewerState.SUBMITTED: set(),
    ReviewerState.DECLINED: {ReviewerState.INVITED},
    ReviewerState.REVOKED: {ReviewerState.INVITED},
}


class ReviewDecision(models.TextChoices):
    """What a reviewer recommends, and what the editors decide at the end of a round."""

    PUBLISH = "publish", _("Publish as it is")
    MINOR = "minor", _("Publish after a minor revision")
    MAJOR = "major", _("Needs a major revision")
    REJECT = "reject", _("Do not publish")


class FindingLevel(models.TextChoices):
    """How grave a finding of the checklist is."""

    ERROR = "error", _("Must be put right")
    WARNING = "warning", _("Look at this")


class SectionKind(models.TextChoices):
    """Where a part of a brief stands."""

    SECTION = "section", _("Section")
    ANNEX = "annex", _("Annex")


class Periodicity(models.TextChoices):
    """How often an issue of a series is to appear."""

    OCCASIONAL = "occasional", _("As issues become ready")
    MONTHLY = "monthly", _("Every month")
    QUARTERLY = "quarterly", _("Every three months")
    HALF_YEARLY = "half_yearly", _("Every six months")
    YEARLY = "yearly", _("Every year")


MONTHS_BETWEEN_ISSUES: dict[str, int] = {
    Periodicity.MONTHLY: 1,
    Periodicity.QUARTERLY: 3,
    Periodicity.HALF_YEARLY: 6,
    Periodicity.YEARLY: 12,
}


class CoverStyle(models.TextChoices):
    """What the cover of a series looks like in print."""

    BAND = "band", _("A band of colour along the edge")
    FIELD = "field", _("A field of colour behind the title")
    PLAIN = "plain", _("Plain, without colour")


class FigureKind(models.TextChoices):
    """What a figure is made from."""

    IMAGE = "image", _("Picture")
    CHART = "chart", _("Chart")


class ChartKind(models.TextChoices):
    """How numbers are drawn."""

    BAR = "bar", _("Bars")
    LINE = "line", _("Lines")


class Licence(models.TextChoices):
    """Under what terms a figure may be used again."""

    UN = "un", _("© United Nations")
    AGENCY = "agency", _("© the agency named in the credit")
    CC_BY_IGO = "cc-by-3.0-igo", "CC BY 3.0 IGO"
    CC_BY_NC_SA_IGO = "cc-by-nc-sa-3.0-igo", "CC BY-NC-SA 3.0 IGO"
    CC_BY = "cc-by-4.0", "CC BY 4.0"
    CC_BY_SA = "cc-by-sa-4.0", "CC BY-SA 4.0"
    CC_BY_NC = "cc-by-nc-4.0", "CC BY-NC 4.0"
    CC0 = "cc0-1.0", "CC0 1.0"
    PUBLIC_DOMAIN = "public-domain", _("Public domain")
    PERMISSION = "permission", _("Used with permission")


class ReferenceType(models.TextChoices):
    """Kinds of sources, under the names that CSL gives them."""

    ARTICLE = "article-journal", _("Article in a journal")
    BOOK = "book", _("Book")
    CHAPTER = "chapter", _("Chapter in a book")
    REPORT = "report", _("Report")
    LEGISLATION = "legislation", _("Resolution, treaty or law")
    PAPER = "paper-conference", _("Paper at a conference")
    THESIS = "thesis", _("Thesis")
    WEBPAGE = "webpage", _("Page on the web")
    DATASET = "dataset", _("Data set")
    DOCUMENT = "document", _("Other document")


class DownloadFile(models.TextChoices):
    """The files of an edition whose downloads are counted."""

    PDF = "pdf", _("PDF")
    PRINT = "print", _("PDF for print shops")
    ARCHIVE = "archive", _("PDF/A for archives")
    KIT = "kit", _("Press kit")


class PlanState(models.TextChoices):
    """What became of a publication that was planned for a moment."""

    WAITING = "waiting", _("Planned")
    PUBLISHED = "published", _("Published")
    TAKEN_BACK = "taken_back", _("Taken back")
    STOPPED = "stopped", _("Not published")


PLAN_TRANSITIONS: dict[str, set[str]] = {
    PlanState.WAITING: {PlanState.PUBLISHED, PlanState.TAKEN_BACK, PlanState.STOPPED},
    PlanState.PUBLISHED: set(),
    PlanState.TAKEN_BACK: set(),
    PlanState.STOPPED: set(),
}


class NoticeKind(models.TextChoices):
    """What is printed at the head of an edition after it was published."""

    CORRECTION = "correction", _("Correction")
    WITHDRAWAL = "withdrawal", _("Withdrawal")


class Opened(models.TextChoices):
    """What somebody opened under embargo."""

    PAGE = "page", _("Page")
    SCREEN = "pdf", _("PDF")
    PRINT = "print", _("PDF for print shops")
    ARCHIVE = "archive", _("PDF/A for archives")
