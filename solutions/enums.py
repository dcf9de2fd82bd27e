"""Choices of solutions, the moves between states, and the codes of the search."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class SolutionKind(models.TextChoices):
    """The four things that the concept note asks to identify, document and share."""

    NATIONAL_POLICY = "national_policy", _("National policy")
    DEVELOPMENT_SOLUTION = "development_solution", _("Development solution")
    TECHNOLOGY = "technology", _("Technology")
    TECHNICAL_EXPERTISE = "technical_expertise", _("Technical expertise")


class Modality(models.TextChoices):
    """Who cooperates: countries of the South, or these with a partner of the North or a multilateral body."""

    SOUTH_SOUTH = "south_south", _("South-South")
    TRIANGULAR = "triangular", _("Triangular")


class CostBand(models.TextChoices):
    """What it costs to take the solution over, roughly."""

    LOW = "low", _("Low: within a regular budget")
    MEDIUM = "medium", _("Medium: needs a project budget")
    HIGH = "high", _("High: needs an investment programme")


class VerificationLevel(models.TextChoices):
    """The verification ladder, lowest step first."""

    SELF_REPORTED = "self_reported", _("Self-reported")
    AGENCY_REVIEWED = "agency_reviewed", _("Agency-reviewed")
    GOVERNMENT_ENDORSED = "government_endorsed", _("Government-endorsed")
    INDEPENDENTLY_EVALUATED = "independently_evaluated", _("Independently evaluated")


class SolutionState(models.TextChoices):
    """The life of an entry; only a verified one is public."""

    DRAFT = "draft", _("Draft")
    SUBMITTED = "submitted", _("Submitted")
    VERIFIED = "verified", _("Verified")
    RETURNED = "returned", _("Returned")
    WITHDRAWN = "withdrawn", _("Withdrawn")


TRANSITIONS: dict[str, set[str]] = {
    SolutionState.DRAFT: {SolutionState.SUBMITTED},
    SolutionState.SUBMITTED: {SolutionState.VERIFIED, SolutionState.RETURNED, SolutionState.WITHDRAWN},
    SolutionState.RETURNED: {SolutionState.SUBMITTED, SolutionState.WITHDRAWN},
    SolutionState.VERIFIED: {SolutionState.WITHDRAWN},
    SolutionState.WITHDRAWN: set(),
}

EDITABLE = frozenset({SolutionState.DRAFT, SolutionState.RETURNED})

# Words that are addresses below /solutions/ and so can be no entry's slug.
RESERVED_SLUGS = frozenset({"export", "facets", "mine", "submit"})

# PostgreSQL's text search configuration of each language of the portal. Chinese comes as pairs of characters.
SEARCH_CONFIGURATIONS = {
    "en": "english",
    "fr": "french",
    "es": "spanish",
    "ru": "russian",
    "ar": "arabic",
    "zh_hans": "simple",
}


class Dimension(models.IntegerChoices):
    """What a list can be narrowed by. The name in lower case is the parameter of the address."""

    KIND = 1, _("Kind")
    SDG = 2, _("Goal")
    COUNTRY = 3, _("Country")
    REGION = 4, _("Region")
    MODALITY = 5, _("Modality")

    @property
    def parameter(self) -> str:
        return self.name.lower()


# One number names a value of one dimension: 2000013 is Goal 13, 3000882 Samoa. The numbers are kept in the search
# table, so these two lists only ever grow.
DIMENSION_SIZE = 1_000_000
KIND_NUMBERS = {
    SolutionKind.NATIONAL_POLICY: 1,
    SolutionKind.DEVELOPMENT_SOLUTION: 2,
    SolutionKind.TECHNOLOGY: 3,
    SolutionKind.TECHNICAL_EXPERTISE: 4,
}
MODALITY_NUMBERS = {Modality.SOUTH_SOUTH: 1, Modality.TRIANGULAR: 2}


def facet_code(dimension: Dimension, number: int) -> int:
    """The one number of a value of a dimension, e.g. Goal 13 or the country whose M49 code is 882."""
    return dimension * DIMENSION_SIZE + number
