"""Comments of agencies, replies inside an agency, and the drafters' answers.

No `__str__` here repeats a text: the admin prints it in lists, logs and warnings.
"""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from directory.models import Organization, StateChange
from directory.rules import readable_organizations
from strategy.enums import COMMENT_TRANSITIONS, WITHOUT_REASON, CommentState, CommentType, Decision, Visibility
from strategy.models.rounds import ConsultationRound, shared_with
from strategy.models.texts import Paragraph, in_secretariat_scope

LONGEST_TEXT = 5000


class CommentQuerySet(models.QuerySet["Comment"]):
    def visible_to(self, user: Any) -> "CommentQuerySet":
        """One's own agency's, or one opened by a grant; of others, what has left them, as far as round and comment let it."""
        left = Q(state=CommentState.SUBMITTED) & ~Q(visibility=Visibility.INTERNAL)
        return self.filter(
            Q(organization__in=readable_organizations(user))
            | (left & in_secretariat_scope(user, "round__draft__strategy__slug"))
            | (left & Q(visibility=Visibility.AGENCIES) & shared_with(user))
        )

    def live(self) -> "CommentQuerySet":
        """Without those that a focal point dropped."""
        return self.exclude(state=CommentState.DROPPED)


class Comment(models.Model):
    """What an agency says about one paragraph, or about the draft as a whole; internal until its position is submitted."""

    TRANSITIONS = COMMENT_TRANSITIONS

    round = models.ForeignKey(ConsultationRound, models.PROTECT, related_name="comments", verbose_name=_("round"))
    paragraph = models.ForeignKey(
        Paragraph, models.PROTECT, null=True, blank=True, related_name="comments", verbose_name=_("paragraph"),
        help_text=_("Empty for a comment on the draft as a whole."),
    )  # fmt: skip
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+", verbose_name=_("agency"))
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("author"))
    type = models.CharField(_("type"), max_length=12, choices=CommentType, default=CommentType.SUBSTANTIVE)
    text = models.TextField(_("comment"), blank=True, max_length=LONGEST_TEXT)
    proposed_text = models.TextField(_("proposed text"), blank=True, max_length=LONGEST_TEXT)
    proposes_deletion = models.BooleanField(_("proposes to delete the paragraph"), default=False)
    state = models.CharField(_("state"), max_length=10, choices=CommentState, default=CommentState.DRAFT)
    visibility = models.CharField(_("visible to"), max_length=12, choices=Visibility, default=Visibility.INTERNAL)
    created_at = models.DateTimeField(_("written at"), auto_now_add=True)
    edited_at = models.DateTimeField(_("edited at"), null=True, blank=True)
    edited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("edited by")
    )

    objects = CommentQuerySet.as_manager()

    class Meta:
        verbose_name = _("comment")
        verbose_name_plural = _("comments")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(text="") | ~Q(proposed_text="") | Q(proposes_deletion=True),
                name="comment_says_something",
                violation_error_message=_("Write a comment, propose a text or propose to delete the paragraph."),
            ),
            models.CheckConstraint(
                condition=Q(proposes_deletion=False) | Q(proposed_text=""),
                name="comment_proposes_text_or_deletion",
                violation_error_message=_("Propose a text or propose to delete the paragraph, not both."),
            ),
            models.CheckConstraint(
                condition=Q(paragraph__isnull=False) | Q(proposed_text="", proposes_deletion=False),
                name="comment_on_the_whole_proposes_nothing",
                violation_error_message=_("A proposal needs a paragraph. Comment on the paragraph that it changes."),
            ),
            models.CheckConstraint(
                condition=(Q(state=CommentState.SUBMITTED) & ~Q(visibility=Visibility.INTERNAL))
                | (~Q(state=CommentState.SUBMITTED) & Q(visibility=Visibility.INTERNAL)),
                name="comment_internal_until_submitted",
            ),
        ]
        indexes = [
            models.Index(fields=["round", "organization", "state"], name="comment_of_a_position"),
            models.Index(fields=["paragraph", "state"], name="comment_of_a_paragraph"),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"

    def get_absolute_url(self) -> str:
        """The thread that the comment belongs to. Needs the round, its draft, its strategy and the paragraph."""
        draft = self.round.draft
        if self.paragraph is None:
            thread = reverse("strategy:whole", args=[draft.strategy.slug, draft.number])
        else:
            thread = reverse("strategy:paragraph", args=[draft.strategy.slug, draft.number, self.paragraph.anchor])
        return f"{thread}#c{self.pk}"

    @property
    def scope_key(self) -> str:
        return self.round.scope_key

    @property
    def version(self) -> str:
        """When its words were last written: a form carries it, so that nobody decides on words that they did not see."""
        return (self.edited_at or self.created_at).isoformat()

    @property
    def is_internal(self) -> bool:
        return self.visibility == Visibility.INTERNAL


class CommentStateChange(StateChange):
    subject = models.ForeignKey(Comment, models.CASCADE, related_name="state_changes", verbose_name=_("comment"))

    class Meta(StateChange.Meta):
        verbose_name = _("change of a comment's state")
        verbose_name_plural = _("changes of comments' states")


class CommentReplyQuerySet(models.QuerySet["CommentReply"]):
    def visible_to(self, user: Any) -> "CommentReplyQuerySet":
        """Members of the agency only, also after the comment was submitted: it is their talk, not their position."""
        return self.filter(comment__organization__in=readable_organizations(user))


class CommentReply(models.Model):
    """A word about a comment from one member of the agency to the others; it never leaves the agency."""

    comment = models.ForeignKey(Comment, models.PROTECT, related_name="replies", verbose_name=_("comment"))
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("author"))
    text = models.TextField(_("reply"), max_length=LONGEST_TEXT)
    created_at = models.DateTimeField(_("written at"), auto_now_add=True)

    objects = CommentReplyQuerySet.as_manager()

    class Meta:
        verbose_name = _("reply inside the agency")
        verbose_name_plural = _("replies inside the agency")
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"#{self.comment_id}/{self.pk}"


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
