"""Choices of notifications."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class DeliveryState(models.TextChoices):
    """Where a message stands on its way."""

    QUEUED = "queued", _("Queued")
    CLAIMED = "claimed", _("Being sent")
    HELD = "held", _("Held")
    COLLECTED = "collected", _("Waits for a digest")
    SENT = "sent", _("Sent")
    KEPT = "kept", _("In the inbox only")
    BOUNCED = "bounced", _("Bounced")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    FAILED = "failed", _("Failed")


class Priority(models.IntegerChoices):
    """Which message goes first when many are due."""

    URGENT = 0, _("Urgent")
    NORMAL = 5, _("Normal")
    BULK = 9, _("Bulk")


class Frequency(models.TextChoices):
    """How often a person wants mail of one kind; the inbox shows it in any case."""

    AT_ONCE = "at_once", _("At once")
    DAILY = "daily", _("Once a day")
    WEEKLY = "weekly", _("Once a week")
    NONE = "none", _("No mail")


class TrailAct(models.TextChoices):
    """What can happen to a message besides being queued and sent."""

    RETRIED = "retried", _("Not taken, tried again later")
    FAILED = "failed", _("Given up")
    RESENT = "resent", _("Sent again")
    HELD = "held", _("Held")
    RELEASED = "released", _("Released")
    BOUNCED = "bounced", _("Came back")
    COLLECTED = "collected", _("Put into a digest")


class BulkState(models.TextChoices):
    """The life of a message to many."""

    DRAFT = "draft", _("Draft")
    SENDING = "sending", _("Being queued")
    QUEUED = "queued", _("Queued")
    CANCELLED = "cancelled", _("Cancelled")


BULK_TRANSITIONS: dict[str, set[str]] = {
    BulkState.DRAFT: {BulkState.SENDING, BulkState.CANCELLED},
    # Back to the draft when the list of recipients has changed between the confirmation and the queuing.
    BulkState.SENDING: {BulkState.QUEUED, BulkState.DRAFT},
    BulkState.QUEUED: {BulkState.CANCELLED},
}
