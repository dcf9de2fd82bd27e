"""Co-sponsors named before there was a question to them."""

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from meetings.models import ThematicEvent
from tests.factories.directory import OrganizationFactory
from tests.factories.meetings import EventFactory

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
