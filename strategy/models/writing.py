"""Writing in the portal: who writes where, every save and every act, and locks that somebody broke."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from strategy.enums import WritingKind
from strategy.models.texts import Draft, Paragraph, in_secretariat_scope

# How long a lock lasts after the last save or sign of life of whoever holds it.
LEASE = timedelta(minutes=5)


class ParagraphLeaseQuerySet(models.QuerySet["ParagraphLease"]):
    def visible_to(self, user: Any) -> "ParagraphLeaseQuerySet":
        """Those in drafts of the strategies that the person serves as secretariat."""
        return self.filter(in_secretariat_scope(user, "paragraph__draft__strategy__slug"))

    def live(self) -> "ParagraphLeaseQuerySet":
        return self.filter(until__gt=timezone.now())


class ParagraphLease(models.Model):
    """Somebody is writing in a paragraph; it ends by itself a few minutes after the last sign of life."""

    paragraph = models.OneToOneField(Paragraph, models.CASCADE, related_name="lease", verbose_name=_("paragraph"))
    holder = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name=_("who writes"))
    since = models.DateTimeField(_("since"))
    until = models.DateTimeField(_("until"))

    objects = ParagraphLeaseQuerySet.as_manager()

    class Meta:
        verbose_name = _("lock of a paragraph")
        verbose_name_plural = _("locks of paragraphs")
        ordering = ["paragraph"]

    def __str__(self) -> str:
        return f"¶ {self.paragraph_id}: {self.holder}"


class OfTheDraftersQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: Any) -> "OfTheDraftersQuerySet":
        """Those of drafts of the strategies that the person serves as secretariat."""
        return self.filter(in_secretariat_scope(user, "draft__strategy__slug"))


class LeaseBreak(models.Model):
    """The trace of a lock that somebody else broke: whose, by whom, when and why."""

    draft = models.ForeignKey(Draft, models.CASCADE, related_name="lease_breaks", verbose_name=_("draft"))
    uid = models.UUIDField(_("hidden name of the paragraph"))
    number = models.CharField(_("number"), max_length=20)
    holder = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("whose lock"))
    held_since = models.DateTimeField(_("held since"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("broken by"))
    at = models.DateTimeField(_("at"), auto_now_add=True)
    reason = models.CharField(_("reason"), max_length=500)

    objects = OfTheDraftersQuerySet.as_manager()

    class Meta:
        verbose_name = _("broken lock")
        verbose_name_plural = _("broken locks")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(reason=""),
                name="lease_break_with_reason",
                violation_error_message=_("Say why you break the lock: its holder reads it."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.draft} ¶ {self.number}"


class WritingAct(models.Model):
    """One act of writing in a draft in preparation; what it did to each paragraph stands in its revisions."""

    draft = models.ForeignKey(Draft, models.CASCADE, related_name="writing_acts", verbose_name=_("draft"))
    kind = models.CharField(_("act"), max_length=12, choices=WritingKind)
    number = models.CharField(_("number of the paragraph"), max_length=20, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("at"), default=timezone.now)
    order_before = models.JSONField(_("order before"), null=True, blank=True)
    order_after = models.JSONField(_("order after"), null=True, blank=True)
    undoes = models.OneToOneField(
        "self", models.CASCADE, null=True, blank=True, related_name="undone_by", verbose_name=_("undoes")
    )

    objects = OfTheDraftersQuerySet.as_manager()

    class Meta:
        verbose_name = _("act of writing")
        verbose_name_plural = _("acts of writing")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind=WritingKind.UNDONE, undoes__isnull=False)
                | (~Q(kind=WritingKind.UNDONE) & Q(undoes__isnull=True)),
                name="writing_act_undone_names_the_other",
            )
        ]

    def __str__(self) -> str:
        return f"{self.draft}: {self.get_kind_display()} {self.number}"


class ParagraphRevision(models.Model):
    """What one act did to one paragraph: its words, number and lineage before and after; nothing where it was not there."""

    act = models.ForeignKey(WritingAct, models.CASCADE, related_name="revisions", verbose_name=_("act"))
    draft = models.ForeignKey(Draft, models.CASCADE, related_name="revisions", verbose_name=_("draft"))
    uid = models.UUIDField(_("hidden name of the paragraph"))
    before = models.JSONField(_("before"), null=True, blank=True)
    after = models.JSONField(_("after"), null=True, blank=True)

    objects = OfTheDraftersQuerySet.as_manager()

    class Meta:
        verbose_name = _("revision of a paragraph")
        verbose_name_plural = _("revisions of paragraphs")
        ordering = ["-pk"]
        constraints = [models.UniqueConstraint(fields=["act", "uid"], name="paragraph_revision_once_per_act")]
        indexes = [models.Index(fields=["draft", "uid"], name="revisions_of_a_paragraph")]

    def __str__(self) -> str:
        return f"{self.act_id}: {self.uid}"
