"""The demo: published briefs with files on the way, one that UNDP and FAO can finish, nothing dated ahead."""

import itertools
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

import briefs.demo
import directory.demo
from briefs.enums import BriefState
from briefs.models import Brief, Edition, HeadNotice, LanguageEdition, PlannedPublication
from briefs.selectors import text_hash
from briefs.services import clear_brief, publish_brief, start_clearance
from directory.models import Job, Organization, User
from tests.factories.briefs import try_without_worker

pytestmark = pytest.mark.django_db
SHIFT = timedelta(weeks=473)


@pytest.fixture
def demo(db: Any) -> None:
    directory.demo.load(shift=SHIFT, scale=1)
    briefs.demo.load(shift=SHIFT, scale=1)


def test_every_brief_has_a_state_a_history_and_a_lead(demo: None) -> None:
    states = dict(Brief.objects.values_list("slug", "state"))
    assert sorted(states.values()) == [
        "cleared",
        "cleared",
        "drafting",
        "drafting",
        "drafting",
        "in_clearance",
        "published",
        "published",
        "published",
        "withdrawn",
    ]
    for brief in Brief.objects.all():
        history = list(brief.state_changes.all())
        assert history[-1].new == brief.state
        assert [change.old for change in history[1:]] == [change.new for change in history[:-1]]
        assert brief.agencies.filter(is_lead=True).count() == 1


def test_nothing_lies_ahead_and_editions_keep_their_order_and_hour(demo: None) -> None:
    stored = Edition.objects.order_by("published_at").values_list("published_at", flat=True)
    # On one clock, so that a week in which clocks are changed is a week.
    moments = [moment.astimezone(briefs.demo.NEW_YORK) for moment in stored]
    assert moments[-1] < timezone.now()
    assert [after - before for before, after in itertools.pairwise(moments)] == [timedelta(weeks=1)] * 3
    assert {moment.astimezone(briefs.demo.NEW_YORK).hour for moment in moments} == {10}
    assert {datetime.fromisoformat(row.content["published_at"]) == row.published_at for row in Edition.objects.all()} == {True}


def test_every_edition_has_its_files_made_once(demo: None) -> None:
    assert {job.key for job in Job.objects.filter(kind="briefs.render_edition")} == {str(row.pk) for row in Edition.objects.all()}


def test_clearances_are_of_the_text_that_is_there(demo: None) -> None:
    for brief in Brief.objects.all():
        given = {agency.cleared_hash for agency in brief.agencies.all() if agency.is_given}
        assert given <= {text_hash(brief)}, brief.slug


def test_thread_undp_and_fao_can_be_walked(demo: None) -> None:
    people = {name: User.objects.get(email=f"{name}@demo.example") for name in ("focal.undp", "focal.fao", "secretariat")}
    brief = start_clearance(brief=Brief.objects.get(slug="solar-irrigation-farmers-can-keep"), by=people["focal.undp"])
    for code in ("undp", "fao"):
        organization = Organization.objects.get(code=code)
        clear_brief(brief=brief, by=people[f"focal.{code}"], on_behalf_of=organization, seen=text_hash(brief))
    try_without_worker(brief)
    publish_brief(brief=brief, by=people["secretariat"])
    brief.refresh_from_db()
    assert brief.state == BriefState.PUBLISHED


def test_french_edition_belongs_to_the_english(demo: None) -> None:
    french = Brief.objects.get(language="fr")
    assert (french.translation_of.slug, french.number) == ("study-visits-that-change-something", french.translation_of.number)


def test_publishing_shows_each_of_its_ways(demo: None) -> None:
    plans = PlannedPublication.objects.waiting()
    assert sorted(plans.values_list("under_embargo", flat=True)) == [False, True]
    assert all(plan.at > timezone.now() for plan in plans)
    assert plans.get(under_embargo=True).readers.count() == 2
    assert sorted(HeadNotice.objects.values_list("kind", flat=True)) == ["correction", "withdrawal"]
    assert LanguageEdition.objects.get().brief.language == "ar"
