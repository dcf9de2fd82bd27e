"""What the messages of strategies share: whom they reach, whether they still concern them, the file of a deadline."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext

from common.calendar_files import MIME, deadline_file
from directory.models import Membership, Organization, User
from directory.rules import organizations_of
from notifications.kinds import Attachment
from notifications.models import Notification


def still_serves_the_agency(notification: Notification) -> bool:
    """The recipient is still a member of the agency that the message is about."""
    return notification.context["organization_id"] in organizations_of(notification.recipient)


def closing(context: dict[str, Any]) -> list[Attachment]:
    """The end of the round, for the reader's calendar; a later file replaces the entry."""
    if "round_id" not in context:  # a message from before there was a file
        return []
    words = gettext("The round on “%(strategy)s” closes") % {"strategy": context["strategy"]}
    name = f"round-{context['round_id']}-closes"
    return [("deadline.ics", deadline_file(name=name, summary=words, due=context["closes_at"], url=context["link"]), MIME)]


def focal_points(organization: Organization) -> QuerySet[User]:
    """The people who speak for an organization now."""
    return Membership.objects.focal_points().filter(organization=organization).people()
