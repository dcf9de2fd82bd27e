"""Briefs, who writes them and their sections."""

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import translation
from django.utils.translation import get_language_info
from django.utils.translation import gettext_lazy as _

from briefs.enums import BRIEF_TRANSITIONS, GIVEN, OPEN_STATES, BriefState, Clearance, SectionKind
from briefs.models.body import clean_body
from directory.models import StateChange
from directory.rules import readable_organizations, secretariat_scopes

if TYPE_CHECKING:
    from briefs.models.editions import Edition

# Addresses under /briefs/, also of the API, that are no brief.
RESERVED_SLUGS = ["desk", "feed", "new", "series"]


class BriefQuerySet(models.QuerySet["Brief"]):
    def public(self) -> "BriefQuerySet":
        """Briefs with an edition, the same for everybody."""
        return self.visible_to(AnonymousUser())

    def visible_to(self, user: Any) -> "BriefQuerySet":
        """What has an edition; to its co-authoring agencies and the secretariat also what has none yet."""
        return self.filter(Q(current_edition__isnull=False) | self._inside(user))

    def of_insider(self, user: Any) -> "BriefQuerySet":
        """The briefs at whose making `user` may look: those of their agencies; all of them for the secretariat."""
        return self.filter(self._inside(user))

    @staticmethod
    def _inside(user: Any) -> Q:
        scopes = secretariat_scopes(user)
        if "" in scopes:
            return Q(pk__isnull=False)
        inside = Q(slug__in=[scope.removeprefix("brief:") for scope in scopes if scope.startswith("brief:")])
        # A subquery, not a join: a brief whose two agencies are both mine must not come twice.
        own = BriefAgency.objects.filter(organization__in=readable_organizations(user))
        return inside | Q(pk__in=own.values("brief"))


class Brief(models.Model):
    """A policy brief in one language; editions in other languages are briefs of their own, linked to the first.

    The fields here are the text being written. What the public reads is the frozen content of `current_edition`.
    """

    slug = models.SlugField(_("short name in addresses"), max_length=120, unique=True)
    series = models.ForeignKey("briefs.Series", models.PROTECT, related_name="briefs", verbose_name=_("series"))
    number = models.PositiveSmallIntegerField(_("number in the series"))
    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES, default="en")
    translation_of = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="translations", verbose_name=_("language edition of")
    )
    title = models.CharField(_("title"), max_length=250)
    summary = models.TextField(_("summary"), max_length=2000)
    key_messages = models.JSONField(_("key messages"), default=list, blank=True, help_text=_("A list of sentences."))
    footnotes = models.JSONField(
        _("footnotes"), default=list, blank=True, help_text=_("A list of texts; [^1] in a section points to the first.")
    )
    state = models.CharField(_("state"), max_length=20, choices=BriefState, default=BriefState.DRAFTING)
    themes = models.ManyToManyField("directory.Theme", blank=True, related_name="briefs", verbose_name=_("themes"))
    sdgs = models.ManyToManyField(
        "directory.SDGGoal", blank=True, related_name="briefs", verbose_name=_("Sustainable Development Goals")
    )
    clearance_deadline = models.DateTimeField(_("answers are due by"), null=True, blank=True, editable=False)
    clearance_closed_at = models.DateTimeField(
        _("silence recorded at"),
        null=True,
        blank=True,
        editable=False,
        help_text=_("When the deadline's passing was written down."),
    )
    current_edition = models.OneToOneField(
        "briefs.Edition",
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("edition in force"),
    )

    TRANSITIONS = BRIEF_TRANSITIONS
    objects = BriefQuerySet.as_manager()

    class Meta:
        verbose_name = _("policy brief")
        verbose_name_plural = _("policy briefs")
        ordering = ["series", "-number", "language"]
        constraints = [
            models.UniqueConstraint(
                fields=["series", "number", "language"],
                name="brief_number_once_per_series_and_language",
                violation_error_message=_("This series already has a brief of this number in this language."),
            ),
            models.UniqueConstraint(
                fields=["translation_of", "language"],
                name="brief_once_per_language",
                violation_error_message=_("This brief already has an edition in this language."),
            ),
            models.CheckConstraint(
                condition=~Q(slug__in=RESERVED_SLUGS),
                name="brief_slug_not_reserved",
                violation_error_message=_("This address is used for another page. Choose another short name."),
            ),
            models.CheckConstraint(condition=~Q(translation_of=F("id")), name="brief_not_translation_of_itself"),
            models.CheckConstraint(
                condition=~Q(state__in=[BriefState.PUBLISHED, BriefState.WITHDRAWN]) | Q(current_edition__isnull=False),
                name="brief_published_has_edition",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("briefs:detail", args=[self.slug])

    @property
    def scope_key(self) -> str:
        """What a secretariat role may be limited to."""
        return f"brief:{self.slug}"

    @property
    def edition(self) -> "Edition":
        """The edition in force, of a brief that has one."""
        assert self.current_edition is not None, "this brief was never published"
        return self.current_edition

    @property
    def is_open(self) -> bool:
        """Whether its text may be edited."""
        return self.state in OPEN_STATES

    @property
    def is_withdrawable(self) -> bool:
        """Whether readers have an edition that is in force, also while the next one is in the making."""
        return self.current_edition_id is not None and self.state != BriefState.WITHDRAWN

    @property
    def public_address(self) -> str:
        """The whole address of the public page, without a language prefix: what search engines are told."""
        with translation.override("en"):
            return str(settings.PUBLIC_URL + self.get_absolute_url())

    @property
    def language_name(self) -> str:
        """The name of its language in that language."""
        return str(get_language_info(self.language)["name_local"])

    @property
    def direction(self) -> str:
        return "rtl" if get_language_info(self.language)["bidi"] else "ltr"


class BriefStateChange(StateChange):
    """Who moved a brief from one state to another."""

    subject = models.ForeignKey(Brief, models.CASCADE, related_name="state_changes")


class BriefAgencyQuerySet(models.QuerySet["BriefAgency"]):
    def visible_to(self, user: Any) -> "BriefAgencyQuerySet":
        return self.filter(brief__in=Brief.objects.of_insider(user))


class BriefAgency(models.Model):
    """An agency that writes a brief, and its clearance of the text, bound to the text's hash."""

    brief = models.ForeignKey(Brief, models.CASCADE, related_name="agencies", verbose_name=_("brief"))
    organization = models.ForeignKey(
        "directory.Organization", models.PROTECT, related_name="co_authored_briefs", verbose_name=_("agency")
    )
    is_lead = models.BooleanField(_("lead agency"), default=False)
    clearance = models.CharField(_("clearance"), max_length=30, choices=Clearance, default=Clearance.PENDING)
    reservation = models.TextField(_("reservation"), blank=True, max_length=2000)
    cleared_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("answered by")
    )
    cleared_at = models.DateTimeField(_("answered at"), null=True, blank=True)
    cleared_hash = models.CharField(_("hash of the cleared text"), max_length=64, blank=True)
    keeps_editorial = models.BooleanField(_("editorial corrections need not come back"), default=False)
    waiver_reason = models.TextField(_("why the brief goes on without an answer"), blank=True, max_length=2000)
    waiver_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("decided by")
    )
    waiver_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    waiver_hash = models.CharField(_("hash of the text that goes on"), max_length=64, blank=True)

    objects = BriefAgencyQuerySet.as_manager()

    class Meta:
        verbose_name = _("co-authoring agency")
        verbose_name_plural = _("co-authoring agencies")
        ordering = ["-is_lead", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["brief", "organization"], name="brief_agency_once"),
            models.UniqueConstraint(fields=["brief"], condition=Q(is_lead=True), name="brief_one_lead_agency"),
            models.CheckConstraint(
                condition=(
                    Q(clearance__in=sorted(GIVEN), cleared_by__isnull=False, cleared_at__isnull=False) & ~Q(cleared_hash="")
                )
                | (~Q(clearance__in=sorted(GIVEN)) & Q(cleared_hash="")),
                name="brief_clearance_says_who_when_and_of_what",
            ),
            models.CheckConstraint(
                condition=(Q(clearance=Clearance.CLEARED_WITH_RESERVATION) & ~Q(reservation=""))
                | (~Q(clearance=Clearance.CLEARED_WITH_RESERVATION) & Q(reservation="")),
                name="brief_reservation_has_text",
            ),
            models.CheckConstraint(
                condition=Q(waiver_reason="", waiver_by__isnull=True, waiver_at__isnull=True, waiver_hash="")
                | (
                    Q(clearance=Clearance.NO_ANSWER, waiver_by__isnull=False, waiver_at__isnull=False)
                    & ~Q(waiver_reason="")
                    & ~Q(waiver_hash="")
                ),
                name="brief_goes_on_without_the_silent_only",
            ),
            models.CheckConstraint(
                condition=Q(keeps_editorial=False) | Q(clearance__in=sorted(GIVEN)), name="brief_editorial_kept_by_clearance_only"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organization}: {self.get_clearance_display()}"

    @property
    def is_given(self) -> bool:
        return self.clearance in GIVEN

    @property
    def is_settled(self) -> bool:
        """Nothing more is waited for: it has cleared, or the secretariat goes on without its answer."""
        return self.is_given or bool(self.waiver_reason)

    @property
    def settled_hash(self) -> str:
        """The hash of the text for which it is settled."""
        return self.cleared_hash or self.waiver_hash


class ClearanceChange(StateChange):
    """Who gave, refused or voided an agency's clearance."""

    subject = models.ForeignKey(BriefAgency, models.CASCADE, related_name="state_changes")

    def get_new_display(self) -> str:
        return str(dict(Clearance.choices).get(self.new, self.new))


class SectionQuerySet(models.QuerySet["Section"]):
    def visible_to(self, user: Any) -> "SectionQuerySet":
        """Sections as they are being written: for those who write them. The public reads editions."""
        return self.filter(brief__in=Brief.objects.of_insider(user))


class Section(models.Model):
    """A part of a brief that one agency writes."""

    brief = models.ForeignKey(Brief, models.CASCADE, related_name="sections", verbose_name=_("brief"))
    kind = models.CharField(_("kind"), max_length=10, choices=SectionKind, default=SectionKind.SECTION)
    position = models.PositiveSmallIntegerField(_("place in the order"))
    heading = models.CharField(_("heading"), max_length=200)
    organization = models.ForeignKey(
        "directory.Organization", models.PROTECT, related_name="brief_sections", verbose_name=_("agency that writes it")
    )
    body = models.TextField(_("text"), blank=True)
    version = models.PositiveIntegerField(_("version"), default=1, editable=False)
    edited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("edited by"),
    )
    edited_at = models.DateTimeField(_("edited at"), null=True, blank=True, editable=False)

    objects = SectionQuerySet.as_manager()

    class Meta:
        verbose_name = _("section")
        verbose_name_plural = _("sections")
        # Annexes come after the sections, whatever their places are.
        ordering = ["-kind", "position"]
        constraints = [
            models.UniqueConstraint(
                fields=["brief", "position"], name="brief_section_position_once", deferrable=models.Deferrable.DEFERRED
            )
        ]

    def __str__(self) -> str:
        return self.heading

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.body = clean_body(self.body)
        super().save(*args, **kwargs)

    def get_absolute_url(self) -> str:
        return reverse("briefs:section", args=[self.brief.slug, self.pk])
