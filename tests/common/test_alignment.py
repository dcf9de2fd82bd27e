"""Aligning two versions of a text: what stayed is found, nothing certain is wrong, nothing is lost."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from bench._texts import VOCABULARY, revise
from common.alignment import Part, align, likeness, words_of


def pairs(result):
    return {(link.old, link.new) for link in result.links}


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(language=some.sampled_from(sorted(VOCABULARY)), seed=some.integers(0, 10**6))
def test_with_55_percent_of_the_words_changed_nearly_all_that_stayed_is_found(language, seed):
    change = revise(language, seed, 120, 0.55, splits=4, merges=4, moves=4, gone=6, fresh=6)
    result = align(change.old, change.new)
    assert len(pairs(result) & change.truth) >= 0.92 * len(change.truth)
    assert {(link.old, link.new) for link in result.links if link.automatic} <= change.truth


@pytest.mark.parametrize("language", sorted(VOCABULARY))
def test_over_some_drafts_at_least_95_of_100_are_found_and_nothing_automatic_is_wrong(language):
    found = all_of_them = 0
    for seed in range(3):
        change = revise(language, seed, 120, 0.55, splits=3, merges=3, moves=3, gone=5, fresh=5)
        result = align(change.old, change.new)
        found, all_of_them = found + len(pairs(result) & change.truth), all_of_them + len(change.truth)
        assert {(link.old, link.new) for link in result.links if link.automatic} <= change.truth
    assert found >= 0.95 * all_of_them


@settings(max_examples=40, deadline=None)
@given(some.lists(some.text(max_size=40), max_size=12), some.lists(some.text(max_size=40), max_size=12))
def test_no_paragraph_is_lost_and_the_answer_is_always_the_same(before, after):
    old, new = [Part(f"o{n}", text) for n, text in enumerate(before)], [Part(f"n{n}", text) for n, text in enumerate(after)]
    result = align(old, new)
    assert {link.old for link in result.links} | set(result.deleted) == {part.key for part in old}
    assert {link.new for link in result.links} | set(result.added) == {part.key for part in new}
    assert not {link.old for link in result.links} & set(result.deleted)
    assert not {link.new for link in result.links} & set(result.added)
    assert align(old, new) == result


@settings(max_examples=40, deadline=None)
@given(some.lists(some.text(max_size=40), max_size=12))
def test_a_text_aligned_with_itself_is_the_identity(texts):
    parts = [Part(number, text) for number, text in enumerate(texts)]
    result = align(parts, parts)
    assert [(link.old, link.new, link.relation, link.automatic) for link in result.links] == [
        (number, number, "same", True) for number in range(len(texts))
    ]


def test_a_split_a_merge_and_a_move_are_named():
    one = "Agencies share their rosters of experts with every partner country."
    two = "A trust fund pays for exchanges between laboratories and ministries of health."
    three = "Statistics of cooperation are published each year by the secretariat."
    four = "Youth councils advise the governing boards on digital learning."
    first = align([Part(1, f"{one} {two}"), Part(2, three)], [Part("a", one), Part("b", two), Part("c", three)])
    assert {(link.old, link.new, link.relation) for link in first.links} == {
        (1, "a", "split"), (1, "b", "split"), (2, "c", "same"),
    }  # fmt: skip
    second = align([Part("a", one), Part("b", two), Part("c", three)], [Part(1, f"{one} {two}"), Part(2, three)])
    assert {link.relation for link in second.links if link.new == 1} == {"merged"}
    moved = align(
        [Part(n, t) for n, t in enumerate([one, two, three, four])], [Part(n, t) for n, t in enumerate([four, one, two, three])]
    )
    assert [(link.old, link.new) for link in moved.links if link.relation == "moved"] == [(3, 0)]


def test_a_hidden_name_and_what_a_person_settled_come_before_likeness():
    result = align([Part(1, "Alpha beta", uid="x")], [Part("a", "Alpha beta"), Part("b", "Wholly other words", uid="x")])
    assert pairs(result) == {(1, "b")}
    assert result.added == ["a"]
    assert pairs(align([Part(1, "Alpha beta")], [Part("a", "Alpha beta"), Part("b", "Other")], known=[(1, "b")])) == {(1, "b")}


def test_signs_spaces_and_case_do_not_count_and_chinese_is_compared_by_sign():
    assert words_of("The  *Plan*,[^1] of\tACTION") == ["the", "plan", "of", "action"]
    assert words_of("南南合作") == ["南", "南", "合", "作"]
    assert likeness("a b c d", "a b c x") == 0.75
