"""Planned publications: at their moment, once, or not at all and somebody is told."""

import threading
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.utils import timezone

import briefs.tasks  # noqa: F401 - registers what the job does, as a worker's start does
from briefs.enums import BriefState, Clearance, PlanState
from briefs.models import Brief, BriefAgency, Edition, PlannedPublication, Section, TrialRender
from briefs.selectors import content_hash, search_briefs, text_hash
from briefs.services import (
    clear_brief,
    name_reader,
    plan_publication,
    publish_brief,
    publish_due,
    publish_planned,
    render_plan,
    save_section,
    take_back_plan,
)
from common.access import Refused
from common.pdf_apart import Rendered
from directory.models import Job, StoredFile
from directory.services.jobs import run_job
from notifications.models import Notification
from notifications.services.delivery import render
from tests.conftest import Cast
from tests.factories.briefs import brief_by, clear_all, in_state

pytestmark = pytest.mark.django_db
ZONE = "Europe/Istanbul"


def planned(cast: Cast, *, embargo: bool = False, days: int = 3, **fields: Any) -> PlannedPublication:
    brief = brief_by(state=BriefState.CLEARED, **fields)
    at = timezone.now() + timedelta(days=days)
    return plan_publication(brief=brief, by=cast.secretariat, at=at, time_zone=ZONE, under_embargo=embargo)


def overdue(plan: PlannedPublication, monkeypatch: pytest.MonkeyPatch, *, by: timedelta = timedelta(hours=5)) -> None:
    """Let the clock of the services stand after the plan's moment."""
    monkeypatch.setattr("briefs.services.schedules.timezone.now", lambda: plan.at + by)


@pytest.fixture
def fake_pdf(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    made: list[str] = []

    def edition_files(edition: Edition, fields: list[str]) -> Rendered:
        made.extend(fields)
        return Rendered([f"%PDF {edition.brief_id} {edition.number} {field}".encode() for field in fields], 1.0)

    monkeypatch.setattr("briefs.services.rendering.documents.edition_files", edition_files)
    return made


def told(kind: str) -> set[str]:
    return set(Notification.objects.filter(kind=f"briefs.{kind}").values_list("recipient__email", flat=True))


# --- planning ---


@pytest.mark.parametrize("who", ["focal_undp", "drafter", "outsider", "administrator"])
def test_only_secretariat_staff_plan(cast: Cast, who: str) -> None:
    with pytest.raises(PermissionDenied):
        plan_publication(
            brief=brief_by(state=BriefState.CLEARED),
            by=getattr(cast, who),
            at=timezone.now() + timedelta(days=1),
            time_zone=ZONE,
            under_embargo=False,
        )


@pytest.mark.parametrize(
    ("days", "sentence"), [(0, "This moment has passed"), (-1, "This moment has passed"), (400, "within a year from now")]
)
def test_moment_lies_ahead_and_near(cast: Cast, days: int, sentence: str) -> None:
    with pytest.raises(Refused, match=sentence):
        planned(cast, days=days)


def test_text_that_is_not_cleared_is_not_planned(cast: Cast) -> None:
    for state in (BriefState.DRAFTING, BriefState.IN_CLEARANCE, BriefState.PUBLISHED, BriefState.WITHDRAWN):
        at = timezone.now() + timedelta(days=1)
        with pytest.raises(Refused):
            plan_publication(brief=brief_by(state=state), by=cast.secretariat, at=at, time_zone=ZONE, under_embargo=False)
    assert not PlannedPublication.objects.exists()


def test_planned_brief_is_not_published_by_hand_as_well(cast: Cast) -> None:
    plan = planned(cast)
    with pytest.raises(Refused, match="Take the plan back first"):
        publish_brief(brief=plan.brief, by=cast.secretariat)


def test_changing_the_plan_takes_its_readers_along(cast: Cast) -> None:
    plan = planned(cast, embargo=True)
    reader = name_reader(plan=plan, by=cast.secretariat, email=cast.focal_who.email)
    later = plan_publication(
        brief=plan.brief, by=cast.secretariat, at=plan.at + timedelta(days=1), time_zone=ZONE, under_embargo=True
    )
    plan.refresh_from_db()
    reader.refresh_from_db()
    assert (plan.state, later.state, reader.plan) == (PlanState.TAKEN_BACK, PlanState.WAITING, later)
    assert later.content is not None
    assert later.content["published_at"] == later.at.isoformat()
    assert [change.new for change in plan.state_changes.all()] == ["waiting", "taken_back"]


def test_same_plan_twice_is_one_plan(cast: Cast) -> None:
    plan = planned(cast)
    again = plan_publication(brief=plan.brief, by=cast.secretariat, at=plan.at, time_zone=ZONE, under_embargo=False)
    assert again == plan
    with pytest.raises(IntegrityError), transaction.atomic():
        PlannedPublication.objects.create(brief=plan.brief, at=plan.at, time_zone=ZONE, text_hash="0" * 64)


def test_plan_that_is_taken_back_publishes_nothing(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    plan = take_back_plan(plan=planned(cast), by=cast.secretariat)
    with pytest.raises(Refused, match="“Taken back” already"):
        take_back_plan(plan=plan, by=cast.secretariat)
    overdue(plan, monkeypatch)
    assert publish_due() == {"published": 0, "stopped": 0}
    assert not Edition.objects.exists()


def test_plan_does_not_change_behind_its_verbs(cast: Cast) -> None:
    plan = planned(cast, embargo=True)
    for change in ({"at": timezone.now()}, {"content": {}}, {"text_hash": "1"}):
        with pytest.raises(IntegrityError, match="does not change"), transaction.atomic():
            PlannedPublication.objects.filter(pk=plan.pk).update(**change)


# --- the moment ---


def test_before_its_moment_nothing_is_published(cast: Cast) -> None:
    plan = planned(cast)
    assert publish_due() == {"published": 0, "stopped": 0}
    assert publish_planned(plan=plan) == ""
    assert not Edition.objects.exists()


@pytest.mark.parametrize("embargo", [False, True])
def test_moment_that_passed_while_nothing_ran_is_made_up_for_once(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, embargo: bool
) -> None:
    plan = planned(cast, embargo=embargo)
    overdue(plan, monkeypatch, by=timedelta(days=4))
    assert publish_due() == {"published": 1, "stopped": 0}
    assert publish_due() == {"published": 0, "stopped": 0}
    edition = Edition.objects.get()
    brief = Brief.objects.get(pk=plan.brief_id)
    assert (brief.state, brief.current_edition, edition.published_at, edition.number) == ("published", edition, plan.at, 1)
    assert PlannedPublication.objects.get().edition == edition
    assert brief.state_changes.latest("pk").by is None
    assert told("brief_published") == {cast.focal_undp.email, cast.contributor_undp.email, cast.focal_fao.email}


def test_files_made_under_embargo_are_published_with_the_text(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, fake_pdf: list[str]
) -> None:
    plan = planned(cast, embargo=True)
    render_plan(plan=plan, report=lambda done, total: None)
    plan.refresh_from_db()
    Job.objects.all().delete()
    overdue(plan, monkeypatch)
    publish_due()
    edition = Edition.objects.get()
    assert (edition.screen_pdf, edition.print_pdf) == (plan.screen_pdf, plan.print_pdf)
    assert edition.content == plan.content
    assert (len(fake_pdf), Job.objects.count()) == (3, 0)


def test_agency_that_answers_late_is_printed_with_its_answer(
    cast: Cast, fake_pdf: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The text under embargo was frozen while it was silent; the edition says what it has said since."""
    brief = brief_by(state=BriefState.CLEARED)
    late = BriefAgency.objects.get(brief=brief, organization__code="fao")
    silent = {"clearance": Clearance.NO_ANSWER, "cleared_by": None, "cleared_at": None, "cleared_hash": ""}
    waived = {"waiver_reason": "The Forum is near.", "waiver_by": cast.secretariat, "waiver_at": timezone.now()}
    BriefAgency.objects.filter(pk=late.pk).update(**silent, **waived, waiver_hash=text_hash(brief))
    at = timezone.now() + timedelta(days=3)
    plan = plan_publication(brief=brief, by=cast.secretariat, at=at, time_zone=ZONE, under_embargo=True)
    render_plan(plan=plan, report=lambda done, total: None)
    plan = PlannedPublication.objects.get(pk=plan.pk)
    assert [row["no_answer"] for row in plan.content["agencies"]] == [False, True]
    clear_brief(
        brief=brief, by=cast.focal_fao, on_behalf_of=late.organization, seen=text_hash(brief), reservation="Not on the prices."
    )
    overdue(plan, monkeypatch)
    assert publish_planned(plan=plan) == PlanState.PUBLISHED
    edition = Edition.objects.get()
    assert [(row["no_answer"], row["reservation"]) for row in edition.content["agencies"]] == [
        (False, ""),
        (False, "Not on the prices."),
    ]
    assert edition.sha256 == content_hash(edition.content)
    assert not edition.is_rendered  # the files made under embargo said that it was silent


def test_void_clearance_stops_the_publication_and_the_secretariat_is_told(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    plan = planned(cast, embargo=True, title="R&D <at> home")
    section = plan.brief.sections.get(organization__code="undp")
    save_section(section=section, by=cast.focal_undp, version=section.version, heading="Other", body="<p>Other.</p>")
    overdue(plan, monkeypatch)
    assert publish_due() == {"published": 0, "stopped": 1}
    assert publish_due() == {"published": 0, "stopped": 0}
    plan.refresh_from_db()
    assert plan.state == PlanState.STOPPED
    assert "Still missing: UNDP, FAO" in plan.state_changes.latest("pk").reason
    assert not Edition.objects.exists()
    assert told("publication_stopped") == {cast.secretariat.email}
    subject, text, _html, _ = render(Notification.objects.get(kind="briefs.publication_stopped"))
    assert subject == "Not published: R&D <at> home"
    assert f"/briefs/{plan.brief.slug}/publication/" in text
    assert ZONE in text


def test_frozen_text_is_not_published_after_another_was_cleared(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    embargoed, plain = planned(cast, embargo=True), planned(cast)
    for plan in (embargoed, plain):
        Brief.objects.filter(pk=plan.brief_id).update(summary="Said otherwise.")
        clear_all(plan.brief)
    overdue(embargoed, monkeypatch)
    assert publish_due() == {"published": 1, "stopped": 1}
    assert Edition.objects.get().summary == "Said otherwise."
    embargoed.refresh_from_db()
    assert "frozen under embargo" in embargoed.state_changes.latest("pk").reason


def test_checklist_is_asked_again_only_about_another_text(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    same, other = planned(cast), planned(cast)
    Brief.objects.filter(pk=other.brief_id).update(summary="Said otherwise.")
    clear_all(other.brief)
    # What the checklist knew is gone, as after a rule that became stricter: the PDF would have to be tried anew.
    TrialRender.objects.all().delete()
    overdue(same, monkeypatch)
    assert publish_due() == {"published": 1, "stopped": 1}
    same.refresh_from_db()
    other.refresh_from_db()
    assert (same.state, other.state) == (PlanState.PUBLISHED, PlanState.STOPPED)
    assert "checklist" in other.state_changes.latest("pk").reason.lower()
    # At once it is asked whatever the text is.
    take_back = planned(cast)
    take_back_plan(plan=take_back, by=cast.secretariat)
    TrialRender.objects.all().delete()
    with pytest.raises(Refused, match="checklist"):
        publish_brief(brief=take_back.brief, by=cast.secretariat)


def test_brief_that_fails_does_not_keep_others_waiting(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    broken, whole = planned(cast), planned(cast)
    overdue(whole, monkeypatch)
    real = publish_planned

    def sometimes(*, plan: PlannedPublication) -> str:
        if plan.pk == broken.pk:
            raise ValueError("disk")
        return real(plan=plan)

    monkeypatch.setattr("briefs.services.schedules.publish_planned", sometimes)
    assert publish_due() == {"published": 1, "stopped": 0}
    broken.refresh_from_db()
    assert broken.state == PlanState.WAITING


# --- at once ---


def at_once(*acts: Any) -> list[Any]:
    """Run the acts in threads that start together; what each returned or raised."""
    barrier, outcomes = threading.Barrier(len(acts)), []

    def run(act: Any) -> None:
        try:
            barrier.wait()
            outcomes.append(act())
        except Exception as error:
            outcomes.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("embargo", [False, True])
def test_two_clocks_publish_one_edition(cast: Cast, monkeypatch: pytest.MonkeyPatch, embargo: bool) -> None:
    plan = planned(cast, embargo=embargo)
    overdue(plan, monkeypatch)
    outcomes = at_once(*[lambda: publish_planned(plan=plan)] * 4)
    assert sorted(map(str, outcomes)) == ["", "", "", "published"]
    assert Edition.objects.count() == 1
    assert Notification.objects.filter(kind="briefs.brief_published").count() == 3


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("embargo", [False, True])
def test_moment_that_comes_while_somebody_edits_publishes_the_cleared_text_or_nothing(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, embargo: bool
) -> None:
    plan = planned(cast, embargo=embargo)
    section = plan.brief.sections.get(organization__code="undp")
    overdue(plan, monkeypatch)
    outcomes = at_once(
        lambda: publish_planned(plan=plan),
        lambda: save_section(
            section=section, by=cast.focal_undp, version=section.version, heading="Other", body="<p>Edited.</p>"
        ),
    )
    plan.refresh_from_db()
    brief = Brief.objects.get(pk=plan.brief_id)
    if plan.state == PlanState.PUBLISHED:
        # The moment was first: what was cleared is published, and the edit came to a brief that is no longer open.
        assert "Edited." not in Edition.objects.get().text
        assert (brief.state, len([one for one in outcomes if isinstance(one, Refused)])) == (BriefState.PUBLISHED, 1)
        assert "Edited." not in Section.objects.get(pk=section.pk).body
    else:
        assert (plan.state, brief.state, Edition.objects.count()) == (PlanState.STOPPED, BriefState.DRAFTING, 0)
        assert "Edited." in Section.objects.get(pk=section.pk).body


@pytest.mark.django_db(transaction=True)
def test_taking_back_and_publishing_at_once_do_one_of_the_two(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    plan = planned(cast)
    overdue(plan, monkeypatch)
    at_once(lambda: publish_planned(plan=plan), lambda: take_back_plan(plan=plan, by=cast.secretariat))
    plan.refresh_from_db()
    assert (plan.state == PlanState.PUBLISHED, plan.state == PlanState.TAKEN_BACK) in {(True, False), (False, True)}
    assert Edition.objects.count() == (plan.state == PlanState.PUBLISHED)


@pytest.mark.django_db(transaction=True)
def test_two_workers_and_a_killed_one_leave_one_file_of_each_kind(cast: Cast, fake_pdf: list[str]) -> None:
    plan = planned(cast, embargo=True)

    def killed(done: int, total: int) -> None:
        if done == 2:
            raise SystemExit

    with pytest.raises(SystemExit):
        render_plan(plan=plan, report=killed)
    plan.refresh_from_db()
    assert (plan.screen_pdf, plan.archive_pdf, plan.print_pdf) == (None, None, None)
    at_once(*[lambda: render_plan(plan=PlannedPublication.objects.get(pk=plan.pk), report=lambda done, total: None)] * 2)
    plan.refresh_from_db()
    assert plan.is_rendered
    assert StoredFile.objects.count() == 3


# --- nothing of it anywhere before ---

DOORS = ["/briefs/", "/briefs/feed/", "/search/?q=Unseen", "/api/v1/briefs/", "/sitemap.xml", "/"]


def test_embargoed_text_is_behind_no_public_door(cast: Cast, fake_pdf: list[str], client: Client) -> None:
    plan = planned(cast, embargo=True, slug="unseen-brief", title="Unseen brief", summary="Unseen words.")
    render_plan(plan=plan, report=lambda done, total: None)
    for door in DOORS:
        answer = client.get(door).content.decode()
        assert "unseen-brief" not in answer, door
        assert "Unseen words" not in answer, door
    for page in ("", "editions/1/", "pdf/", "print/", "archive/", "editions/1/pdf/", "embargo/pdf/"):
        assert client.get(f"/briefs/unseen-brief/{page}").status_code in {404, 302}, page
    assert client.get("/api/v1/briefs/unseen-brief/").status_code == 404
    plan.refresh_from_db()
    assert client.get(f"/briefs/unseen-brief/editions/1/pdf/{plan.screen_pdf.sha256}/").status_code == 404
    assert not search_briefs(AnonymousUser(), "Unseen", limit=5)
    assert not search_briefs(cast.focal_who, "Unseen", limit=5)


def test_second_edition_under_embargo_leaves_the_first_as_it_is(cast: Cast, fake_pdf: list[str], client: Client) -> None:
    brief = brief_by(state=BriefState.PUBLISHED, slug="seen", title="First words")
    Brief.objects.filter(pk=brief.pk).update(title="Unseen words")
    clear_all(brief)
    in_state(brief, BriefState.CLEARED)
    plan = plan_publication(
        brief=brief, by=cast.secretariat, at=timezone.now() + timedelta(days=1), time_zone=ZONE, under_embargo=True
    )
    assert plan.content is not None
    assert plan.content["edition"] == 2
    for door in (*DOORS, "/briefs/seen/", "/briefs/seen/editions/1/", "/api/v1/briefs/seen/"):
        assert "Unseen words" not in client.get(door).content.decode(), door
    assert client.get("/briefs/seen/editions/2/").status_code == 404


def test_job_that_renders_is_done_by_a_worker(cast: Cast, fake_pdf: list[str]) -> None:
    plan = planned(cast, embargo=True)
    run_job(job_id=str(Job.objects.get(kind="briefs.render_plan").pk))
    plan.refresh_from_db()
    assert plan.is_rendered
    assert plan.text_hash == text_hash(plan.brief)


# --- the page ---


def test_page_plans_on_the_clock_of_the_place_and_shows_both(cast: Cast, sign_in: Any) -> None:
    brief = brief_by(state=BriefState.CLEARED)
    client = sign_in(cast.secretariat)
    address = f"/briefs/{brief.slug}/publication/"
    day = (timezone.now() + timedelta(days=20)).date()
    response = client.post(address, {"time_zone": ZONE, "at": f"{day}T10:00", "under_embargo": "on"})
    assert (response.status_code, response["Location"]) == (302, address)
    plan = PlannedPublication.objects.get()
    assert plan.at == datetime(day.year, day.month, day.day, 7, 0, tzinfo=UTC)
    page = client.get(address).content.decode()
    assert "10:00" in page
    assert "07:00 UTC" in page
    assert "Read the frozen text" in page
    client.post(f"{address}take-back/")
    plan.refresh_from_db()
    assert plan.state == PlanState.TAKEN_BACK


def test_hour_that_clocks_skip_is_refused_at_its_field(cast: Cast, sign_in: Any) -> None:
    brief = brief_by(state=BriefState.CLEARED)
    response = sign_in(cast.secretariat).post(
        f"/briefs/{brief.slug}/publication/", {"time_zone": "America/New_York", "at": "2027-03-14T02:30"}
    )
    assert response.status_code == 400
    assert "does not exist" in response.content.decode()
    assert "2027-03-14T02:30" in response.content.decode()
    assert not PlannedPublication.objects.exists()


@pytest.mark.parametrize("page", ["publication/", "publication/take-back/", "publication/readers/", "translate/"])
def test_pages_of_publishing_are_for_staff(cast: Cast, sign_in: Any, page: str) -> None:
    brief = brief_by(state=BriefState.CLEARED)
    assert sign_in().post(f"/briefs/{brief.slug}/{page}").status_code == 302
    assert sign_in(cast.outsider).post(f"/briefs/{brief.slug}/{page}").status_code == 404
    assert sign_in(cast.focal_undp).post(f"/briefs/{brief.slug}/{page}").status_code == 403


def test_taking_back_what_is_not_planned_says_so(cast: Cast, sign_in: Any) -> None:
    brief = brief_by(state=BriefState.CLEARED)
    client = sign_in(cast.secretariat)
    for page in ("take-back", "readers"):
        response = client.post(f"/briefs/{brief.slug}/publication/{page}/", follow=True)
        assert "No publication is planned" in response.content.decode()


@pytest.mark.parametrize("many", [1, 12])
def test_page_of_the_plan_asks_the_same_for_one_reader_and_many(
    cast: Cast, sign_in: Any, django_assert_num_queries: Any, many: int
) -> None:
    plan = planned(cast, embargo=True)
    for number in range(many):
        reader = name_reader(plan=plan, by=cast.secretariat, email=f"r{number}@press.example", name=f"R {number}")
        plan.openings.create(reader=reader, what="page")
    client = sign_in(cast.secretariat)
    with django_assert_num_queries(PLAN_QUERIES):
        client.get(f"/briefs/{plan.brief.slug}/publication/")


PLAN_QUERIES = 16
