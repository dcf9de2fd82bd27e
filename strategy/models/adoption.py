"""How a text is adopted: whom the notice reached, who objected, who endorsed it, what came of the round."""

import secrets
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from directory.models import Organization, StateChange
from directory.rules import readable_organizations
from strategy.enums import (
    ADOPTED_RESULTS,
    OBJECTION_TRANSITIONS,
    WITH_STATEMENT,
    EndorsementAnswer,
    NoticeState,
    ObjectionState,
    RoundResult,
)
from strategy.models.rounds import ConsultationRound, shared_with
from strategy.models.texts import in_secretariat_scope

_STRATEGY = "round__draft__strategy__slug"
LONGEST_STATEMENT = 3000
# Neither 0 and O nor 1 and I: a code is read from paper.
_SIGNS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"


def new_code() -> str:
    """A code of 80 random bits that names a certificate; whoever holds the paper holds the code."""
    return "".join(secrets.choice(_SIGNS) for _sign in range(16))


class NoticeQuerySet(models.QuerySet["RoundNotice"]):
    def visible_to(self, user: Any) -> "NoticeQuerySet":
        """All for the secretariat, that to one's own agency for its members."""
        return self.filter(Q(organization__in=readable_organizations(user)) | in_secretariat_scope(user, _STRATEGY))


class RoundNotice(models.Model):
    """The notice of a silence procedure to one agency, and whether it arrived: silence of who was not told is no consent."""

    round = models.ForeignKey(ConsultationRound, models.PROTECT, related_name="notices", verbose_name=_("round"))
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+", verbose_name=_("agency"))
    state = models.CharField(_("delivery"), max_length=10, choices=NoticeState, default=NoticeState.QUEUED)
    recipients = models.PositiveSmallIntegerField(_("recipients"), default=0)
    accepted_at = models.DateTimeField(_("accepted at"), null=True, blank=True)
    counts_as_consent = models.BooleanField(
        _("its silence counts as consent"), null=True, help_text=_("Decided once, when the procedure is concluded.")
    )
    told_at = models.DateTimeField(_("secretariat told at"), null=True, blank=True)
    at = models.DateTimeField(_("at"), auto_now_add=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        verbose_name = _("notice to an agency")
        verbose_name_plural = _("notices to agencies")
        ordering = ["round", "organization"]
        constraints = [models.UniqueConstraint(fields=["round", "organization"], name="round_notice_once_per_agency")]

    def __str__(self) -> str:
        return f"{self.organization} – {self.round}"

    @property
    def scope_key(self) -> str:
        return self.round.scope_key


class ObjectionQuerySet(models.QuerySet["Objection"]):
    def visible_to(self, user: Any) -> "ObjectionQuerySet":
        """One's own agency's; standing ones for the secretariat and, as the round says, for the invited agencies."""
        stands = Q(state=ObjectionState.LODGED)
        return self.filter(
            Q(organization__in=readable_organizations(user))
            | in_secretariat_scope(user, _STRATEGY)
            | (stands & shared_with(user))
        )


class Objection(models.Model):
    """A reasoned objection of an agency in a silence procedure; while it stands the text is not adopted."""

    TRANSITIONS = OBJECTION_TRANSITIONS

    round = models.ForeignKey(ConsultationRound, models.PROTECT, related_name="objections", verbose_name=_("round"))
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+", verbose_name=_("agency"))
    state = models.CharField(_("state"), max_length=10, choices=ObjectionState, default=ObjectionState.LODGED)
    reason = models.TextField(_("reason"), max_length=LONGEST_STATEMENT)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("lodged at"))

    objects = ObjectionQuerySet.as_manager()

    class Meta:
        verbose_name = _("objection")
        verbose_name_plural = _("objections")
        ordering = ["round", "at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["round", "organization"],
                condition=Q(state=ObjectionState.LODGED),
                name="objection_stands_once_per_agency",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="objection_with_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.organization} – {self.round}"

    @property
    def scope_key(self) -> str:
        return self.round.scope_key


class ObjectionStateChange(StateChange):
    subject = models.ForeignKey(Objection, models.CASCADE, related_name="state_changes", verbose_name=_("objection"))

    class Meta(StateChange.Meta):
        verbose_name = _("change of an objection's state")
        verbose_name_plural = _("changes of objections' states")


class EndorsementQuerySet(models.QuerySet["Endorsement"]):
    def visible_to(self, user: Any) -> "EndorsementQuerySet":
        """Those of rounds that the person sees; words that were replaced, for the agency and the secretariat only."""
        rounds = ConsultationRound.objects.visible_to(user).filter(cancelled_at=None)
        return self.filter(
            Q(organization__in=readable_organizations(user))
            | in_secretariat_scope(user, _STRATEGY)
            | Q(round__in=rounds, replaced_at=None)
        )

    def current(self) -> "EndorsementQuerySet":
        """What each agency says now."""
        return self.filter(replaced_at=None)


class Endorsement(models.Model):
    """What an agency says to one exact text. Never changed: a change before the close is a new row that replaces it."""

    round = models.ForeignKey(ConsultationRound, models.PROTECT, related_name="endorsements", verbose_name=_("round"))
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+", verbose_name=_("agency"))
    answer = models.CharField(_("answer"), max_length=18, choices=EndorsementAnswer)
    sha256 = models.CharField(_("SHA-256 of the text"), max_length=64)
    signatory = models.CharField(_("signatory"), max_length=150)
    capacity = models.CharField(_("capacity"), max_length=200)
    statement = models.TextField(_("statement"), blank=True, max_length=LONGEST_STATEMENT)
    signed_on = models.DateField(_("signed on"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("recorded by"))
    at = models.DateTimeField(_("recorded at"))
    replaced_at = models.DateTimeField(_("replaced at"), null=True, blank=True)
    code = models.CharField(_("code of the certificate"), max_length=20, unique=True, default=new_code, editable=False)

    objects = EndorsementQuerySet.as_manager()

    class Meta:
        verbose_name = _("endorsement")
        verbose_name_plural = _("endorsements")
        ordering = ["round", "organization", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["round", "organization"], condition=Q(replaced_at=None), name="endorsement_one_counts_per_agency"
            ),
            models.CheckConstraint(
                condition=~Q(answer__in=sorted(WITH_STATEMENT)) | ~Q(statement=""),
                name="endorsement_held_back_with_statement",
                violation_error_message=_("Say why: a reservation or an objection needs a statement."),
            ),
            models.CheckConstraint(condition=~Q(sha256=""), name="endorsement_of_an_exact_text"),
        ]

    def __str__(self) -> str:
        return f"{self.organization} – {self.round}"

    @property
    def scope_key(self) -> str:
        return self.round.scope_key


class OutcomeQuerySet(models.QuerySet["RoundOutcome"]):
    def visible_to(self, user: Any) -> "OutcomeQuerySet":
        return self.filter(round__in=ConsultationRound.objects.visible_to(user))


class RoundOutcome(models.Model):
    """What came of a silence procedure or endorsement, written once at its conclusion and never changed."""

    round = models.OneToOneField(ConsultationRound, models.PROTECT, related_name="outcome", verbose_name=_("round"))
    result = models.CharField(_("result"), max_length=16, choices=RoundResult)
    sha256 = models.CharField(_("SHA-256 of the text"), max_length=64)
    invited = models.PositiveIntegerField(_("agencies invited"))
    objections = models.PositiveIntegerField(_("objections that stand"), default=0)
    not_reached = models.PositiveIntegerField(_("agencies not known to have received the notice"), default=0)
    at = models.DateTimeField(_("concluded at"))
    code = models.CharField(_("code of the certificate"), max_length=20, unique=True, default=new_code, editable=False)

    objects = OutcomeQuerySet.as_manager()

    class Meta:
        verbose_name = _("outcome of a round")
        verbose_name_plural = _("outcomes of rounds")
        ordering = ["round"]

    def __str__(self) -> str:
        return f"{self.round}: {self.get_result_display()}"

    @property
    def scope_key(self) -> str:
        return self.round.scope_key

    @property
    def is_adoption(self) -> bool:
        """Whether the text was adopted: only then is the document that says so called a certificate."""
        return self.result in ADOPTED_RESULTS
