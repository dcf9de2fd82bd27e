"""Lists of people of meetings that the secretariat can write to."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from directory.models import Membership, StakeholderCategory, User
from meetings.enums import RegistrationState
from meetings.models import GroupMember, Meeting, Registration, WorkingGroup
from notifications.audiences import Choice, audience
from notifications.services import Recipient


def _meetings(by: Any) -> list[tuple[str, str]]:
    return [(meeting.slug, meeting.title) for meeting in Meeting.objects.visible_to(by).order_by("-starts_at")]


def _categories(by: Any) -> list[tuple[str, str]]:
    return [(category.code, category.name) for category in StakeholderCategory.objects.all()]


def _groups(by: Any) -> list[tuple[str, str]]:
    return [(group.slug, group.name) for group in WorkingGroup.objects.visible_to(by)]


@audience(
    "meetings.registrants",
    _("Registrants of a meeting"),
    Choice("meeting", _("Meeting"), _meetings),
    Choice("states", _("State of the registration"), lambda by: RegistrationState.choices, many=True),
    Choice("categories", _("Category"), _categories, many=True),
)
def registrants(by: Any, chosen: Mapping[str, Any]) -> Iterable[User | Recipient]:
    """Who registered for the meeting, under the chosen categories and in the chosen states; drafts only if asked for."""
    rows = Registration.objects.visible_to(by).filter(meeting__slug=chosen["meeting"]).select_related("user")
    rows = rows.filter(state__in=chosen["states"]) if chosen.get("states") else rows.exclude(state=RegistrationState.DRAFT)
    if chosen.get("categories"):
        rows = rows.filter(category__code__in=chosen["categories"])
    for row in rows.order_by("pk"):
        if row.user is None:
            yield Recipient(row.email, row.language)
        elif row.user.is_active:
            yield row.user


@audience(
    "meetings.working_group", _("Focal points of the agencies of a working group"), Choice("group", _("Working group"), _groups)
)
def working_group(by: Any, chosen: Mapping[str, Any]) -> Iterable[User]:
    """The focal points and alternates of the agencies that are members of the group."""
    agencies = GroupMember.objects.in_force().filter(group__slug=chosen["group"]).values("organization")
    serving = Membership.objects.focal_points().filter(organization__in=agencies)
    return serving.people()
