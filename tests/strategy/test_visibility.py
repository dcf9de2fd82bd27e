"""What a person sees as a list and what the object's rule says are the same, role by role and row by row."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from common.access import may
from directory.enums import Role
from directory.models import Membership, User
from strategy.enums import CommentState, Sharing, Visibility
from strategy.models import (
    Comment,
    CommentReply,
    ConsultationRound,
    Disposition,
    Draft,
    Paragraph,
    ParagraphLink,
    Position,
    Strategy,
)
from tests.factories.directory import OrganizationFactory, person
from tests.factories.strategy import (
    CommentFactory,
    DispositionFactory,
    DraftFactory,
    PositionFactory,
    RoundFactory,
    published_draft,
    submitted_comment,
)


@pytest.fixture
def rows_of_every_state(scene):
    """Drafts public, closed and in preparation; rounds of every sharing and invitation; comments of every state."""
    now = timezone.now()
    fao, undp, samoa = (OrganizationFactory(code=code) for code in ("fao", "undp", "samoa"))
    samoa.is_agency = False
    samoa.save()
    hidden = published_draft(is_public=False)
    DraftFactory(strategy=scene.strategy, number=7)
    only_fao = RoundFactory(draft=hidden, invites_all_agencies=False)
    only_fao.invited.add(fao)
    rounds = [
        scene.round,
        only_fao,
        RoundFactory(draft=scene.draft, sharing=Sharing.SECRETARIAT),
        RoundFactory(draft=scene.draft, sharing=Sharing.AGENCIES_AFTER_CLOSE, is_public=False),
        RoundFactory(
            draft=scene.draft,
            sharing=Sharing.AGENCIES_AFTER_CLOSE,
            opens_at=now - timedelta(days=9),
            closes_at=now - timedelta(days=1),
        ),
        RoundFactory(draft=published_draft(is_public=False)),
        RoundFactory(draft=DraftFactory(strategy=scene.strategy, number=8)),
    ]
    for consultation in rounds:
        for agency in (fao, undp):
            for state in (CommentState.DRAFT, CommentState.CLEARED, CommentState.DROPPED):
                comment = CommentFactory(round=consultation, organization=agency, state=state)
                CommentReply.objects.create(comment=comment, author=comment.author, text="Between us")
            answered = submitted_comment(consultation, agency.code)
            DispositionFactory(comment=answered, released_at=now)
            DispositionFactory(comment=submitted_comment(consultation, agency.code, visibility=Visibility.SECRETARIAT))
            CommentReply.objects.create(comment=answered, author=answered.author, text="Between us, still")
        PositionFactory(round=consultation, organization=OrganizationFactory(code="who"))
    return rounds


def everyone(scene) -> dict[str, object]:
    scoped = person(Role.DRAFTER, "unossc")
    Membership.objects.filter(user=scoped).update(scope=scene.strategy.scope_key)
    elsewhere = person(Role.DRAFTER, "unossc")
    Membership.objects.filter(user=elsewhere).update(scope="strategy:another")
    gone = person(Role.FOCAL_POINT, "fao")
    Membership.objects.filter(user=gone).update(ends_on=timezone.now().date() - timedelta(days=2))
    asleep = person(Role.FOCAL_POINT, "fao", is_active=False)
    secretariat_member = person(Role.FOCAL_POINT, "unossc")
    return {
        **scene.cast.everyone(),
        "visitor": AnonymousUser(),
        "drafter of this strategy": scoped,
        "drafter of another": elsewhere,
        "former focal point": gone,
        "inactive focal point": asleep,
        "focal point of the secretariat": secretariat_member,
    }


MODELS = [Strategy, Draft, Paragraph, ConsultationRound, Position, Comment, CommentReply, Disposition]


@pytest.mark.parametrize("model", MODELS)
def test_visible_rows_are_those_that_the_rule_allows(scene, rows_of_every_state, model):
    permission = f"strategy.view_{model._meta.model_name}"
    for name, user in everyone(scene).items():
        seen = set(model.objects.visible_to(user).values_list("pk", flat=True))
        fresh = User.objects.get(pk=user.pk) if user.pk else user
        allowed = {row.pk for row in model.objects.all() if may(fresh, permission, row)}
        assert seen == allowed, f"{model.__name__} for {name}"


@pytest.mark.parametrize("model", MODELS)
def test_no_row_is_listed_twice(scene, rows_of_every_state, model):
    for user in everyone(scene).values():
        keys = list(model.objects.visible_to(user).values_list("pk", flat=True))
        assert len(keys) == len(set(keys))


def test_what_an_agency_has_not_submitted_is_seen_by_its_members_only(scene, rows_of_every_state):
    internal = Comment.objects.exclude(state=CommentState.SUBMITTED)
    for name, user in everyone(scene).items():
        seen = internal & Comment.objects.visible_to(user)
        owners = set(seen.values_list("organization__code", flat=True))
        expected = {"focal_undp": {"undp"}, "contributor_undp": {"undp"}, "focal_fao": {"fao"}}.get(name, set())
        assert owners == expected, name


def test_replies_stay_inside_the_agency_also_after_submission(scene, rows_of_every_state):
    assert CommentReply.objects.filter(comment__state=CommentState.SUBMITTED).exists()
    for name, user in everyone(scene).items():
        owners = set(CommentReply.objects.visible_to(user).values_list("comment__organization__code", flat=True))
        assert owners == {"focal_undp": {"undp"}, "contributor_undp": {"undp"}, "focal_fao": {"fao"}}.get(name, set()), name


def test_unreleased_answers_are_seen_by_the_secretariat_only(scene, rows_of_every_state):
    unreleased = Disposition.objects.filter(released_at=None)
    for name, user in everyone(scene).items():
        sees = unreleased.filter(pk__in=Disposition.objects.visible_to(user).values("pk")).exists()
        assert sees == (name in {"secretariat", "drafter", "drafter of this strategy"}), name


def test_lineage_needs_both_drafts_visible(scene):
    newer = DraftFactory(strategy=scene.strategy, number=1)
    target = newer.paragraphs.create(position=1, number="1", text="Later words")
    ParagraphLink.objects.create(origin=scene.paragraph(), target=target, relation="edited")
    assert not ParagraphLink.objects.visible_to(scene.cast.focal_undp).exists()
    assert ParagraphLink.objects.visible_to(scene.cast.drafter).exists()
