"""A voluntary report from the call to its publication."""

import io
import zipfile
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from common.access import Refused
from common.document_files import DOCX, PDF
from directory.enums import Role
from directory.models import Organization
from meetings.enums import ReportState
from meetings.models import ReportCall, VoluntaryReport
from meetings.selectors.reports import progress_of
from meetings.services import reports as verbs
from notifications.models import Notification
from tests.conftest import Cast
from tests.factories.directory import CountryFactory, MembershipFactory, OrganizationFactory, ThemeFactory, person
from tests.factories.meetings import CallFactory, EventFactory, MeetingFactory, ReportFactory

pytestmark = pytest.mark.django_db
S = ReportState


@pytest.fixture
def call(cast: Cast) -> ReportCall:
    made = CallFactory(slug="buenos-aires")
    made.themes.set([ThemeFactory()])
    return made


@pytest.fixture
def undp(cast: Cast) -> Organization:
    return Organization.objects.get(code="undp")


def begun(call: ReportCall, by: Any, code: str = "undp", language: str = "en") -> VoluntaryReport:
    return verbs.start_report(call=call, organization=Organization.objects.get(code=code), language=language, by=by)


def written(call: ReportCall, by: Any, code: str = "undp") -> VoluntaryReport:
    report = begun(call, by, code)
    sections = [{**part, "text": "We tried it."} for part in report.sections]
    return verbs.write_report(
        report=report,
        by=by,
        version=1,
        title="Brokers of experience",
        summary="What we learned.",
        sections=sections,
        themes=call.themes.all(),
    )


def submitted(call: ReportCall, cast: Cast) -> VoluntaryReport:
    return verbs.submit_report(report=written(call, cast.focal_undp), by=cast.focal_undp)


def mails(kind: str) -> set[str]:
    return {row.destination for row in Notification.objects.filter(kind=f"meetings.{kind}")}


# --- The verbs ---------------------------------------------------------------------------------------------------------------


def test_from_the_template_to_the_publication(call: ReportCall, cast: Cast) -> None:
    report = written(call, cast.contributor_undp)
    assert [part["heading"] for part in report.sections] == ["What was tried", "What was learned"]
    verbs.send_to_clearance(report=report, by=cast.contributor_undp)
    assert mails("report_clearance_asked") == {cast.focal_undp.email}
    report = verbs.submit_report(report=report, by=cast.focal_undp)
    assert (report.state, report.receipt, report.is_late, len(report.sha256)) == (S.SUBMITTED, "VR-BUENOS-AIRES-001", False, 64)
    assert mails("report_received") == {cast.focal_undp.email}
    assert mails("report_to_publish") == {cast.secretariat.email}
    report = verbs.publish_report(report=report, by=cast.secretariat)
    assert mails("report_published") == {cast.focal_undp.email}
    changes = report.state_changes.values_list("old", "new", "by", "on_behalf_of__code")
    assert list(changes) == [
        ("", "draft", cast.contributor_undp.pk, "undp"),
        ("draft", "in_clearance", cast.contributor_undp.pk, "undp"),
        ("in_clearance", "submitted", cast.focal_undp.pk, "undp"),
        ("submitted", "published", cast.secretariat.pk, "unossc"),
    ]
    with pytest.raises(Refused, match="submitted and cannot be changed"):
        verbs.write_report(report=report, by=cast.focal_undp, version=report.version, title="Another")


def test_report_is_begun_by_members_only_and_once_for_each_language(call: ReportCall, cast: Cast) -> None:
    begun(call, cast.contributor_undp)
    with pytest.raises(Refused, match="has a report for this call in this language already"):
        begun(call, cast.focal_undp)
    assert begun(call, cast.focal_undp, language="fr").slug == "undp-buenos-aires-fr"
    for stranger in (cast.focal_fao, cast.outsider, cast.secretariat, cast.administrator):
        with pytest.raises(PermissionDenied):
            begun(call, stranger, language="es")


def test_withdrawn_report_makes_room_for_a_new_one(call: ReportCall, cast: Cast) -> None:
    verbs.withdraw_report(report=begun(call, cast.focal_undp), by=cast.focal_undp, reason="")
    assert begun(call, cast.focal_undp).slug == "undp-buenos-aires-en-2"


@pytest.mark.parametrize(
    ("opens", "closes", "accepts_late", "words"),
    [(1, 2, True, "not open yet"), (-2, -1, False, "takes no late reports"), (-2, -1, True, None), (-1, 1, False, None)],
)
def test_call_takes_reports_in_its_time(
    call: ReportCall, cast: Cast, opens: int, closes: int, accepts_late: bool, words: str | None
) -> None:
    report = written(call, cast.focal_undp)
    now = timezone.now()
    ReportCall.objects.update(
        opens_at=now + timedelta(days=opens), closes_at=now + timedelta(days=closes), accepts_late=accepts_late
    )
    call.refresh_from_db()
    if words:
        for act in (lambda: begun(call, cast.focal_fao, "fao"), lambda: verbs.submit_report(report=report, by=cast.focal_undp)):
            with pytest.raises(Refused, match=words):
                act()
    else:
        assert verbs.submit_report(report=report, by=cast.focal_undp).is_late == (closes < 0)


def test_two_who_write_at_once_lose_nothing(call: ReportCall, cast: Cast) -> None:
    report = begun(call, cast.contributor_undp)
    verbs.write_report(report=report, by=cast.focal_undp, version=1, title="First")
    with pytest.raises(Refused, match="saved this report while you were writing"):
        verbs.write_report(report=report, by=cast.contributor_undp, version=1, title="Second")
    report.refresh_from_db()
    assert (report.title, report.version) == ("First", 2)


def test_while_the_focal_point_clears_nobody_else_writes(call: ReportCall, cast: Cast) -> None:
    report = verbs.send_to_clearance(report=written(call, cast.contributor_undp), by=cast.contributor_undp)
    with pytest.raises(PermissionDenied, match="is clearing"):
        verbs.write_report(report=report, by=cast.contributor_undp, version=report.version, title="Mine")
    assert verbs.write_report(report=report, by=cast.focal_undp, version=report.version, title="Better").title == "Better"
    with pytest.raises(Refused, match="Say why"):
        verbs.send_back(report=report, by=cast.focal_undp, reason=" ")
    verbs.send_back(report=report, by=cast.focal_undp, reason="The figures of 2016 are missing.")
    assert mails("report_sent_back") == {cast.contributor_undp.email}
    with pytest.raises(Refused, match="Only a report in clearance"):
        verbs.send_back(report=report, by=cast.focal_undp, reason="Again.")


def test_what_is_missing_is_said(call: ReportCall, cast: Cast) -> None:
    report = begun(call, cast.focal_undp)
    with pytest.raises(Refused, match="a title; a summary; a theme of the Conference; text in a section, or a file"):
        verbs.submit_report(report=report, by=cast.focal_undp)
    with pytest.raises(Refused, match="still needs"):
        verbs.send_to_clearance(report=report, by=cast.focal_undp)


def test_only_focal_points_of_the_organization_clear(call: ReportCall, cast: Cast) -> None:
    report = written(call, cast.contributor_undp)
    for stranger in (cast.contributor_undp, cast.focal_fao, cast.secretariat, cast.administrator):
        with pytest.raises(PermissionDenied):
            verbs.submit_report(report=report, by=stranger)


def test_returned_report_keeps_its_receipt_and_gets_a_new_hash(call: ReportCall, cast: Cast) -> None:
    report = submitted(call, cast)
    first = report.sha256
    for wrong in (cast.focal_undp, cast.outsider):
        with pytest.raises(PermissionDenied):
            verbs.return_report(report=report, by=wrong, reason="x")
    with pytest.raises(Refused, match="Say why"):
        verbs.return_report(report=report, by=cast.secretariat, reason="")
    report = verbs.return_report(report=report, by=cast.secretariat, reason="Please add the partners.")
    assert mails("report_returned") == {cast.focal_undp.email}
    report = verbs.write_report(report=report, by=cast.focal_undp, version=report.version, title="Now with partners")
    report = verbs.submit_report(report=report, by=cast.focal_undp)
    assert (report.receipt, report.sha256 == first) == ("VR-BUENOS-AIRES-001", False)
    assert Notification.objects.filter(kind="meetings.report_received").count() == 2


def test_withdrawing_a_submitted_report_needs_a_reason_that_the_secretariat_reads(call: ReportCall, cast: Cast) -> None:
    report = submitted(call, cast)
    with pytest.raises(Refused, match="Say why"):
        verbs.withdraw_report(report=report, by=cast.focal_undp, reason="")
    verbs.withdraw_report(report=report, by=cast.focal_undp, reason="The ministry asks for more time.")
    assert mails("report_withdrawn") == {cast.secretariat.email}
    with pytest.raises(Refused, match="cannot become"):
        verbs.withdraw_report(report=report, by=cast.focal_undp, reason="Again")


def test_receipts_are_numbered_one_after_the_other(call: ReportCall, cast: Cast) -> None:
    numbers = [submitted(call, cast).receipt]
    numbers.append(verbs.submit_report(report=written(call, cast.focal_fao, "fao"), by=cast.focal_fao).receipt)
    assert numbers == ["VR-BUENOS-AIRES-001", "VR-BUENOS-AIRES-002"]


# --- Files -------------------------------------------------------------------------------------------------------------------


def word(*names: str) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name in names:
            archive.writestr(name, "x")
    return content.getvalue()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "not a PDF or a Word document"),
        (b"MZ a program", "not a PDF or a Word document"),
        (b"<html><script>alert(1)</script>", "not a PDF or a Word document"),
        (b"PK broken", "not a PDF or a Word document"),
        (word("xl/workbook.xml"), "not a PDF or a Word document"),
        (word("[Content_Types].xml", "word/document.xml", "word/vbaProject.bin"), "holds macros"),
        (b"%PDF-" + b"x" * 20 * 1024 * 1024, "larger than 20"),
    ],
)
def test_file_of_another_type_or_size_is_refused(call: ReportCall, cast: Cast, content: bytes, words: str) -> None:
    report = begun(call, cast.focal_undp)
    with pytest.raises(Refused, match=words):
        verbs.set_report_file(report=report, by=cast.focal_undp, content=content, name="report.pdf")
    report.refresh_from_db()
    assert report.file is None


@pytest.mark.parametrize(("content", "mime"), [(b"%PDF-1.7 x", PDF), (word("[Content_Types].xml", "word/document.xml"), DOCX)])
def test_finished_document_stands_for_the_sections(call: ReportCall, cast: Cast, sign_in: Any, content: bytes, mime: str) -> None:
    report = begun(call, cast.focal_undp)
    page = sign_in(cast.focal_undp)
    upload = SimpleUploadedFile("anything" + (".pdf" if mime == PDF else ".docx"), content, content_type="text/html")
    assert page.post(f"/reports/{report.slug}/file/", {"file": upload}).status_code == 302
    report.refresh_from_db()
    assert report.file is not None
    assert report.file.mime == mime
    answer = page.get(f"/reports/{report.slug}/document/")
    assert answer["Content-Type"] == mime
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert sign_in(cast.focal_fao).get(f"/reports/{report.slug}/document/").status_code == 404
    assert Client().get(f"/reports/{report.slug}/document/").status_code == 404
    assert "text in a section" not in "; ".join(verbs.what_is_missing(report))
    assert page.post(f"/reports/{report.slug}/file/", {"remove": "1"}).status_code == 302
    assert page.get(f"/reports/{report.slug}/document/").status_code == 404


def test_wrong_file_is_refused_on_the_page_with_words(call: ReportCall, cast: Cast, sign_in: Any) -> None:
    report = begun(call, cast.focal_undp)
    page = sign_in(cast.focal_undp)
    answer = page.post(f"/reports/{report.slug}/file/", {"file": SimpleUploadedFile("a.pdf", b"MZ")})
    assert (answer.status_code, "not a PDF or a Word document" in answer.content.decode()) == (400, True)
    empty = page.post(f"/reports/{report.slug}/file/", {"file": SimpleUploadedFile("a.pdf", b"")})
    assert (empty.status_code, "The file is empty. Choose another one." in empty.content.decode()) == (400, True)
    huge = page.post(f"/reports/{report.slug}/file/", {"file": SimpleUploadedFile("a.pdf", b"%PDF-" + b"x" * 26 * 1024 * 1024)})
    assert (huge.status_code, "larger than 20" in huge.content.decode()) == (400, True)
    assert page.post(f"/reports/{report.slug}/file/").status_code == 400


# --- Pages ---------------------------------------------------------------------------------------------------------------------


def test_by_pages_from_begin_to_receipt(call: ReportCall, cast: Cast, sign_in: Any) -> None:
    meeting, event = MeetingFactory(), EventFactory()
    page = sign_in(cast.focal_undp)
    text = page.get("/reports/calls/buenos-aires/").content.decode()
    assert "Guidance on What was tried" in text
    undp = Organization.objects.get(code="undp")
    answer = page.post("/reports/calls/buenos-aires/start/", {"organization": undp.pk, "language": "en"})
    assert answer["Location"] == "/reports/undp-buenos-aires-en/edit/"
    data = {
        "version": 1,
        "title": "Brokers",
        "summary": "What we learned.",
        "section_0": "One.\r\n\r\nTwo.",
        "section_1": "",
        "themes": [ThemeFactory().pk],
        "meetings": [meeting.pk],
        "events": [event.pk],
        "citations": "A/RES/71/318\nSSC/17/3",
    }
    assert page.post("/reports/undp-buenos-aires-en/edit/", data).status_code == 302
    stale = page.post("/reports/undp-buenos-aires-en/edit/", data | {"title": "Typed in another tab"})
    assert stale.status_code == 400
    assert "Typed in another tab" in stale.content.decode()  # nothing is lost
    text = page.get("/reports/undp-buenos-aires-en/").content.decode()
    for words in (
        "Only members of UNDP see this report",
        "<p>Two.</p>",
        meeting.title,
        event.title,
        "SSC/17/3",
        "Clear and submit",
    ):
        assert words in text, words
    assert page.get("/reports/undp-buenos-aires-en/receipt/").status_code == 302
    answer = page.post("/reports/undp-buenos-aires-en/submit/")
    assert answer["Location"] == "/reports/undp-buenos-aires-en/receipt/"
    text = page.get(answer["Location"]).content.decode()
    assert "Receipt VR-BUENOS-AIRES-001" in text
    assert VoluntaryReport.objects.get().sha256 in text
    assert sign_in(cast.secretariat).get(answer["Location"]).status_code == 200
    assert "To publish" not in sign_in().get("/reports/").content.decode()


def test_reasons_are_asked_on_pages(call: ReportCall, cast: Cast, sign_in: Any) -> None:
    report = submitted(call, cast)
    staff = sign_in(cast.secretariat)
    path = f"/reports/{report.slug}/return/"
    assert staff.post(path, {"reason": ""}).status_code == 400
    assert sign_in(cast.focal_undp).post(path, {"reason": "x"}).status_code == 403
    assert staff.post(path, {"reason": "Please add the partners."}).status_code == 302
    assert staff.get(f"/reports/{report.slug}/").status_code == 404  # a draft of UNDP again
    focal = sign_in(cast.focal_undp)
    assert "Please add the partners." in focal.get(f"/reports/{report.slug}/").content.decode()
    assert focal.post(f"/reports/{report.slug}/withdraw/", {"reason": ""}).status_code == 302
    assert VoluntaryReport.objects.get().state == S.WITHDRAWN


def test_contributor_sends_to_clearance_and_cannot_submit(call: ReportCall, cast: Cast, sign_in: Any) -> None:
    report = written(call, cast.contributor_undp)
    page = sign_in(cast.contributor_undp)
    assert page.get(f"/reports/{report.slug}/submit/").status_code == 403
    assert "Send to clearance" in page.get(f"/reports/{report.slug}/").content.decode()
    assert page.post(f"/reports/{report.slug}/clearance/").status_code == 302
    answer = page.get(f"/reports/{report.slug}/edit/", follow=True)
    assert "The focal point is clearing this report" in answer.content.decode()
    assert sign_in(cast.outsider).get(f"/reports/{report.slug}/edit/").status_code == 404


def test_who_serves_nowhere_is_told_what_to_do(call: ReportCall, cast: Cast, sign_in: Any) -> None:
    assert "You serve no organization here" in sign_in(cast.outsider).get("/reports/calls/buenos-aires/start/").content.decode()
    answer = sign_in(cast.outsider).post(
        "/reports/calls/buenos-aires/start/", {"organization": Organization.objects.get(code="undp").pk, "language": "en"}
    )
    assert (answer.status_code, VoluntaryReport.objects.count()) == (400, 0)


def test_drafts_are_hidden_from_all_but_their_organization(call: ReportCall, cast: Cast) -> None:
    report = written(call, cast.contributor_undp)
    sees = {name for name, user in cast.everyone().items() if report in VoluntaryReport.objects.visible_to(user)}
    assert sees == {"focal_undp", "contributor_undp"}


# --- Calls and progress ---------------------------------------------------------------------------------------------------------


def call_form(**more: Any) -> dict[str, Any]:
    return {
        "slug": "next",
        "title_en": "Reports for the review",
        "introduction_en": "Say what worked.",
        "themes": [ThemeFactory().pk],
        "opens_at": "2027-01-04T09:00",
        "closes_at": "2027-06-30T18:00",
        "accepts_late": "on",
        "template-TOTAL_FORMS": "3",
        "template-INITIAL_FORMS": "0",
        "template-0-heading_en": "What was tried",
        "template-0-heading_fr": "Ce qui a été tenté",
        "template-1-heading_en": "",
        "template-2-heading_en": "Proposals",
    } | more


def test_secretariat_makes_and_changes_a_call(cast: Cast, sign_in: Any) -> None:
    staff = sign_in(cast.secretariat)
    assert staff.post("/reports/calls/new/", call_form()).status_code == 302
    call = ReportCall.objects.get()
    assert [row.heading for row in call.template.all()] == ["What was tried", "Proposals"]
    assert sign_in().get("/reports/calls/next/").status_code == 404  # it has not opened
    assert staff.get("/reports/calls/next/").status_code == 200
    again = call_form(
        **{"template-INITIAL_FORMS": "2", "template-1-heading_en": "What was learned", "closes_at": "2027-07-31T18:00"}
    )
    assert staff.post("/reports/calls/next/edit/", again).status_code == 302
    call.refresh_from_db()
    assert [row.heading for row in call.template.all()] == ["What was tried", "What was learned", "Proposals"]
    assert call.slug == "next"
    for who in (cast.focal_undp, cast.administrator):
        assert sign_in(who).post("/reports/calls/new/", call_form(slug="x")).status_code == 403


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"closes_at": "2026-01-01T00:00"}, "The deadline must be after the opening."),
        ({"template-0-heading_en": "", "template-0-heading_fr": "", "template-2-heading_en": ""}, "at least one section"),
        ({"template-0-heading_en": ""}, "Give the section an English heading"),
        ({"title_en": ""}, "This field is required."),
    ],
)
def test_bad_call_is_refused_with_words(cast: Cast, sign_in: Any, more: dict[str, str], words: str) -> None:
    answer = sign_in(cast.secretariat).post("/reports/calls/new/", call_form(**more))
    assert answer.status_code == 400
    assert words in answer.content.decode()
    assert not ReportCall.objects.exists()


def test_progress_counts_states_and_shows_what_is_submitted_to_staff_only(
    call: ReportCall, cast: Cast, sign_in: Any, django_assert_num_queries: Any
) -> None:
    samoa, kenya = CountryFactory(iso2="WS"), CountryFactory(iso2="KE")
    CountryFactory(iso2="BR")
    ReportFactory(call=call, country=samoa)
    ReportFactory(call=call, country=kenya, state=S.SUBMITTED, published_at=None)
    with django_assert_num_queries(3):
        public = progress_of(call)
    assert (public.published, public.submitted, public.states) == (1, 0, 3)
    assert (progress_of(call, with_submitted=True).submitted, progress_of(call, with_submitted=True).published) == (1, 1)
    assert "Submitted, not yet published" not in sign_in().get("/reports/calls/buenos-aires/progress/").content.decode()
    assert (
        "Submitted, not yet published" in sign_in(cast.secretariat).get("/reports/calls/buenos-aires/progress/").content.decode()
    )


def test_focal_points_of_states_without_a_report_are_reminded_once(call: ReportCall, cast: Cast) -> None:
    category = OrganizationFactory(
        code="kenya", category__code="member-state", country=CountryFactory(iso2="KE"), is_agency=False
    ).category
    Organization.objects.filter(code="samoa").update(category=category, country=CountryFactory(iso2="WS"))
    kenyan = person(Role.FOCAL_POINT, "kenya")
    ReportFactory(call=call, country=CountryFactory(iso2="WS"))
    assert verbs.remind_of_deadline(days=14) == 0
    ReportCall.objects.update(closes_at=timezone.now() + timedelta(days=10))
    for _twice in range(2):
        assert verbs.remind_of_deadline(days=14) == 1
    assert mails("report_call_closes") == {kenyan.email}
    assert Notification.objects.filter(kind="meetings.report_call_closes").count() == 1


def test_desk_says_whose_turn_it_is(call: ReportCall, cast: Cast, sign_in: Any) -> None:
    report = written(call, cast.contributor_undp)
    assert "Go on writing" in sign_in(cast.contributor_undp).get("/desk/").content.decode()
    verbs.send_to_clearance(report=report, by=cast.contributor_undp)
    assert "Clear the report" in sign_in(cast.focal_undp).get("/desk/").content.decode()
    assert report.title not in sign_in(cast.secretariat).get("/desk/").content.decode()
    verbs.submit_report(report=report, by=cast.focal_undp)
    assert "Publish the report" in sign_in(cast.secretariat).get("/desk/").content.decode()


def test_who_serves_one_organization_chooses_none(call: ReportCall, undp: Organization, cast: Cast, sign_in: Any) -> None:
    writer, path = sign_in(cast.contributor_undp), "/reports/calls/buenos-aires/start/"
    text = writer.get(path).content.decode()
    assert f"Report of: {undp.name}" in text
    assert '<option value="en" selected>' in text
    assert '<select name="organization"' not in text
    fao = Organization.objects.get(code="fao")
    assert writer.post(path, {"organization": fao.pk, "language": "en"}).status_code == 302
    assert VoluntaryReport.objects.get().organization == undp
    MembershipFactory(user=cast.contributor_undp, organization=fao, role=Role.CONTRIBUTOR)
    assert '<select name="organization"' in writer.get(path).content.decode()
