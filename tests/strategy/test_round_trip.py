"""A text that goes out as a file and comes back unchanged is the same text, whatever its script and signs."""

import io
import shutil
import subprocess
import uuid
from pathlib import Path

import docx
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from strategy.documents.blocks import Block, appearance, clean
from strategy.documents.markdown_reading import read_markdown
from strategy.documents.plain_writing import blocks_markdown
from strategy.documents.word_reading import read_word
from strategy.documents.word_writing import WordText
from strategy.enums import ParagraphKind

# Signs that mean something to Markdown, XML or ourselves, scripts with their own directions, and everything else.
SIGNS = st.one_of(
    st.sampled_from(
        [*list("*_[]()<>&|\\`#-+.:!^~= \t\n1aZ\xa0\u2028\ufeff\u200f🌍"), "*a*", "[^1]", "[^2]", "<em>", "-->", "**"]
    ),
    st.characters(codec="utf-8"),
)
TEXTS = st.lists(SIGNS, min_size=1, max_size=25).map("".join).filter(lambda text: clean(text).strip())
NOTES = st.lists(TEXTS.map(lambda text: text.replace("\n", " ")).filter(lambda text: clean(text).strip(" *")), max_size=2)
NUMBERS = st.integers(1, 99)


@st.composite
def texts(draw: st.DrawFn) -> list[Block]:
    blocks = []
    for place in range(draw(st.integers(1, 5))):
        kind = draw(st.sampled_from(list(ParagraphKind)))
        number = f"{draw(st.sampled_from(['', 'I.', 'A', 'x(']))}{place + 1}"
        blocks.append(Block(kind, number + (")" if "(" in number else ""), draw(TEXTS), draw(NOTES), uuid.uuid4()))
    return blocks


def word_of(blocks: list[Block]) -> bytes:
    text = WordText(title="Strategy", label="Draft", language="en")
    for block in blocks:
        text.add_block(block)
    text.remember(slug="s", number=1, sha256="0", blocks=blocks)
    return text.bytes()


def shape(blocks: list[Block]) -> list[object]:
    return [(block.uid, appearance(block)) for block in blocks]


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
@given(texts())
@example([Block("paragraph", "1", "2 * 3 * 4 **a* *b**c*", [], uuid.uuid4())])
@example([Block("paragraph", "1", "**[^1]** and a**[^1]*b*", ["Note."], uuid.uuid4())])
def test_word(blocks: list[Block]) -> None:
    assert shape(read_word(word_of(blocks)).blocks) == shape(blocks)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
@given(texts())
def test_markdown(blocks: list[Block]) -> None:
    assert shape(read_markdown(blocks_markdown(blocks).encode()).blocks) == shape(blocks)


def test_word_saved_again_by_another_program_is_still_the_same() -> None:
    blocks = [
        Block("paragraph", "1", "Says *this*[^1].", ["A note."], uuid.uuid4()),
        Block("table_row", "T.1", "a\nb", [], uuid.uuid4()),
    ]
    file = io.BytesIO()
    docx.Document(io.BytesIO(word_of(blocks))).save(file)
    reading = read_word(file.getvalue())
    assert shape(reading.blocks) == shape(blocks)
    assert set(reading.base) == {block.uid.hex for block in blocks if block.uid}
    assert not reading.changes
    assert not +reading.lost


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not on this machine")
def test_libreoffice_opens_the_word_file_and_keeps_the_hidden_names(tmp_path: Path) -> None:
    blocks = [
        Block("heading1", "I", "Context", [], uuid.uuid4()),
        Block("paragraph", "1", "Says *this*[^1].", ["A note."], uuid.uuid4()),
        Block("table_row", "T.1", "a\nb", [], uuid.uuid4()),
    ]
    (tmp_path / "t.docx").write_bytes(word_of(blocks))
    home = f"-env:UserInstallation=file://{tmp_path}/home"
    (tmp_path / "out").mkdir()
    for kind, source in (("odt", "t.docx"), ("docx", "out/t.odt")):
        command = ["soffice", home, "--headless", "--convert-to", kind, "--outdir", str(tmp_path / "out"), str(tmp_path / source)]
        subprocess.run(command, check=True, capture_output=True, timeout=120)
    reading = read_word((tmp_path / "out" / "t.docx").read_bytes())
    assert [block.uid for block in reading.blocks] == [block.uid for block in blocks]
    assert [block.text for block in reading.blocks] == [block.text for block in blocks]
