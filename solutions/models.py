"""The catalogue: entries, transfers, the history of states and the narrow table that searches read."""

from typing import Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector, SearchVectorField
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from directory.models import StateChange
from directory.rules import granted_organizations, is_active_person, is_secretariat_staff, organizations_of
from solutions.enums import (
    EDITABLE,
    SEARCH_CONFIGURATIONS,
    TRANSITIONS,
    CostBand,
    Modality,
    SolutionKind,
    SolutionState,
    VerificationLevel,
)

LONG_TEXT = 6000


def _theirs(user: Any) -> Q:
    """What a person wrote in their own name and what their organizations provide, as `solutions.rules` has it."""
    return Q(submitted_by=user, provider__isnull=True) | Q(provider__in=organizations_of(user))


class SolutionQuerySet(models.QuerySet["Solution"]):
    def published(self) -> "SolutionQuerySet":
        return self.filter(state=SolutionState.VERIFIED)

    def visible_to(self, user: Any) -> "SolutionQuerySet":
        """Published entries for all; one's own and one's organization's; for secretariat staff what was ever submitted."""
        allowed = Q(state=SolutionState.VERIFIED)
        if is_active_person(user):
            allowed |= _theirs(user) | Q(provider__in=granted_organizations(user))
            if is_secretariat_staff(user):
                allowed |= ~Q(state=SolutionState.DRAFT)
        return self.filter(allowed)

    def of(self, user: Any) -> "SolutionQuerySet":
        """The entries that this person wrote in their own name or that an organization of theirs provides."""
        return self.filter(_theirs(user))


class Solution(models.Model):
    """A national policy, development solution, technology or technical expertise that worked and may work elsewhere."""

    slug = models.SlugField(_("address"), max_length=120, unique=True)
    kind = models.CharField(_("kind"), max_length=24, choices=SolutionKind)
    language = models.CharField(_("language of the text"), max_length=10, choices=settings.LANGUAGES, default="en")
    title = models.CharField(_("title"), max_length=160)
    summary = models.TextField(_("summary"), max_length=600, blank=True)
    challenge = models.TextField(_("challenge"), max_length=LONG_TEXT, blank=True)
    approach = models.TextField(_("approach"), max_length=LONG_TEXT, blank=True)
    results = models.TextField(_("results"), max_length=LONG_TEXT, blank=True)
    lessons = models.TextField(_("lessons"), max_length=LONG_TEXT, blank=True)
    conditions_for_transfer = models.TextField(_("conditions for transfer"), max_length=LONG_TEXT, blank=True)
    provider = models.ForeignKey(
        "directory.Organization", models.PROTECT, null=True, blank=True, related_name="solutions", verbose_name=_("provider")
    )
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="solutions", verbose_name=_("written down by")
    )
    contact_email = models.EmailField(
        _("contact"), blank=True, help_text=_("Never shown. Requests to connect are passed on to this address.")
    )
    countries_of_origin = models.ManyToManyField(
        "directory.Country", related_name="solutions_from", blank=True, verbose_name=_("countries of origin")
    )
    countries_of_use = models.ManyToManyField(
        "directory.Country", related_name="solutions_in_use", blank=True, verbose_name=_("countries of use")
    )
    sdgs = models.ManyToManyField("directory.SDGGoal", related_name="solutions", blank=True, verbose_name=_("Goals"))
    themes = models.ManyToManyField(
        "directory.Theme", related_name="solutions", blank=True, verbose_name=_("themes of the Conference")
    )
    modality = models.CharField(_("modality"), max_length=12, choices=Modality, default=Modality.SOUTH_SOUTH)
    cost_band = models.CharField(_("cost"), max_length=8, choices=CostBand, blank=True)
    year = models.PositiveSmallIntegerField(_("in use since"), null=True, blank=True)
    state = models.CharField(_("state"), max_length=12, choices=SolutionState, default=SolutionState.DRAFT)
    verification_level = models.CharField(
        _("verification"), max_length=24, choices=VerificationLevel, default=VerificationLevel.SELF_REPORTED
    )
    verification_note = models.TextField(_("evidence"), max_length=1000, blank=True)
    verified_at = models.DateTimeField(_("verified at"), null=True, blank=True)
    verified_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("verified by")
    )
    published_at = models.DateTimeField(_("published at"), null=True, blank=True)
    sort_key = models.BigIntegerField(_("place in lists"), null=True, blank=True, editable=False)
    created_at = models.DateTimeField(_("begun at"), auto_now_add=True)
    changed_at = models.DateTimeField(_("changed at"), auto_now=True)

    objects = SolutionQuerySet.as_manager()
    TRANSITIONS = TRANSITIONS

    class Meta:
        verbose_name = _("solution")
        verbose_name_plural = _("solutions")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state=SolutionState.VERIFIED)
                | Q(
                    published_at__isnull=False,
                    sort_key__isnull=False,
                    verified_at__isnull=False,
                    verified_by__isnull=False,
                ),
                name="solution_verified_says_when_and_by_whom",
            ),
        ]
        indexes = [models.Index(fields=["state", "sort_key"])]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("solutions:detail", args=[self.slug])

    @property
    def organization_id(self) -> int | None:
        """The organization that the kernel's predicates ask about: the provider."""
        return self.provider_id

    @property
    def is_published(self) -> bool:
        return self.state == SolutionState.VERIFIED

    @property
    def is_editable(self) -> bool:
        return self.state in EDITABLE


class SolutionStateChange(StateChange):
    """The history of an entry's states."""

    subject = models.ForeignKey(Solution, models.CASCADE, related_name="state_changes")

    class Meta(StateChange.Meta):
        verbose_name = _("change of a solution's state")
        verbose_name_plural = _("changes of solutions' states")


class Transfer(models.Model):
    """A recorded adaptation of a solution from one country to another."""

    solution = models.ForeignKey(Solution, models.CASCADE, related_name="transfers", verbose_name=_("solution"))
    from_country = models.ForeignKey("directory.Country", models.PROTECT, related_name="transfers_out", verbose_name=_("from"))
    to_country = models.ForeignKey("directory.Country", models.PROTECT, related_name="transfers_in", verbose_name=_("to"))
    year = models.PositiveSmallIntegerField(_("year"), null=True, blank=True)
    result = models.TextField(_("result"), max_length=1000, blank=True)

    class Meta:
        verbose_name = _("transfer")
        verbose_name_plural = _("transfers")
        ordering = ["year", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["solution", "from_country", "to_country", "year"], name="transfer_recorded_once", nulls_distinct=False
            ),
            models.CheckConstraint(
                condition=~Q(from_country=F("to_country")),
                name="transfer_between_two_countries",
                violation_error_message=_("A transfer leads from one country to another."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.from_country} → {self.to_country}"


def _words_of(language: str) -> models.GeneratedField:
    """The words of the title (weight A) and of the text (B) in one language, kept by PostgreSQL itself."""
    configuration = SEARCH_CONFIGURATIONS[language]
    return models.GeneratedField(
        expression=SearchVector(f"title_{language}", weight="A", config=configuration)
        + SearchVector(f"text_{language}", weight="B", config=configuration),
        output_field=SearchVectorField(),
        db_persist=True,
    )


def _words_as_written() -> models.GeneratedField:
    """The words of all languages as they are written: a French word then finds a French text under an English page."""
    return models.GeneratedField(
        expression=SearchVector(*(f"title_{code}" for code in SEARCH_CONFIGURATIONS), weight="A", config="simple")
        + SearchVector(*(f"text_{code}" for code in SEARCH_CONFIGURATIONS), weight="B", config="simple"),
        output_field=SearchVectorField(),
        db_persist=True,
    )


class SolutionIndex(models.Model):
    """What a search reads of a published entry: folded words by language, facet codes, the place in lists.

    Only `solutions.services.search_index` writes here, in the transaction that changes the entry.
    """

    solution = models.OneToOneField(Solution, models.CASCADE, primary_key=True, related_name="search_index")
    sort_key = models.BigIntegerField(db_index=True)
    facets = ArrayField(models.IntegerField())
    title_en = models.TextField(default="")
    text_en = models.TextField(default="")
    words_en = _words_of("en")
    title_fr = models.TextField(default="")
    text_fr = models.TextField(default="")
    words_fr = _words_of("fr")
    title_es = models.TextField(default="")
    text_es = models.TextField(default="")
    words_es = _words_of("es")
    title_ru = models.TextField(default="")
    text_ru = models.TextField(default="")
    words_ru = _words_of("ru")
    title_ar = models.TextField(default="")
    text_ar = models.TextField(default="")
    words_ar = _words_of("ar")
    title_zh_hans = models.TextField(default="")
    text_zh_hans = models.TextField(default="")
    words_zh_hans = _words_of("zh_hans")
    words_as_written = _words_as_written()

    class Meta:
        verbose_name = _("search entry")
        verbose_name_plural = _("search entries")
        indexes = [
            GinIndex(fields=["facets"], name="solution_facets"),
            *(GinIndex(fields=[f"words_{code}"], name=f"solution_words_{code}") for code in SEARCH_CONFIGURATIONS),
            GinIndex(fields=["words_as_written"], name="solution_words_as_written"),
        ]

    def __str__(self) -> str:
        return f"{self.solution_id}"
