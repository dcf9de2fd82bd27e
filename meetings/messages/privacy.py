"""Messages about the personal data of a meeting."""

from django.utils.translation import gettext_lazy as _

from directory.enums import Role
from directory.models import Membership
from meetings.models import Meeting
from notifications.kinds import Kind, in_all_languages, link, moment, register
from notifications.selectors.reach import serves_as_staff
from notifications.services import notify

DATA_GOES = register(
    Kind(
        "meetings.personal_data_goes",
        subject=_("Personal data will be removed: %(meeting)s"),
        label=_("The personal data of a meeting will be removed"),
        may_reach=serves_as_staff,
        action=_("Open the meeting"),
    )
)


def personal_data_goes(meeting: Meeting) -> None:
    """To the secretariat staff of the meeting, two weeks before: until then lists can be exported or the time be changed."""
    notify(
        kind=DATA_GOES,
        to=Membership.objects.of_secretariat(Role.STAFF, meeting).people(),
        # Another date is another message.
        cause=f"meeting {meeting.pk} personal data {meeting.removal_at.date().isoformat()}",
        context={
            "meeting": in_all_languages(meeting, "title"),
            "at": moment(meeting.removal_at, meeting.time_zone),
            "link": link("meetings:meeting", meeting.slug),
        },
    )
