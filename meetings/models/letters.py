"""Invitation letters for visas, and what only they need to know of a person."""

import secrets
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from directory.models import StateChange
from meetings.enums import LETTER_TRANSITIONS, LetterState, MeetingState, RegistrationState
from meetings.models.registration import Registration
from meetings.rules import LinkHolder, staff_scopes

_SIGNS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"


def new_letter_code() -> str:
    """A code for the letter's public page that cannot be guessed: about 69 bits."""
    return "".join(secrets.choice(_SIGNS) for _ in range(14))


class VisaDetails(models.Model):
    """The passport of somebody who needs a letter: read by that person and the secretariat, in no list and no export."""

    registration = models.OneToOneField(Registration, models.CASCADE, related_name="visa", verbose_name=_("registration"))
    passport_name = models.CharField(_("full name as in the passport"), max_length=250)
    nationality = models.ForeignKey("directory.Country", models.PROTECT, related_name="+", verbose_name=_("nationality"))
    born_on = models.DateField(_("date of birth"))
    passport_number = models.CharField(_("passport number"), max_length=30)
    changed_at = models.DateTimeField(_("changed"), auto_now=True)

    class Meta:
        verbose_name = _("passport details")
        verbose_name_plural = _("passport details")

    def __str__(self) -> str:
        return str(self.registration_id)


class InvitationLetterQuerySet(models.QuerySet["InvitationLetter"]):
    def visible_to(self, user: Any) -> "InvitationLetterQuerySet":
        """One's own, also by its link; those of a meeting for its staff. No focal point sees a colleague's passport."""
        if isinstance(user, LinkHolder):
            return self.filter(registration=user.registration_id, registration__user=None)
        if not user.is_authenticated or not user.is_active:
            return self.none()
        scopes = staff_scopes(user)
        if "" in scopes:
            return self
        meetings = [scope.removeprefix("meeting:") for scope in scopes if scope.startswith("meeting:")]
        return self.filter(Q(registration__user=user) | Q(registration__meeting__slug__in=meetings))

    def standing(self) -> "InvitationLetterQuerySet":
        """Asked for or issued, and not taken back."""
        return self.filter(state__in=[LetterState.REQUESTED, LetterState.ISSUED])


class InvitationLetter(models.Model):
    """A letter that invites one registered person to one meeting, with a code by which anybody can check it."""

    registration = models.ForeignKey(Registration, models.CASCADE, related_name="letters", verbose_name=_("registration"))
    reference = models.CharField(
        _("reference at the time"), max_length=20, help_text=_("After a substitution the reference is another one.")
    )
    code = models.CharField(_("code"), max_length=20, unique=True, default=new_letter_code, editable=False)
    initials = models.CharField(_("initials"), max_length=12, blank=True)
    language = models.CharField(_("language"), max_length=10, default="en")
    state = models.CharField(_("state"), max_length=10, choices=LetterState, default=LetterState.REQUESTED)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        verbose_name=_("asked for by"),
        help_text=_("Empty: by the registrant, who has no account."),
    )
    signed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, blank=True, verbose_name=_("signed by")
    )
    asked_at = models.DateTimeField(_("asked for at"), auto_now_add=True)
    issued_at = models.DateTimeField(_("issued at"), null=True, blank=True)

    TRANSITIONS = LETTER_TRANSITIONS
    objects = InvitationLetterQuerySet.as_manager()

    class Meta:
        verbose_name = _("invitation letter")
        verbose_name_plural = _("invitation letters")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["registration"],
                condition=Q(state__in=[LetterState.REQUESTED, LetterState.ISSUED]),
                name="letter_standing_once_per_registration",
            ),
            models.CheckConstraint(
                condition=~Q(state=LetterState.ISSUED) | Q(issued_at__isnull=False), name="letter_is_issued_at_a_time"
            ),
        ]

    def __str__(self) -> str:
        return self.code

    def get_absolute_url(self) -> str:
        return reverse("meetings:letter", args=[self.code])

    @property
    def scope_key(self) -> str:
        return self.registration.scope_key

    @property
    def user_id(self) -> int | None:
        """Whose letter it is."""
        return self.registration.user_id

    @property
    def is_valid(self) -> bool:
        """Whether it still says the truth: issued, for a person who still has the seat. The registration must be loaded."""
        registration = self.registration
        return (
            self.state == LetterState.ISSUED
            and registration.meeting.state != MeetingState.CANCELLED
            and registration.state == RegistrationState.APPROVED
            and registration.reference == self.reference
        )


class InvitationLetterStateChange(StateChange):
    subject = models.ForeignKey(InvitationLetter, models.CASCADE, related_name="state_changes")
