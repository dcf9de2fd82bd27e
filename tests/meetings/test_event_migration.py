"""Co-sponsors named before there was a question to them; texts of meetings written before they were translated."""

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from meetings.models import Meeting, ThematicEvent
from tests.factories.directory import OrganizationFactory
from tests.factories.meetings import EventFactory, MeetingFactory

BEFORE, AFTER = [("meetings", "0009_desk")], [("meetings", "0010_thematic_events")]


@pytest.mark.django_db(transaction=True)
def test_co_sponsors_of_old_are_confirmed_and_proposals_get_their_dates() -> None:
    event, body = EventFactory(accepted_at=None, proposed_at=None), OrganizationFactory(code="who")
    latest = MigrationExecutor(connection).loader.graph.leaf_nodes()
    try:
        MigrationExecutor(connection).migrate(BEFORE)
        old = MigrationExecutor(connection).loader.project_state(BEFORE).apps.get_model("meetings", "ThematicEvent")
        old.objects.get(pk=event.pk).co_sponsors.add(body.pk)
        MigrationExecutor(connection).migrate(AFTER)
    finally:
        MigrationExecutor(connection).migrate(latest)
    kept = ThematicEvent.objects.get(pk=event.pk)
    assert [(row.organization, row.state) for row in kept.co_sponsorships.all()] == [(body, "confirmed")]
    assert kept.accepted_at == kept.proposed_at == kept.changed_at < timezone.now()


@pytest.mark.django_db(transaction=True)
def test_what_a_meeting_said_in_one_language_stands_as_english() -> None:
    meeting = MeetingFactory()
    latest = MigrationExecutor(connection).loader.graph.leaf_nodes()
    before = [("meetings", "0010_thematic_events")]
    try:
        MigrationExecutor(connection).migrate(before)
        old = MigrationExecutor(connection).loader.project_state(before).apps.get_model("meetings", "Meeting")
        old.objects.filter(pk=meeting.pk).update(purpose="Why we meet.", outcome="Agreed.")
    finally:
        MigrationExecutor(connection).migrate(latest)
    kept = Meeting.objects.get(pk=meeting.pk)
    assert (kept.purpose_en, kept.outcome_en, kept.proceedings_en, kept.purpose_fr) == ("Why we meet.", "Agreed.", "", None)
