"""Comments on earlier drafts: no sequence of edits, splits, merges, moves and deletions loses one or hides it."""

from collections import defaultdict

import pytest
from django.core.exceptions import PermissionDenied
from django.db import transaction
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from common.access import Refused
from strategy.models import Comment, CommentPin, ParagraphLink
from strategy.selectors.earlier import counts_of, earlier_comments
from strategy.services import pin_comment, unpin_comment
from tests.factories.strategy import (
    CommentFactory,
    DraftFactory,
    ParagraphFactory,
    RoundFactory,
    StrategyFactory,
    publish,
    submitted_comment,
)

HTMX = {"HTTP_HX_REQUEST": "true"}
ACTS = st.lists(st.sampled_from(["same", "edit", "split", "merge", "move", "delete"]), min_size=1, max_size=6)


class Enough(Exception):
    """Ends an example: its rows are rolled back."""


def make_draft(strategy, number, size):
    draft = DraftFactory(strategy=strategy, number=number)
    return draft, [ParagraphFactory(draft=draft, position=place, number=str(place)) for place in range(1, size + 1)]


def revise(strategy, number, before, acts):
    """The next draft: what each act makes of the paragraphs in turn; the pairs of paragraphs that are linked."""
    plan, place = [], 0  # (origins, relation) of each new paragraph
    while place < len(before):
        act, one = acts[place % len(acts)], before[place]
        if act == "merge" and place + 1 < len(before):
            plan.append(([one, before[place + 1]], "merged"))
            place += 1
        elif act == "split":
            plan += [([one], "split"), ([one], "split")]
        elif act == "move":
            plan.insert(0, ([one], "moved"))
        elif act != "delete":
            plan.append(([one], "edited" if act == "edit" else "same"))
        place += 1
    draft, after = make_draft(strategy, number, len(plan) + 1)  # one is new
    pairs = [(origin, after[place], relation) for place, (origins, relation) in enumerate(plan) for origin in origins]
    ParagraphLink.objects.bulk_create(ParagraphLink(origin=a, target=b, relation=relation) for a, b, relation in pairs)
    return draft, after, {(a.pk, b.pk) for a, b, _relation in pairs}


@given(acts=st.lists(ACTS, min_size=1, max_size=4), pinned=st.integers(0, 5), size=st.integers(1, 6))
@hypothesis_settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_sequence_of_revisions_loses_a_comment_or_hides_it(scene, acts, pinned, size):
    with pytest.raises(Enough), transaction.atomic():
        strategy = StrategyFactory()
        draft, paragraphs = make_draft(strategy, 0, size)
        comments, follows = [], defaultdict(set)
        for number, what in enumerate(acts, start=1):
            consultation = RoundFactory(draft=draft)
            comments += [submitted_comment(consultation, "fao", paragraph=one) for one in [*paragraphs, None]]
            CommentFactory(round=consultation, organization=scene.fao, paragraph=paragraphs[0])  # never submitted
            publish(draft)
            draft, paragraphs, pairs = revise(strategy, number, paragraphs, what)
            for origin, target in pairs:
                follows[origin].add(target)
            if pairs:
                target = sorted(pairs)[pinned % len(pairs)][1]
                origin = next(a for a, b in sorted(pairs) if b == target)
                one = next((row for row in comments if row.paragraph_id == origin), None)
                if one:
                    CommentPin.objects.get_or_create(comment=one, paragraph_id=target, defaults={"by": scene.cast.drafter})
            _check(scene, publish(draft), comments, follows)
        raise Enough


def _check(scene, draft, comments, follows):
    found, here = earlier_comments(scene.cast.focal_undp, draft), set(draft.paragraphs.values_list("pk", flat=True))
    placed = defaultdict(set)
    for paragraph, rows in found.by_paragraph.items():
        assert paragraph in here
        for row in rows:
            placed[row.comment].add(paragraph)
    detached = {row.comment for row in found.detached}
    # Each in one of the three places, and in one only.
    assert placed.keys() | detached | set(found.whole) == {row.pk for row in comments}
    assert len(placed) + len(detached) + len(found.whole) == len(comments)
    pinned = set(CommentPin.objects.values_list("comment", flat=True))
    for row in comments:
        if row.paragraph_id and row.pk not in pinned:
            ends = {row.paragraph_id}
            reached = set()
            while ends:
                ends = {target for one in ends for target in follows[one]}
                reached |= ends & here
            assert placed[row.pk] == reached
    counts = counts_of(scene.cast.focal_undp, draft)
    assert counts.detached == len(detached)
    assert counts.earlier.get(None, 0) == len(found.whole)
    assert {key: n for key, n in counts.earlier.items() if key and n} == {
        key: len(rows) for key, rows in found.by_paragraph.items()
    }


# --- One way at a time -----------------------------------------------------------------------------------------------


@pytest.fixture
def later(scene):
    """The next draft: paragraph 1 is split into 1 and 2, paragraph 2 is deleted, paragraph 3 goes on as 3."""
    draft, paragraphs = make_draft(scene.strategy, 1, 3)
    one, gone, three = (scene.paragraph(number) for number in "123")
    for origin, target, relation in [(one, 0, "split"), (one, 1, "split"), (three, 2, "edited")]:
        ParagraphLink.objects.create(origin=origin, target=paragraphs[target], relation=relation)
    scene.split = submitted_comment(scene.round, "fao", paragraph=one, text="On the split one")
    scene.gone = submitted_comment(scene.round, "fao", paragraph=gone, text="On the deleted one")
    scene.whole = submitted_comment(scene.round, "fao", paragraph=None, text="On the whole of it")
    return publish(draft)


def page(scene, sign_in, rest, user=None, **extra):
    return sign_in(user or scene.cast.focal_undp).get(scene.url(rest), **extra).content.decode()


def test_after_a_split_every_part_shows_it(scene, later, sign_in):
    for number in "12":
        text = page(scene, sign_in, f"drafts/1/paragraphs/{number}/")
        assert "On the split one" in text
        assert "From earlier drafts" in text
    assert "On the split one" not in page(scene, sign_in, "drafts/1/paragraphs/3/")
    assert "On the whole of it" in page(scene, sign_in, "drafts/1/comments/")


def test_a_deleted_paragraph_leaves_its_comments_in_the_list_of_detached_ones(scene, later, sign_in):
    for extra in ({}, HTMX):
        text = page(scene, sign_in, "drafts/1/detached/", **extra)
        assert "On the deleted one" in text
        assert "Paragraph 2 of the" in text
        assert "Paragraph 2 says that experience moves." in text  # its old text
    assert "1 comment on text that is no longer there" in page(scene, sign_in, "drafts/1/")
    assert "On the deleted one" not in page(scene, sign_in, "drafts/1/detached/", scene.cast.outsider)


def test_a_merged_paragraph_shows_the_origin_of_each_comment(scene, sign_in):
    draft, paragraphs = make_draft(scene.strategy, 1, 1)
    for number in "12":
        ParagraphLink.objects.create(origin=scene.paragraph(number), target=paragraphs[0], relation="merged")
        submitted_comment(scene.round, "fao", paragraph=scene.paragraph(number), text=f"On number {number}")
    publish(draft)
    text = page(scene, sign_in, "drafts/1/paragraphs/1/")
    assert "On number 1" in text
    assert "On number 2" in text
    assert "On paragraph 2 of the" in text
    assert "Paragraph 2 says that experience moves." in text


def test_what_is_only_proposed_places_nothing(scene, later):
    ParagraphLink.objects.update(is_proposed=True)
    found = earlier_comments(scene.cast.focal_undp, later)
    assert {row.comment for row in found.detached} == {scene.split.pk, scene.gone.pk}


def test_the_drafter_pins_a_comment_to_one_part(scene, later, sign_in):
    client = sign_in(scene.cast.drafter)
    url, second = scene.url(f"comments/{scene.split.pk}/pin/"), later.paragraphs.get(number="2")
    assert "Show at this part only" in client.get(scene.url("drafts/1/paragraphs/2/")).content.decode()
    assert client.post(url, {"paragraph": second.pk}).status_code == 302
    assert "On the split one" not in page(scene, sign_in, "drafts/1/paragraphs/1/")
    assert "On the split one" in page(scene, sign_in, "drafts/1/paragraphs/2/")
    assert counts_of(scene.cast.focal_undp, later).earlier == {None: 1, second.pk: 1}
    response = client.post(url, {"paragraph": second.pk, "unpin": "1"}, **HTMX)
    assert "shown at every part again" in response.content.decode()
    assert "On the split one" in page(scene, sign_in, "drafts/1/paragraphs/1/")


def test_only_a_drafter_pins_and_only_to_a_part(scene, later, sign_in):
    first, third = later.paragraphs.get(number="1"), later.paragraphs.get(number="3")
    for who in ("focal_undp", "focal_fao"):
        with pytest.raises(PermissionDenied):
            pin_comment(comment=scene.split, paragraph=first, by=getattr(scene.cast, who))
        assert sign_in(getattr(scene.cast, who)).post(scene.url(f"comments/{scene.split.pk}/pin/")).status_code == 403
    with pytest.raises(PermissionDenied):
        unpin_comment(comment=scene.split, paragraph=first, by=scene.cast.secretariat)
    with pytest.raises(Refused, match="does not continue"):
        pin_comment(comment=scene.split, paragraph=third, by=scene.cast.drafter)
    client, url = sign_in(scene.cast.drafter), scene.url(f"comments/{scene.split.pk}/pin/")
    assert client.post(url, {"paragraph": "x"}).status_code == 404
    assert client.post(url, {"paragraph": third.pk}, **HTMX).status_code == 400
    assert client.get(url).status_code == 405


def test_a_comment_never_moves(scene, later):
    earlier_comments(scene.cast.focal_undp, later)
    assert Comment.objects.get(pk=scene.split.pk).paragraph == scene.paragraph("1")


@pytest.mark.parametrize("number", [1, 30])
def test_the_places_cost_the_same_queries_whatever_their_number(scene, later, number, django_assert_num_queries):
    for _one in range(number):
        submitted_comment(scene.round, "fao", paragraph=scene.paragraph("1"))
    scene.cast.focal_undp.current_memberships
    with django_assert_num_queries(3):
        earlier_comments(scene.cast.focal_undp, later)
    with django_assert_num_queries(3):
        counts_of(scene.cast.focal_undp, later)
