"""Messages about voluntary reports: who gets which, and what is frozen in them."""

from typing import Any

from django.conf import settings
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from common.access import may
from common.calendar_files import MIME, deadline_file
from directory.enums import CountryStatus, Role
from directory.models import Membership, Organization, User
from meetings.enums import ReportState
from meetings.models import ReportCall, VoluntaryReport
from notifications.kinds import Attachment, Kind, in_all_languages, link, moment, register
from notifications.models import Notification
from notifications.selectors.reach import serves_an_organization, serves_as_staff
from notifications.services import notify

MEMBER_STATE = "member-state"


def _may_still_see(notification: Notification) -> bool:
    report = VoluntaryReport.objects.filter(pk=notification.context["report"]).first()
    return report is not None and may(notification.recipient, "meetings.view_voluntaryreport", report)


def _calendar_file(context: dict[str, Any]) -> list[Attachment]:
    words = gettext("Voluntary reports are due: %(call)s") % {"call": context["call"]}
    name = f"report-call-{context['call_slug']}-closes"
    return [("deadline.ics", deadline_file(name=name, summary=words, due=context["closes"], url=context["link"]), MIME)]


def _about_reports(name: str, subject: Any, label: Any, action: Any, **more: Any) -> Kind:
    more = {"may_reach": serves_an_organization, "is_visible": _may_still_see} | more
    return register(Kind(f"meetings.{name}", subject=subject, label=label, action=action, **more))


CLEARANCE_ASKED = _about_reports(
    "report_clearance_asked", _("To clear: %(title)s"), _("A voluntary report waits for your clearance"), _("Read and clear it")
)
SENT_BACK = _about_reports(
    "report_sent_back", _("Sent back to you: %(title)s"), _("Your focal point sends a voluntary report back"), _("Go on writing")
)
RECEIVED = _about_reports(
    "report_received",
    _("Receipt %(receipt)s: %(title)s"),
    _("The secretariat has your organization's voluntary report"),
    _("Open the receipt"),
    required=True,
)
RETURNED = _about_reports(
    "report_returned",
    _("Please revise: %(title)s"),
    _("The secretariat returns a voluntary report"),
    _("Revise the report"),
    required=True,
)
PUBLISHED = _about_reports(
    "report_published", _("Published: %(title)s"), _("Your organization's voluntary report is published"), _("Read it")
)
TO_PUBLISH = _about_reports(
    "report_to_publish",
    _("To publish: voluntary report of %(author)s"),
    _("A voluntary report waits for publication"),
    _("Read and publish it"),
    may_reach=serves_as_staff,
)
WITHDRAWN = _about_reports(
    "report_withdrawn",
    _("Withdrawn: voluntary report of %(author)s"),
    _("A voluntary report is withdrawn"),
    _("Open the report"),
    may_reach=serves_as_staff,
)
CLOSES_SOON = _about_reports(
    "report_call_closes",
    _("Voluntary reports are due: %(call)s"),
    _("The deadline for voluntary reports is near"),
    _("Open the call"),
    is_visible=lambda notification: True,
    attachments=_calendar_file,
)


def _context(report: VoluntaryReport, route: str = "meetings:report", **more: Any) -> dict[str, Any]:
    author: Any = in_all_languages(report.country or report.organization, "name")  # type: ignore[arg-type]
    return {
        "report": report.pk,
        "title": str(report),
        "author": author,
        "call": in_all_languages(report.call, "title") if report.call else "",
        "receipt": report.receipt or "",
        "is_late": report.is_late,
        "sha256": report.sha256,
        "submitted": moment(report.submitted_at) if report.submitted_at else "",
        "link": link(route, report.slug),
        **more,
    }


def _cause(report: VoluntaryReport) -> str:
    return f"report {report.pk} change {report.state_changes.latest('pk').pk}"  # type: ignore[attr-defined]


def _focal_points(report: VoluntaryReport) -> list[User]:
    return list(Membership.objects.focal_points().filter(organization=report.organization_id).people())


def _tell(kind: Kind, to: list[User], report: VoluntaryReport, route: str = "meetings:report", **more: Any) -> None:
    notify(kind=kind, to=to, cause=_cause(report), context=_context(report, route, **more))


def clearance_asked(report: VoluntaryReport, *, by: User) -> None:
    """To the organization's focal points: a report waits for you."""
    _tell(CLEARANCE_ASKED, _focal_points(report), report, writer=str(by))


def report_sent_back(report: VoluntaryReport, *, reason: str) -> None:
    """To who sent it to clearance last: what must change."""
    asked = report.state_changes.filter(new=ReportState.IN_CLEARANCE).select_related("by").latest("pk")  # type: ignore[attr-defined]
    if asked.by:
        _tell(SENT_BACK, [asked.by], report, "meetings:edit_report", reason=reason)


def report_received(report: VoluntaryReport, *, by: User) -> None:
    """The receipt, to who submitted and to all focal points."""
    _tell(RECEIVED, [by, *_focal_points(report)], report, "meetings:report_receipt")


def report_returned(report: VoluntaryReport, *, reason: str) -> None:
    """To the organization: please revise, and why."""
    _tell(RETURNED, _focal_points(report), report, "meetings:edit_report", reason=reason)


def report_published(report: VoluntaryReport) -> None:
    """To the organization: everybody can read it now."""
    _tell(PUBLISHED, _focal_points(report), report)


def _staff() -> list[User]:
    return list(Membership.objects.of_secretariat(Role.STAFF).people())


def report_to_publish(report: VoluntaryReport) -> None:
    """To the secretariat: a report has come."""
    _tell(TO_PUBLISH, _staff(), report)


def report_withdrawn(report: VoluntaryReport, *, reason: str) -> None:
    """To the secretariat: the organization has taken its report back."""
    _tell(WITHDRAWN, _staff(), report, reason=reason)


def call_closes_soon(call: ReportCall) -> int:
    """To the focal points of Member States without a submitted report; return how many were told."""
    done = VoluntaryReport.objects.filter(call=call, state__in=[ReportState.SUBMITTED, ReportState.PUBLISHED])
    states = Organization.objects.filter(category__code=MEMBER_STATE, country__status=CountryStatus.MEMBER)
    waiting = states.exclude(pk__in=done.exclude(organization=None).values("organization"))
    waiting = waiting.exclude(country__in=done.exclude(country=None).values("country"))
    people = list(Membership.objects.focal_points().filter(organization__in=waiting).people())
    context = {
        "call": in_all_languages(call, "title"),
        "closes": moment(call.closes_at),
        "accepts_late": call.accepts_late,
        "contact": call.contact_email or settings.DEFAULT_FROM_EMAIL,
        "call_slug": call.slug,
        "link": link("meetings:report_call", call.slug),
    }
    return notify(
        kind=CLOSES_SOON, to=people, cause=f"report call {call.pk} closes {call.closes_at.isoformat()}", context=context
    )
