"""Strategies, drafts, rounds and comments for tests."""

from datetime import timedelta
from typing import Any

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from directory.enums import Role
from strategy.enums import CommentState, DraftState, ParagraphKind, PositionState, Visibility
from strategy.models import Comment, ConsultationRound, Disposition, Draft, Paragraph, Position, Strategy
from tests.factories.directory import OrganizationFactory, UserFactory, person


class StrategyFactory(DjangoModelFactory):
    class Meta:
        model = Strategy

    slug = factory.Sequence(lambda number: f"strategy-{number}")
    title = factory.Sequence(lambda number: f"Strategy {number}")
    summary = "What the system does together."


class DraftFactory(DjangoModelFactory):
    """A draft in preparation; `published_draft()` gives one with a text."""

    class Meta:
        model = Draft

    strategy = factory.SubFactory(StrategyFactory)
    number = factory.Sequence(lambda number: number % 30000)
    label = factory.LazyAttribute(lambda row: f"Draft {row.number}")
    is_public = True


class ParagraphFactory(DjangoModelFactory):
    class Meta:
        model = Paragraph

    draft = factory.SubFactory(DraftFactory)
    position = factory.Sequence(lambda number: number + 1)
    number = factory.LazyAttribute(lambda row: str(row.position))
    kind = ParagraphKind.PARAGRAPH
    text = factory.LazyAttribute(lambda row: f"Paragraph {row.number} says that *experience* moves.")


class RoundFactory(DjangoModelFactory):
    """An open round for comments that invites every agency."""

    class Meta:
        model = ConsultationRound
        skip_postgeneration_save = True

    draft = factory.LazyFunction(lambda: published_draft())
    opens_at = factory.LazyFunction(lambda: timezone.now() - timedelta(days=3))
    closes_at = factory.LazyFunction(lambda: timezone.now() + timedelta(days=10))
    time_zone = "America/New_York"


class CommentFactory(DjangoModelFactory):
    class Meta:
        model = Comment

    round = factory.SubFactory(RoundFactory)
    organization = factory.SubFactory(OrganizationFactory, code="undp")
    author = factory.SubFactory(UserFactory)
    text = factory.Sequence(lambda number: f"Internal words {number}")


class PositionFactory(DjangoModelFactory):
    class Meta:
        model = Position

    round = factory.SubFactory(RoundFactory)
    organization = factory.SubFactory(OrganizationFactory, code="undp")


class DispositionFactory(DjangoModelFactory):
    class Meta:
        model = Disposition

    comment = factory.SubFactory(CommentFactory)
    decision = "noted"
    reason = "The secretariat takes note."
    by = factory.SubFactory(UserFactory)
    decided_at = factory.LazyFunction(timezone.now)


def publish(draft: Draft) -> Draft:
    """Publish a draft without asking anybody."""
    now = timezone.now()
    Draft.objects.filter(pk=draft.pk).update(state=DraftState.PUBLISHED, published_at=now, sha256=draft.text_hash())
    draft.refresh_from_db()
    return draft


def published_draft(paragraphs: int = 3, **fields: Any) -> Draft:
    """A published draft: a heading I, then paragraphs 1, 2, …"""
    fields.setdefault("number", 0)
    draft = DraftFactory(**fields)
    ParagraphFactory(draft=draft, position=1, number="I", kind=ParagraphKind.HEADING1, text="Context and purpose")
    for place in range(1, paragraphs + 1):
        ParagraphFactory(draft=draft, position=place + 1, number=str(place))
    return publish(draft)


def submitted_comment(consultation: ConsultationRound, organization: str = "undp", **fields: Any) -> Comment:
    """A comment that has left its agency, with the position that took it along."""
    agency = OrganizationFactory(code=organization)
    fields.setdefault("visibility", Visibility.AGENCIES)
    comment = CommentFactory(round=consultation, organization=agency, state=CommentState.SUBMITTED, **fields)
    Position.objects.update_or_create(
        round=consultation,
        organization=agency,
        defaults={
            "state": PositionState.SUBMITTED,
            "submitted_at": timezone.now(),
            "cleared_by": UserFactory(),
            "sha256": "a" * 64,
        },
    )
    return comment


def alternate(organization: str = "undp") -> Any:
    return person(Role.ALTERNATE, organization)
