"""The deadline of a clearance: silence is recorded once, more time given, a brief goes on without an answer, or is corrected."""

import threading
from datetime import timedelta
from io import BytesIO
from typing import Any

import openpyxl
import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from briefs.enums import BriefState, Clearance
from briefs.models import Brief
from briefs.selectors import text_hash
from briefs.services import (
    clear_brief,
    extend_clearance,
    go_on_without,
    publish_brief,
    refuse_clearance,
    save_section,
    start_clearance,
)
from briefs.services.clearance import close_due_clearances, remind_of_clearance
from common.access import Refused
from directory.models import Organization
from notifications.models import Notification
from tests.conftest import Cast
from tests.factories.briefs import brief_by, try_without_worker

pytestmark = pytest.mark.django_db


def organization(code: str) -> Organization:
    return Organization.objects.get(code=code)


def clear(brief: Brief, by: Any, code: str, **more: Any) -> Brief:
    return clear_brief(brief=brief, by=by, on_behalf_of=organization(code), seen=text_hash(brief), **more)


def silent(cast: Cast) -> Brief:
    """A brief that UNDP has cleared and FAO has not, a minute after the deadline, its silence recorded."""
    brief = start_clearance(brief=brief_by(), by=cast.focal_undp)
    clear(brief, cast.focal_undp, "undp")
    Brief.objects.filter(pk=brief.pk).update(clearance_deadline=timezone.now() - timedelta(minutes=1))
    assert close_due_clearances() == 1
    return Brief.objects.get(pk=brief.pk)


def answers(brief: Brief) -> dict[str, str]:
    return dict(brief.agencies.values_list("organization__code", "clearance"))


def go_on(brief: Brief, by: Any, code: str = "fao", reason: str = "Asked three times.", **more: Any) -> Brief:
    seen = more.pop("seen", text_hash(brief))
    return go_on_without(brief=brief, by=by, on_behalf_of=organization(code), seen=seen, reason=reason)


def told(kind: str) -> set[str]:
    return set(Notification.objects.filter(kind=f"briefs.{kind}").values_list("recipient__email", flat=True))


# --- the deadline ---


def test_clearance_has_a_deadline_of_two_weeks_unless_another_is_given(cast: Cast) -> None:
    before = timezone.now()
    brief = start_clearance(brief=brief_by(), by=cast.focal_undp)
    assert before + timedelta(days=14) <= brief.clearance_deadline <= timezone.now() + timedelta(days=14)
    other = before + timedelta(days=5)
    assert start_clearance(brief=brief_by(), by=cast.focal_undp, deadline=other).clearance_deadline == other


@pytest.mark.parametrize(("days", "sentence"), [(-1, "a day at least"), (0.5, "a day at least"), (200, "half a year")])
def test_odd_deadline_is_refused(cast: Cast, days: float, sentence: str) -> None:
    with pytest.raises(Refused, match=sentence):
        start_clearance(brief=brief_by(), by=cast.focal_undp, deadline=timezone.now() + timedelta(days=days))


def test_silence_is_recorded_once_with_nobody_as_its_author(cast: Cast) -> None:
    brief = silent(cast)
    assert close_due_clearances() == 0
    assert answers(brief) == {"undp": Clearance.CLEARED, "fao": Clearance.NO_ANSWER}
    change = brief.agencies.get(organization__code="fao").state_changes.get()
    assert (change.old, change.new, change.by) == ("pending", "no_answer", None)
    assert told("clearance_closed") == {cast.secretariat.email, cast.focal_undp.email, cast.focal_fao.email}
    assert brief.state == BriefState.IN_CLEARANCE


def test_nothing_is_recorded_before_the_deadline(cast: Cast) -> None:
    start_clearance(brief=brief_by(), by=cast.focal_undp)
    assert close_due_clearances() == 0


@pytest.mark.django_db(transaction=True)
def test_silence_and_answer_at_once_end_in_the_answer(cast: Cast) -> None:
    brief = start_clearance(brief=brief_by("undp"), by=cast.focal_undp)
    Brief.objects.update(clearance_deadline=timezone.now() - timedelta(minutes=1))

    def run(act: Any) -> None:
        try:
            act()
        finally:
            connection.close()

    acts = [lambda: clear(brief, cast.focal_undp, "undp"), close_due_clearances, close_due_clearances]
    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    brief.refresh_from_db()
    assert (brief.state, answers(brief)) == (BriefState.CLEARED, {"undp": Clearance.CLEARED})
    assert Notification.objects.filter(kind="briefs.clearance_closed").values("cause").distinct().count() <= 1


def test_agencies_are_reminded_once_for_each_deadline(cast: Cast) -> None:
    brief = start_clearance(brief=brief_by(), by=cast.focal_undp)
    clear(brief, cast.focal_undp, "undp")
    assert remind_of_clearance() == 0
    brief.state_changes.update(at=timezone.now() - timedelta(days=12))
    Brief.objects.update(clearance_deadline=timezone.now() + timedelta(days=2))
    assert (remind_of_clearance(), remind_of_clearance()) == (1, 0)
    assert told("clearance_ends_soon") == {cast.focal_fao.email}


def test_more_time_opens_what_was_recorded_as_silence(cast: Cast) -> None:
    brief = silent(cast)
    later = timezone.now() + timedelta(days=3)
    extend_clearance(brief=brief, by=cast.secretariat, deadline=later)
    brief.refresh_from_db()
    assert (brief.clearance_deadline, brief.clearance_closed_at) == (later, None)
    assert answers(brief) == {"undp": Clearance.CLEARED, "fao": Clearance.PENDING}
    assert told("clearance_extended") == {cast.focal_fao.email}
    with pytest.raises(Refused, match="later than the present"):
        extend_clearance(brief=brief, by=cast.focal_undp, deadline=later - timedelta(days=1))
    for who in (cast.focal_fao, cast.contributor_undp, cast.outsider, cast.administrator):
        with pytest.raises(PermissionDenied):
            extend_clearance(brief=brief, by=who, deadline=later + timedelta(days=1))
    with pytest.raises(Refused, match="running clearance"):
        extend_clearance(brief=brief_by(), by=cast.secretariat, deadline=later)


# --- going on without an answer ---


def test_silence_alone_publishes_nothing(cast: Cast) -> None:
    with pytest.raises(Refused, match="Still missing: FAO"):
        publish_brief(brief=silent(cast), by=cast.secretariat)


def test_brief_goes_on_without_a_silent_agency_and_says_so_in_print(cast: Cast, sign_in: Any) -> None:
    brief = go_on(silent(cast), cast.secretariat)
    assert brief.state == BriefState.CLEARED
    assert told("goes_on_without") == {cast.focal_fao.email}
    try_without_worker(brief)
    edition = publish_brief(brief=brief, by=cast.secretariat)
    assert [row["no_answer"] for row in edition.content["agencies"]] == [False, True]
    page = sign_in().get(brief.get_absolute_url()).content.decode()
    assert "No answer received by the deadline: FAO" in page
    assert "Asked three times." not in page


@pytest.mark.parametrize("who", ["focal_undp", "focal_fao", "drafter", "outsider", "administrator"])
def test_only_secretariat_staff_decide_to_go_on(cast: Cast, who: str) -> None:
    with pytest.raises(PermissionDenied):
        go_on(silent(cast), getattr(cast, who))


def test_going_on_needs_a_silent_agency_a_reason_and_the_text_that_was_read(cast: Cast) -> None:
    running = start_clearance(brief=brief_by(), by=cast.focal_undp)
    with pytest.raises(Refused, match="no answer by the deadline"):
        go_on(running, cast.secretariat)
    brief = silent(cast)
    with pytest.raises(Refused, match="no answer by the deadline"):
        go_on(brief, cast.secretariat, "undp")
    with pytest.raises(Refused, match="Say why"):
        go_on(brief, cast.secretariat, reason=" ")
    with pytest.raises(Refused, match="edited after"):
        go_on(brief, cast.secretariat, seen="0" * 64)


def test_late_answer_counts_until_publication(cast: Cast) -> None:
    brief = go_on(silent(cast), cast.secretariat)
    clear(brief, cast.focal_fao, "fao", reservation="Not page 3.")
    row = brief.agencies.get(organization__code="fao")
    assert (row.clearance, row.waiver_reason, row.waiver_hash) == (Clearance.CLEARED_WITH_RESERVATION, "", "")
    refused = go_on(silent(cast), cast.secretariat)
    refuse_clearance(brief=refused, by=cast.focal_fao, on_behalf_of=organization("fao"), seen=text_hash(refused), reason="No.")
    refused.refresh_from_db()
    assert refused.state == BriefState.DRAFTING


def test_edit_voids_the_decision_to_go_on(cast: Cast) -> None:
    brief = go_on(silent(cast), cast.secretariat)
    section = brief.sections.get(organization__code="undp")
    save_section(section=section, by=cast.focal_undp, version=1, heading="x", body="<p>y</p>")
    brief.refresh_from_db()
    assert (brief.state, set(answers(brief).values())) == (BriefState.DRAFTING, {Clearance.PENDING})


def test_going_on_without_an_agency_that_has_answered_is_impossible(cast: Cast) -> None:
    brief = brief_by(state=BriefState.CLEARED)
    with pytest.raises(IntegrityError, match="silent_only"), transaction.atomic():
        brief.agencies.update(waiver_reason="x", waiver_by=cast.secretariat, waiver_at=timezone.now(), waiver_hash="y")


# --- editorial corrections ---


def correct(brief: Brief, by: Any, code: str = "undp") -> Brief:
    section = brief.sections.get(organization__code=code)
    save_section(section=section, by=by, version=1, heading=section.heading, body="<p>Because it does!</p>", is_editorial=True)
    return Brief.objects.get(pk=brief.pk)


def test_editorial_correction_keeps_the_clearances_that_agreed_to_it(cast: Cast) -> None:
    brief = start_clearance(brief=brief_by(), by=cast.focal_undp)
    for by, code in ((cast.focal_undp, "undp"), (cast.focal_fao, "fao")):
        clear(brief, by, code, keeps_editorial=True)
    corrected = correct(brief, cast.focal_undp)
    assert corrected.state == BriefState.CLEARED
    assert {row.cleared_hash for row in corrected.agencies.all()} == {text_hash(corrected)}
    assert told("editorial_correction") == {cast.focal_undp.email, cast.focal_fao.email}
    try_without_worker(corrected)
    publish_brief(brief=corrected, by=cast.secretariat)


def test_agency_that_did_not_agree_is_asked_again_and_the_other_is_not(cast: Cast) -> None:
    brief = start_clearance(brief=brief_by(), by=cast.focal_undp)
    clear(brief, cast.focal_undp, "undp", keeps_editorial=True)
    clear(brief, cast.focal_fao, "fao")
    corrected = correct(brief, cast.focal_undp)
    assert (corrected.state, answers(corrected)) == (BriefState.DRAFTING, {"undp": "cleared", "fao": "pending"})
    start_clearance(brief=corrected, by=cast.focal_undp)
    assert answers(corrected) == {"undp": "cleared", "fao": "pending"}
    assert clear(corrected, cast.focal_fao, "fao").state == BriefState.CLEARED


def test_edit_of_substance_voids_also_what_agreed_to_editorial_ones(cast: Cast) -> None:
    brief = start_clearance(brief=brief_by(), by=cast.focal_undp)
    clear(brief, cast.focal_undp, "undp", keeps_editorial=True)
    section = brief.sections.get(organization__code="undp")
    save_section(section=section, by=cast.focal_undp, version=1, heading="x", body="<p>y</p>")
    assert set(answers(brief).values()) == {Clearance.PENDING}
    assert not brief.agencies.filter(keeps_editorial=True).exists()


# --- the table ---


def test_table_shows_every_brief_in_progress_to_its_makers(cast: Cast, sign_in: Any) -> None:
    silent(cast)
    brief_by("who", "ilo")
    brief_by(state=BriefState.PUBLISHED)
    table = sign_in(cast.secretariat).get("/briefs/desk/clearance/").context["table"]
    assert [agency.code for agency in table.agencies] == ["fao", "ilo", "undp", "who"]
    assert [[cell.clearance if cell else "" for cell in row.cells] for row in table.rows] == [
        ["no_answer", "", "cleared", ""],
        ["", "pending", "", "pending"],
    ]
    assert len(sign_in(cast.focal_fao).get("/briefs/desk/clearance/").context["table"].rows) == 1
    assert sign_in(cast.outsider).get("/briefs/desk/clearance/").context["table"].rows == []


def test_table_as_a_workbook(cast: Cast, sign_in: Any) -> None:
    go_on(silent(cast), cast.secretariat)
    file = sign_in(cast.secretariat).get("/briefs/desk/clearance.xlsx")
    rows = list(openpyxl.load_workbook(BytesIO(file.content)).active.values)
    assert rows[0][5:] == ("FAO", "UNDP")
    assert rows[1][5:] == ("No answer by the deadline: Asked three times.", "Cleared")


@pytest.mark.parametrize("count", [1, 6])
def test_table_asks_the_database_the_same_for_one_and_many(
    cast: Cast, sign_in: Any, django_assert_num_queries: Any, count: int
) -> None:
    for _ in range(count):
        brief_by()
    client = sign_in(cast.secretariat)
    client.get("/briefs/desk/clearance/")
    with django_assert_num_queries(TABLE_QUERIES):
        client.get("/briefs/desk/clearance/")


TABLE_QUERIES = 8


# --- pages ---


def test_pages_of_the_deadline(cast: Cast, sign_in: Any) -> None:
    brief, lead, staff = brief_by(), sign_in(cast.focal_undp), sign_in(cast.secretariat)
    page = f"/briefs/{brief.slug}/"
    soon = (timezone.now() + timedelta(hours=2)).strftime("%Y-%m-%dT%H:%M")
    refused = lead.post(f"{page}start-clearance/", {"deadline": soon})
    assert (refused.status_code, "a day at least" in refused.content.decode(), soon in refused.content.decode()) == (
        400,
        True,
        True,
    )
    later = (timezone.now() + timedelta(days=4)).strftime("%Y-%m-%dT%H:%M")
    assert lead.post(f"{page}start-clearance/", {"deadline": later}).status_code == 302
    assert "Answers are due by" in lead.get(page).content.decode()
    assert sign_in(cast.focal_fao).post(f"{page}clearance/extend/", {"deadline": later}).status_code == 403
    even_later = (timezone.now() + timedelta(days=8)).strftime("%Y-%m-%dT%H:%M")
    assert lead.post(f"{page}clearance/extend/", {"deadline": even_later}).status_code == 302
    clear(brief, cast.focal_undp, "undp")
    Brief.objects.update(clearance_deadline=timezone.now() - timedelta(minutes=1))
    close_due_clearances()
    assert "Go on without this answer" in staff.get(page).content.decode()
    form = staff.get(f"{page}clearance/fao/go-on/").context["form"]
    values = {"reason": "No answer to three letters.", "seen": form.initial["seen"]}
    assert lead.post(f"{page}clearance/fao/go-on/", values).status_code == 403
    assert staff.post(f"{page}clearance/fao/go-on/", {**values, "reason": ""}).status_code == 400
    assert staff.post(f"{page}clearance/fao/go-on/", values).status_code == 302
    brief.refresh_from_db()
    assert brief.state == BriefState.CLEARED


def test_checkbox_keeps_clearances_for_editorial_corrections(cast: Cast, sign_in: Any) -> None:
    brief = start_clearance(brief=brief_by(), by=cast.focal_undp)
    values = {"organization": organization("undp").pk, "answer": "cleared", "words": "", "seen": text_hash(brief)}
    sign_in(cast.focal_undp).post(f"/briefs/{brief.slug}/clear/", {**values, "keeps_editorial": "on"})
    assert brief.agencies.get(organization__code="undp").keeps_editorial
