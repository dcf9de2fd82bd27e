"""Messages of briefs: clearance is asked for, a brief is cleared, a brief is published."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from briefs.enums import Clearance
from briefs.models import Brief, BriefStateChange, Edition
from common.access import may
from directory.enums import Role
from directory.models import Membership, Organization
from notifications.kinds import Kind, in_all_languages, link, register
from notifications.models import Notification
from notifications.selectors.reach import serves_an_organization, serves_as_staff
from notifications.services import notify


def _still_visible(notification: Notification) -> bool:
    """A person who left the agency, or a brief that is gone, withdraws the message."""
    brief = Brief.objects.filter(slug=notification.context.get("slug")).first()
    return bool(brief and may(notification.recipient, "briefs.view_brief", brief))


CLEARANCE_REQUESTED = register(
    Kind(
        "briefs.clearance_requested",
        subject=_("Please clear: %(brief)s"),
        label=_("A brief waits for the clearance of your agency"),
        required=True,
        may_reach=serves_an_organization,
        action=_("Read and clear the brief"),
        is_visible=_still_visible,
    )
)
BRIEF_CLEARED = register(
    Kind(
        "briefs.brief_cleared",
        subject=_("Cleared by every agency: %(brief)s"),
        label=_("A brief is cleared by every agency"),
        may_reach=serves_as_staff,
        action=_("Open the brief and publish it"),
        is_visible=_still_visible,
    )
)
BRIEF_PUBLISHED = register(
    Kind(
        "briefs.brief_published",
        subject=_("Published: %(brief)s"),
        label=_("A brief of your agency is published"),
        may_reach=serves_an_organization,
        action=_("Read the brief"),
        is_visible=_still_visible,
    )
)


def _context(brief: Brief, **more: Any) -> dict[str, Any]:
    return {
        "slug": brief.slug,
        "brief": brief.title,
        "series": in_all_languages(brief.series, "title"),
        "number": brief.number,
        "link": link("briefs:detail", brief.slug),
        **more,
    }


def _names(agencies: Any) -> str:
    return ", ".join(agency.organization.short_name for agency in agencies)


def clearance_requested(brief: Brief, change: BriefStateChange) -> None:
    """Ask the focal points of every co-authoring agency that has not cleared this text."""
    waiting = [agency for agency in brief.agencies.all() if agency.clearance == Clearance.PENDING]
    lead = next((agency for agency in brief.agencies.all() if agency.is_lead), None)
    for agency in waiting:
        notify(
            kind=CLEARANCE_REQUESTED,
            to=Membership.objects.focal_points().filter(organization=agency.organization_id).people(),
            cause=f"brief {brief.pk} clearance {change.pk} agency {agency.organization_id}",
            context=_context(
                brief,
                agency=agency.organization.short_name,
                lead=lead.organization.short_name if lead else "",
                link=link("briefs:clear", brief.slug),
            ),
        )


def brief_cleared(brief: Brief, change: BriefStateChange) -> None:
    """Tell secretariat staff that the brief can be published."""
    agencies = brief.agencies.all()
    reserved = [agency for agency in agencies if agency.reservation]
    notify(
        kind=BRIEF_CLEARED,
        to=Membership.objects.of_secretariat(Role.STAFF, brief).people(),
        cause=f"brief {brief.pk} cleared {change.pk}",
        context=_context(brief, agencies=_names(agencies), reservations=_names(reserved)),
    )


def brief_published(edition: Edition) -> None:
    """Tell everybody in the co-authoring agencies that their brief is out."""
    brief = edition.brief
    organizations = Organization.objects.filter(co_authored_briefs__brief=brief)
    notify(
        kind=BRIEF_PUBLISHED,
        to=Membership.objects.in_force().filter(organization__in=organizations).people(),
        cause=f"brief {brief.pk} edition {edition.number}",
        context=_context(brief, edition=edition.number, agencies=_names(brief.agencies.all())),
    )
