"""The drafters' answers: who is to answer, what is decided, and what is carried to a later draft."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from strategy.enums import WITHOUT_REASON, Decision
from strategy.models.comments import LONGEST_TEXT, Comment
from strategy.models.texts import Draft, in_secretariat_scope


class DispositionQuerySet(models.QuerySet["Disposition"]):
    def visible_to(self, user: Any) -> "DispositionQuerySet":
        """All of visible comments for the secretariat; once released, for whoever may see the comment."""
        secretariat = in_secretariat_scope(user, "comment__round__draft__strategy__slug")
        return self.filter(Q(released_at__isnull=False) | secretariat, comment__in=Comment.objects.visible_to(user))


class Disposition(models.Model):
    """The drafters' decision on a submitted comment; its agency sees it once it is released."""

    comment = models.OneToOneField(Comment, models.PROTECT, related_name="disposition", verbose_name=_("comment"))
    decision = models.CharField(_("decision"), max_length=16, choices=Decision)
    reason = models.TextField(_("reason"), blank=True, max_length=LONGEST_TEXT)
    resulting_text = models.TextField(_("resulting text"), blank=True, max_length=LONGEST_TEXT)
    duplicate_of = models.ForeignKey(
        Comment, models.PROTECT, null=True, blank=True, related_name="duplicates", verbose_name=_("duplicate of")
    )
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("decided by"))
    decided_at = models.DateTimeField(_("decided at"))
    released_at = models.DateTimeField(_("released at"), null=True, blank=True)
    released_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("released by")
    )

    objects = DispositionQuerySet.as_manager()

    class Meta:
        verbose_name = _("disposition")
        verbose_name_plural = _("dispositions")
        ordering = ["comment"]
        constraints = [
            models.CheckConstraint(
                condition=Q(decision__in=sorted(WITHOUT_REASON)) | ~Q(reason=""),
                name="disposition_with_reason",
                violation_error_message=_("Give the reason: the agency will ask for it."),
            ),
            models.CheckConstraint(
                condition=Q(decision=Decision.DUPLICATE_OF, duplicate_of__isnull=False)
                | (~Q(decision=Decision.DUPLICATE_OF) & Q(duplicate_of__isnull=True)),
                name="disposition_duplicate_names_the_other",
                violation_error_message=_("Name the comment that this one repeats, and only for a duplicate."),
            ),
            models.CheckConstraint(
                condition=Q(duplicate_of__isnull=True) | ~Q(duplicate_of=F("comment")),
                name="disposition_not_duplicate_of_itself",
                violation_error_message=_("A comment cannot be a duplicate of itself."),
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.comment_id}: {self.get_decision_display()}"

    @property
    def scope_key(self) -> str:
        return self.comment.scope_key

    @property
    def is_released(self) -> bool:
        return self.released_at is not None


class OfTheSecretariatQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: Any) -> "OfTheSecretariatQuerySet":
        """Those of comments that have come to the secretariat that the person serves; nobody else's business."""
        mine = in_secretariat_scope(user, "comment__round__draft__strategy__slug")
        return self.filter(mine, comment__in=Comment.objects.visible_to(user))


class Assignment(models.Model):
    """The drafter who is to answer a comment."""

    comment = models.OneToOneField(Comment, models.PROTECT, related_name="assignment", verbose_name=_("comment"))
    drafter = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("drafter"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("assigned by"))
    at = models.DateTimeField(_("at"), auto_now=True)

    objects = OfTheSecretariatQuerySet.as_manager()

    class Meta:
        verbose_name = _("assignment of a comment")
        verbose_name_plural = _("assignments of comments")
        ordering = ["comment"]

    def __str__(self) -> str:
        return f"#{self.comment_id} → {self.drafter}"


class CarryForward(models.Model):
    """A comment without a decision yet that is answered with a later draft: it holds up the publication no longer."""

    comment = models.OneToOneField(Comment, models.PROTECT, related_name="carried", verbose_name=_("comment"))
    draft = models.ForeignKey(Draft, models.PROTECT, related_name="carried", verbose_name=_("into the draft"))
    reason = models.TextField(_("reason"), max_length=LONGEST_TEXT)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("at"), auto_now=True)

    objects = OfTheSecretariatQuerySet.as_manager()

    class Meta:
        verbose_name = _("comment carried forward")
        verbose_name_plural = _("comments carried forward")
        ordering = ["comment"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(reason=""),
                name="carry_forward_with_reason",
                violation_error_message=_("Say why the comment is answered later."),
            )
        ]

    def __str__(self) -> str:
        return f"#{self.comment_id} → {self.draft}"
