"""What the strategy gives to the roof, and how two drafts are compared."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from strategy.enums import ParagraphKind, Sharing
from strategy.models import ParagraphLink
from strategy.selectors import addresses_of_strategy, desk_of_strategy, search_strategy, strategy_for_home
from strategy.selectors.lineage import compare_drafts
from strategy.selectors.rounds import current_round, round_figures, sides_of
from strategy.services import clear_comment, submit_position
from tests.factories.strategy import (
    DispositionFactory,
    DraftFactory,
    ParagraphFactory,
    RoundFactory,
    published_draft,
    submitted_comment,
)

VISITOR = AnonymousUser()


# --- Home ------------------------------------------------------------------------------------------------------------


def test_home_shows_the_open_round_until_its_close(scene):
    submitted_comment(scene.round)
    part = strategy_for_home(VISITOR)
    assert (part["round"], part["draft"], part["strategy"]) == (scene.round, scene.draft, scene.strategy)
    assert part["holds_until"] == scene.round.closes_at
    assert part["figures"].submitted == 1
    assert part["paragraphs"] == 3


def test_home_holds_until_the_next_round_opens(scene):
    soon = timezone.now() + timedelta(hours=1)
    RoundFactory(draft=scene.draft, opens_at=soon, closes_at=soon + timedelta(days=1))
    assert strategy_for_home(VISITOR)["holds_until"] == soon


def test_home_without_a_round_shows_the_newest_draft(db):
    draft = published_draft()
    part = strategy_for_home(VISITOR)
    assert (part["round"], part["draft"], part["holds_until"]) == (None, draft, None)


def test_home_with_nothing_public_is_empty(db):
    published_draft(is_public=False)
    assert strategy_for_home(VISITOR)["draft"] is None


def test_the_round_that_closes_first_counts(scene):
    RoundFactory(draft=scene.draft, closes_at=scene.round.closes_at + timedelta(days=9))
    assert current_round(VISITOR, strategy=scene.strategy) == scene.round


def test_figures_count_agencies_and_not_the_secretariat(scene):
    # undp, fao and who; unossc asks, Samoa is a Member State.
    assert round_figures(scene.round).invited == 3


# --- Search ----------------------------------------------------------------------------------------------------------


def test_search_finds_a_paragraph_by_all_its_words_whatever_their_case(scene):
    hits = search_strategy(VISITOR, "EXPERIENCE moves", limit=10)
    assert len(hits) == 3
    assert hits[0]["url"].endswith("/drafts/0/#p1")
    assert "experience" in hits[0]["snippet"]
    assert not search_strategy(VISITOR, "experience absent", limit=10)


def test_search_respects_its_limit(scene):
    assert len(search_strategy(VISITOR, "experience", limit=2)) == 2


def test_search_finds_a_strategy_by_its_title(scene):
    assert search_strategy(VISITOR, scene.strategy.title, limit=10)[0]["url"] == scene.strategy.get_absolute_url()


@pytest.mark.parametrize("words", ["%", "_", "\x00", "  ", "' OR 1=1 --"])
def test_search_takes_any_sign_literally(scene, words):
    assert search_strategy(VISITOR, words, limit=10) == []


def test_search_never_finds_hidden_drafts_nor_comments(scene):
    hidden = DraftFactory(strategy=scene.strategy, number=1)
    ParagraphFactory(draft=hidden, text="Unpublished novelty")
    scene.comment(text="Secretword")
    for user in (VISITOR, scene.cast.focal_fao, scene.cast.administrator):
        assert not search_strategy(user, "novelty", limit=10)
        assert not search_strategy(user, "Secretword", limit=10)
    assert search_strategy(scene.cast.drafter, "novelty", limit=10)


# --- Desk ------------------------------------------------------------------------------------------------------------


def desk(user):
    return [(str(item.act), item.due, item.is_mine) for item in desk_of_strategy(user)]


def test_desk_of_a_focal_point_before_and_after_submission(scene):
    due = scene.round.closes_at
    assert desk(scene.cast.focal_undp) == [("Submit", due, True)]
    scene.comment()
    assert desk(scene.cast.focal_undp) == [("Clear", due, True), ("Submit", due, True)]
    submit_position(consultation=scene.round, by=scene.cast.focal_undp, on_behalf_of=scene.undp)
    assert desk(scene.cast.focal_undp) == []


def test_desk_of_a_contributor(scene):
    due = scene.round.closes_at
    assert desk(scene.cast.contributor_undp) == [("Comment", due, True)]
    scene.comment()
    assert desk(scene.cast.contributor_undp) == [("Comment", due, True), ("Look", due, False)]


def test_desk_of_a_drafter(scene):
    comment = submitted_comment(scene.round)
    assert desk(scene.cast.drafter) == [("Answer", None, True)]
    DispositionFactory(comment=comment)
    assert desk(scene.cast.drafter) == [("Release", None, True)]
    comment.disposition.released_at = timezone.now()
    comment.disposition.save()
    assert desk(scene.cast.drafter) == []


@pytest.mark.parametrize("who", ["outsider", "administrator", "secretariat", "focal_samoa"])
def test_nothing_waits_for_those_who_have_no_part(scene, who):
    scene.comment()
    assert desk(getattr(scene.cast, who)) == []


def test_nothing_internal_reaches_another_desk(scene):
    scene.comment()
    assert desk(scene.cast.drafter) == []
    assert [act for act, *_rest in desk(scene.cast.focal_fao)] == ["Submit"]


def test_addresses_are_those_of_public_pages(scene):
    published_draft(strategy=scene.strategy, number=1, is_public=False)
    assert addresses_of_strategy() == [scene.url(), scene.url("drafts/0/")]


# --- Sides -----------------------------------------------------------------------------------------------------------


def test_a_side_counts_what_its_agency_has(scene):
    clear_comment(comment=scene.comment(), by=scene.cast.focal_undp)
    scene.comment()
    (side,) = sides_of(scene.cast.focal_undp, scene.round)
    assert (side.live, side.cleared, side.waiting, side.is_focal_point) == (2, 1, 1, True)
    (side,) = sides_of(scene.cast.contributor_undp, scene.round)
    assert not side.is_focal_point
    for user in (VISITOR, scene.cast.drafter, scene.cast.administrator, scene.cast.focal_samoa):
        assert sides_of(user, scene.round) == []


def test_comments_are_shared_after_the_close_when_the_round_says_so(scene):
    from strategy.models import Comment

    scene.round.sharing = Sharing.AGENCIES_AFTER_CLOSE
    scene.round.save()
    submitted_comment(scene.round)
    assert not Comment.objects.visible_to(scene.cast.focal_fao).exists()
    type(scene.round).objects.update(closes_at=timezone.now() - timedelta(seconds=1))
    assert Comment.objects.visible_to(scene.cast.focal_fao).exists()


# --- Comparison ------------------------------------------------------------------------------------------------------


def pair(scene, before: list[str], after: list[str]):
    older, newer = DraftFactory(strategy=scene.strategy, number=50), DraftFactory(strategy=scene.strategy, number=51)
    for draft, texts in ((older, before), (newer, after)):
        for place, text in enumerate(texts, start=1):
            ParagraphFactory(draft=draft, position=place, number=str(place), text=text)
    return older, newer


def link(older, newer, *pairs):
    for origin, target, relation in pairs:
        ParagraphLink.objects.create(
            origin=older.paragraphs.get(number=origin), target=newer.paragraphs.get(number=target), relation=relation
        )


def shape(rows):
    return [("+".join(p.number for p in row.old), "+".join(p.number for p in row.new), row.relation) for row in rows]


def test_without_lineage_paragraphs_meet_by_number(scene):
    older, newer = pair(scene, ["Same words", "Some words"], ["Same words", "Some other words", "New"])
    rows = compare_drafts(scene.cast.drafter, older, newer)
    assert shape(rows) == [("1", "1", "same"), ("2", "2", "edited"), ("", "3", "added")]
    assert rows[1].new_html == "Some <ins>other </ins>words"


def test_lineage_aligns_what_moved_split_merged_and_went(scene):
    older, newer = pair(scene, ["A one", "B two", "C three", "D four", "E five"], ["A", "one", "B two C three", "E five"])
    link(older, newer, ("1", "1", "split"), ("1", "2", "split"), ("2", "3", "merged"), ("3", "3", "merged"), ("5", "4", "same"))
    rows = compare_drafts(scene.cast.drafter, older, newer)
    assert shape(rows) == [("1", "1+2", "split"), ("2+3", "3", "merged"), ("4", "", "deleted"), ("5", "4", "same")]


def test_what_was_deleted_at_the_beginning_stands_there(scene):
    older, newer = pair(scene, ["Gone", "Stays"], ["Stays"])
    link(older, newer, ("2", "1", "same"))
    assert shape(compare_drafts(scene.cast.drafter, older, newer)) == [("1", "", "deleted"), ("2", "1", "same")]


def test_a_paragraph_that_is_nearly_all_new_is_shown_whole(scene):
    older, newer = pair(scene, ["Alpha beta gamma delta"], ["Entirely different sentence here"])
    (row,) = compare_drafts(scene.cast.drafter, older, newer)
    assert row.old_html == "<del>Alpha beta gamma delta</del>"
    assert row.new_html == "<ins>Entirely different sentence here</ins>"


def test_markup_in_a_comparison_is_text(scene):
    older, newer = pair(scene, ["<b>x</b> stays here as it was"], ["<script>x</script> stays here as it was"])
    (row,) = compare_drafts(scene.cast.drafter, older, newer)
    assert "<script>" not in row.new_html
    assert "<b>" not in row.old_html


def test_a_heading_is_not_taken_for_a_paragraph_of_the_same_number(scene):
    older, newer = pair(scene, ["I am a paragraph"], [])
    ParagraphFactory(draft=newer, position=1, number="1", kind=ParagraphKind.HEADING1, text="I am a heading")
    assert shape(compare_drafts(scene.cast.drafter, older, newer)) == [("1", "", "deleted"), ("", "1", "added")]


def test_a_draft_is_called_by_the_title_of_its_strategy_and_not_by_its_code(db):
    draft = DraftFactory(label="Zero draft", strategy__slug="swap", strategy__title="A strategy for all")
    assert str(draft) == "A strategy for all: Zero draft"
