"""Word differences."""

from hypothesis import given
from hypothesis import strategies as st

from common.textdiff import word_diff_html, word_pieces


@given(st.text(), st.text())
def test_pieces_give_back_both_texts(old: str, new: str) -> None:
    pieces = list(word_pieces(old, new))
    assert "".join(piece.text for piece in pieces if piece.kind != "added") == old
    assert "".join(piece.text for piece in pieces if piece.kind != "removed") == new


def test_changed_word_is_marked_and_the_rest_is_kept() -> None:
    assert word_diff_html("shall report yearly", "may report yearly") == "<del>shall</del><ins>may</ins> report yearly"


def test_markup_is_shown_as_text() -> None:
    assert word_diff_html("", "<script>") == "<ins>&lt;script&gt;</ins>"


def test_chinese_is_compared_sign_by_sign() -> None:
    assert word_diff_html("南南合作战略", "南南合作政策") == "南南合作<del>战略</del><ins>政策</ins>"
