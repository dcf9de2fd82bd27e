"""Clearance: started by the lead, given or refused by each agency's focal point, bound to the text."""

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from briefs.enums import BriefState, Clearance
from briefs.models import Brief, BriefAgency
from briefs.selectors import text_hash
from briefs.services import clear_brief, refuse_clearance, save_section, start_clearance
from common.access import Refused
from directory.models import Organization, User
from tests.conftest import Cast
from tests.factories.briefs import brief_by
from tests.factories.directory import OrganizationFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def brief(cast: Cast) -> Brief:
    return brief_by(state=BriefState.IN_CLEARANCE)


def organization(code: str) -> Organization:
    return Organization.objects.get(code=code)


def clear(brief: Brief, by: User, code: str, **more: str) -> Brief:
    return clear_brief(brief=brief, by=by, on_behalf_of=organization(code), seen=more.pop("seen", text_hash(brief)), **more)


def refuse(brief: Brief, by: User, code: str, reason: str = "Too long.") -> Brief:
    return refuse_clearance(brief=brief, by=by, on_behalf_of=organization(code), seen=text_hash(brief), reason=reason)


# --- start ---


def test_lead_focal_point_starts_the_clearance(cast: Cast) -> None:
    brief = start_clearance(brief=brief_by(), by=cast.focal_undp)
    change = brief.state_changes.get()
    assert brief.state == BriefState.IN_CLEARANCE
    assert (change.old, change.new, change.by, change.on_behalf_of.code) == ("drafting", "in_clearance", cast.focal_undp, "undp")


@pytest.mark.parametrize("who", ["contributor_undp", "focal_fao", "secretariat", "outsider", "administrator"])
def test_nobody_else_starts_it(cast: Cast, who: str) -> None:
    with pytest.raises(PermissionDenied):
        start_clearance(brief=brief_by(), by=getattr(cast, who))


@pytest.mark.parametrize("state", [state for state in BriefState if state != BriefState.DRAFTING])
def test_clearance_starts_from_drafting_only(cast: Cast, state: str) -> None:
    with pytest.raises(Refused, match="started already"):
        start_clearance(brief=brief_by(state=state), by=cast.focal_undp)


def test_empty_section_stops_the_start_and_is_named(cast: Cast) -> None:
    brief = brief_by()
    brief.sections.filter(organization__code="fao").update(body="")
    with pytest.raises(Refused, match=r"no text yet: Part of fao \(FAO\)"):
        start_clearance(brief=brief, by=cast.focal_undp)


def test_brief_without_sections_is_not_cleared(cast: Cast) -> None:
    brief = brief_by()
    brief.sections.all().delete()
    with pytest.raises(Refused, match="no section yet"):
        start_clearance(brief=brief, by=cast.focal_undp)


def test_brief_without_key_messages_is_not_cleared(cast: Cast) -> None:
    with pytest.raises(Refused, match="no key messages"):
        start_clearance(brief=brief_by(key_messages=[]), by=cast.focal_undp)


# --- clear ---


def test_last_clearance_makes_the_brief_cleared(brief: Brief, cast: Cast) -> None:
    assert clear(brief, cast.focal_undp, "undp").state == BriefState.IN_CLEARANCE
    assert clear(brief, cast.focal_fao, "fao", reservation=" Not on page 3. ").state == BriefState.CLEARED
    answers = {row.organization.code: row for row in brief.agencies.select_related("organization")}
    assert answers["undp"].clearance == Clearance.CLEARED
    assert (answers["fao"].clearance, answers["fao"].reservation) == (Clearance.CLEARED_WITH_RESERVATION, "Not on page 3.")
    assert {row.cleared_hash for row in answers.values()} == {text_hash(brief)}
    change = brief.state_changes.get()
    assert (change.by, change.on_behalf_of.code) == (cast.focal_fao, "fao")
    history = answers["fao"].state_changes.get()
    assert (history.old, history.new, history.by, history.reason) == (
        "pending",
        "cleared_with_reservation",
        cast.focal_fao,
        "Not on page 3.",
    )


@pytest.mark.parametrize("who", ["contributor_undp", "focal_fao", "secretariat", "outsider", "administrator"])
def test_only_the_agencys_focal_point_clears_for_it(brief: Brief, cast: Cast, who: str) -> None:
    for verb in (clear, refuse):
        with pytest.raises(PermissionDenied):
            verb(brief, getattr(cast, who), "undp")
    assert not brief.agencies.exclude(clearance=Clearance.PENDING).exists()


def test_agency_that_is_no_coauthor_has_nothing_to_clear(brief: Brief, cast: Cast) -> None:
    for verb in (clear, refuse):
        with pytest.raises(Refused, match="WHO is not a co-author"):
            verb(brief, cast.focal_who, "who")


@pytest.mark.parametrize("state", [BriefState.DRAFTING, BriefState.CLEARED, BriefState.PUBLISHED, BriefState.WITHDRAWN])
def test_answers_are_taken_in_clearance_only(cast: Cast, state: str) -> None:
    brief = brief_by(state=state)
    for verb in (clear, refuse):
        with pytest.raises(Refused, match="not in clearance"):
            verb(brief, cast.focal_undp, "undp")


def test_agency_answers_once(brief: Brief, cast: Cast) -> None:
    clear(brief, cast.focal_undp, "undp")
    for verb in (clear, refuse):
        with pytest.raises(Refused, match="UNDP has cleared this text already"):
            verb(brief, cast.focal_undp, "undp")


def test_answer_to_a_text_that_was_edited_meanwhile_is_refused(brief: Brief, cast: Cast) -> None:
    seen = text_hash(brief)
    section = brief.sections.get(organization__code="fao")
    section.body = "<p>Something else</p>"
    section.save()
    with pytest.raises(Refused, match="edited after you opened this page"):
        clear(brief, cast.focal_undp, "undp", seen=seen)


# --- refuse, and start again ---


def test_refusal_takes_the_brief_back_with_its_reason(brief: Brief, cast: Cast) -> None:
    refused = refuse(brief, cast.focal_fao, "fao", " Too long. ")
    assert refused.state == BriefState.DRAFTING
    assert refused.state_changes.get().reason == "Too long."
    assert brief.agencies.get(organization__code="fao").clearance == Clearance.NOT_CLEARED


def test_refusal_needs_a_reason(brief: Brief, cast: Cast) -> None:
    with pytest.raises(Refused, match="authors need a reason"):
        refuse(brief, cast.focal_fao, "fao", "  ")


def test_clearance_of_the_same_text_stands_after_a_refusal(brief: Brief, cast: Cast) -> None:
    clear(brief, cast.focal_undp, "undp")
    refuse(brief, cast.focal_fao, "fao")
    start_clearance(brief=brief, by=cast.focal_undp)
    answers = dict(brief.agencies.values_list("organization__code", "clearance"))
    assert answers == {"undp": Clearance.CLEARED, "fao": Clearance.PENDING}


def test_edit_after_a_refusal_asks_everybody_again(brief: Brief, cast: Cast) -> None:
    clear(brief, cast.focal_undp, "undp")
    refuse(brief, cast.focal_fao, "fao")
    section = brief.sections.get(organization__code="fao")
    save_section(section=section, by=cast.focal_fao, version=1, heading="Shorter", body="<p>Short.</p>")
    assert set(brief.agencies.values_list("clearance", flat=True)) == {Clearance.PENDING}


# --- what the database holds against everybody ---


def test_clearance_without_hash_person_or_time_is_impossible(brief: Brief) -> None:
    with pytest.raises(IntegrityError, match="who_when_and_of_what"), transaction.atomic():
        brief.agencies.update(clearance=Clearance.CLEARED)


def test_reservation_without_text_is_impossible(cast: Cast) -> None:
    brief = brief_by(state=BriefState.CLEARED)
    with pytest.raises(IntegrityError, match="reservation_has_text"), transaction.atomic():
        brief.agencies.update(clearance=Clearance.CLEARED_WITH_RESERVATION)


def test_brief_has_one_lead_agency(brief: Brief) -> None:
    with pytest.raises(IntegrityError, match="one_lead"), transaction.atomic():
        BriefAgency.objects.create(brief=brief, organization=OrganizationFactory(code="ilo"), is_lead=True)


def test_renaming_an_agency_does_not_void_a_clearance(brief: Brief) -> None:
    before = text_hash(brief)
    Organization.objects.filter(code="undp").update(acronym="Other", name_en="Other name")
    brief.series.title = "Another title"
    brief.series.save()
    assert text_hash(Brief.objects.get(pk=brief.pk)) == before


@pytest.mark.parametrize("field", ["title", "summary", "key_messages", "footnotes", "language"])
def test_hash_covers_what_agencies_answer_for(brief: Brief, field: str) -> None:
    before = text_hash(brief)
    setattr(brief, field, ["other"] if field in {"key_messages", "footnotes"} else "fr")
    assert text_hash(brief) != before
