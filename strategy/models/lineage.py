"""What became of each paragraph in the next draft, and where the comments on it are read there."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from strategy.enums import LineageKind, Relation
from strategy.models.comments import Comment
from strategy.models.texts import Draft, Paragraph
from strategy.models.writing import OfTheDraftersQuerySet


class ParagraphLinkQuerySet(models.QuerySet["ParagraphLink"]):
    def visible_to(self, user: Any) -> "ParagraphLinkQuerySet":
        """Links between two paragraphs that the person may both read."""
        drafts = Draft.objects.visible_to(user)
        return self.filter(origin__draft__in=drafts, target__draft__in=drafts)

    def placed(self) -> "ParagraphLinkQuerySet":
        """Those that count: made by rule or confirmed by a person."""
        return self.filter(is_proposed=False)


class ParagraphLink(models.Model):
    """Lineage: a paragraph of a later draft that continues one of an earlier draft; many to many for splits and merges."""

    origin = models.ForeignKey(Paragraph, models.PROTECT, related_name="continuations", verbose_name=_("from"))
    target = models.ForeignKey(Paragraph, models.PROTECT, related_name="origins", verbose_name=_("to"))
    relation = models.CharField(_("relation"), max_length=8, choices=Relation)
    score = models.FloatField(_("likeness"), default=1.0, help_text=_("From 0 to 1."))
    is_proposed = models.BooleanField(
        _("proposed"), default=False, help_text=_("Found by likeness alone: it counts once a person has confirmed it.")
    )
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("confirmed by")
    )

    objects = ParagraphLinkQuerySet.as_manager()

    class Meta:
        verbose_name = _("lineage of a paragraph")
        verbose_name_plural = _("lineage of paragraphs")
        ordering = ["target__position", "origin__position"]
        constraints = [
            models.UniqueConstraint(fields=["origin", "target"], name="paragraph_link_once"),
            models.CheckConstraint(condition=Q(score__gte=0, score__lte=1), name="paragraph_link_score_0_to_1"),
            models.CheckConstraint(condition=~Q(origin=models.F("target")), name="paragraph_link_not_to_itself"),
            models.CheckConstraint(
                condition=Q(is_proposed=False) | Q(confirmed_by=None), name="paragraph_link_proposed_or_confirmed"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.origin.number} → {self.target.number} ({self.get_relation_display()})"


class ParagraphOmissionQuerySet(models.QuerySet["ParagraphOmission"]):
    def visible_to(self, user: Any) -> "ParagraphOmissionQuerySet":
        """Those between two drafts that the person may both read."""
        drafts = Draft.objects.visible_to(user)
        return self.filter(paragraph__draft__in=drafts, draft__in=drafts)


class ParagraphOmission(models.Model):
    """A paragraph that the later draft leaves out on purpose: a person said so, nobody overlooked it."""

    paragraph = models.ForeignKey(Paragraph, models.PROTECT, related_name="omissions", verbose_name=_("paragraph"))
    draft = models.ForeignKey(Draft, models.CASCADE, related_name="omissions", verbose_name=_("later draft"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("at"), auto_now_add=True)

    objects = ParagraphOmissionQuerySet.as_manager()

    class Meta:
        verbose_name = _("paragraph left out")
        verbose_name_plural = _("paragraphs left out")
        ordering = ["draft", "paragraph__position"]
        constraints = [models.UniqueConstraint(fields=["paragraph", "draft"], name="paragraph_omission_once")]

    def __str__(self) -> str:
        return f"{self.paragraph.number} ∉ {self.draft}"


class LineageAct(models.Model):
    """What a person said about the lineage of a draft, and when; the latest act on a pair of paragraphs counts.

    A paragraph of a draft in preparation may go: its hidden name and its number stay here.
    """

    draft = models.ForeignKey(Draft, models.CASCADE, related_name="lineage_acts", verbose_name=_("draft"))
    kind = models.CharField(_("act"), max_length=12, choices=LineageKind)
    origin = models.ForeignKey(
        Paragraph, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("paragraph of the earlier draft")
    )
    target_uid = models.UUIDField(_("hidden name of the paragraph"), null=True, blank=True)
    target_number = models.CharField(_("number of the paragraph"), max_length=20, blank=True)
    comment = models.ForeignKey(Comment, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("comment"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("at"), auto_now_add=True)

    objects = OfTheDraftersQuerySet.as_manager()

    class Meta:
        verbose_name = _("act on the lineage")
        verbose_name_plural = _("acts on the lineage")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind=LineageKind.ALIGNED) | Q(origin__isnull=False), name="lineage_act_names_a_paragraph"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=[LineageKind.PINNED, LineageKind.UNPINNED], comment__isnull=False)
                | (~Q(kind__in=[LineageKind.PINNED, LineageKind.UNPINNED]) & Q(comment__isnull=True)),
                name="lineage_act_of_a_pin_names_the_comment",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.draft}: {self.get_kind_display()} {self.target_number}"


class CommentPin(models.Model):
    """After a split, the one part beside which the drafter wants a comment to be read in the later draft."""

    comment = models.ForeignKey(Comment, models.PROTECT, related_name="pins", verbose_name=_("comment"))
    paragraph = models.ForeignKey(Paragraph, models.CASCADE, related_name="pinned", verbose_name=_("paragraph"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("at"), auto_now=True)

    class Meta:
        verbose_name = _("comment pinned to a part")
        verbose_name_plural = _("comments pinned to parts")
        ordering = ["comment"]
        constraints = [models.UniqueConstraint(fields=["comment", "paragraph"], name="comment_pin_once_per_part")]

    def __str__(self) -> str:
        return f"#{self.comment_id} → {self.paragraph.number}"
