"""Who follows what of a programme."""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core import signing
from django.urls import reverse

from directory.models import User
from meetings.enums import MeetingState, ProgrammeNews, RegistrationState
from meetings.models import CalendarToken, Meeting, ProgrammeFollow, ProgrammeVersion, Registration, SessionStar
from meetings.models.groups import groups_read_by
from meetings.selectors.snapshots import Programme
from meetings.selectors.versions import read_version

_signer = signing.Signer(salt="meetings.calendar address", sep=".")


@dataclass(frozen=True)
class Group:
    """People who get the same message: in one language, about the sessions of these codes, or None about all."""

    language: str
    codes: frozenset[str] | None
    people: tuple[User, ...]


def groups_to_tell(meeting: Meeting, *, touched: set[str]) -> list[Group]:
    """Who hears of a release in which the sessions `touched` changed. Three queries, and one for the people."""
    stars: dict[int, set[str]] = defaultdict(set)
    for user, code in SessionStar.objects.filter(meeting=meeting).values_list("user", "code"):
        stars[user].add(code)
    chosen = dict(ProgrammeFollow.objects.filter(meeting=meeting).values_list("user", "news"))
    approved = Registration.objects.filter(meeting=meeting, state=RegistrationState.APPROVED, user__isnull=False)
    registered = set(approved.values_list("user", flat=True))
    groups: dict[tuple[str, frozenset[str] | None], list[User]] = defaultdict(list)
    for person in User.objects.filter(pk__in={*stars, *chosen, *registered}, is_active=True).order_by("pk"):
        news = chosen.get(person.pk) or default_news(stars=bool(stars[person.pk]), registered=person.pk in registered)
        if news == ProgrammeNews.ALL:
            groups[person.language, None].append(person)
        elif news == ProgrammeNews.STARRED and (own := frozenset(stars[person.pk] & touched)):
            groups[person.language, own].append(person)
    return [Group(language, codes, tuple(people)) for (language, codes), people in groups.items()]


def default_news(*, stars: bool, registered: bool) -> ProgrammeNews:
    """What somebody hears of who has not chosen: their starred sessions; with a seat and no star, everything."""
    if stars:
        return ProgrammeNews.STARRED
    return ProgrammeNews.ALL if registered else ProgrammeNews.NONE


def starred_codes(user: Any, meeting: Meeting) -> set[str]:
    """The codes of the sessions that the person has starred; none for visitors, without a query."""
    if not user.is_authenticated:
        return set()
    return set(SessionStar.objects.visible_to(user).filter(meeting=meeting).values_list("code", flat=True))


def news_of(user: Any, meeting: Meeting, *, stars: bool) -> ProgrammeNews:
    """Of which changes the person hears now."""
    chosen = ProgrammeFollow.objects.visible_to(user).filter(meeting=meeting).values_list("news", flat=True).first()
    if chosen:
        return ProgrammeNews(chosen)
    registered = Registration.objects.filter(meeting=meeting, user=user, state=RegistrationState.APPROVED).exists()
    return default_news(stars=stars, registered=registered)


# --- The person's own calendar ---------------------------------------------------------------------------------------


def calendar_address(token: CalendarToken) -> str:
    """What stands in the address of the person's calendar: it cannot be guessed, nor made from the table."""
    return _signer.sign(token.key.hex)


def person_behind(address: str) -> User | None:
    """Whose calendar an address opens; None where it is forged, replaced or closed, or the account is."""
    try:
        key = UUID(_signer.unsign(address))
    except (signing.BadSignature, ValueError):
        return None
    token = CalendarToken.objects.filter(key=key, user__is_active=True).select_related("user").first()
    return token.user if token else None


def own_calendar(user: Any) -> dict[str, Any]:
    """What a page says of the person's own calendar: its token, its address, and the address to subscribe to. One query."""
    token = CalendarToken.objects.visible_to(user).first()
    address = settings.PUBLIC_URL + reverse("meetings_files:personal", args=[calendar_address(token)]) if token else ""
    return {"token": token, "address": address, "subscribe": "webcal:" + address.partition(":")[2] if address else ""}


def meetings_of_groups(user: User) -> Any:
    """The meetings of the working groups whose inside the person reads. Cancelled ones stay, so that calendars drop them."""
    rows = Meeting.objects.visible_to(user).filter(group__in=groups_read_by(user)).exclude(state=MeetingState.DRAFT)
    return rows.select_related("country").order_by("starts_at", "pk")


def starred_programmes(user: User) -> list[tuple[Programme, set[str]]]:
    """The released programmes in which the person has starred sessions, with their codes. Two queries."""
    stars: dict[int, set[str]] = defaultdict(set)
    visible = Meeting.objects.visible_to(user)
    for meeting, code in SessionStar.objects.filter(user=user, meeting__in=visible).values_list("meeting", "code"):
        stars[meeting].add(code)
    versions = ProgrammeVersion.objects.filter(meeting__in=stars).latest().select_related("meeting__country")
    return [(read_version(version), stars[version.meeting_id]) for version in versions.order_by("meeting__starts_at", "pk")]
