"""Organizations, their categories and who serves in them."""

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from directory.enums import Role


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

    def __str__(self) -> str:
        return self.short_name

    @property
    def short_name(self) -> str:
        """The acronym where there is one, else the name."""
        return self.acronym or self.name


class MembershipQuerySet(models.QuerySet["Membership"]):
    def in_force(self, on: date | None = None) -> "MembershipQuerySet":
        """Memberships that have begun and not ended on the given day (today, UTC)."""
        day = on or timezone.now().date()
        return self.filter(Q(starts_on__isnull=True) | Q(starts_on__lte=day), Q(ends_on__isnull=True) | Q(ends_on__gte=day))

    def focal_points(self) -> "MembershipQuerySet":
        return self.in_force().filter(role__in=[Role.FOCAL_POINT, Role.ALTERNATE])


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

    objects = MembershipQuerySet.as_manager()

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        ordering = ["pk"]
        constraints = [
            # Who left may come back: the ended membership stays as it was, a new one begins.
            models.UniqueConstraint(
                fields=["user", "organization", "role", "scope"], condition=Q(ends_on__isnull=True), name="membership_once"
            ),
            models.CheckConstraint(
                condition=Q(starts_on__isnull=True) | Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="membership_ends_after_it_starts",
                violation_error_message=_("The last day must not be before the first day."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} – {self.get_role_display()}, {self.organization}"
