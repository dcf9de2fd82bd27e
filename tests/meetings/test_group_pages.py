"""Pages of working groups: who sees and does what, exports, calendar files, query counts."""

import io
from datetime import timedelta
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from icalendar import Calendar

from directory.models import Organization
from directory.services.grants import open_internal_access
from meetings.enums import GroupRole, MinutesState
from meetings.models import ActionItem, AgendaItem, Decision, GroupMember, Meeting, Minutes, TermsVersion, WorkingGroup
from meetings.selectors.roof import addresses_of_meetings, meetings_for_home, search_meetings
from meetings.services.minutes import circulate_minutes, write_minutes
from tests.conftest import Cast
from tests.factories.directory import CountryFactory, OrganizationFactory
from tests.factories.meetings import (
    ActionFactory,
    DecisionFactory,
    GroupFactory,
    GroupMeetingFactory,
    MemberFactory,
    MinutesFactory,
    TermsFactory,
    VersionFactory,
)


@pytest.fixture
def group(cast: Cast) -> WorkingGroup:
    made = GroupFactory(slug="group", name="Strategy group")
    MemberFactory(
        group=made, user=cast.drafter, organization=OrganizationFactory(code="unossc"), role=GroupRole.CHAIR, name="Chair"
    )
    MemberFactory(group=made, user=cast.contributor_undp)
    return made


@pytest.fixture
def meeting(group: WorkingGroup) -> Meeting:
    return GroupMeetingFactory(slug="first", title="First session", group=group)


@pytest.fixture
def minutes(meeting: Meeting, cast: Cast) -> Minutes:
    """Circulated for three days; UNDP is asked."""
    write_minutes(meeting=meeting, by=cast.drafter, text="The zanzibar paragraph.")
    circulate_minutes(minutes=meeting.minutes, by=cast.drafter, until=timezone.now() + timedelta(days=3))
    return meeting.minutes


def page(client: Any, path: str, status: int = 200) -> str:
    response = client.get(path)
    assert response.status_code == status, path
    return response.getvalue().decode(errors="replace")


def test_inside_and_outside(group: WorkingGroup, meeting: Meeting, minutes: Minutes, cast: Cast, sign_in: Any) -> None:
    DecisionFactory(group=group, meeting=meeting, title="Inner decision", is_public=False)
    ActionFactory(group=group, text="Inner action")
    paths = ("/group-meetings/first/", "/group-meetings/first/minutes/", "/meetings/first/meeting.ics")
    for user, inside in ((None, 404), (cast.outsider, 404), (cast.focal_who, 404), (cast.administrator, 404),
                         (cast.focal_undp, 200), (cast.drafter, 200), (cast.secretariat, 200)):  # fmt: skip
        client = sign_in(user)
        for path in paths:
            page(client, path, inside)
        shown = page(client, "/working-groups/group/")
        for words in ("Inner decision", "Inner action", "Chandra Weerasuriya", "First session"):
            assert (words in shown) is (inside == 200), (words, user)
        page(client, "/working-groups/group/member/", 200 if inside == 200 else 302 if user is None else 403)


def test_an_administrator_reads_by_a_grant_and_does_nothing(minutes: Minutes, cast: Cast, sign_in: Any) -> None:
    undp = Organization.objects.get(code="undp")
    open_internal_access(organization=undp, by=cast.administrator, reason="A complaint", hours=1)
    client = sign_in(cast.administrator)
    assert "zanzibar" in page(client, "/group-meetings/first/minutes/")
    page(client, "/group-meetings/first/minutes/write/", 403)
    row = minutes.versions.get().confirmations.get()
    assert client.post(f"/group-meetings/first/minutes/answers/{row.pk}/", {f"a{row.pk}-answer": "confirmed"}).status_code == 403


def test_a_group_that_is_not_public(cast: Cast, sign_in: Any) -> None:
    group = GroupFactory(slug="closed", is_public=False, summary="zanzibar")
    MemberFactory(group=group)
    DecisionFactory(group=group, text="zanzibar", is_public=True)
    for path in ("", "terms/", "decisions.csv", "actions.xlsx", "meetings.ics"):
        page(sign_in(), f"/working-groups/closed/{path}", 404)
        page(sign_in(cast.focal_undp), f"/working-groups/closed/{path}")
    assert "closed" not in page(sign_in(), "/working-groups/")
    assert search_meetings(cast.outsider, "zanzibar", limit=9) == []
    assert "/working-groups/closed/" not in addresses_of_meetings()


def test_search_finds_what_the_reader_sees(group: WorkingGroup, minutes: Minutes, cast: Cast) -> None:
    DecisionFactory(group=group, title="zanzibar in public")
    DecisionFactory(group=group, title="zanzibar inside", is_public=False)
    TermsFactory(group=group, number=2, text="zanzibar terms")
    TermsFactory(group=group, number=3, text="other terms")
    for user, kinds in (
        (cast.outsider, ["Decision"]),
        (cast.administrator, ["Decision"]),
        (cast.focal_undp, ["Decision", "Decision", "Minutes"]),
        (cast.secretariat, ["Decision", "Decision", "Minutes"]),
    ):
        assert sorted(hit["kind"] for hit in search_meetings(user, "zanzibar", limit=9)) == kinds
    assert [hit["url"] for hit in search_meetings(cast.outsider, "other terms", limit=9)] == ["/working-groups/group/"]


def test_the_next_meeting_on_the_home_page_is_none_of_a_group(group: WorkingGroup, cast: Cast) -> None:
    now = timezone.now()
    GroupMeetingFactory(group=group, starts_at=now + timedelta(days=1), ends_at=now + timedelta(days=2))
    assert meetings_for_home(cast.focal_undp)["next"] is None


def test_calendars(group: WorkingGroup, meeting: Meeting, cast: Cast, sign_in: Any) -> None:
    GroupMeetingFactory(group=group, slug="draft", state="draft")
    GroupMeetingFactory(group=group, slug="open", is_public=True)

    def entries(client: Any, path: str) -> set[str]:
        text = client.get(path).content.decode()
        return {str(entry["UID"]).partition("@")[0] for entry in Calendar.from_ical(text).walk("VEVENT")}

    for path in ("/working-groups/group/meetings.ics", "/calendar.ics"):
        assert entries(sign_in(), path) == {"meeting-open"}
        assert entries(sign_in(cast.focal_undp), path) == {"meeting-open", "meeting-first"}
    assert "First session" in page(sign_in(cast.focal_undp), "/calendar/")
    assert "First session" not in page(sign_in(cast.outsider), "/calendar/")
    assert sign_in(cast.focal_undp).get("/meetings/first/").url == "/group-meetings/first/"
    assert page(sign_in(), "/group-meetings/open/")
    page(sign_in(cast.focal_undp), "/group-meetings/antalya/", 404)


def test_exports(group: WorkingGroup, meeting: Meeting, cast: Cast, sign_in: Any) -> None:
    DecisionFactory(group=group, meeting=meeting, number="2026/1", title="=Shown", is_public=True)
    DecisionFactory(group=group, number="2026/2", title="Hidden", is_public=False)
    ActionFactory(group=group, text="Send", is_public=True, person=group.members.get(user=cast.contributor_undp))
    outside, inside = sign_in(), sign_in(cast.focal_undp)
    text = b"".join(outside.get("/working-groups/group/decisions.csv").streaming_content).decode()
    assert "'=Shown" in text
    assert "Hidden" not in text
    book = openpyxl.load_workbook(io.BytesIO(inside.get("/working-groups/group/decisions.xlsx").content))
    assert {row[0] for row in book.active.iter_rows(min_row=2, values_only=True)} == {"2026/1", "2026/2"}
    for client, named in ((outside, False), (inside, True)):
        text = b"".join(client.get("/working-groups/group/actions.csv").streaming_content).decode()
        assert ("Chandra Weerasuriya" in text) is named
        assert client.get("/working-groups/group/actions.xlsx").status_code == 200
    page(inside, "/working-groups/group/actions.pdf", 404)


# --- The secretariat's pages -----------------------------------------------------------------------------------------


def test_the_secretariat_makes_a_group_with_terms_and_members(cast: Cast, sign_in: Any) -> None:
    staff = sign_in(cast.secretariat)
    page(sign_in(cast.drafter), "/working-groups/new/", 403)
    assert staff.post("/working-groups/new/", {"slug": "new", "name_en": "N"}).status_code == 400
    made = staff.post("/working-groups/new/", {"slug": "water", "name_en": "Water", "is_public": "on"})
    assert made.url == "/working-groups/water/"
    path = "/working-groups/water/"
    staff.post(path + "terms/new/", {"text": "Purpose. One.", "adopted_on": "2026-09-01"})
    refused = staff.post(path + "terms/new/", {"text": "Purpose. Two.", "adopted_on": "2026-09-02", "seen": "1"})
    assert "Say what changed" in refused.content.decode()
    staff.post(path + "terms/new/", {"text": "Purpose. Two.", "note": "Twice", "adopted_on": "2026-09-02", "seen": "1"})
    assert TermsVersion.objects.filter(group__slug="water").count() == 2
    text = page(sign_in(), path + "terms/")
    assert "<del>One</del><ins>Two</ins>" in text
    assert "Purpose." in page(sign_in(), path + "terms/?version=1")
    page(sign_in(), path + "terms/?version=x&with=9&show=text")
    undp = cast.focal_undp.main_organization
    assert undp is not None
    named = {"organization": undp.pk, "role": "member", "email": cast.focal_undp.email.upper()}
    assert staff.post(path + "members/", named).status_code == 302
    row = GroupMember.objects.get(group__slug="water")
    assert (row.user, row.name) == (cast.focal_undp, cast.focal_undp.full_name)
    assert "write the person" in staff.post(path + "members/", {**named, "email": "x@y.example"}).content.decode()
    again = staff.post(path + "members/", named)
    assert (again.status_code, "has a term in this group" in again.content.decode()) == (400, True)
    staff.post(f"{path}members/{row.pk}/", {"email": "k@undp.example", "name": "K L"})
    staff.post(f"{path}members/{row.pk}/end/", {"on": timezone.now().date() - timedelta(days=1)})
    row.refresh_from_db()
    assert (row.user, row.name, row.email, row.is_over) == (None, "K L", "k@undp.example", True)
    page(staff, f"/working-groups/group/members/{row.pk}/", 404)
    assert staff.post(path + "edit/", {"name_en": "Water and soil"}).status_code == 302
    assert WorkingGroup.objects.get(slug="water").is_public is False


def test_another_groups_member_is_not_found(group: WorkingGroup, cast: Cast, sign_in: Any) -> None:
    other = MemberFactory()
    page(sign_in(cast.secretariat), f"/working-groups/group/members/{other.pk}/", 404)
    page(sign_in(cast.secretariat), f"/working-groups/group/members/{other.pk}/end/", 404)


# --- The chair's pages -----------------------------------------------------------------------------------------------


def test_the_chair_plans_calls_and_keeps_the_record(group: WorkingGroup, cast: Cast, sign_in: Any) -> None:
    chair, member = sign_in(cast.drafter), sign_in(cast.contributor_undp)
    asked = {
        "title": "Second session", "summary": "x", "day": timezone.now().date() + timedelta(days=9), "begins": "10:00",
        "ends": "09:00", "time_zone": "Europe/Rome", "place": "Online", "city": "Rome", "country": CountryFactory().pk,
    }  # fmt: skip
    path = "/working-groups/group/meetings/new/"
    page(member, path, 403)
    assert "end must be after" in chair.post(path, asked).content.decode()
    gap = chair.post(path, {**asked, "day": "2027-03-28", "begins": "02:30", "ends": "05:00"})
    assert "does not exist" in gap.content.decode()
    here = chair.post(path, {**asked, "ends": "12:00"}).url
    page(member, here, 404)
    assert chair.post(here + "agenda/", {"title": "Opening"}).status_code == 302
    assert chair.post(here + "agenda/", {"title": ""}).status_code == 400
    chair.post(here + "agenda/", {"title": "Close", "introducer": "Chandra Weerasuriya"})
    pdf = SimpleUploadedFile("a.pdf", b"%PDF-1.7 x", content_type="application/pdf")
    assert chair.post(here + "documents/new/", {"title": "Paper", "file": pdf}).status_code == 302
    other = SimpleUploadedFile("a.pdf", b"MZ", content_type="application/pdf")
    assert "is no PDF" in chair.post(here + "documents/new/", {"title": "Paper", "file": other}).content.decode()
    assert "Give the address" in chair.post(here + "documents/new/", {"title": "Paper"}).content.decode()
    item = AgendaItem.objects.get(title="Close")
    document = Meeting.objects.get(title="Second session").documents.get()
    one = f"{here}agenda/{item.pk}/"
    chair.post(one, {"move": "up"})
    chair.post(one, {"title": "Closing", "introducer": "Chandra", "documents": [document.pk]})
    item.refresh_from_db()
    assert (item.number, item.title, item.documents.get()) == (1, "Closing", document)
    assert chair.get(here + "call/").status_code == 405
    assert chair.post(here + "call/").status_code == 302
    assert "Closing" in page(member, here)
    assert b"".join(member.get(document.address).streaming_content) == b"%PDF-1.7 x"
    page(sign_in(), document.address, 404)
    page(member, here + "agenda/", 403)
    assert member.post(one, {"remove": "yes"}).status_code == 403
    chair.post(one, {"remove": "yes"})
    assert chair.post(here + "edit/", {**asked, "ends": "11:00"}).status_code == 302
    assert "has not begun" in chair.post(here + "minutes/write/", {"text": "x"}).content.decode()
    assert chair.post(here + "cancel/", {"reason": "A holiday"}).status_code == 302
    assert "This meeting is cancelled" in page(member, here)


def test_minutes_on_their_page(group: WorkingGroup, meeting: Meeting, cast: Cast, sign_in: Any) -> None:
    chair, member, path = sign_in(cast.drafter), sign_in(cast.contributor_undp), "/group-meetings/first/minutes/"
    page(chair, path, 404)
    chair.post(path + "write/", {"text": "One.", "seen": "new"})
    page(member, path, 404)
    assert "Somebody else" in chair.post(path + "write/", {"text": "Two.", "seen": "new"}).content.decode()
    assert "time to answer" in chair.post(path + "circulate/", {"until": "2020-01-01"}).content.decode()
    assert chair.post(path + "circulate/", {"until": timezone.now().date() + timedelta(days=4)}).status_code == 302
    assert "Answer for UNDP" in page(member, path)
    row = Minutes.objects.get().versions.get().confirmations.get()
    answer, prefix = f"{path}answers/{row.pk}/", f"a{row.pk}"
    assert "Write how the text" in member.post(answer, {f"{prefix}-answer": "correction"}).content.decode()
    member.post(answer, {f"{prefix}-answer": "correction", f"{prefix}-text": "One and a half."})
    assert "One and a half." in page(sign_in(cast.focal_undp), path)
    assert "can still answer" in chair.post(path + "adopt/", {}).content.decode()
    assert chair.post(path + "correct/").url == path + "write/"
    assert "Answer for UNDP" not in page(member, path)
    chair.post(path + "write/", {"text": "One and a half.", "note": "As asked"})
    chair.post(path + "circulate/", {"until": timezone.now().date() + timedelta(days=4)})
    assert "<ins>" in page(member, path + "?show=changes")
    assert "One and a half." in page(member, path + "?version=1")
    row = Minutes.objects.get().versions.first().confirmations.get()
    assert member.post(f"{path}answers/{row.pk}/", {f"a{row.pk}-answer": "confirmed"}).status_code == 302
    assert member.post(path + "adopt/", {}).status_code == 403
    assert chair.post(path + "adopt/", {"is_public": "on"}).status_code == 302
    page(sign_in(), path, 404)  # the meeting itself is the group's
    Meeting.objects.filter(pk=meeting.pk).update(is_public=True)
    shown = page(sign_in(), path)
    assert "One and a half." in shown
    assert "Answers of the agencies" not in shown
    assert "version=1" not in shown
    chair.post(path + "show/", {"public": "no"})
    assert Minutes.objects.get().is_public is False


def test_the_answer_of_another_meeting_is_not_found(minutes: Minutes, cast: Cast, sign_in: Any) -> None:
    GroupMeetingFactory(slug="other", group=minutes.group)
    write_minutes(meeting=Meeting.objects.get(slug="other"), by=cast.drafter, text="x")
    other = circulate_minutes(
        minutes=Minutes.objects.get(meeting__slug="other"), by=cast.drafter, until=timezone.now() + timedelta(days=1)
    )
    row = other.confirmations.get()
    client = sign_in(cast.contributor_undp)
    assert client.post(f"/group-meetings/first/minutes/answers/{row.pk}/", {f"a{row.pk}-answer": "confirmed"}).status_code == 404


def test_decisions_and_actions_on_their_pages(group: WorkingGroup, meeting: Meeting, cast: Cast, sign_in: Any) -> None:
    chair, member = sign_in(cast.drafter), sign_in(cast.contributor_undp)
    new = "/working-groups/group/decisions/new/?meeting=first"
    page(member, new, 403)
    taken = meeting.starts_at.date()
    assert chair.post(new, {"meeting": "first", "title": "T", "text": "x", "taken_on": taken}).url == "/group-meetings/first/"
    decision = Decision.objects.get()
    assert decision.number == f"{taken.year}/1"
    page(member, f"/decisions/{decision.pk}/", 403)
    page(sign_in(), f"/decisions/{decision.pk}/", 302)
    page(sign_in(cast.outsider), f"/decisions/{decision.pk}/", 404)
    chair.post(f"/decisions/{decision.pk}/", {"title": "U", "text": "x", "is_public": "on"})
    assert "U" in page(sign_in(), "/working-groups/group/")
    undp = cast.focal_undp.main_organization
    assert undp is not None
    chair.post("/working-groups/group/actions/new/", {"text": "Send", "owner": undp.pk, "due_on": "2020-01-01"})
    action = ActionItem.objects.get()
    path = f"/actions/{action.pk}/"
    page(sign_in(), path, 404)
    asked = page(member, path)
    assert "Overdue" in asked
    assert 'value="done"' in asked
    assert "checked" not in asked  # how far it is, its people say
    assert "This field is required" in member.post(path, {"note": "x"}).content.decode()
    assert member.post(path, {"state": "done", "note": ""}).status_code == 400
    assert member.post(path, {"state": "dropped", "note": "x"}).status_code == 400
    assert member.post(path, {"state": "done", "note": "Sent by bag"}).status_code == 302
    assert "Sent by bag" in page(member, path)
    assert "ended" in chair.post(path + "edit/", {"text": "x", "owner": undp.pk, "due_on": "2027-01-01"}).content.decode()
    assert page(member, path + "edit/", 403)
    ActionItem.objects.update(is_public=True)
    outside = page(sign_in(), path)
    assert "Sent by bag" not in outside
    assert sign_in().post(path, {"state": "done", "note": "x"}).status_code in {302, 403}


def test_attendance_on_its_page(group: WorkingGroup, meeting: Meeting, cast: Cast, sign_in: Any) -> None:
    undp = cast.contributor_undp.main_organization
    assert undp is not None
    chair, path = sign_in(cast.drafter), "/group-meetings/first/attendance/"
    page(sign_in(cast.contributor_undp), path, 403)
    assert chair.post(path, {f"presence_{undp.pk}": "present", f"people_{undp.pk}": "Chandra"}).status_code == 302
    assert "Chandra" in page(sign_in(cast.focal_undp), "/group-meetings/first/")
    Meeting.objects.filter(pk=meeting.pk).update(is_public=True)
    assert "Chandra" not in page(sign_in(cast.outsider), "/group-meetings/first/")


# --- Costs -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("many", [1, 12])
def test_pages_cost_the_same_at_one_and_many(
    many: int,
    group: WorkingGroup,
    meeting: Meeting,
    minutes: Minutes,
    cast: Cast,
    sign_in: Any,
    django_assert_max_num_queries: Any,
) -> None:
    version = minutes.versions.get()
    for number in range(many):
        body = OrganizationFactory(code=f"agency-{number}")
        MemberFactory(group=group, organization=body, name=f"Name {number}")
        version.confirmations.create(organization=body)
        AgendaItem.objects.create(meeting=meeting, number=number + 1, title="x", introduced_by=body)
        DecisionFactory(group=group, meeting=meeting, is_public=number % 2 == 0)
        ActionFactory(group=group, meeting=meeting, owner=cast.focal_undp.main_organization)
        other = GroupMeetingFactory(group=group)
        VersionFactory(minutes=MinutesFactory(meeting=other, state=MinutesState.ADOPTED))
    client = sign_in(cast.contributor_undp)
    counts = {}
    for path in COSTS:
        client.get(path)
        with django_assert_max_num_queries(60) as queries:
            assert client.get(path).status_code == 200
        counts[path] = len(queries)
    assert counts == COSTS


COSTS = {
    "/working-groups/": 6,
    "/working-groups/group/": 15,
    "/working-groups/group/member/": 20,
    "/working-groups/group/terms/": 7,
    "/group-meetings/first/": 16,
    "/group-meetings/first/minutes/": 13,
    "/working-groups/group/actions.xlsx": 6,
}
