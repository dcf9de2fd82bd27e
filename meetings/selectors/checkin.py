"""What a desk needs to know: who came, who is expected, whose name begins like this."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.postgres.search import SearchQuery
from django.db.models import Case, Count, Exists, F, Func, Min, OuterRef, Prefetch, Q, QuerySet, Subquery, TextField, Value, When
from django.utils import formats, timezone
from django.utils.translation import pgettext

from meetings.enums import RegistrationState, ScanKind
from meetings.models import CategoryQuota, DelegationSubstitution, Meeting, Registration, Scan
from meetings.models.registration import REFERENCE_LENGTH

MOST_FOUND = 12
SHORTEST = 2  # letters of a name
_WORD = re.compile(r"[^\W_]+")
_CODE = re.compile(r"[0-9A-Z$%*+./:-]{12,}")
_CHINESE = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]+")
_LETTERS = str.maketrans({"’": "'", "‘": "'"})


def reference_in(text: str) -> str:
    """`text` as a reference, if it can be one: people write it in small letters and with gaps. Else an empty string."""
    plain = re.sub(r"[\s-]", "", text).upper()
    return plain if len(plain) == REFERENCE_LENGTH and plain.isascii() and plain.isalnum() else ""


def is_code(text: str) -> bool:
    """Whether `text` is what a badge says, and not a name."""
    text = text.strip()
    return bool(_CODE.fullmatch(text)) and any(sign.isdigit() for sign in text)


def words_of(text: str) -> list[str]:
    """The words of a name as they were typed, their accents taken off: what is left has no sign that a query could stumble on."""
    apart = unicodedata.normalize("NFKD", text.translate(_LETTERS).casefold())
    return _WORD.findall("".join(sign for sign in apart if unicodedata.category(sign) not in {"Mn", "Cf"}))[:6]


def _beginning_with(word: str) -> str:
    """The word as the beginning of one; a Chinese name is written without a gap, the family name first."""
    if len(word) > 1 and _CHINESE.fullmatch(word):
        return f"({word}:* | ({word[0]}:* & {word[1:]}:*))"
    return f"{word}:*"


def found_by_name(*, meeting: Meeting, user: Any, text: str) -> list[Registration]:
    """Registrations with a word that begins like each word of `text`, those with a seat first; at most a dozen.

    A whole reference finds its registration, too.
    """
    words = words_of(text)
    if (reference := reference_in(text)) and (
        known := list(for_cards(Registration.objects.visible_to(user).filter(meeting=meeting, reference=reference)))
    ):
        return known
    if sum(map(len, words)) < SHORTEST and not any(map(_CHINESE.match, words)):
        return []
    # Folded by the very function that folds the names, for letters that Unicode does not take apart.
    typed = Func(Value(" & ".join(map(_beginning_with, words))), function="meetings_folded", output_field=TextField())
    query = SearchQuery(typed, config="simple", search_type="raw")
    rows = Registration.objects.visible_to(user).filter(meeting=meeting, desk_words=query).exclude(state=RegistrationState.DRAFT)
    order: list[Any] = [Case(When(state=RegistrationState.APPROVED, then=0), default=1), "family_name", "given_name", "pk"]
    # The keys of a dozen first: three letters may fit thousands, and only what is shown is worth reading whole.
    keys = list(rows.order_by(*order).values_list("pk", flat=True)[:MOST_FOUND])
    return list(for_cards(Registration.objects.filter(pk__in=keys)).order_by(*order))


def for_cards(rows: QuerySet[Registration]) -> QuerySet[Registration]:
    """The rows with all that a card shows of them."""
    standing = Prefetch("scans", Scan.objects.standing().select_related("by"), to_attr="standing_scans")
    colour = CategoryQuota.objects.filter(meeting=OuterRef("meeting"), category=OuterRef("category"))
    return (
        rows.select_related("meeting", "category", "organization", "country", "user")
        .prefetch_related(standing)
        .annotate(badge_colour=colour.values("badge_colour")[:1])
        .defer("desk_words")
    )


@dataclass(frozen=True)
class CategoryCount:
    """How many of a category have come, and how many are expected: those with a seat."""

    name: str
    colour: str
    present: int
    expected: int


@dataclass(frozen=True)
class DeskCount:
    """The live counter of a meeting."""

    rows: list[CategoryCount]
    present: int
    expected: int
    scans: int
    repeated: int


def desk_count(meeting: Meeting) -> DeskCount:
    """Who has come, by category. Three queries, however many came.

    Who came and whose registration was cancelled afterwards is counted as come and not as expected.
    """
    came = Exists(Scan.objects.standing().filter(registration=OuterRef("pk")))
    numbers: dict[int, Any] = {
        row["category_id"]: row
        for row in Registration.objects.filter(meeting=meeting)
        .annotate(came=came)
        .order_by()
        .values("category_id")
        .annotate(
            present=Count("pk", filter=Q(came=True)),
            expected=Count("pk", filter=Q(state=RegistrationState.APPROVED)),
        )
    }
    quotas = meeting.quotas.select_related("category").order_by("category__order", "pk")
    rows = [
        CategoryCount(
            name=quota.category.name,
            colour=quota.badge_colour,
            present=numbers.get(quota.category_id, {}).get("present", 0),
            expected=numbers.get(quota.category_id, {}).get("expected", 0),
        )
        for quota in quotas
    ]
    standing = Scan.objects.standing().filter(meeting=meeting).order_by()
    scans = standing.aggregate(all=Count("pk"), people=Count("registration", distinct=True))
    return DeskCount(
        rows=[row for row in rows if row.expected or row.present],
        present=sum(row.present for row in rows),
        expected=sum(row.expected for row in rows),
        scans=scans["all"],
        repeated=scans["all"] - scans["people"],
    )


def latest_scans(meeting: Meeting, *, limit: int = 8) -> list[Scan]:
    """The newest lines of the desks' record; `since` says of a repeated scan how long the person has been here, else nothing."""
    first = Scan.objects.standing().filter(registration=OuterRef("registration"))
    rows = Scan.objects.filter(meeting=meeting).select_related("registration__organization", "by")
    rows = rows.annotate(first=Subquery(first.values("pk")[:1]), first_at=Subquery(first.values("scanned_at")[:1]))
    rows = rows.annotate(undone=F("undone_by")).defer("registration__desk_words")
    newest: list[Any] = list(rows.order_by("-received_at", "-pk")[:limit])
    for row in newest:
        is_repeated = row.kind == ScanKind.CHECK_IN and row.undone is None and row.first != row.pk
        row.since = when_in_words(row.first_at, meeting) if is_repeated else ""
    return newest


def when_in_words(at: datetime, meeting: Meeting) -> str:
    """The hour on the place's clock, with its day where that is not today."""
    here, now = at.astimezone(meeting.zone), timezone.now().astimezone(meeting.zone)
    hour = formats.date_format(here, "H:i")
    if here.date() == now.date():
        return hour
    return pgettext("a day and an hour", "%(day)s, %(hour)s") % {
        "day": formats.date_format(here, "MONTH_DAY_FORMAT"),
        "hour": hour,
    }


def is_known_reference(reference: str) -> bool:
    """Whether somebody has this reference, or had it before another came in their place."""
    has = Registration.objects.filter(reference=reference).exists()
    return has or DelegationSubstitution.objects.filter(old_reference=reference).exists()


def arrivals(meeting: Meeting) -> list[datetime]:
    """When each person came, in order: the scan that counts."""
    standing = Scan.objects.standing().filter(meeting=meeting).order_by()
    return sorted(standing.values("registration").annotate(first=Min("scanned_at")).values_list("first", flat=True))


def expected_people(meeting: Meeting, user: Any) -> QuerySet[Registration]:
    """Who has a seat, for the list that a desk keeps for times without a connection: no address, no needs."""
    rows = Registration.objects.visible_to(user).filter(meeting=meeting, state=RegistrationState.APPROVED)
    came = Exists(Scan.objects.standing().filter(registration=OuterRef("pk")))
    rows = rows.select_related("category").annotate(came=came)
    return rows.defer("desk_words", "answers").order_by("family_name", "given_name", "pk")
