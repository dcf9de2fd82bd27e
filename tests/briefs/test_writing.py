"""Saving sections: no save overwrites an unseen change, and every change voids clearances."""

import pytest
from django.core.exceptions import PermissionDenied

from briefs.enums import BriefState, Clearance
from briefs.models import Section
from briefs.services import SectionChanged, save_section
from common.access import Refused
from tests.conftest import Cast
from tests.factories.briefs import SectionFactory, brief_by, in_state

pytestmark = pytest.mark.django_db


@pytest.fixture
def section(cast: Cast) -> Section:
    return brief_by().sections.get(organization__code="undp")


def test_member_saves_a_section_of_their_agency(section: Section, cast: Cast) -> None:
    saved = save_section(
        section=section, by=cast.contributor_undp, version=1, heading=" New ", body="<p>New</p><script>x</script>"
    )
    saved.refresh_from_db()
    assert (saved.heading, saved.body, saved.version, saved.edited_by) == ("New", "<p>New</p>", 2, cast.contributor_undp)


@pytest.mark.parametrize("who", ["focal_fao", "secretariat", "outsider", "administrator"])
def test_only_members_of_the_owning_agency_save(section: Section, cast: Cast, who: str) -> None:
    with pytest.raises(PermissionDenied):
        save_section(section=section, by=getattr(cast, who), version=1, heading="x", body="<p>x</p>")


def test_save_against_an_older_version_is_refused_and_gives_what_stands_there(section: Section, cast: Cast) -> None:
    save_section(section=section, by=cast.focal_undp, version=1, heading="Theirs", body="<p>Theirs</p>")
    with pytest.raises(SectionChanged) as conflict:
        save_section(section=section, by=cast.contributor_undp, version=1, heading="Mine", body="<p>Mine</p>")
    assert conflict.value.section.body == "<p>Theirs</p>"
    assert "compare the two texts" in str(conflict.value)
    section.refresh_from_db()
    assert (section.heading, section.version) == ("Theirs", 2)


def test_save_that_changes_nothing_leaves_version_and_clearances(cast: Cast) -> None:
    brief = brief_by(state=BriefState.CLEARED)
    section = brief.sections.get(organization__code="undp")
    save_section(section=section, by=cast.focal_undp, version=1, heading=section.heading, body=section.body)
    section.refresh_from_db()
    brief.refresh_from_db()
    assert (section.version, brief.state) == (1, BriefState.CLEARED)


@pytest.mark.parametrize("state", [BriefState.IN_CLEARANCE, BriefState.CLEARED])
def test_edit_voids_clearances_and_goes_back_to_drafting_with_a_sentence(state: str, cast: Cast) -> None:
    brief = in_state(brief_by(state=BriefState.CLEARED), state)
    section = brief.sections.get(organization__code="undp")
    save_section(section=section, by=cast.contributor_undp, version=1, heading="Other", body="<p>Other</p>")
    brief.refresh_from_db()
    assert brief.state == BriefState.DRAFTING
    assert set(brief.agencies.values_list("clearance", "cleared_by", "cleared_hash")) == {(Clearance.PENDING, None, "")}
    change = brief.state_changes.get()
    assert change.reason == "UNDP edited the section “Other”: the clearances given before are void."
    assert (change.old, change.by, change.on_behalf_of.code) == (state, cast.contributor_undp, "undp")
    assert [row.new for row in brief.agencies.first().state_changes.all()] == [Clearance.PENDING]


@pytest.mark.parametrize("state", [BriefState.PUBLISHED, BriefState.WITHDRAWN])
def test_published_brief_is_not_edited(state: str, cast: Cast) -> None:
    section = brief_by(state=state).sections.get(organization__code="undp")
    with pytest.raises(Refused, match="open it for a new edition"):
        save_section(section=section, by=cast.focal_undp, version=1, heading="x", body="<p>x</p>")


def test_body_is_cleaned_however_it_is_written(cast: Cast) -> None:
    section = SectionFactory(body='<p onclick="x">y</p><iframe></iframe>')
    assert section.body == "<p>y</p>"
