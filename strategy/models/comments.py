"""Comments of agencies and of the public, and replies to them.

No `__str__` here repeats a text: the admin prints it in lists, logs and warnings.
"""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from directory.models import Organization, StakeholderCategory, StateChange
from directory.rules import readable_organizations
from strategy.enums import COMMENT_TRANSITIONS, SHAREABLE, CommentState, CommentType, ReplyAudience, Visibility
from strategy.models.rounds import ConsultationRound, shared_with, shown_to_the_public
from strategy.models.texts import Paragraph, in_secretariat_scope

LONGEST_TEXT = 5000
PARTICIPANTS_STATES = [CommentState.MODERATION, CommentState.TURNED_DOWN, CommentState.SUBMITTED]


class CommentQuerySet(models.QuerySet["Comment"]):
    def visible_to(self, user: Any) -> "CommentQuerySet":
        """One's own agency's, or one opened by a grant; of others, what has left them, as far as round and comment let it.

        A participant's own comment is theirs to read; before it is admitted nobody else reads it but the secretariat.
        """
        left = Q(state=CommentState.SUBMITTED) & ~Q(visibility=Visibility.INTERNAL)
        of_the_public = Q(category__isnull=False)
        own = Q(organization__in=readable_organizations(user))
        if user.is_authenticated and user.is_active:
            own |= of_the_public & Q(author=user)
        return self.filter(
            own
            | ((left | of_the_public) & in_secretariat_scope(user, "round__draft__strategy__slug"))
            | (left & Q(visibility__in=[Visibility.AGENCIES, Visibility.PUBLIC]) & shared_with(user))
            | (left & Q(visibility=Visibility.PUBLIC) & shown_to_the_public())
        )

    def live(self) -> "CommentQuerySet":
        """Without those that a focal point dropped or the secretariat turned down."""
        return self.exclude(state__in=[CommentState.DROPPED, CommentState.TURNED_DOWN])


class Comment(models.Model):
    """What an agency says about one paragraph, or about the draft as a whole; internal until its position is submitted.

    In a public consultation a participant comments under a stakeholder category instead of an agency.
    """

    TRANSITIONS = COMMENT_TRANSITIONS

    round = models.ForeignKey(ConsultationRound, models.PROTECT, related_name="comments", verbose_name=_("round"))
    paragraph = models.ForeignKey(
        Paragraph, models.PROTECT, null=True, blank=True, related_name="comments", verbose_name=_("paragraph"),
        help_text=_("Empty for a comment on the draft as a whole."),
    )  # fmt: skip
    organization = models.ForeignKey(
        Organization, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("agency")
    )
    category = models.ForeignKey(
        StakeholderCategory, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("stakeholder category"),
        help_text=_("Of a participant outside the United Nations system."),
    )  # fmt: skip
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("author"))
    type = models.CharField(_("type"), max_length=12, choices=CommentType, default=CommentType.SUBSTANTIVE)
    text = models.TextField(_("comment"), blank=True, max_length=LONGEST_TEXT)
    quote = models.TextField(_("passage"), blank=True, max_length=LONGEST_TEXT)
    quote_prefix = models.CharField(_("words before the passage"), max_length=64, blank=True)
    quote_suffix = models.CharField(_("words after the passage"), max_length=64, blank=True)
    proposed_text = models.TextField(_("proposed text"), blank=True, max_length=LONGEST_TEXT)
    proposes_deletion = models.BooleanField(_("proposes to delete the paragraph"), default=False)
    state = models.CharField(_("state"), max_length=12, choices=CommentState, default=CommentState.DRAFT)
    visibility = models.CharField(_("visible to"), max_length=12, choices=Visibility, default=Visibility.INTERNAL)
    share_with = models.CharField(
        _("share with"), max_length=12, choices=[(one.value, one.label) for one in SHAREABLE], default=Visibility.AGENCIES,
        help_text=_("How far it may travel once it is submitted, if the round lets it."),
    )  # fmt: skip
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="merged", verbose_name=_("merged into")
    )
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
            models.CheckConstraint(
                condition=Q(organization__isnull=False, category__isnull=True)
                | Q(organization__isnull=True, category__isnull=False),
                name="comment_of_an_agency_or_of_a_participant",
            ),
            models.CheckConstraint(
                condition=Q(category__isnull=True) | Q(state__in=PARTICIPANTS_STATES),
                name="comment_of_a_participant_is_moderated",
            ),
            models.CheckConstraint(
                condition=Q(paragraph__isnull=False) | Q(quote=""),
                name="comment_passage_needs_a_paragraph",
                violation_error_message=_("A passage belongs to a paragraph. Comment on the paragraph that holds it."),
            ),
            models.CheckConstraint(
                condition=Q(merged_into__isnull=True) | Q(state=CommentState.DROPPED), name="comment_merged_is_dropped"
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

    @property
    def speaker(self) -> Organization | StakeholderCategory:
        """In whose name it is said: the agency, or the participant's stakeholder category. Needs both relations."""
        return self.organization or self.category  # type: ignore[return-value]


class CommentStateChange(StateChange):
    subject = models.ForeignKey(Comment, models.CASCADE, related_name="state_changes", verbose_name=_("comment"))

    class Meta(StateChange.Meta):
        verbose_name = _("change of a comment's state")
        verbose_name_plural = _("changes of comments' states")


class CommentReplyQuerySet(models.QuerySet["CommentReply"]):
    def visible_to(self, user: Any) -> "CommentReplyQuerySet":
        """Inside the agency its members only, also after the submission: it is their talk, not their position.

        A reply for the readers of the comment: whoever reads the comment.
        """
        return self.filter(
            Q(audience=ReplyAudience.AGENCY, comment__organization__in=readable_organizations(user))
            | Q(audience=ReplyAudience.READERS, comment__in=Comment.objects.visible_to(user))
        )


class CommentReply(models.Model):
    """A word about a comment: inside the agency, or once it is submitted for whoever reads the comment."""

    comment = models.ForeignKey(Comment, models.PROTECT, related_name="replies", verbose_name=_("comment"))
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("author"))
    audience = models.CharField(_("for"), max_length=8, choices=ReplyAudience, default=ReplyAudience.AGENCY)
    organization = models.ForeignKey(
        Organization, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("in the name of")
    )
    text = models.TextField(_("reply"), max_length=LONGEST_TEXT)
    created_at = models.DateTimeField(_("written at"), auto_now_add=True)

    objects = CommentReplyQuerySet.as_manager()

    class Meta:
        verbose_name = _("reply to a comment")
        verbose_name_plural = _("replies to comments")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(audience=ReplyAudience.AGENCY, organization__isnull=True)
                | Q(audience=ReplyAudience.READERS, organization__isnull=False),
                name="reply_to_readers_names_its_organization",
            )
        ]

    def __str__(self) -> str:
        return f"#{self.comment_id}/{self.pk}"
