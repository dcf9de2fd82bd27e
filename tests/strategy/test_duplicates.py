"""Comments that say nearly the same."""

import pytest

from strategy.selectors.duplicates import MOST_COMPARED, Said, near_duplicates, normalized

LONG = "The paragraph should name the regional commissions beside the resident coordinators and their offices."


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("Add “women”.", "add   WOMEN", True),
        (LONG, LONG.replace("should", "shall"), True),
        (LONG, "We thank the secretariat for the draft.", False),
        ("", "", True),
    ],
)
def test_words_that_are_alike_by_nine_tenths_are_one_group(one, other, alike):
    found = near_duplicates(
        [Said(1, 7, one, "Same"), Said(2, 7, other, "Same")] if not one else [Said(1, 7, one), Said(2, 7, other)]
    )
    assert found == ([[1, 2]] if alike else [])


def test_only_within_a_paragraph():
    assert near_duplicates([Said(1, 7, LONG), Said(2, 8, LONG), Said(3, None, LONG), Said(4, None, LONG)]) == [[3, 4]]


def test_the_same_proposal_whatever_is_said_about_it():
    rows = [
        Said(1, 7, "Clearer", "Countries *lead*."),
        Said(2, 7, "As agreed in Nairobi", "Countries lead."),
        Said(3, 7, "", "Other"),
    ]
    assert near_duplicates(rows) == [[1, 2]]


def test_like_words_with_different_proposals_are_not_the_same():
    assert near_duplicates([Said(1, 7, LONG, "A"), Said(2, 7, LONG, "B")]) == []
    assert near_duplicates([Said(1, 7, LONG, proposes_deletion=True), Said(2, 7, LONG)]) == []


def test_the_earliest_leads_whatever_the_order():
    assert near_duplicates([Said(9, 1, LONG), Said(4, 1, LONG), Said(6, 1, LONG)]) == [[4, 6, 9]]


def test_a_crowded_paragraph_still_groups_identical_words():
    rows = [Said(n, 1, f"{LONG} {n // 2}") for n in range(MOST_COMPARED + 2)]
    assert len(near_duplicates(rows)) == (MOST_COMPARED + 2) // 2


def test_any_script_is_compared():
    assert normalized("Ｃoopération — Sud–Sud!") == normalized("coopération sud sud")
    assert near_duplicates([Said(1, 1, "التعاون بين بلدان الجنوب."), Said(2, 1, "التعاون بين بلدان الجنوب")]) == [[1, 2]]
