"""Messages of publishing: a plan that did not take place, readers under embargo, corrections."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from briefs.enums import PlanState
from briefs.models import Brief, EmbargoReader, HeadNotice, PlannedPublication
from briefs.selectors.publishing import EMBARGO_SALT
from common.access import may
from directory.enums import Role
from directory.models import Membership, Organization
from notifications.kinds import Kind, in_all_languages, link, moment, register, signed_link
from notifications.models import Notification
from notifications.selectors.reach import by_address_only, serves_an_organization, serves_as_staff
from notifications.services import notify
from notifications.services.queue import Recipient


def _may_plan(notification: Notification) -> bool:
    brief = Brief.objects.filter(slug=notification.context.get("slug")).first()
    return bool(brief and may(notification.recipient, "briefs.publish_brief", brief))


def _still_reads(notification: Notification) -> bool:
    """Revoked, taken back or published: then the message that lets in is not sent any more."""
    readers = EmbargoReader.objects.filter(pk=notification.context.get("reader"), revoked_at__isnull=True)
    return readers.filter(plan__state=PlanState.WAITING).exists()


def _is_visible(notification: Notification) -> bool:
    brief = Brief.objects.filter(slug=notification.context.get("slug")).first()
    return bool(brief and may(notification.recipient, "briefs.view_brief", brief))


PUBLICATION_STOPPED = register(
    Kind(
        "briefs.publication_stopped",
        subject=_("Not published: %(brief)s"),
        label=_("A planned publication of a brief did not take place"),
        required=True,
        may_reach=serves_as_staff,
        action=_("Open the plan of the publication"),
        is_visible=_may_plan,
    )
)
EMBARGO_READER = register(
    Kind(
        "briefs.embargo_reader",
        subject=_("Under embargo, for you to read: %(brief)s"),
        label=_("You may read a brief under embargo"),
        required=True,
        action=_("Read under embargo"),
        is_visible=_still_reads,
    )
)
EMBARGO_READER_BY_LINK = register(
    Kind(
        "briefs.embargo_reader_by_link",
        subject=_("Under embargo, for you to read: %(brief)s"),
        label=_("You may read a brief under embargo"),
        required=True,
        confidential=True,
        may_reach=by_address_only,
        action=_("Read under embargo"),
        is_visible=_still_reads,
    )
)
EDITION_CORRECTED = register(
    Kind(
        "briefs.edition_corrected",
        subject=_("Corrected: %(brief)s"),
        label=_("A brief of your agency was corrected"),
        may_reach=serves_an_organization,
        action=_("Read the correction"),
        is_visible=_is_visible,
    )
)


def _context(brief: Brief, **more: Any) -> dict[str, Any]:
    return {
        "slug": brief.slug,
        "brief": brief.title,
        "series": in_all_languages(brief.series, "title"),
        "number": brief.number,
        **more,
    }


def publication_stopped(plan: PlannedPublication, reason: str) -> None:
    """Tell secretariat staff that a brief was not published at its moment, and why."""
    brief = plan.brief
    notify(
        kind=PUBLICATION_STOPPED,
        to=Membership.objects.of_secretariat(Role.STAFF, brief).people(),
        cause=f"brief plan {plan.pk} stopped",
        context=_context(
            brief, at=moment(plan.at, plan.time_zone), zone=plan.time_zone, link=link("briefs:publication", brief.slug)
        ),
    )


def named_as_reader(reader: EmbargoReader) -> None:
    """Tell a reader that they may read, until when it is not to be passed on, and where."""
    plan = reader.plan
    context = _context(plan.brief, reader=reader.pk, at=moment(plan.at, plan.time_zone), zone=plan.time_zone)
    if reader.user:
        kind, to = EMBARGO_READER, reader.user
        context["link"] = link("briefs:embargo", plan.brief.slug)
        notify(kind=kind, to=[to], cause=f"embargo reader {reader.pk}", context=context)
    else:
        context["link"] = signed_link("briefs:embargo_by_link", str(reader.pk), EMBARGO_SALT)
        context["name"] = reader.name
        notify(
            kind=EMBARGO_READER_BY_LINK,
            to=[Recipient(reader.email, reader.language)],
            cause=f"embargo reader {reader.pk}",
            context=context,
        )


def edition_corrected(notice: HeadNotice) -> None:
    """Tell everybody in the co-authoring agencies what was corrected."""
    edition = notice.edition
    brief = edition.brief
    organizations = Organization.objects.filter(co_authored_briefs__brief=brief)
    notify(
        kind=EDITION_CORRECTED,
        to=Membership.objects.in_force().filter(organization__in=organizations).people(),
        cause=f"brief {brief.pk} edition {edition.number} notice {notice.number}",
        context=_context(
            brief, edition=edition.number, text=notice.text, link=link("briefs:edition", brief.slug, edition.number)
        ),
    )
