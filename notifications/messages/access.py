"""Messages about what is one's own: an agency's internal matters, a person's own data, an account that is gone."""

from datetime import datetime
from typing import Any

from django.dispatch import receiver
from django.utils.translation import gettext_lazy as _

from directory.announcements import internal_access_opened, no_focal_point_left
from directory.enums import Role
from directory.models import InternalAccessGrant, Job, Membership, Organization
from directory.rules import organizations_of
from notifications.enums import Priority
from notifications.kinds import YOUR_ACCOUNT, YOUR_ORGANIZATION, Kind, in_all_languages, link, moment, register
from notifications.models import Notification
from notifications.selectors.reach import serves_an_organization, serves_as_staff
from notifications.services import notify


def _still_serves(notification: Notification) -> bool:
    return notification.context["organization_id"] in organizations_of(notification.recipient)


def _archive_is_still_there(notification: Notification) -> bool:
    return Job.objects.filter(pk=notification.context["job"], asked_by=notification.recipient).exists()


OPENED = register(
    Kind(
        "notifications.internal_access_opened",
        subject=_("An administrator has opened what is internal to %(agency)s"),
        group=YOUR_ORGANIZATION,
        priority=Priority.URGENT,
        may_reach=serves_an_organization,
        action=_("See every use, and end it"),
        label=_("An administrator opens what is internal to your organization"),
        required=True,
        is_visible=_still_serves,
    )
)
DATA_READY = register(
    Kind(
        "notifications.data_ready",
        subject=_("Your data is ready to take along"),
        group=YOUR_ACCOUNT,
        action=_("Download it"),
        label=_("The data you asked for is ready"),
        required=True,
        is_visible=_archive_is_still_there,
    )
)
NO_FOCAL_POINT = register(
    Kind(
        "notifications.no_focal_point",
        subject=_("%(agency)s has no focal point any more"),
        group=YOUR_ORGANIZATION,
        may_reach=serves_as_staff,
        action=_("See who serves"),
        label=_("An organization has lost its last focal point"),
    )
)


@receiver(internal_access_opened, dispatch_uid="message: internal access opened")
def opened(sender: Any, grant: InternalAccessGrant, **kwargs: Any) -> None:
    """Tell the agency's focal points at once; where nobody is one, everybody who serves there."""
    serving = Membership.objects.filter(organization=grant.organization)
    people = serving.focal_points().people() or serving.in_force().people()
    notify(
        kind=OPENED,
        to=people,
        cause=f"internal access {grant.pk}",
        context={
            "agency": str(grant.organization),
            "organization_id": grant.organization_id,
            "administrator": str(grant.administrator),
            "reason": grant.reason,
            "expires_at": moment(grant.expires_at),
            "link": link("internal_access", grant.pk),
        },
    )


def data_ready(*, job: Job, expires_at: datetime) -> None:
    """Tell a person that the archive of their data can be fetched, and until when."""
    context = {"job": str(job.pk), "expires_at": moment(expires_at), "link": link("personal_data")}
    assert job.asked_by is not None, "somebody asked for their own data"
    notify(kind=DATA_READY, to=[job.asked_by], cause=f"data {job.pk}", context=context)


@receiver(no_focal_point_left)
def focal_points_are_gone(sender: Any, *, organization: Organization, cause: str, **kwargs: Any) -> None:
    no_focal_point(organization=organization, cause=cause)


def no_focal_point(*, organization: Organization, cause: str) -> None:
    """Tell the secretariat that an organization's last focal point is gone, without naming the person."""
    people = Membership.objects.of_secretariat(Role.STAFF).people()
    context = {
        "agency": in_all_languages(organization, "name"),
        "link": link("directory:organization", organization.code),
    }
    notify(kind=NO_FOCAL_POINT, to=people, cause=cause, context=context)
