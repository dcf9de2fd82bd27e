"""The admin: briefs are set up there and otherwise only looked at, by those who make them."""

from typing import Any

import pytest
from django.test import Client

from briefs.enums import BriefState
from briefs.models import Brief, Series
from directory.models import Organization, PageVersion, User
from tests.conftest import Cast
from tests.factories.briefs import SeriesFactory, brief_by, in_state

pytestmark = pytest.mark.django_db
NEW_SERIES = {"slug": "notes", "title_en": "Notes", "description_en": "", "periodicity": "quarterly", "cover": "band"}


@pytest.fixture
def staff(cast: Cast, sign_in: Any) -> Client:
    User.objects.filter(pk=cast.secretariat.pk).update(is_staff=True)
    return sign_in(cast.secretariat)


def new_brief(**values: Any) -> dict[str, Any]:
    undp, fao = (Organization.objects.get(code=code).pk for code in ("undp", "fao"))
    return {
        "slug": "new-brief", "series": SeriesFactory().pk, "number": "5", "language": "en", "title": "New", "summary": "About.",
        "key_messages": '["One."]', "footnotes": "[]",
        "agencies-TOTAL_FORMS": "2", "agencies-INITIAL_FORMS": "0", "agencies-0-organization": undp, "agencies-0-is_lead": "on",
        "agencies-1-organization": fao,
        "sections-TOTAL_FORMS": "1", "sections-INITIAL_FORMS": "0", "sections-0-position": "1", "sections-0-kind": "section",
        "sections-0-heading": "Why",
        "sections-0-organization": undp, "sections-0-body": "<p>x</p><script>y</script>",
        "cited_solutions-TOTAL_FORMS": "0", "cited_solutions-INITIAL_FORMS": "0",
        "state_changes-TOTAL_FORMS": "0", "state_changes-INITIAL_FORMS": "0",
        **values,
    }  # fmt: skip


def test_secretariat_sets_up_a_brief_with_agencies_and_sections(staff: Client, cast: Cast) -> None:
    response = staff.post("/admin/briefs/brief/add/", new_brief())
    assert response.status_code == 302, response.context["errors"]
    brief = Brief.objects.get()
    assert (brief.state, [str(agency.organization) for agency in brief.agencies.all()]) == (BriefState.DRAFTING, ["UNDP", "FAO"])
    assert brief.sections.get().body == "<p>x</p>"
    assert [(change.old, change.new, change.by) for change in brief.state_changes.all()] == [("", "drafting", cast.secretariat)]


def test_reserved_address_is_refused_with_a_sentence(staff: Client) -> None:
    response = staff.post("/admin/briefs/brief/add/", new_brief(slug="feed"))
    assert "This address is used for another page" in response.content.decode()


def test_state_and_text_are_only_looked_at(staff: Client) -> None:
    brief = brief_by()
    address = f"/admin/briefs/brief/{brief.pk}/change/"
    assert staff.get(address).status_code == 200
    assert staff.post(address, {"state": "published", "title": "Other"}).status_code == 403
    assert staff.get(f"/admin/briefs/brief/{brief.pk}/delete/").status_code == 403


def test_administrator_sees_no_text_that_is_being_written(cast: Cast, sign_in: Any) -> None:
    draft, revised = brief_by(), in_state(brief_by(state=BriefState.PUBLISHED), BriefState.DRAFTING)
    client = sign_in(cast.administrator)
    assert client.get("/admin/briefs/brief/").context["cl"].result_count == 0
    for brief in (draft, revised):
        assert client.get(f"/admin/briefs/brief/{brief.pk}/change/").status_code == 302
    assert client.get("/admin/briefs/brief/add/").status_code == 403


def test_editions_are_only_looked_at(staff: Client) -> None:
    edition = brief_by(state=BriefState.PUBLISHED).current_edition
    assert staff.get(f"/admin/briefs/edition/{edition.pk}/change/").status_code == 200
    assert staff.post(f"/admin/briefs/edition/{edition.pk}/change/", {"title": "x"}).status_code == 403
    assert staff.get("/admin/briefs/edition/add/").status_code == 403


def test_secretariat_keeps_series(staff: Client, cast: Cast, sign_in: Any) -> None:
    assert staff.post("/admin/briefs/series/add/", NEW_SERIES).status_code == 302
    assert Series.objects.get().title == "Notes"
    assert sign_in(cast.administrator).post("/admin/briefs/series/add/", NEW_SERIES).status_code == 403


def test_changed_series_makes_public_pages_new(staff: Client) -> None:
    before = PageVersion.objects.filter(subject="briefs").values_list("version", flat=True).first() or 0
    assert (
        staff.post(
            "/admin/briefs/series/add/",
            NEW_SERIES,
        ).status_code
        == 302
    )
    assert PageVersion.objects.get(subject="briefs").version == before + 1
