"""Seats of a category and the people who ask for them."""

import secrets
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector, SearchVectorField
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Exists, F, Func, OuterRef, Q, Value
from django.db.models.functions import Concat, Lower
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from directory.enums import FOCAL_ROLES
from directory.models import StateChange
from directory.rules import organizations_of
from meetings.enums import (
    ENDED_REGISTRATIONS,
    REGISTRATION_TRANSITIONS,
    Approval,
    DelegationRole,
    Gender,
    RegistrationState,
)
from meetings.models.meetings import SCOPE, Meeting
from meetings.rules import LinkHolder, staff_scopes

# Without letters and digits that are mistaken for one another when read aloud at a desk.
_SIGNS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
REFERENCE_LENGTH = 12
# Who does not answer an offer is not asked again at once, while others may wait for an answer.
OFFER_REST = timedelta(days=1)


def new_reference() -> str:
    """A code that cannot be guessed: about 59 bits."""
    return "".join(secrets.choice(_SIGNS) for _ in range(REFERENCE_LENGTH))


class CategoryQuota(models.Model):
    """The seats of one stakeholder category at one meeting. Its row is the lock of pattern 2."""

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="quotas", verbose_name=_("meeting"))
    category = models.ForeignKey("directory.StakeholderCategory", models.PROTECT, related_name="+", verbose_name=_("category"))
    seats = models.PositiveIntegerField(_("seats"))
    approval = models.CharField(_("approval"), max_length=10, choices=Approval, default=Approval.MANUAL)
    is_open = models.BooleanField(_("open"), default=True)
    opens_at = models.DateTimeField(_("opens"), null=True, blank=True, help_text=_("Empty: with the meeting's registration."))
    closes_at = models.DateTimeField(_("closes"), null=True, blank=True, help_text=_("Empty: with the meeting's registration."))
    needs_endorsement = models.BooleanField(
        _("endorsement needed"), default=False, help_text=_("The organization endorses the registration before it is decided on.")
    )
    approver = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        related_name="+",
        null=True,
        blank=True,
        verbose_name=_("who decides"),
        help_text=_("Who is told of registrations that wait. Empty: all secretariat staff of the meeting."),
    )
    promotes_by_offer = models.BooleanField(
        _("ask before a seat is given from the waiting list"),
        default=False,
        help_text=_("Whoever is next gets an offer to accept or decline in time, instead of the seat at once."),
    )
    documents_due_at = models.DateTimeField(
        _("documents until"),
        null=True,
        blank=True,
        help_text=_("Until when required documents can be handed in. Empty: until the meeting begins."),
    )
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True, blank=True, editable=False)
    badge_colour = models.CharField(
        _("colour of the badge"), max_length=7, default="#0b5563", validators=[RegexValidator(r"^#[0-9a-f]{6}$")]
    )

    class Meta:
        verbose_name = _("seats of a category")
        verbose_name_plural = _("seats by category")
        ordering = ["category__order", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["meeting", "category"], name="quota_once_per_category"),
            models.CheckConstraint(
                condition=Q(opens_at__isnull=True) | Q(closes_at__isnull=True) | Q(closes_at__gt=F("opens_at")),
                name="quota_closes_after_it_opens",
                violation_error_message=_("A category must close after it opens."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.category}: {self.seats}"

    @property
    def scope_key(self) -> str:
        return self.meeting.scope_key

    def takes_registrations(self, now: datetime) -> bool:
        """Whether people can register under this category now, as far as the category itself goes."""
        return (
            self.is_open
            and self.withdrawn_at is None
            and not (self.opens_at and self.opens_at > now)
            and not (self.closes_at and self.closes_at <= now)
        )


class RegistrationQuerySet(models.QuerySet["Registration"]):
    def visible_to(self, user: Any) -> "RegistrationQuerySet":
        """What the person reads whole, and whom a focal point answers for: those without answers, needs and files."""
        whole = self.whole_for(user)
        organizations = set() if isinstance(user, LinkHolder) else organizations_of(user, FOCAL_ROLES)
        return whole | self.filter(self._of_organizations(organizations)) if organizations else whole

    def whole_for(self, user: Any) -> "RegistrationQuerySet":
        """One's own; all of a meeting for its secretariat staff; the one behind a link."""
        if isinstance(user, LinkHolder):
            return self.filter(pk=user.registration_id, user=None)
        if not user.is_authenticated or not user.is_active:
            return self.none()
        scopes = staff_scopes(user)
        if "" in scopes:
            return self
        slugs = [scope.removeprefix(SCOPE) for scope in scopes if scope.startswith(SCOPE)]
        return self.filter(Q(user=user) | Q(meeting__slug__in=slugs))

    @staticmethod
    def _of_organizations(organizations: set[int]) -> Q:
        """Whom the organizations have nominated, and who needs their endorsement. `rules.is_answered_for` is the same."""
        endorsing = CategoryQuota.objects.filter(
            meeting=OuterRef("meeting"), category=OuterRef("category"), needs_endorsement=True
        )
        theirs = Q(organization__in=organizations) & ~Q(state=RegistrationState.DRAFT)
        return theirs & (~Q(delegation_role="") | Q(Exists(endorsing)))

    def in_delegation(self, meeting: Any, organization: Any) -> "RegistrationQuerySet":
        """The live members of an organization's delegation, the head first."""
        rows = self.live().filter(meeting=meeting, organization=organization).exclude(delegation_role="")
        order = models.Case(*(models.When(delegation_role=role, then=place) for place, role in enumerate(DelegationRole.values)))
        return rows.order_by(order, "family_name", "pk")

    def to_endorse(self) -> "RegistrationQuerySet":
        """Those that wait for the organization they name."""
        endorsing = CategoryQuota.objects.filter(
            meeting=OuterRef("meeting"), category=OuterRef("category"), needs_endorsement=True
        )
        return self.filter(Exists(endorsing), state=RegistrationState.SUBMITTED, organization__isnull=False)

    def live(self) -> "RegistrationQuerySet":
        """Neither declined nor cancelled."""
        return self.exclude(state__in=ENDED_REGISTRATIONS)

    def taking_seats(self, now: datetime | None = None) -> "RegistrationQuerySet":
        """What counts against the seats: the approved, and offers that have not run out."""
        return self.filter(
            Q(state=RegistrationState.APPROVED) | Q(state=RegistrationState.OFFERED, offered_until__gt=now or timezone.now())
        )

    def waiting(self) -> "RegistrationQuerySet":
        """The waiting list in its order."""
        return self.filter(state=RegistrationState.WAITLISTED).order_by("waitlisted_at", "pk")

    def next_in_line(self, now: datetime | None = None) -> "RegistrationQuerySet":
        """Those on the waiting list who get a free seat by themselves: not who let an offer run out within the last day."""
        rest = (now or timezone.now()) - OFFER_REST
        return self.waiting().filter(Q(offer_lapsed_at__isnull=True) | Q(offer_lapsed_at__lt=rest))

    def missing_documents(self) -> "RegistrationQuerySet":
        """Registrations that were sent, live, and lack a document which their category requires."""
        required = RequiredDocument.objects.filter(
            quota__meeting=OuterRef("meeting"), quota__category=OuterRef("category"), removed_at__isnull=True
        )
        handed_in = RegistrationFile.objects.filter(document=OuterRef("pk"), registration=OuterRef(OuterRef("pk")))
        return self.live().exclude(state=RegistrationState.DRAFT).filter(Exists(required.filter(~Exists(handed_in))))


class Registration(models.Model):
    """One person's request to take part in one meeting under one category."""

    reference = models.CharField(_("reference"), max_length=20, unique=True, default=new_reference, editable=False)
    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="registrations", verbose_name=_("meeting"))
    category = models.ForeignKey("directory.StakeholderCategory", models.PROTECT, related_name="+", verbose_name=_("category"))
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="registrations", null=True, blank=True, verbose_name=_("account")
    )
    email = models.EmailField(_("e-mail address"))
    given_name = models.CharField(_("given name"), max_length=120)
    family_name = models.CharField(_("family name"), max_length=120)
    organization = models.ForeignKey(
        "directory.Organization",
        models.PROTECT,
        related_name="registrations",
        null=True,
        blank=True,
        verbose_name=_("organization"),
    )
    affiliation = models.CharField(_("affiliation"), max_length=200, blank=True)
    function = models.CharField(_("function"), max_length=200, blank=True)
    gender = models.CharField(_("gender"), max_length=10, choices=Gender, default=Gender.UNSAID, blank=True)
    is_listed = models.BooleanField(_("named in the list of participants"), default=False)
    delegation_role = models.CharField(_("part in the delegation"), max_length=10, choices=DelegationRole, blank=True)
    nominated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, blank=True, verbose_name=_("nominated by")
    )
    answers = models.JSONField(_("answers"), default=dict, blank=True, help_text=_("By the code of the question."))
    country = models.ForeignKey(
        "directory.Country", models.PROTECT, related_name="+", null=True, blank=True, verbose_name=_("country")
    )
    access_needs = models.CharField(_("what you need to take part"), max_length=500, blank=True)
    language = models.CharField(_("language of messages"), max_length=10, default="en")
    state = models.CharField(_("state"), max_length=10, choices=RegistrationState, default=RegistrationState.SUBMITTED)
    submitted_at = models.DateTimeField(_("submitted"), null=True, blank=True)
    waitlisted_at = models.DateTimeField(_("waiting since"), null=True, blank=True)
    offered_until = models.DateTimeField(_("offered until"), null=True, blank=True)
    offer_lapsed_at = models.DateTimeField(_("last offer ran out"), null=True, blank=True, editable=False)
    is_beyond_quota = models.BooleanField(
        _("seat beyond the quota"),
        default=False,
        editable=False,
        help_text=_("Given by an override; its reason is in the history."),
    )
    # What the desk looks names up in. PostgreSQL itself keeps it, so that no import and no erasure leaves it behind.
    desk_words = models.GeneratedField(
        expression=SearchVector(
            Func(
                Concat("given_name", Value(" "), "family_name", Value(" "), "affiliation"),
                function="meetings_folded",
                output_field=models.TextField(),
            ),
            config="simple",
        ),
        output_field=SearchVectorField(),
        db_persist=True,
    )

    TRANSITIONS = REGISTRATION_TRANSITIONS
    objects = RegistrationQuerySet.as_manager()

    class Meta:
        verbose_name = _("registration")
        verbose_name_plural = _("registrations")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["meeting", "user"],
                condition=Q(user__isnull=False) & ~Q(state__in=sorted(ENDED_REGISTRATIONS)),
                name="registration_live_once_per_person",
            ),
            models.UniqueConstraint(
                "meeting",
                Lower("email"),
                condition=~Q(state__in=sorted(ENDED_REGISTRATIONS)),
                name="registration_live_once_per_address",
            ),
            models.UniqueConstraint(
                fields=["meeting", "organization"],
                condition=Q(delegation_role=DelegationRole.HEAD) & ~Q(state__in=sorted(ENDED_REGISTRATIONS)),
                name="registration_one_head_of_delegation",
            ),
            models.CheckConstraint(
                condition=~Q(state=RegistrationState.WAITLISTED) | Q(waitlisted_at__isnull=False),
                name="registration_waits_since_a_time",
            ),
            models.CheckConstraint(
                condition=~Q(state=RegistrationState.OFFERED) | Q(offered_until__isnull=False),
                name="registration_is_offered_until_a_time",
            ),
        ]
        indexes = [
            models.Index(fields=["meeting", "category", "state", "waitlisted_at"]),
            GinIndex(fields=["desk_words"], name="registration_desk_words"),
        ]

    def __str__(self) -> str:
        return f"{self.full_name} ({self.reference})"

    def get_absolute_url(self) -> str:
        return reverse("meetings:registration", args=[self.reference])

    @property
    def scope_key(self) -> str:
        return self.meeting.scope_key

    @property
    def full_name(self) -> str:
        """Given and family name; words instead of a name where the person was erased."""
        return f"{self.given_name} {self.family_name}".strip() or gettext("Former participant")

    @property
    def body(self) -> str:
        """For whom the person comes, as the lists say it."""
        return self.organization.short_name if self.organization else self.affiliation


class RegistrationStateChange(StateChange):
    subject = models.ForeignKey(Registration, models.CASCADE, related_name="state_changes")


class RequiredDocument(models.Model):
    """A document that registrants of one category hand in, such as a letter of credentials."""

    quota = models.ForeignKey(CategoryQuota, models.CASCADE, related_name="documents", verbose_name=_("category"))
    title = models.CharField(_("document"), max_length=200)
    help = models.CharField(_("what it must show"), max_length=400, blank=True)
    position = models.PositiveSmallIntegerField(_("place in the order"), default=0)
    removed_at = models.DateTimeField(_("removed"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("required document")
        verbose_name_plural = _("required documents")
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return self.title


class RegistrationFileQuerySet(models.QuerySet["RegistrationFile"]):
    def visible_to(self, user: Any) -> "RegistrationFileQuerySet":
        """For who reads the registration whole; files that belong to none yet are nobody's to open."""
        return self.filter(registration__in=Registration.objects.whole_for(user))


class RegistrationFile(models.Model):
    """A file that a registrant handed in: the answer to a question, or a required document.

    Until the form that it came with is saved it belongs to no registration; the form carries its signed key.
    """

    registration = models.ForeignKey(
        Registration, models.CASCADE, related_name="files", null=True, blank=True, verbose_name=_("registration")
    )
    document = models.ForeignKey(
        RequiredDocument, models.PROTECT, related_name="files", null=True, blank=True, verbose_name=_("required document")
    )
    question = models.ForeignKey(
        "meetings.Question", models.PROTECT, related_name="files", null=True, blank=True, verbose_name=_("question")
    )
    file = models.ForeignKey("directory.StoredFile", models.PROTECT, related_name="+", verbose_name=_("file"))
    name = models.CharField(_("name of the file"), max_length=200)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, blank=True, verbose_name=_("handed in by")
    )
    at = models.DateTimeField(_("handed in"), auto_now_add=True)

    objects = RegistrationFileQuerySet.as_manager()

    class Meta:
        verbose_name = _("file of a registration")
        verbose_name_plural = _("files of registrations")
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.name
