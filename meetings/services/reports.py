"""Verbs of voluntary reports: write, clear, submit, return, withdraw, publish; and of the calls for them."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from common.access import Refused, require
from common.bidi import isolated
from common.document_files import document_type
from directory.models import Organization
from directory.page_versions import bump
from directory.services.files import store_file
from directory.services.state import change_state, locked, record_start
from meetings.enums import CallStatus, ReportState
from meetings.messages import reports as messages
from meetings.models import CallSection, ReportCall, VoluntaryReport
from meetings.rules import secretariat_of

TEXTS = ("title", "summary", "sections", "citations")
MANY = ("themes", "meetings", "events")


# --- Calls ---------------------------------------------------------------------------------------------------------------


@transaction.atomic
def save_call(
    *,
    by: Any,
    fields: Mapping[str, Any],
    themes: Iterable[Any],
    template: Iterable[Mapping[str, Any]],
    call: ReportCall | None = None,
) -> ReportCall:
    """Make a call for reports, or change one. Reports that are begun keep the headings they have.

    Args:
        template: the sections in their order, each the fields of a `CallSection`.

    Raises:
        Refused: the template has no section.
    """
    require(by, "meetings.edit_reportcall")
    rows = [row for row in template if row.get("heading_en") or row.get("heading")]
    if not rows:
        raise Refused(_("Give the template at least one section: a report answers its headings."))
    call = locked(call) if call else ReportCall()
    for name, value in fields.items():
        setattr(call, name, value)
    call.save()
    call.themes.set(themes)
    call.template.all().delete()  # type: ignore[attr-defined]
    for place, row in enumerate(rows):
        CallSection.objects.create(call=call, position=place, **row)
    bump("meetings")
    return call


def refuse_unless_taking(call: ReportCall) -> None:
    """Raise Refused where the call takes no reports now."""
    status = call.status(timezone.now())
    if status == CallStatus.NOT_YET:
        raise Refused(_("This call is not open yet. Its page says when it opens."))
    if status == CallStatus.CLOSED:
        raise Refused(_("The deadline of this call has passed and it takes no late reports. Write to the secretariat."))


# --- Writing ---------------------------------------------------------------------------------------------------------------


@transaction.atomic
def start_report(*, call: ReportCall, organization: Organization, language: str, by: Any) -> VoluntaryReport:
    """Begin the report of an organization on the template of the call.

    Raises:
        Refused: the call takes no reports, or the organization has one in this language.
    """
    report = VoluntaryReport(
        slug=f"{organization.code}-{call.slug}-{language}"[:110],
        call=call,
        organization=organization,
        country=organization.country,
        language=language,
        sections=[{"heading": row.heading, "text": ""} for row in call.template.all()],  # type: ignore[attr-defined]
        edited_by=by,
        edited_at=timezone.now(),
    )
    require(by, "meetings.start_voluntaryreport", report)
    refuse_unless_taking(call)
    earlier = VoluntaryReport.objects.filter(slug__startswith=report.slug).count()
    if earlier:
        report.slug += f"-{earlier + 1}"
    try:
        with transaction.atomic():
            report.save()
    except IntegrityError:
        words = _("%(organization)s has a report for this call in this language already. Open it from the page of the call.")
        raise Refused(words % {"organization": isolated(organization)}) from None
    record_start(report, by=by, on_behalf_of=organization)
    return report


@transaction.atomic
def write_report(*, report: VoluntaryReport, by: Any, version: int, **values: Any) -> VoluntaryReport:
    """Keep the texts of a report: `title`, `summary`, `sections`, `citations`, and `themes`, `meetings`, `events`.

    Raises:
        Refused: it is not a draft any more, or somebody saved it since `version` was read; nothing is kept then.
    """
    report = locked(report)
    _require_edit(report, by)
    if report.version != version:
        raise Refused(
            _("%(person)s saved this report while you were writing. Copy your text, load the page again, bring the two together.")
            % {"person": isolated(report.edited_by)}
        )
    for name in TEXTS:
        if name in values:
            setattr(report, name, values[name])
    _touch(report, by, *TEXTS)
    for name in MANY:
        if name in values:
            getattr(report, name).set(values[name])
    return report


@transaction.atomic
def set_report_file(*, report: VoluntaryReport, by: Any, content: bytes | None, name: str = "") -> VoluntaryReport:
    """Put a finished document in the place of the sections, or take it away again (`content` None).

    Raises:
        Refused: it is too large, or neither a PDF nor a Word document.
    """
    report = locked(report)
    _require_edit(report, by)
    if content is None:
        report.file, report.file_name = None, ""
    else:
        report.file, report.file_name = store_file(content=content, mime=document_type(content)), name[-200:]
    _touch(report, by, "file", "file_name")
    return report


def _require_edit(report: VoluntaryReport, by: Any) -> None:
    if not report.is_internal:
        raise Refused(_("This report is submitted and cannot be changed. Ask the secretariat to return it, or withdraw it."))
    require(
        by,
        "meetings.edit_voluntaryreport",
        report,
        _("The focal point is clearing this report. Ask them to send it back if it must be changed."),
    )


def _touch(report: VoluntaryReport, by: Any, *fields: str) -> None:
    report.version += 1
    report.edited_by, report.edited_at = by, timezone.now()
    report.save(update_fields=[*fields, "version", "edited_by", "edited_at"])


# --- Clearing and submitting ------------------------------------------------------------------------------------------------


def what_is_missing(report: VoluntaryReport) -> list[str]:
    """What a report still needs before it can be submitted, in words."""
    missing = []
    if not report.title.strip():
        missing.append(_("a title"))
    if not report.summary.strip():
        missing.append(_("a summary"))
    if not report.themes.exists():
        missing.append(_("a theme of the Conference"))
    if not report.file_id and not any(part.get("text", "").strip() for part in report.sections):
        missing.append(_("text in a section, or a file"))
    return missing


def _refuse_incomplete(report: VoluntaryReport) -> None:
    if missing := what_is_missing(report):
        raise Refused(_("The report still needs: %(what)s.") % {"what": "; ".join(missing)})


@transaction.atomic
def send_to_clearance(*, report: VoluntaryReport, by: Any) -> VoluntaryReport:
    """Ask the focal points of the organization to clear the report; nobody else changes it meanwhile."""
    report = locked(report)
    require(by, "meetings.send_voluntaryreport", report)
    _refuse_incomplete(report)
    change_state(report, to=ReportState.IN_CLEARANCE, by=by, on_behalf_of=report.organization)
    messages.clearance_asked(report, by=by)
    return report


@transaction.atomic
def send_back(*, report: VoluntaryReport, by: Any, reason: str) -> VoluntaryReport:
    """The focal point sends the report back to who wrote it, with a reason."""
    report = locked(report)
    require(by, "meetings.clear_voluntaryreport", report)
    if report.state != ReportState.IN_CLEARANCE:
        raise Refused(_("Only a report in clearance is sent back."))
    if not reason.strip():
        raise Refused(_("Say why: who wrote the report reads the reason."))
    change_state(report, to=ReportState.DRAFT, by=by, on_behalf_of=report.organization, reason=reason.strip())
    messages.report_sent_back(report, reason=reason.strip())
    return report


def _digest(report: VoluntaryReport) -> str:
    """The hash of all that a report says."""
    said = {
        **{name: getattr(report, name) for name in (*TEXTS, "language")},
        "themes": sorted(theme.code for theme in report.themes.all()),
        "meetings": sorted(meeting.slug for meeting in report.meetings.all()),
        "events": sorted(event.slug for event in report.events.all()),
        "file": report.file.sha256 if report.file else "",
    }
    return hashlib.sha256(json.dumps(said, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


@transaction.atomic
def submit_report(*, report: VoluntaryReport, by: Any) -> VoluntaryReport:
    """Clear the report and submit it in the organization's name; a receipt with the hash of the text goes to the organization.

    After the deadline it is marked as late, where the call takes late reports.
    """
    assert report.call is not None, "reports are written for a call"
    call = locked(report.call)  # numbers of receipts are given one after the other
    report = locked(report)
    report.call = call
    require(by, "meetings.clear_voluntaryreport", report)
    refuse_unless_taking(call)
    _refuse_incomplete(report)
    now = timezone.now()
    if not report.receipt:
        given = VoluntaryReport.objects.filter(call=call).exclude(receipt=None).count()
        report.receipt = f"VR-{call.slug.upper()}-{given + 1:03d}"
    report.submitted_at, report.is_late, report.sha256 = now, now >= call.closes_at, _digest(report)
    also = ["receipt", "submitted_at", "is_late", "sha256"]
    change_state(report, to=ReportState.SUBMITTED, by=by, on_behalf_of=report.organization, also=also)
    messages.report_received(report, by=by)
    messages.report_to_publish(report)
    return report


@transaction.atomic
def withdraw_report(*, report: VoluntaryReport, by: Any, reason: str) -> VoluntaryReport:
    """The organization takes its report back before it is published."""
    report = locked(report)
    require(by, "meetings.clear_voluntaryreport", report)
    was_submitted = report.state == ReportState.SUBMITTED
    if was_submitted and not reason.strip():
        raise Refused(_("Say why: the secretariat has the report and reads the reason."))
    change_state(report, to=ReportState.WITHDRAWN, by=by, on_behalf_of=report.organization, reason=reason.strip())
    if was_submitted:
        messages.report_withdrawn(report, reason=reason.strip())
    return report


# --- The secretariat ----------------------------------------------------------------------------------------------------------


@transaction.atomic
def return_report(*, report: VoluntaryReport, by: Any, reason: str) -> VoluntaryReport:
    """Give a submitted report back to its organization with a reason; it is a draft again."""
    report = locked(report)
    require(by, "meetings.return_voluntaryreport", report)
    if not reason.strip():
        raise Refused(_("Say why: the organization reads the reason."))
    change_state(report, to=ReportState.DRAFT, by=by, on_behalf_of=secretariat_of(by), reason=reason.strip())
    messages.report_returned(report, reason=reason.strip())
    return report


@transaction.atomic
def publish_report(*, report: VoluntaryReport, by: Any) -> VoluntaryReport:
    """Publish a submitted report; it never changes any more."""
    report = locked(report)
    require(by, "meetings.publish_voluntaryreport", report)
    report.published_at = timezone.now()
    change_state(report, to=ReportState.PUBLISHED, by=by, on_behalf_of=secretariat_of(by), also=["published_at"])
    messages.report_published(report)
    bump("meetings")
    return report


def remind_of_deadline(*, days: int) -> int:
    """Remind the focal points of Member States that have not submitted, `days` before a deadline or less; once for each call."""
    now = timezone.now()
    told = 0
    for call in ReportCall.objects.filter(opens_at__lte=now, closes_at__gt=now, closes_at__lte=now + timedelta(days=days)):
        with transaction.atomic():
            told += messages.call_closes_soon(call)
    return told
