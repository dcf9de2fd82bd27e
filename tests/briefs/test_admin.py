"""The admin: briefs are set up there and otherwise only looked at, by those who make them."""

from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.contrib.admin import site
from django.test import Client

import briefs.demo
import directory.demo
from briefs.enums import BriefState
from briefs.models import Brief, HeadNotice, PressKit, Series
from directory.models import Organization, PageVersion, User
from directory.services.files import store_file
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


# --- every page ---

# Shown with what they belong to, here or on the portal's own pages.
PARTS = {
    "BriefAgency", "BriefStateChange", "CitedParagraph", "CitedSolution", "ClearanceChange", "DownloadBatch", "EditionFile",
    "EmbargoOpening", "EmbargoReader", "Figure", "MatterChange", "PlannedPublicationChange", "Reference", "ReviewPoint",
    "ReviewRoundChange", "Reviewer", "ReviewerChange", "Section", "SectionCommentChange", "SectionReply", "SourceSection",
}  # fmt: skip


@pytest.fixture
def demo(client: Client) -> Client:
    """The demo's secretariat, which may look into the administration."""
    directory.demo.load(shift=timedelta(weeks=473), scale=1)
    briefs.demo.load(shift=timedelta(weeks=473), scale=1)
    User.objects.filter(email="secretariat@demo.example").update(is_staff=True)
    client.force_login(User.objects.get(email="secretariat@demo.example"))
    return client


def test_every_page_of_the_admin_opens_or_refuses(demo: Client) -> None:
    """List, search, add and one row of every model; deleting is refused everywhere."""
    registered = {model: admin for model, admin in site._registry.items() if model._meta.app_label == "briefs"}
    nothing_of = set()
    for model, model_admin in registered.items():
        base = f"/admin/briefs/{model._meta.model_name}/"
        listed = demo.get(base)
        assert listed.status_code == 200, base
        if model_admin.search_fields:
            assert demo.get(f"{base}?q=water").status_code == 200, base
        for name in model_admin.list_filter:
            assert demo.get(f"{base}?{name}__exact=1").status_code in {200, 302}, (base, name)
        adds = model in {Brief, Series}
        assert demo.get(f"{base}add/").status_code == (200 if adds else 403), base
        row = listed.context["cl"].queryset.first()
        if row is None:
            nothing_of.add(model.__name__)
            continue
        assert demo.get(f"{base}{row.pk}/change/").status_code == 200, base
        assert demo.get(f"{base}{row.pk}/history/").status_code == 200, base
        assert demo.get(f"{base}{row.pk}/delete/").status_code == 403, base
    # A model that comes newly is looked at here, with demo data of its own.
    assert nothing_of == {"AcknowledgedWarning", "BriefImport", "PressKit", "SectionLease", "SectionLeaseBreak"}
    assert {model.__name__ for model in set(apps.get_app_config("briefs").get_models()) - set(registered)} == PARTS


def test_press_kit_that_carries_a_correction_is_shown(demo: Client) -> None:
    notice = HeadNotice.objects.filter(kind="correction")[0]
    file = store_file(content=b"PK", mime="application/zip")
    kit = PressKit.objects.create(edition=notice.edition, notice=notice, file=file)
    assert demo.get("/admin/briefs/presskit/").status_code == 200
    assert demo.get(f"/admin/briefs/presskit/{kit.pk}/change/").status_code == 200
