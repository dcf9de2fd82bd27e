"""Aligning two versions of a text: what stayed is found, nothing certain is wrong, nothing is lost."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from bench._texts import VOCABULARY, revise
from common.alignment import Part, align, likeness, words_of


def pairs(result):
    return {(link.old, link.new) for link in result.links}


def check(change, least):
    """At least that share of what stayed is found, automatically or as a proposal, and nothing automatic is wrong."""
    result = align(change.old, change.new)
    assert {(link.old, link.new) for link in result.links if link.automatic} <= change.truth
    found = len(pairs(result) & change.truth) / len(change.truth)
    assert found >= least
    return found


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(language=some.sampled_from(sorted(VOCABULARY)), seed=some.integers(0, 10**6))
def test_with_55_percent_of_the_words_changed_nearly_all_that_stayed_is_found(language, seed):
    check(revise(language, seed, 120, 0.55, splits=4, merges=4, moves=4, gone=6, fresh=6), 0.95)


@pytest.mark.parametrize("language", sorted(VOCABULARY))
def test_over_200_drafts_at_least_95_of_100_are_found_in_each_and_nothing_automatic_is_wrong(language):
    for seed in range(25):
        check(revise(language, seed, 120, 0.55, splits=4, merges=4, moves=4, gone=6, fresh=6), 0.95)


@pytest.mark.parametrize("language", sorted(VOCABULARY))
def test_where_single_paragraphs_changed_far_more_than_others_95_of_100_are_found_all_the_same(language):
    found = [
        check(revise(language, seed, 120, 0.55, splits=4, merges=4, moves=4, gone=6, fresh=6, evenly=False), 0.9)
        for seed in range(4)
    ]
    assert sum(found) / len(found) >= 0.95


@pytest.mark.parametrize("language", sorted(VOCABULARY))
def test_with_a_third_of_the_words_changed_most_is_automatic_and_nothing_automatic_is_wrong(language):
    change = revise(language, 1, 120, 0.3, splits=4, merges=4, moves=4, gone=6, fresh=6)
    check(change, 0.98)
    assert sum(link.automatic for link in align(change.old, change.new).links) > 80


BEFORE, AFTER = "Agencies share their rosters of experts.", "Statistics are published each year by the secretariat."
HOSTS = "Ministries of the host country choose which proposals are paid for by the fund and tell all others."
BOARDS = "Boards of the donors meet in spring and choose there, by lot, which few cities and laboratories the fund may visit."


@pytest.mark.parametrize(
    ("old", "new", "proposed"),
    [
        (HOSTS, BOARDS, True),
        ("Funds and partners", "Partners, donors, trustees, friends of learning", True),
        (HOSTS, "Youth councils advise their governing bodies on digital learning, each in its own language and time.", False),
        ("Funds and partners", "Digital learning", False),
    ],
)
def test_between_two_neighbours_that_are_found_less_likeness_is_enough_for_a_proposal(old, new, proposed):
    assert 0 <= likeness(old, new) < 0.35
    result = align(*([Part(place, text) for place, text in enumerate([BEFORE, middle, AFTER])] for middle in (old, new)))
    assert [(link.relation, link.automatic) for link in result.links if link.old == 1] == [("edited", False)] * proposed
    assert result.deleted == result.added == [1] * (not proposed)
    # Where nothing beside it is found, it is new.
    assert not align([Part(0, old)], [Part(0, new)]).links


def test_the_other_part_of_a_split_is_proposed_though_most_of_its_words_are_new():
    first = "A trust fund pays for exchanges between laboratories and ministries of health in all regions"
    second = "reports on them each spring to donors and the partner countries that have asked for its support"
    parts = [
        BEFORE,
        f"{first}.",
        "The fund reports each June; partner countries learn which boards have asked for more staff.",
        AFTER,
    ]
    result = align(
        [Part(place, text) for place, text in enumerate([BEFORE, f"{first} and {second}.", AFTER])],
        [Part(place, text) for place, text in enumerate(parts)],
    )
    assert [(link.new, link.relation, link.automatic) for link in result.links if link.old == 1] == [
        (1, "split", False), (2, "split", False),
    ]  # fmt: skip


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


NEAR = "Agencies share the rosters of their experts."


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ([Part(1, BEFORE)], [Part("a", BEFORE)]),
        ([Part(1, BEFORE, uid="x")], [Part("a", HOSTS, uid="x")]),
        ([Part(1, BEFORE), Part(2, BEFORE)], [Part("a", BEFORE), Part("b", BEFORE)]),
        ([Part(1, BEFORE), Part(2, AFTER)], [Part("a", NEAR), Part("b", AFTER)]),
        ([Part(2, AFTER), Part(1, HOSTS), Part(3, BEFORE)], [Part("b", AFTER), Part("a", BOARDS), Part("c", BEFORE)]),
        ([Part(1, f"{HOSTS} {AFTER}")], [Part("a", HOSTS), Part("b", AFTER)]),
    ],
)
def test_what_a_person_said_does_not_belong_together_is_never_in_the_answer(old, new):
    assert (1, "a") in pairs(align(old, new))
    result = align(old, new, refused=[(1, "a"), (1, "gone"), ("gone", "a")])
    assert (1, "a") not in pairs(result)
    assert {link.old for link in result.links} | set(result.deleted) == {part.key for part in old}


def test_signs_spaces_and_case_do_not_count_and_scripts_without_spaces_are_compared_by_sign():
    assert words_of("The  *Plan*,[^1] of\tACTION") == ["the", "plan", "of", "action"]
    assert words_of("南南合作") == ["南", "南", "合", "作"]
    assert words_of("सहयोग के लिए") == ["सहयोग", "के", "लिए"]
    assert words_of("ที่ดี ก") == ["ที่ดี", "ก"]
    assert likeness("a b c d", "a b c x") == 0.75
