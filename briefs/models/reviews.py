"""Rounds of review: what was asked about which text, who was asked, what they said and what the authors answered."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from briefs.enums import (
    REVIEW_ROUND_TRANSITIONS,
    REVIEWER_TRANSITIONS,
    ReviewDecision,
    ReviewerState,
    ReviewRoundState,
)
from briefs.models.briefs import Brief
from directory.enums import Role
from directory.models import StateChange
from directory.rules import organizations_of, secretariat_scopes


class ReviewRoundQuerySet(models.QuerySet["ReviewRound"]):
    def visible_to(self, user: Any) -> "ReviewRoundQuerySet":
        """Rounds of the briefs that `user` helps to make. Reviewers see their own review, not the round."""
        return self.filter(brief__in=Brief.objects.of_insider(user))

    def edited_by(self, user: Any) -> "ReviewRoundQuerySet":
        """Rounds in which `user` may read the names of anonymous reviewers and what is for the editors only.

        Secretariat staff, unless they serve in an agency that writes the brief: then they are authors.
        """
        scopes = secretariat_scopes(user, {Role.STAFF})
        found = self.exclude(brief__agencies__organization__in=organizations_of(user))
        if "" in scopes:
            return found
        return found.filter(brief__slug__in=[scope.removeprefix("brief:") for scope in scopes if scope.startswith("brief:")])


class ReviewRound(models.Model):
    """One round of review of a brief, on the text as it stood when the round was opened."""

    brief = models.ForeignKey(Brief, models.CASCADE, related_name="review_rounds", verbose_name=_("brief"))
    number = models.PositiveSmallIntegerField(_("round"))
    state = models.CharField(_("state"), max_length=20, choices=ReviewRoundState, default=ReviewRoundState.OPEN)
    is_anonymous = models.BooleanField(
        _("authors do not learn who reviews"), default=True, help_text=_("Only secretariat staff then see the reviewers' names.")
    )
    invitation = models.TextField(_("what you ask of the reviewers"), max_length=4000, blank=True)
    questions = models.JSONField(_("questions"), default=list, blank=True, help_text=_("A list of sentences."))
    due_at = models.DateTimeField(_("reviews are due by"))
    content = models.JSONField(_("text under review"), help_text=_("Everything that the reviewers read, as it was then."))
    sha256 = models.CharField(_("hash of the text under review"), max_length=64)
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("opened by"))
    opened_at = models.DateTimeField(_("opened at"), default=timezone.now)
    decision = models.CharField(_("decision"), max_length=20, choices=ReviewDecision, blank=True)
    letter = models.TextField(_("letter to the authors"), max_length=8000, blank=True)
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)

    TRANSITIONS = REVIEW_ROUND_TRANSITIONS
    objects = ReviewRoundQuerySet.as_manager()

    class Meta:
        verbose_name = _("round of review")
        verbose_name_plural = _("rounds of review")
        ordering = ["brief", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["brief", "number"], name="review_round_number_once"),
            models.UniqueConstraint(
                fields=["brief"],
                condition=Q(state=ReviewRoundState.OPEN),
                name="review_one_open_round",
                violation_error_message=_("This brief has an open round of review. Close it first."),
            ),
            models.CheckConstraint(
                condition=Q(state=ReviewRoundState.OPEN, decision="", closed_at__isnull=True)
                | (Q(state=ReviewRoundState.CLOSED, closed_at__isnull=False) & ~Q(decision="")),
                name="review_closed_round_has_a_decision",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.brief} ({self.number})"

    def get_absolute_url(self) -> str:
        return reverse("briefs:review_round", args=[self.brief.slug, self.number])

    @property
    def is_open(self) -> bool:
        return self.state == ReviewRoundState.OPEN

    @property
    def is_overdue(self) -> bool:
        return self.is_open and self.due_at <= timezone.now()


class ReviewRoundChange(StateChange):
    """Who opened or closed a round of review."""

    subject = models.ForeignKey(ReviewRound, models.CASCADE, related_name="state_changes")


class ReviewerQuerySet(models.QuerySet["Reviewer"]):
    def visible_to(self, user: Any) -> "ReviewerQuerySet":
        """A person's own reviews, and all of the rounds in which `user` may know who reviews."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        known = Q(round__in=ReviewRound.objects.edited_by(user))
        open_names = Q(round__in=ReviewRound.objects.visible_to(user), round__is_anonymous=False)
        return self.filter(Q(user=user) | known | open_names)

    def waiting(self) -> "ReviewerQuerySet":
        """Those whose review is still waited for."""
        return self.filter(state=ReviewerState.INVITED, round__state=ReviewRoundState.OPEN)


class Reviewer(models.Model):
    """Somebody invited to review in a round: a user of the portal, or a person from outside by name and address."""

    round = models.ForeignKey(ReviewRound, models.CASCADE, related_name="reviewers", verbose_name=_("round of review"))
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="brief_reviews", verbose_name=_("user")
    )
    name = models.CharField(_("name"), max_length=200, blank=True)
    address = models.EmailField(_("e-mail address"), blank=True)
    language = models.CharField(_("language of messages"), max_length=10, choices=settings.LANGUAGES, default="en")
    affiliation = models.CharField(_("affiliation"), max_length=200, blank=True)
    state = models.CharField(_("state"), max_length=20, choices=ReviewerState, default=ReviewerState.INVITED)
    draft = models.JSONField(_("review being written"), default=dict, blank=True)
    decision = models.CharField(_("recommendation"), max_length=20, choices=ReviewDecision, blank=True)
    to_editors = models.TextField(_("comments for the editors only"), blank=True, max_length=20_000)
    answered_at = models.DateTimeField(_("answered at"), null=True, blank=True)
    decline_reason = models.TextField(_("reason for declining"), blank=True, max_length=2000)
    invited_at = models.DateTimeField(_("invited at"), default=timezone.now)
    reminded_at = models.DateTimeField(_("reminded at"), null=True, blank=True)
    overdue_told_at = models.DateTimeField(_("told that the review is overdue at"), null=True, blank=True)
    session_link = models.UUIDField(
        _("link in use"), null=True, blank=True, editable=False, help_text=_("The used link whose browser session is let in.")
    )

    TRANSITIONS = REVIEWER_TRANSITIONS
    objects = ReviewerQuerySet.as_manager()

    class Meta:
        verbose_name = _("reviewer")
        verbose_name_plural = _("reviewers")
        ordering = ["round", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["round", "user"], name="review_user_once_per_round"),
            models.UniqueConstraint(fields=["round", "address"], condition=~Q(address=""), name="review_address_once_per_round"),
            models.CheckConstraint(
                condition=Q(user__isnull=False, address="") | (Q(user__isnull=True) & ~Q(address="") & ~Q(name="")),
                name="review_by_user_or_by_address",
            ),
            models.CheckConstraint(
                condition=(Q(state=ReviewerState.SUBMITTED, answered_at__isnull=False) & ~Q(decision=""))
                | (~Q(state=ReviewerState.SUBMITTED) & Q(decision="")),
                name="review_handed_in_has_a_recommendation",
            ),
        ]

    def __str__(self) -> str:
        return self.full_name

    def get_absolute_url(self) -> str:
        return reverse("briefs:review", args=[self.pk])

    @property
    def full_name(self) -> str:
        return self.user.full_name if self.user else self.name

    @property
    def is_outsider(self) -> bool:
        return self.user_id is None

    @property
    def may_write(self) -> bool:
        """Whether the review can still be written and handed in."""
        return self.state == ReviewerState.INVITED and self.round.is_open

    @property
    def last_word_at(self) -> datetime:
        return self.answered_at or self.invited_at


class ReviewerChange(StateChange):
    """Who invited, withdrew, declined or handed in; `by` is empty where somebody without an account acted."""

    subject = models.ForeignKey(Reviewer, models.CASCADE, related_name="state_changes")


class ReviewPoint(models.Model):
    """One point of a review for the authors – the answer to a question, or a paragraph of comments – and their answer to it."""

    reviewer = models.ForeignKey(Reviewer, models.CASCADE, related_name="points", verbose_name=_("reviewer"))
    position = models.PositiveSmallIntegerField(_("place in the order"))
    question = models.TextField(_("question"), blank=True)
    text = models.TextField(_("what the reviewer says"))
    reply = models.TextField(_("answer of the authors"), blank=True, max_length=8000)
    replied_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("answered by")
    )
    replied_for = models.ForeignKey(
        "directory.Organization", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("answered for")
    )
    replied_at = models.DateTimeField(_("answered at"), null=True, blank=True)

    class Meta:
        verbose_name = _("point of a review")
        verbose_name_plural = _("points of reviews")
        ordering = ["reviewer", "position"]
        constraints = [models.UniqueConstraint(fields=["reviewer", "position"], name="review_point_once")]

    def __str__(self) -> str:
        return self.text[:80]


class TrialRenderQuerySet(models.QuerySet["TrialRender"]):
    def visible_to(self, user: Any) -> "TrialRenderQuerySet":
        """Those of the briefs whose making `user` may look at."""
        return self.filter(brief__in=Brief.objects.of_insider(user))


class TrialRender(models.Model):
    """What came of rendering a brief's text as it stands: problems of the PDF, for one hash of the text."""

    brief = models.ForeignKey(Brief, models.CASCADE, related_name="trial_renders", verbose_name=_("brief"))
    sha256 = models.CharField(_("hash of the text"), max_length=64)
    pages = models.PositiveIntegerField(_("pages"), default=0)
    problems = models.JSONField(_("problems"), default=list, blank=True)
    at = models.DateTimeField(_("made at"), default=timezone.now)

    objects = TrialRenderQuerySet.as_manager()

    class Meta:
        verbose_name = _("trial PDF")
        verbose_name_plural = _("trial PDFs")
        ordering = ["-at"]
        constraints = [models.UniqueConstraint(fields=["brief", "sha256"], name="brief_one_trial_per_text")]

    def __str__(self) -> str:
        return f"{self.brief}: {self.sha256[:12]}"


class AcknowledgedWarningQuerySet(models.QuerySet["AcknowledgedWarning"]):
    def visible_to(self, user: Any) -> "AcknowledgedWarningQuerySet":
        """Those of the briefs whose making `user` may look at."""
        return self.filter(brief__in=Brief.objects.of_insider(user))


class AcknowledgedWarning(models.Model):
    """A warning of the checklist that the secretariat has looked at and lets stand, for one hash of the text."""

    brief = models.ForeignKey(Brief, models.CASCADE, related_name="acknowledged_warnings", verbose_name=_("brief"))
    key = models.CharField(_("warning"), max_length=200)
    sha256 = models.CharField(_("hash of the text"), max_length=64)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("at"), default=timezone.now)

    objects = AcknowledgedWarningQuerySet.as_manager()

    class Meta:
        verbose_name = _("acknowledged warning")
        verbose_name_plural = _("acknowledged warnings")
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["brief", "key", "sha256"], name="brief_warning_acknowledged_once")]

    def __str__(self) -> str:
        return self.key
