"""Publishing: an edition is made once, frozen, given its files, and never changes."""

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.utils import timezone

import briefs.tasks  # noqa: F401 - registers what the job does, as a worker's start does
from briefs.enums import BriefState
from briefs.models import Brief, Edition
from briefs.selectors import content_hash, text_hash
from briefs.services import (
    clear_brief,
    plan_publication,
    publish_brief,
    refuse_clearance,
    render_again,
    render_edition,
    revise_brief,
    save_section,
    start_clearance,
    withdraw_brief,
)
from common.access import Refused
from common.pdf_apart import Rendered
from directory.enums import JobState
from directory.models import Job, Organization, PageVersion, StoredFile
from directory.services.jobs import run_job
from tests.conftest import Cast
from tests.factories.briefs import brief_by, clear_all, in_state, try_without_worker
from tests.factories.directory import person

pytestmark = pytest.mark.django_db
VERBS = {
    "withdraw": (withdraw_brief, BriefState.WITHDRAWN, "be withdrawn"),
    "revise": (revise_brief, BriefState.DRAFTING, "opened for a new edition"),
}


def version() -> int:
    return PageVersion.objects.filter(subject="briefs").values_list("version", flat=True).first() or 0


@pytest.fixture
def fake_pdf(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Rendering that takes no time; gives the list of what was rendered."""
    made: list[str] = []

    def edition_files(edition: Edition, fields: list[str]) -> Rendered:
        made.extend(fields)
        return Rendered([f"%PDF-1.7 {edition.pk} {field}".encode() for field in fields], 1.0)

    monkeypatch.setattr("briefs.services.rendering.documents.edition_files", edition_files)
    return made


# --- publish ---


def test_thread_undp_and_fao_clear_and_the_secretariat_publishes(cast: Cast) -> None:
    brief = start_clearance(brief=brief_by(), by=cast.focal_undp)
    for by, code in ((cast.focal_undp, "undp"), (cast.focal_fao, "fao")):
        clear_brief(brief=brief, by=by, on_behalf_of=Organization.objects.get(code=code), seen=text_hash(brief))
    try_without_worker(brief)
    before = version()
    edition = publish_brief(brief=brief, by=cast.secretariat)
    brief.refresh_from_db()
    assert (brief.state, brief.current_edition, edition.number) == (BriefState.PUBLISHED, edition, 1)
    assert [change.new for change in brief.state_changes.all()] == ["in_clearance", "cleared", "published"]
    assert version() == before + 1
    assert Brief.objects.visible_to(AnonymousUser()).get() == brief


def test_edition_freezes_everything_that_is_printed(cast: Cast) -> None:
    brief = brief_by(state=BriefState.CLEARED)
    edition = publish_brief(brief=brief, by=cast.secretariat)
    content = edition.content
    assert (content["edition"], content["title"], content["key_messages"]) == (1, brief.title, ["Do this first.", "Then that."])
    assert [section["agency"] for section in content["sections"]] == ["UNDP", "FAO"]
    assert [(agency["code"], agency["is_lead"]) for agency in content["agencies"]] == [("undp", True), ("fao", False)]
    assert edition.sha256 == content_hash(Edition.objects.get().content)
    assert "Because it does." in edition.text
    assert "[^1]" not in edition.text


@pytest.mark.parametrize("who", ["focal_undp", "drafter", "outsider", "administrator"])
def test_only_secretariat_staff_publish(cast: Cast, who: str) -> None:
    with pytest.raises(PermissionDenied):
        publish_brief(brief=brief_by(state=BriefState.CLEARED), by=getattr(cast, who))


@pytest.mark.parametrize(
    ("state", "sentence"),
    [
        (BriefState.DRAFTING, "Still missing: UNDP, FAO"),
        (BriefState.IN_CLEARANCE, "Still missing: UNDP, FAO"),
        (BriefState.PUBLISHED, "“Published” already"),
        (BriefState.WITHDRAWN, "“Withdrawn” already"),
    ],
)
def test_only_a_cleared_brief_is_published(cast: Cast, state: str, sentence: str) -> None:
    brief = brief_by(state=state)
    editions = Edition.objects.count()
    with pytest.raises(Refused, match=sentence):
        publish_brief(brief=brief, by=cast.secretariat)
    assert Edition.objects.count() == editions


def test_text_that_changed_behind_the_clearances_is_not_published(cast: Cast) -> None:
    brief = brief_by(state=BriefState.CLEARED)
    Brief.objects.filter(pk=brief.pk).update(summary="Changed by a shell.")
    with pytest.raises(Refused, match="not the one that was cleared"):
        publish_brief(brief=brief, by=cast.secretariat)


def test_reservation_is_printed(cast: Cast) -> None:
    brief = start_clearance(brief=brief_by(), by=cast.focal_undp)
    for by, code, reservation in ((cast.focal_undp, "undp", ""), (cast.focal_fao, "fao", "Not the second table.")):
        organization = Organization.objects.get(code=code)
        clear_brief(brief=brief, by=by, on_behalf_of=organization, seen=text_hash(brief), reservation=reservation)
    try_without_worker(brief)
    edition = publish_brief(brief=brief, by=cast.secretariat)
    assert [agency["reservation"] for agency in edition.content["agencies"]] == ["", "Not the second table."]


# --- editions do not change ---


def test_edition_cannot_be_changed_or_deleted_by_anybody(cast: Cast) -> None:
    edition = publish_brief(brief=brief_by(state=BriefState.CLEARED), by=cast.secretariat)
    for change in ({"title": "Other"}, {"content": {}}, {"sha256": "0"}, {"number": 9}):
        with pytest.raises(IntegrityError, match="does not change"), transaction.atomic():
            Edition.objects.filter(pk=edition.pk).update(**change)
    with pytest.raises(IntegrityError, match="never deleted"), transaction.atomic():
        Edition.objects.filter(pk=edition.pk)._raw_delete("default")


def test_file_of_an_edition_is_given_once(cast: Cast, fake_pdf: list[str]) -> None:
    edition = publish_brief(brief=brief_by(state=BriefState.CLEARED), by=cast.secretariat)
    render_edition(edition=edition, report=lambda done, total: None)
    other = StoredFile.objects.create(sha256="f" * 64, file="x", mime="application/pdf", size=1)
    for value in (other, None):
        with pytest.raises(IntegrityError, match="does not change"), transaction.atomic():
            Edition.objects.filter(pk=edition.pk).update(screen_pdf=value)


# --- next edition ---


def test_second_edition_leaves_the_first_as_it_was(cast: Cast) -> None:
    brief = brief_by(state=BriefState.CLEARED)
    first = publish_brief(brief=brief, by=cast.secretariat)
    revise_brief(brief=brief, by=cast.secretariat, reason="New figures.")
    assert Brief.objects.visible_to(AnonymousUser()).get().current_edition == first
    save_section(
        section=brief.sections.get(organization__code="fao"), by=cast.focal_fao, version=1, heading="New", body="<p>New.</p>"
    )
    clear_all(in_state(brief, BriefState.CLEARED))
    second = publish_brief(brief=brief, by=cast.secretariat)
    first.refresh_from_db()
    assert (second.number, second.content["sections"][1]["heading"]) == (2, "New")
    assert first.content["sections"][1]["heading"] == "Part of fao"
    assert Brief.objects.get().current_edition == second


def test_revision_asks_every_agency_again(cast: Cast) -> None:
    brief = brief_by(state=BriefState.PUBLISHED)
    revise_brief(brief=brief, by=cast.secretariat, reason="New figures.")
    assert set(brief.agencies.values_list("clearance", flat=True)) == {"pending"}


@pytest.mark.parametrize("name", VERBS)
def test_withdrawing_and_revising_keep_the_reason_and_renew_pages(cast: Cast, name: str) -> None:
    verb, state, _words = VERBS[name]
    before = version()
    brief = verb(brief=brief_by(state=BriefState.PUBLISHED), by=cast.secretariat, reason=" A reason. ")
    assert (brief.state, brief.state_changes.get().reason, version()) == (state, "A reason.", before + 1)


@pytest.mark.parametrize("name", VERBS)
@pytest.mark.parametrize("who", ["focal_undp", "drafter", "outsider", "administrator"])
def test_only_secretariat_staff_withdraw_and_revise(cast: Cast, name: str, who: str) -> None:
    with pytest.raises(PermissionDenied):
        VERBS[name][0](brief=brief_by(state=BriefState.PUBLISHED), by=getattr(cast, who), reason="x")


@pytest.mark.parametrize("name", VERBS)
@pytest.mark.parametrize("state", [state for state in BriefState if state != BriefState.PUBLISHED])
def test_only_published_briefs_are_withdrawn_or_revised(cast: Cast, name: str, state: str) -> None:
    verb, _state, words = VERBS[name]
    with pytest.raises(Refused, match=words):
        verb(brief=brief_by(state=state), by=cast.secretariat, reason="x")


def test_brief_is_withdrawn_while_its_next_edition_is_in_the_making(cast: Cast, sign_in: Any, client: Client) -> None:
    brief = in_state(brief_by(state=BriefState.PUBLISHED), BriefState.DRAFTING)
    address = f"/briefs/{brief.slug}/"
    staff = sign_in(cast.secretariat)
    assert f'href="{address}withdraw/"' in staff.get(address).content.decode()
    assert f'href="{address}withdraw/"' not in sign_in(cast.focal_undp).get(address).content.decode()
    assert staff.post(f"{address}withdraw/", {"reason": "The data were wrong."}).status_code == 302
    brief.refresh_from_db()
    assert (brief.state, brief.is_open) == (BriefState.WITHDRAWN, False)
    assert "The data were wrong." in client.get(address).content.decode()


def test_brief_whose_next_edition_is_planned_is_not_withdrawn_under_it(cast: Cast) -> None:
    brief = in_state(brief_by(state=BriefState.PUBLISHED), BriefState.CLEARED)
    clear_all(brief)
    at = timezone.now() + timedelta(days=1)
    plan_publication(brief=brief, by=cast.secretariat, at=at, time_zone="Europe/Istanbul", under_embargo=False)
    with pytest.raises(Refused, match="Take the plan back first"):
        withdraw_brief(brief=brief, by=cast.secretariat, reason="Wrong.")


@pytest.mark.parametrize("name", VERBS)
def test_withdrawing_and_revising_need_a_reason(cast: Cast, name: str) -> None:
    with pytest.raises(Refused, match="Say why"):
        VERBS[name][0](brief=brief_by(state=BriefState.PUBLISHED), by=cast.secretariat, reason="  ")


# --- files ---


def test_publishing_starts_one_job_whose_run_gives_three_files_and_renews_pages(cast: Cast, fake_pdf: list[str]) -> None:
    edition = publish_brief(brief=brief_by(state=BriefState.CLEARED), by=cast.secretariat)
    job = Job.objects.get()
    assert (job.kind, job.key, job.arguments) == ("briefs.render_edition", str(edition.pk), {"edition": edition.pk})
    before = version()
    run_job(job_id=str(job.pk))
    job.refresh_from_db()
    edition.refresh_from_db()
    assert (job.state, job.result) == (JobState.DONE, {"url": edition.get_absolute_url()})
    assert (edition.is_rendered, StoredFile.objects.count(), version()) == (True, 3, before + 1)


def test_rendering_twice_makes_nothing_twice(cast: Cast, fake_pdf: list[str]) -> None:
    edition = publish_brief(brief=brief_by(state=BriefState.CLEARED), by=cast.secretariat)
    for _ in range(2):
        render_edition(edition=Edition.objects.get(pk=edition.pk), report=lambda done, total: None)
    assert fake_pdf == ["screen_pdf", "archive_pdf", "print_pdf"]


def test_worker_that_died_before_the_end_left_no_file_and_its_successor_makes_all(cast: Cast, fake_pdf: list[str]) -> None:
    edition = publish_brief(brief=brief_by(state=BriefState.CLEARED), by=cast.secretariat)

    def dies(done: int, total: int) -> None:
        if done == 2:
            raise SystemExit

    with pytest.raises(SystemExit):
        render_edition(edition=edition, report=dies)
    edition.refresh_from_db()
    assert (edition.screen_pdf, edition.archive_pdf, edition.print_pdf) == (None, None, None)
    render_edition(edition=edition, report=lambda done, total: None)
    edition.refresh_from_db()
    assert (edition.is_rendered, StoredFile.objects.count()) == (True, 3)


def test_two_workers_at_once_give_an_edition_one_file_of_each_kind(cast: Cast, fake_pdf: list[str]) -> None:
    edition = publish_brief(brief=brief_by(state=BriefState.CLEARED), by=cast.secretariat)
    first, second = (Edition.objects.get(pk=edition.pk) for _ in range(2))

    def meanwhile(done: int, total: int) -> None:
        if done == 0:
            render_edition(edition=second, report=lambda done, total: None)

    render_edition(edition=first, report=meanwhile)
    edition.refresh_from_db()
    assert (edition.is_rendered, StoredFile.objects.count()) == (True, 3)


def test_failed_job_says_why_and_can_be_asked_for_again(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    edition = publish_brief(brief=brief_by(state=BriefState.CLEARED), by=cast.secretariat)

    def fails(edition: Edition, fields: list[str]) -> Rendered:
        raise ValueError("no fonts")

    monkeypatch.setattr("briefs.services.rendering.documents.edition_files", fails)
    run_job(job_id=str(Job.objects.get().pk))
    assert (Job.objects.get().state, Job.objects.get().error) == (JobState.FAILED, "no fonts")
    (again,) = render_again(brief=edition.brief, by=cast.secretariat)
    assert again.state == JobState.WAITING
    assert render_again(brief=edition.brief, by=cast.secretariat) == [again]


def test_files_that_are_there_are_not_made_again(cast: Cast, fake_pdf: list[str]) -> None:
    edition = publish_brief(brief=brief_by(state=BriefState.CLEARED), by=cast.secretariat)
    render_edition(edition=edition, report=lambda done, total: None)
    edition.refresh_from_db()
    with pytest.raises(Refused, match="never replaced"):
        render_again(brief=edition.brief, by=cast.secretariat)


@pytest.mark.parametrize("who", ["focal_undp", "drafter", "outsider", "administrator"])
def test_only_secretariat_staff_ask_for_files_again(cast: Cast, who: str) -> None:
    with pytest.raises(PermissionDenied):
        render_again(brief=brief_by(state=BriefState.PUBLISHED), by=getattr(cast, who))


# --- at once ---


def at_once(*acts: Any) -> list[Any]:
    """Run acts in threads that start together; gives what each returned or raised."""
    results: list[Any] = [None] * len(acts)
    barrier = threading.Barrier(len(acts))

    def run(place: int) -> None:
        try:
            barrier.wait(10)
            results[place] = acts[place]()
        except Exception as error:
            results[place] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(place,)) for place in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return results


@pytest.mark.django_db(transaction=True)
def test_publishing_twice_at_once_makes_one_edition(cast: Cast) -> None:
    brief = brief_by(state=BriefState.CLEARED)
    results = at_once(*[lambda: publish_brief(brief=brief, by=cast.secretariat)] * 3)
    assert sorted(type(result).__name__ for result in results) == ["Edition", "Refused", "Refused"]
    assert (Edition.objects.count(), Job.objects.count()) == (1, 1)


@pytest.mark.django_db(transaction=True)
def test_last_two_clearances_at_once_make_the_brief_cleared_once(cast: Cast) -> None:
    brief = brief_by(state=BriefState.IN_CLEARANCE)
    seen = text_hash(brief)
    people = {"undp": cast.focal_undp, "fao": cast.focal_fao}
    bodies = {code: Organization.objects.get(code=code) for code in people}
    at_once(
        *[lambda code=code: clear_brief(brief=brief, by=people[code], on_behalf_of=bodies[code], seen=seen) for code in people]
    )
    brief.refresh_from_db()
    assert (brief.state, brief.state_changes.count()) == (BriefState.CLEARED, 1)


@pytest.mark.django_db(transaction=True)
def test_clearing_while_somebody_edits_never_clears_the_edited_text(cast: Cast) -> None:
    brief = brief_by("undp", state=BriefState.IN_CLEARANCE)
    seen = text_hash(brief)
    undp, section = Organization.objects.get(code="undp"), brief.sections.get()
    at_once(
        lambda: clear_brief(brief=brief, by=cast.focal_undp, on_behalf_of=undp, seen=seen),
        lambda: save_section(section=section, by=cast.contributor_undp, version=1, heading="x", body="<p>Edited</p>"),
    )
    brief.refresh_from_db()
    assert (brief.state, brief.agencies.get().clearance) == (BriefState.DRAFTING, "pending")


@pytest.mark.django_db(transaction=True)
def test_clearing_and_refusing_at_once_end_in_one_of_two_states(cast: Cast) -> None:
    brief = brief_by("undp", state=BriefState.IN_CLEARANCE)
    seen, undp = text_hash(brief), Organization.objects.get(code="undp")
    other = person("alternate", "undp")
    results = at_once(
        lambda: clear_brief(brief=brief, by=cast.focal_undp, on_behalf_of=undp, seen=seen),
        lambda: refuse_clearance(brief=brief, by=other, on_behalf_of=undp, seen=seen, reason="No."),
    )
    assert sorted(type(result).__name__ for result in results) == ["Brief", "Refused"]
    brief.refresh_from_db()
    assert (brief.state, brief.agencies.get().clearance) in {("cleared", "cleared"), ("drafting", "not_cleared")}
