"""Organizations, their categories and who serves in them."""

from datetime import date
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from directory.enums import FOCAL_ROLES, Role
from directory.models.agencies import Delegation
from directory.models.people import User
from directory.rules import is_administrator, is_secretariat_staff, memberships_of


class StakeholderCategory(models.Model):
    """A category under which people register for a meeting."""

    code = models.SlugField(_("code"), unique=True)
    name = models.CharField(_("name"), max_length=120)
    description = models.CharField(_("description"), max_length=300, blank=True)
    order = models.PositiveSmallIntegerField(_("order"), default=0)

    class Meta:
        verbose_name = _("stakeholder category")
        verbose_name_plural = _("stakeholder categories")
        ordering = ["order", "code"]

    def __str__(self) -> str:
        return self.name


class Organization(models.Model):
    """Any stakeholder body; an agency is one of the United Nations system."""

    code = models.SlugField(_("code"), unique=True)
    acronym = models.CharField(_("acronym"), max_length=30, blank=True)
    name = models.CharField(_("name"), max_length=250)
    category = models.ForeignKey(StakeholderCategory, models.PROTECT, related_name="organizations", verbose_name=_("category"))
    country = models.ForeignKey(
        "directory.Country", models.PROTECT, related_name="organizations", null=True, blank=True, verbose_name=_("country")
    )
    parent = models.ForeignKey("self", models.PROTECT, related_name="children", null=True, blank=True, verbose_name=_("part of"))
    is_agency = models.BooleanField(_("agency of the United Nations system"), default=False)
    is_secretariat = models.BooleanField(_("secretariat of this portal"), default=False)

    class Meta:
        verbose_name = _("organization")
        verbose_name_plural = _("organizations")
        ordering = ["acronym", "name"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(parent=F("id")),
                name="organization_is_not_its_own_parent",
                violation_error_message=_("An organization cannot be part of itself."),
            ),
        ]

    def __str__(self) -> str:
        return self.short_name

    def get_absolute_url(self) -> str:
        return reverse("directory:agency", args=[self.code])

    def clean(self) -> None:
        """Refuse a parent that is itself part of this organization, however far down."""
        super().clean()
        above, seen = self.parent, set()
        while above is not None and above.pk not in seen:
            if self.pk and above.pk == self.pk:
                message = _("%(parent)s is itself a part of %(organization)s. Choose another one, or none.")
                names = {"parent": self.parent, "organization": self}
                raise ValidationError({"parent": ValidationError(message, code="cycle", params=names)})
            seen.add(above.pk)
            above = above.parent

    @property
    def short_name(self) -> str:
        """The acronym where there is one, else the name."""
        return self.acronym or self.name


class MembershipQuerySet(models.QuerySet["Membership"]):
    def visible_to(self, user: Any) -> "MembershipQuerySet":
        """Those of the organizations that the person serves; all for secretariat staff and administrators."""
        if is_secretariat_staff(user) or is_administrator(user):
            return self
        return self.filter(organization__in={membership.organization_id for membership in memberships_of(user)})

    def in_force(self, on: date | None = None) -> "MembershipQuerySet":
        """Memberships that have begun and not ended on the given day (today, UTC). An act that ends one holds at once."""
        day = on or timezone.now().date()
        return self.filter(
            Q(starts_on__isnull=True) | Q(starts_on__lte=day),
            Q(ends_on__isnull=True) | Q(ends_on__gte=day),
            Q(ended_at__isnull=True) | Q(ended_at__date__gt=day),
        )

    def ahead(self) -> "MembershipQuerySet":
        """Memberships in force or still to begin."""
        today = timezone.now().date()
        return self.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=today), ended_at__isnull=True)

    def focal_points(self) -> "MembershipQuerySet":
        """Whom a message for focal points reaches: focal points and alternates, without a focal point who has delegated.

        The colleague who stands in holds the alternate's role and is among them.
        """
        standing_in = Membership.objects.in_force().filter(user__is_active=True)
        absent = Delegation.objects.in_force().filter(membership=OuterRef("pk"), alternate__in=standing_in)
        return self.in_force().filter(~Exists(absent), role__in=FOCAL_ROLES)

    def of_secretariat(self, role: Role, obj: Any = None) -> "MembershipQuerySet":
        """Those in force in this role of the secretariat, for everything or for the scope of `obj`."""
        scopes = {"", getattr(obj, "scope_key", "")}
        return self.in_force().filter(organization__is_secretariat=True, role=role, scope__in=scopes)

    def people(self) -> "models.QuerySet[User]":
        """The active people who hold these memberships, each once: whom a message to them reaches."""
        return User.objects.filter(pk__in=self.values("user"), is_active=True).order_by("pk")


class Membership(models.Model):
    """A person's role in an organization, for a time; a secretariat role may be limited to one scope."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="memberships", verbose_name=_("person"))
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="memberships", verbose_name=_("organization"))
    role = models.CharField(_("role"), max_length=20, choices=Role)
    scope = models.CharField(
        _("limited to"),
        max_length=120,
        blank=True,
        help_text=_("Empty for everything; “meeting:SLUG” or “strategy:SLUG” for one meeting or strategy."),
    )
    starts_on = models.DateField(_("from"), null=True, blank=True)
    ends_on = models.DateField(_("to"), null=True, blank=True)
    ended_at = models.DateTimeField(
        _("ended at"), null=True, blank=True, editable=False, help_text=_("Set by the act that ends it: access is lost at once.")
    )

    objects = MembershipQuerySet.as_manager()

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        ordering = ["pk"]
        constraints = [
            # Who left may come back: the ended membership stays as it was, a new one begins.
            models.UniqueConstraint(
                fields=["user", "organization", "role", "scope"],
                condition=Q(ends_on__isnull=True, ended_at__isnull=True),
                name="membership_once",
            ),
            models.CheckConstraint(
                condition=Q(starts_on__isnull=True) | Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="membership_ends_after_it_starts",
                violation_error_message=_("The last day must not be before the first day."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} – {self.get_role_display()}, {self.organization}"

    @property
    def is_in_force(self) -> bool:
        """Whether the person serves in this role today (UTC)."""
        today = timezone.now().date()
        return (
            self.ended_at is None
            and (self.starts_on is None or self.starts_on <= today)
            and (self.ends_on is None or self.ends_on >= today)
        )

    @property
    def is_ahead(self) -> bool:
        """Whether it has not begun yet."""
        return self.ended_at is None and self.starts_on is not None and self.starts_on > timezone.now().date()
