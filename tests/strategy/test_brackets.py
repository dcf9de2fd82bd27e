"""Brackets in a text: whatever is proposed, the text itself stays, and every proposal stands where it belongs, once."""

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from common.textdiff import Change, changes
from strategy.models.markup import Bit, bits_of, clean, cut, reading_text
from strategy.selectors.bracket_words import text_of
from strategy.selectors.brackets import Standing, Voice, bits_and_reading, changes_of, in_text, wording, woven

WORDS = st.sampled_from(
    ["the", "United", "Nations", "system", "shares", "what", "works", ",", ".", " ", "\n", "é", "中", "ع", "*a b*", "[^1]", "<b>"]
)
TEXTS = st.lists(WORDS, max_size=30).map(" ".join)
ANY = st.one_of(TEXTS, st.text(max_size=40))
numbers = itertools.count(1)


def voice(proposed="", *, by="UNDP", quote="", deletes=False, text="", number=0, is_open=True, decision=""):
    return Voice(
        number=number or next(numbers), speaker=by, title=by, code=by.lower(), type="substantive", text=text,
        proposed_text=proposed, proposes_deletion=deletes, quote=quote, quote_prefix="", quote_suffix="", at=None,
        decision=decision, is_open=is_open,
    )  # fmt: skip


def shown(text, *voices):
    """The paragraph as plain text, its brackets included."""
    whole = woven(text, 0, voices)
    pieces = [
        one.left + text_of(one.bracket) + one.right if isinstance(one, Standing) else one.text
        for one in in_text(whole.bits, whole.brackets)
    ]
    return "".join(pieces), [text_of(one) for one in whole.behind]


# --- changes ---------------------------------------------------------------------------------------------------------


def made(old, found):
    for one in reversed(found):
        old = old[: one.start] + one.text + old[one.end :]
    return old


@settings(deadline=None)
@given(ANY, ANY, st.integers(1, 5))
def test_changes_lead_from_one_text_to_the_other(old, new, apart):
    for whole in (1.0, 0.6):
        found = changes(old, new, apart=apart, whole=whole)
        assert made(old, found) == new
        assert all(one.end < other.start for one, other in itertools.pairwise(found))
        assert (found == []) == (old == new)


def test_changes_close_to_each_other_are_one():
    assert changes("shares what has worked", "gives what had worked") == [Change(0, 15, "gives what had")]
    assert len(changes("one two three four five six", "1 two three four five 6")) == 2


def test_words_put_in_stand_right_behind_the_word_before():
    assert changes("the system shares", "the whole system shares") == [Change(3, 3, " whole")]
    assert changes("the whole system", "the system") == [Change(3, 9, "")]


# --- cutting ---------------------------------------------------------------------------------------------------------


@given(TEXTS, st.sets(st.integers(0, 60), max_size=6))
def test_a_text_that_is_cut_is_the_same_text(text, places):
    bits = bits_of(text)
    pieces = list(cut(bits, places))
    whole = [piece for piece in pieces if isinstance(piece, Bit)]
    assert [(sign, bit.is_emphasis) for bit in whole for sign in bit.text] == [
        (sign, bit.is_emphasis) for bit in bits for sign in bit.text
    ]
    assert [bit.note for bit in whole if bit.note] == [bit.note for bit in bits if bit.note]
    assert sorted(piece for piece in pieces if not isinstance(piece, Bit)) == sorted([*places, *places])
    here = 0
    for piece in pieces:
        if isinstance(piece, Bit):
            here += len(piece.text)
        else:
            assert here == min(piece, len(reading_text(text)))


def test_the_sign_of_a_footnote_belongs_to_the_words_before():
    assert list(cut(bits_of("one[^1] two"), [3])) == [Bit("one"), 3, Bit("", note=1), 3, Bit(" two")]


# --- brackets --------------------------------------------------------------------------------------------------------


def test_words_put_in_taken_out_and_replaced():
    text = "supported by the United Nations development system and its partners"
    assert shown(text, voice(text.replace("partners", "partners, academia included")))[0].endswith(
        "its partners [UNDP: , academia included]"
    )
    assert (
        "its partners [WHO: delete “and its partners”]" in shown(text, voice(text.removesuffix(" and its partners"), by="WHO"))[0]
    )
    assert (
        "system [FAO: replace “system” with “entities”] and"
        in shown(text, voice(text.replace("system", "entities"), by="FAO"))[0]
    )


def test_a_passage_is_changed_where_it_stands():
    said = shown("Countries lead. Agencies follow.", voice("Agencies support", quote="Agencies follow"))[0]
    assert said == "Countries lead. Agencies follow [UNDP: replace “follow” with “support”]."


def test_identical_wording_is_one_bracket_with_all_names():
    text = "The United Nations system shares what works."
    said, _behind = shown(
        text,
        voice("The United Nations system gladly shares what works.", by="UNDP"),
        voice("The United  Nations system Gladly shares what works.", by="FAO"),
        voice("The United Nations system gladly shares what works.", by="UNDP"),
        voice("The United Nations system rarely shares what works.", by="WHO"),
    )
    assert said == "The United Nations system [UNDP, FAO: gladly] [WHO: rarely] shares what works."


def test_what_changes_nothing_but_a_capital_is_still_a_proposal():
    assert shown("member States", voice("Member States"))[0] == "member [UNDP: replace “member” with “Member”] States"
    assert wording("“Member  States”") == wording('"member States"')


def test_another_text_and_deletion_stand_behind_the_paragraph():
    said, behind = shown(
        "Something short.", voice("Quite different words here"), voice(deletes=True, by="WHO"), voice("All new", by="FAO")
    )
    assert said == "Something short."
    assert behind == ["[Alt. 1 – UNDP: Quite different words here]", "[Alt. 2 – FAO: All new]", "[WHO: delete the paragraph]"]


def test_a_long_passage_is_named_by_its_ends():
    words = " ".join(str(number) for number in range(30))
    assert (
        "delete “10 11 12 13 14 … 18 19 20 21 22”"
        in shown(words, voice(" ".join(str(number) for number in range(30) if not 10 <= number < 23)))[0]
    )


def test_comments_without_other_words_are_notes():
    whole = woven("Countries lead.", 0, [voice(text="Why?"), voice("Countries lead."), voice("Countries *lead*.")])
    assert (len(whole.notes), whole.all) == (3, [])


def test_a_decision_is_named_once_nobody_waits():
    text = "Countries lead."
    one = voice("Countries always lead.", is_open=False, decision="accepted")
    other = voice("Countries always lead.", by="FAO")
    assert shown(text, one)[0] == "Countries [UNDP – Accepted: always] lead."
    assert shown(text, one, other)[0] == "Countries [UNDP, FAO: always] lead."


def same_words(text):
    return wording(text, "another").split()


PROPOSALS = st.lists(st.tuples(ANY, st.sampled_from(["UNDP", "FAO", "WHO"]), st.booleans(), st.booleans()), max_size=6)


@settings(deadline=None, max_examples=200)
@given(TEXTS, PROPOSALS)
def test_without_its_brackets_the_text_is_the_draft_and_every_proposal_stands_there_once(text, rows):
    voices = [voice(new, by=by, deletes=deletes, text="x", is_open=waits) for new, by, deletes, waits in rows]
    whole = woven(text, 1, voices)
    bits, reading = bits_and_reading(text, 1)
    left = [one for one in in_text(bits, whole.brackets) if isinstance(one, Bit)]
    assert [(sign, bit.is_emphasis) for bit in left for sign in bit.text] == [
        (sign, bit.is_emphasis) for bit in bits for sign in bit.text
    ]
    assert [bit.note for bit in left if bit.note] == [bit.note for bit in bits if bit.note]
    standing = [one.bracket for one in in_text(bits, whole.brackets) if isinstance(one, Standing)]
    assert standing == whole.brackets
    for one in voices:
        mine = [bracket for bracket in whole.all if one in bracket.voices]
        found = changes_of(reading, one) if one.proposes else []
        assert len(mine) == len(found) == len({(bracket.start, bracket.end) for bracket in mine})
        assert {(bracket.start, bracket.end) for bracket in mine} == {(change.start, change.end) for change in found}
        assert (one in whole.notes) == (not mine)
        assert all(bracket.voices.count(one) == 1 for bracket in mine)
        if one.proposes and not one.proposes_deletion and mine:
            assert same_words(made(reading, found)) == same_words(reading_text(clean(one.proposed_text)))
    assert sum(bracket.is_open for bracket in whole.all) == sum(
        any(one.is_open for one in bracket.voices) for bracket in whole.all
    )


@pytest.mark.parametrize("text", ["<script>alert(1)</script>", "a\x00b\x0bc"])
def test_markup_and_control_signs_are_text(text):
    assert shown("Countries lead.", voice(f"Countries {text} lead."))[0].startswith(f"Countries [UNDP: {clean(text)}")
