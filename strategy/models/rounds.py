"""Consultation rounds and the positions that agencies submit in them."""

import hashlib
import json
import zoneinfo
from collections.abc import Iterable
from datetime import datetime
from functools import cached_property
from typing import Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from directory.models import Organization, StateChange
from directory.models.people import validate_time_zone
from directory.rules import readable_organizations
from strategy.enums import (
    POSITION_TRANSITIONS,
    SHARED_AFTER_CLOSE,
    SHARED_AT_ONCE,
    DraftState,
    PositionState,
    RoundAct,
    RoundKind,
    RoundState,
    Sharing,
    Visibility,
)
from strategy.models.texts import Draft, in_secretariat_scope
from strategy.rules import agencies_of


def inviting(agencies: Iterable[int]) -> Q:
    """Rounds that invite one of `agencies` (primary keys of agencies of the United Nations system)."""
    own = set(agencies)
    if not own:
        return Q(pk__in=())
    named = ConsultationRound.invited.through.objects.filter(organization__in=own).values("consultationround")
    return Q(invites_all_agencies=True) | Q(pk__in=named)


def over() -> Q:
    """Rounds that are over: closed by the clock while nobody had paused them. A cancelled round opens nothing to others."""
    return Q(paused_at=None, cancelled_at=None, closes_at__lte=timezone.now())


def shared_with(user: Any) -> Q:
    """Of what belongs to an agency: the rows of rounds in which `user`, from another agency, may read submitted ones."""
    rounds = ConsultationRound.objects.filter(
        Q(sharing__in=SHARED_AT_ONCE) | (Q(sharing__in=SHARED_AFTER_CLOSE) & over()),
        inviting(agencies_of(user)),
    )
    return Q(round__in=rounds)


def shown_to_the_public() -> Q:
    """Of what is meant for the public: the rows of public rounds on public drafts that let it be read, now or after the close.

    The comments of participants are public as soon as they are admitted.
    """
    rounds = ConsultationRound.objects.filter(is_public=True, draft__is_public=True, draft__state=DraftState.PUBLISHED)
    by_sharing = Q(sharing=Sharing.PUBLIC) | (Q(sharing=Sharing.PUBLIC_AFTER_CLOSE) & over())
    return Q(round__in=rounds.filter(by_sharing)) | Q(round__in=rounds.filter(takes_public_comments=True), category__isnull=False)


class ConsultationRoundQuerySet(models.QuerySet["ConsultationRound"]):
    def running(self) -> "ConsultationRoundQuerySet":
        """Open or paused now."""
        return self.filter(
            Q(paused_at__isnull=False) | Q(closes_at__gt=timezone.now()), opens_at__lte=timezone.now(), cancelled_at=None
        )

    def alive(self) -> "ConsultationRoundQuerySet":
        """Not over yet: still to open, open or paused."""
        return self.filter(Q(paused_at__isnull=False) | Q(closes_at__gt=timezone.now()), cancelled_at=None)

    def visible_to(self, user: Any) -> "ConsultationRoundQuerySet":
        """Public rounds on public drafts for all, those that invite the person's agency, all for the secretariat."""
        published = Q(draft__state=DraftState.PUBLISHED)
        public = Q(is_public=True, draft__is_public=True)
        return self.filter(
            (published & (public | inviting(agencies_of(user)))) | in_secretariat_scope(user, "draft__strategy__slug")
        )


def _usual_reminders() -> list[int]:
    return [7, 1]


class ConsultationRound(models.Model):
    """A time in which agencies are heard on one draft. Moments are kept in UTC; the place's zone says how to name them."""

    draft = models.ForeignKey(Draft, models.PROTECT, related_name="rounds", verbose_name=_("draft"))
    kind = models.CharField(_("kind"), max_length=12, choices=RoundKind, default=RoundKind.COMMENTS)
    opens_at = models.DateTimeField(_("opens at"))
    closes_at = models.DateTimeField(_("closes at"))
    time_zone = models.CharField(_("time zone of the place"), max_length=64, default="UTC", validators=[validate_time_zone])
    is_public = models.BooleanField(
        _("public"),
        default=True,
        help_text=_("Anybody who may read the draft sees the round, its deadline and how many agencies answered."),
    )
    sharing = models.CharField(_("comments are shared with"), max_length=24, choices=Sharing, default=Sharing.AGENCIES)
    invites_all_agencies = models.BooleanField(_("invites every agency"), default=True)
    invited = models.ManyToManyField(
        Organization, related_name="+", blank=True, verbose_name=_("invited agencies"), limit_choices_to={"is_agency": True}
    )

    takes_public_comments = models.BooleanField(
        _("open to participants outside the United Nations system"),
        default=False,
        help_text=_("They comment under their stakeholder category; the secretariat admits each comment."),
    )
    reminder_days = ArrayField(
        models.PositiveSmallIntegerField(),
        verbose_name=_("reminders, days before the close"),
        default=_usual_reminders,
        blank=True,
        help_text=_("To agencies that have not answered. For example 7, 1."),
    )
    paused_at = models.DateTimeField(_("paused at"), null=True, blank=True, editable=False)
    cancelled_at = models.DateTimeField(_("cancelled at"), null=True, blank=True, editable=False)
    announced_at = models.DateTimeField(_("opening announced at"), null=True, blank=True, editable=False)
    concluded_at = models.DateTimeField(_("concluded at"), null=True, blank=True, editable=False)
    sha256 = models.CharField(_("SHA-256 of the text"), max_length=64, blank=True, editable=False)
    short_reason = models.TextField(
        _("reason for less than 72 hours"), blank=True, editable=False, help_text=_("Of a silence procedure only.")
    )
    replaces = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, editable=False, related_name="replaced_by", verbose_name=_("replaces")
    )

    objects = ConsultationRoundQuerySet.as_manager()

    class Meta:
        verbose_name = _("consultation round")
        verbose_name_plural = _("consultation rounds")
        ordering = ["closes_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(closes_at__gt=F("opens_at")),
                name="round_closes_after_it_opens",
                violation_error_message=_("The round must close after it opens."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.draft} – {self.get_kind_display()}"

    def get_absolute_url(self) -> str:
        """The page of the round. Needs the draft and its strategy."""
        return reverse("strategy:round", args=[self.draft.strategy.slug, self.pk])

    @property
    def scope_key(self) -> str:
        return self.draft.scope_key

    @property
    def state(self) -> RoundState:
        """Upcoming, open or closed, by the clock; paused or cancelled. The closing moment itself is already closed."""
        now = timezone.now()
        if self.cancelled_at:
            return RoundState.CANCELLED
        if self.paused_at:
            return RoundState.PAUSED
        if now < self.opens_at:
            return RoundState.UPCOMING
        return RoundState.OPEN if now < self.closes_at else RoundState.CLOSED

    def get_state_display(self) -> str:
        return str(self.state.label)

    @property
    def is_open(self) -> bool:
        return self.state == RoundState.OPEN

    @cached_property
    def invited_ids(self) -> frozenset[int]:
        """Primary keys of the agencies named one by one; read once for the life of this object."""
        return frozenset(self.invited.values_list("pk", flat=True))

    def on_the_places_clock(self, moment: datetime) -> datetime:
        return moment.astimezone(zoneinfo.ZoneInfo(self.time_zone))


class RoundChange(models.Model):
    """What the secretariat did to a round: extended, paused, resumed, cancelled it, and why."""

    subject = models.ForeignKey(ConsultationRound, models.CASCADE, related_name="changes", verbose_name=_("round"))
    act = models.CharField(_("act"), max_length=10, choices=RoundAct)
    old_closes_at = models.DateTimeField(_("closed at before"), null=True, blank=True)
    new_closes_at = models.DateTimeField(_("closes at since"), null=True, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("by")
    )
    reason = models.TextField(_("reason"), blank=True)
    at = models.DateTimeField(_("at"), auto_now_add=True)

    class Meta:
        verbose_name = _("change of a round")
        verbose_name_plural = _("changes of rounds")
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.subject}: {self.get_act_display()}"


class LateAdmission(models.Model):
    """Leave for one agency to answer after the close, until a moment; its position is marked as late."""

    round = models.ForeignKey(ConsultationRound, models.PROTECT, related_name="late_admissions", verbose_name=_("round"))
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+", verbose_name=_("agency"))
    until = models.DateTimeField(_("until"))
    reason = models.TextField(_("reason"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("at"), auto_now=True)

    class Meta:
        verbose_name = _("late admission")
        verbose_name_plural = _("late admissions")
        ordering = ["round", "organization"]
        constraints = [models.UniqueConstraint(fields=["round", "organization"], name="late_admission_once_per_agency")]

    def __str__(self) -> str:
        return f"{self.organization} – {self.round}"


class PositionQuerySet(models.QuerySet["Position"]):
    def visible_to(self, user: Any) -> "PositionQuerySet":
        """One's own agency's; submitted ones for the secretariat and, as the round says, for the invited agencies."""
        submitted = Q(state=PositionState.SUBMITTED)
        return self.filter(
            Q(organization__in=readable_organizations(user))
            | (submitted & (in_secretariat_scope(user, "round__draft__strategy__slug") | shared_with(user)))
        )


class Position(models.Model):
    """What one agency says in one round: its cleared comments, or that it has none."""

    TRANSITIONS = POSITION_TRANSITIONS

    round = models.ForeignKey(ConsultationRound, models.PROTECT, related_name="positions", verbose_name=_("round"))
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+", verbose_name=_("agency"))
    state = models.CharField(_("state"), max_length=10, choices=PositionState, default=PositionState.DRAFTING)
    cleared_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("cleared by")
    )
    submitted_at = models.DateTimeField(_("submitted at"), null=True, blank=True)
    sha256 = models.CharField(_("SHA-256 of the comments"), max_length=64, blank=True)
    is_late = models.BooleanField(
        _("late"), default=False, help_text=_("Submitted after the close, by leave of the secretariat.")
    )

    objects = PositionQuerySet.as_manager()

    class Meta:
        verbose_name = _("position")
        verbose_name_plural = _("positions")
        ordering = ["round", "organization"]
        constraints = [
            models.UniqueConstraint(fields=["round", "organization"], name="position_once_per_round_and_agency"),
            models.CheckConstraint(
                condition=~Q(state=PositionState.SUBMITTED)
                | (Q(submitted_at__isnull=False, cleared_by__isnull=False) & ~Q(sha256="")),
                name="position_submitted_with_time_person_and_hash",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organization} – {self.round}"

    @property
    def scope_key(self) -> str:
        return self.round.scope_key

    @property
    def is_submitted(self) -> bool:
        return self.state == PositionState.SUBMITTED

    @staticmethod
    def hash_of(comments: Iterable[Any]) -> str:
        """SHA-256 over the comments in order; the hash of no comments is that of an empty list."""
        rows = [
            [
                comment.pk,
                comment.paragraph_id,
                comment.type,
                comment.text,
                comment.proposed_text,
                comment.proposes_deletion,
                *([comment.quote] if comment.quote else []),
                *([comment.share_with] if comment.share_with != Visibility.AGENCIES else []),
            ]
            for comment in comments
        ]
        return hashlib.sha256(json.dumps(rows, ensure_ascii=False).encode()).hexdigest()


class PositionStateChange(StateChange):
    subject = models.ForeignKey(Position, models.CASCADE, related_name="state_changes", verbose_name=_("position"))

    class Meta(StateChange.Meta):
        verbose_name = _("change of a position's state")
        verbose_name_plural = _("changes of positions' states")
