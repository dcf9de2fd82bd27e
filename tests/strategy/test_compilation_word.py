"""The compilation text in Word: rejecting all gives back the draft, and no proposal is lost between Word and LibreOffice."""

import io
import shutil
import subprocess
import uuid
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from strategy.documents.blocks import Block, appearance, clean
from strategy.documents.compilation_word import bracketed_docx, revisions_docx, tracked
from strategy.documents.word_reading import read_word
from strategy.documents.word_revisions import initials_of, joined
from strategy.enums import ParagraphKind
from strategy.models import Draft, Paragraph, Strategy
from strategy.models.markup import reading_text
from strategy.selectors.brackets import Voice, woven
from strategy.selectors.compilation import Compilation, Compiled
from tests.strategy.test_brackets import ANY, voice
from tests.strategy.test_round_trip import texts, word_of

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
AT = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
needs_libreoffice = pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not on this machine")


def unsaved_draft(language: str) -> Draft:
    """A draft that was never stored: files are made of what they are given."""
    draft = Draft(strategy=Strategy(slug="s", title="Strategy"), number=1, label="Draft", language=language)
    vars(draft)["text_hash"] = lambda: "0"
    return draft


def compilation_of(rows: list[tuple[Block, list[Voice]]], whole: list[Voice] | None = None, language: str = "en") -> Compilation:
    draft = unsaved_draft(language)
    compiled = []
    for place, (block, voices) in enumerate(rows, start=1):
        paragraph = Paragraph(
            pk=place, position=place, number=block.number, kind=block.kind, text=block.text, footnotes=block.footnotes,
            uid=block.uid or uuid.uuid4(),
        )  # fmt: skip
        compiled.append(Compiled(paragraph, woven(block.text, len(block.footnotes), voices)))
    return Compilation(draft, compiled, whole or [])


def paragraph(text: str, *voices: Voice, kind: str = "paragraph", notes: tuple[str, ...] = (), number: str = "1"):
    return Block(kind, number, text, list(notes), uuid.uuid4()), list(voices)


def shape(blocks):
    return [(block.uid, appearance(block)) for block in blocks]


def parts(content: bytes) -> SimpleNamespace:
    archive = zipfile.ZipFile(io.BytesIO(content))
    names = archive.namelist()
    return SimpleNamespace(
        document=etree.fromstring(archive.read("word/document.xml")),
        comments=etree.fromstring(archive.read("word/comments.xml")) if "word/comments.xml" in names else [],
    )


def changes(content: bytes) -> list[tuple[str, str, str]]:
    return [(one["kind"], one["author"], one["text"]) for one in read_word(content).changes]


# --- tracked changes -------------------------------------------------------------------------------------------------

PROPOSALS = st.lists(st.tuples(st.integers(0, 4), ANY, st.sampled_from(["UNDP", "FAO", "WHO"]), st.booleans()), max_size=5)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
@given(texts(), PROPOSALS)
def test_rejecting_all_gives_back_the_text(blocks, proposals):
    rows = [
        (block, [voice(new, by=by, deletes=deletes, text="x") for at, new, by, deletes in proposals if at % len(blocks) == place])
        for place, block in enumerate(blocks)
    ]
    content = revisions_docx(compilation_of(rows))
    reading = read_word(content, accept=False)
    assert shape(reading.blocks) == shape(read_word(word_of(blocks)).blocks)
    assert not +reading.lost
    # Every comment is in the file once, whatever of it is tracked.
    assert len(reading.comments) == len(proposals)


def test_words_put_in_taken_out_and_replaced_have_their_agency_as_author():
    text = "The United Nations system shares what works."
    content = revisions_docx(
        compilation_of([paragraph(text, voice("The whole United Nations system shares what really works.", by="FAO"))])
    )
    assert changes(content) == [("added", "FAO", " whole"), ("added", "FAO", " really")] or changes(content) == [
        ("added", "FAO", " whole really")
    ]
    assert read_word(content, accept=True).blocks[0].text == "The whole United Nations system shares what really works."
    assert read_word(content, accept=False).blocks[0].text == text


def test_several_agencies_with_one_wording_are_one_author():
    text = "Countries lead."
    proposed = "Countries always lead."
    content = revisions_docx(compilation_of([paragraph(text, voice(proposed), voice(proposed, by="WHO"))]))
    assert changes(content) == [("added", "UNDP, WHO", " always")]
    assert [one["author"] for one in read_word(content).comments] == ["UNDP", "WHO"]


def test_dates_initials_type_and_text_of_a_comment():
    one = voice("Countries always lead.", text="Say always.\nAnd mean it.", by="UNDP")
    one = Voice(**{**one.__dict__, "at": AT, "number": 7})
    found = parts(revisions_docx(compilation_of([paragraph("Countries lead.", one)])))
    added = next(found.document.iter(W + "ins"))
    assert (added.get(W + "author"), added.get(W + "date")) == ("UNDP", "2026-11-20T09:30:00Z")
    (comment,) = found.comments
    assert (comment.get(W + "initials"), comment.get(W + "date")) == ("UNDP", "2026-11-20T09:30:00Z")
    lines = ["".join(t.text or "" for t in p.iter(W + "t")) for p in comment.iter(W + "p")]
    assert lines == ["Comment no. 7 · Substantive", "Say always.", "And mean it.", "Proposed text: Countries always lead."]


def test_of_two_proposals_on_the_same_words_the_earlier_is_tracked_and_the_other_is_told():
    first, second = voice("Countries shall lead.", by="UNDP", number=1), voice("Countries may lead.", by="FAO", number=2)
    elsewhere = voice("Countries will lead the way.", by="WHO", number=3)
    content = revisions_docx(compilation_of([paragraph("Countries will lead.", first, second, elsewhere)]))
    assert {author for _kind, author, _text in changes(content)} == {"UNDP", "WHO"}
    assert read_word(content, accept=True).blocks[0].text == "Countries shall lead the way."
    told = {one["author"]: one["text"] for one in read_word(content).comments}
    assert "Not tracked here" not in told["UNDP"]
    assert "Proposed text: Countries may lead." in told["FAO"]
    assert "concerns words that a proposal of UNDP changes too" in told["FAO"]


def test_words_put_in_at_one_place_follow_each_other():
    content = revisions_docx(
        compilation_of([paragraph("Women lead.", voice("Women and girls lead."), voice("Women and youth lead.", by="FAO"))])
    )
    assert read_word(content, accept=True).blocks[0].text == "Women and girls and youth lead."


def test_a_proposal_is_tracked_as_a_whole_or_not_at_all():
    whole = woven(
        "one two three four five six",
        0,
        [voice("1 two three four five six", number=1), voice("uno two three four five seis", number=2)],
    )
    taken, left = tracked(whole)
    assert [bracket.new for bracket in taken] == ["1"]
    assert set(left) == {2}


def test_a_paragraph_that_somebody_would_do_without_goes_with_its_number_and_its_end():
    rows = [paragraph("First.[^1]", voice(deletes=True), notes=("Note.",)), paragraph("Second.", number="2")]
    content = revisions_docx(compilation_of(rows))
    assert shape(read_word(content, accept=False).blocks) == shape([block for block, _voices in rows])
    assert shape(read_word(content, accept=True).blocks) == shape([rows[1][0]])


def test_the_row_of_a_table_goes_whole():
    rows = [
        paragraph("Outcome\nTarget", kind="table_row", number="T.1"),
        paragraph("Peers learn\nTen", voice(deletes=True), kind="table_row", number="T.2"),
        paragraph("Peers *teach*\nTwelve", voice("Twenty", quote="Twelve", by="FAO"), kind="table_row", number="T.3"),
    ]
    content = revisions_docx(compilation_of(rows))
    assert shape(read_word(content, accept=False).blocks) == shape([block for block, _voices in rows])
    accepted = read_word(content, accept=True).blocks
    assert [block.text for block in accepted] == ["Outcome\nTarget", "Peers *teach*\nTwenty"]


def test_a_comment_on_the_whole_stands_at_the_title_and_one_on_a_passage_at_its_words():
    whole = voice(text="More on health", by="WHO")
    note = voice(text="Whose?", quote="plans")
    found = read_word(revisions_docx(compilation_of([paragraph("They have plans of their own.", note)], [whole]))).comments
    assert {(one["author"], one["quote"]) for one in found} == {("WHO", "Strategy"), ("UNDP", "plans")}


def test_the_hidden_names_stay_and_the_tracked_changes_are_seen_on_the_way_back():
    rows = [paragraph("Countries lead.", voice("Countries always lead."))]
    reading = read_word(revisions_docx(compilation_of(rows)))
    assert reading.blocks[0].uid == rows[0][0].uid
    assert set(reading.base) == {rows[0][0].uid.hex}
    assert len(reading.changes) == 1


@pytest.mark.parametrize("make", [revisions_docx, bracketed_docx])
def test_markup_is_text_and_control_signs_are_left_out(make):
    bad = "<w:p>&amp;\x00\x0b]]>"
    one = voice(f"Countries {bad} lead.", text=bad, by=f"A{bad}B")
    content = make(compilation_of([paragraph("Countries lead.", one)], [voice(text=bad)]))
    text = "".join(etree.fromstring(zipfile.ZipFile(io.BytesIO(content)).read("word/document.xml")).itertext())
    assert clean(bad) in text


def test_an_arabic_text_runs_from_right_to_left_with_its_revisions():
    rows = [paragraph("تقود البلدان النامية التعاون", voice("تقود البلدان النامية هذا التعاون"))]
    content = revisions_docx(compilation_of(rows, language="ar"))
    assert next(parts(content).document.iter(W + "ins")).find(f"{W}r/{W}rPr/{W}rtl") is not None
    assert read_word(content, accept=True).blocks[0].text == "تقود البلدان النامية هذا التعاون"


def test_names_that_word_can_hold():
    assert [initials_of(name) for name in ("FAO", "UN-Women", "Civil society organizations", "World Bank Group", "academia")] == [
        "FAO", "UN-Women", "C", "WBG", "academia",
    ]  # fmt: skip
    many = joined([f"AGENCY-{number}" for number in range(40)], ", ")
    assert len(many) <= 200
    assert many.endswith(f" + {40 - many.count('AGENCY')}")


# --- brackets --------------------------------------------------------------------------------------------------------


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
@given(texts())
def test_without_proposals_the_text_with_brackets_is_the_text(blocks):
    reading = read_word(bracketed_docx(compilation_of([(block, []) for block in blocks])))
    assert shape(reading.blocks) == shape(read_word(word_of(blocks)).blocks)


def test_brackets_stand_in_the_text_and_notes_at_its_end():
    rows = [
        paragraph("Countries *lead*[^1].", voice("Countries lead, always."), voice(text="Why?"), notes=("A note.",)),
        paragraph("A\nB", voice(deletes=True, by="WHO"), voice("B, too", quote="B"), kind="table_row", number="T.1"),
        paragraph("C\nD", kind="table_row", number="T.2"),
        paragraph("Last.", voice("Something else altogether", by="FAO"), number="2"),
    ]
    content = bracketed_docx(compilation_of(rows, [voice(text="On all of it", by="WHO")]))
    assert [block.text for block in read_word(content).blocks] == [
        "Countries *lead*[^1] [UNDP: , always].",
        "A\nB [UNDP: , too] [WHO: delete the paragraph]",
        "C\nD",
        "Last.",
        "[Alt. 1 – FAO: Something else altogether]",
        "Comments without a proposed text",
        "The draft as a whole – WHO (Substantive): On all of it",
        "1 – UNDP (Substantive): Why?",
    ]
    subtitle = etree.fromstring(zipfile.ZipFile(io.BytesIO(content)).read("word/document.xml"))
    assert "Draft – compilation text, 4 open brackets of 4, as of " in "".join(subtitle.itertext())


# --- LibreOffice -----------------------------------------------------------------------------------------------------


def converted(content: bytes, folder: Path, kind: str) -> Path:
    """The document as LibreOffice saves it, with settings of its own that nobody else uses."""
    (folder / "text.docx").write_bytes(content)
    home, out = f"-env:UserInstallation=file://{folder}/home", folder / "out"
    command = ["soffice", home, "--headless", "--convert-to", kind, "--outdir", str(out), str(folder / "text.docx")]
    subprocess.run(command, check=True, capture_output=True, timeout=180)
    return out / f"text.{kind.split(':')[0]}"


@needs_libreoffice
def test_libreoffice_shows_tracked_changes_and_comments_with_their_agencies(tmp_path):
    rows = [
        paragraph(
            "The United Nations system *shares* what works[^1].",
            voice("The whole United Nations system shares what works.", by="FAO"),
            voice("The United Nations system shares lessons.", by="WHO", text="Too vague"),
            notes=("A note.",),
        ),
        paragraph("Not needed.", voice(deletes=True, by="ILO"), number="2"),
        paragraph("A\nB", voice("C", quote="B", by="UNEP"), kind="table_row", number="T.1"),
        paragraph("D\nE", voice(deletes=True, by="ITU"), kind="table_row", number="T.2"),
        paragraph("Stays.", voice(text="Why?", by="UNDP"), number="3"),
    ]
    odt = converted(revisions_docx(compilation_of(rows, [voice(text="On the whole", by="UNHCR")])), tmp_path, "odt")
    root = etree.fromstring(zipfile.ZipFile(odt).read("content.xml"))
    spaces = {key: value for key, value in root.nsmap.items() if key}
    regions = root.findall(".//text:tracked-changes/text:changed-region", spaces)
    authors = {one.findtext(".//dc:creator", namespaces=spaces) for one in regions}
    assert {"FAO", "WHO", "ILO", "UNEP", "ITU"} <= authors
    remarks = {
        one.findtext("dc:creator", namespaces=spaces): "\n".join("".join(p.itertext()) for p in one.findall("text:p", spaces))
        for one in root.iter(f"{{{spaces['office']}}}annotation")
    }
    assert set(remarks) == {"FAO", "WHO", "ILO", "UNEP", "ITU", "UNDP", "UNHCR"}
    assert "Too vague" in remarks["WHO"]
    assert "On the whole" in remarks["UNHCR"]


@needs_libreoffice
def test_libreoffice_keeps_what_rejecting_all_gives_back(tmp_path):
    blocks = [
        paragraph("Countries lead.", voice("Countries always lead.", by="FAO"), voice("States lead.", by="WHO")),
        paragraph("Not needed.", voice(deletes=True), number="2"),
        paragraph("Stays.", number="3"),
    ]
    content = converted(revisions_docx(compilation_of(blocks)), tmp_path, "docx").read_bytes()
    rejected = read_word(content, accept=False)
    assert [block.text for block in rejected.blocks] == [block.text for block, _voices in blocks]
    assert [block.uid for block in rejected.blocks] == [block.uid for block, _voices in blocks]
    assert {one["author"] for one in rejected.changes} >= {"FAO", "UNDP"}


@needs_libreoffice
def test_libreoffice_reads_the_brackets_as_text(tmp_path):
    rows = [paragraph("Countries lead.", voice("Countries always lead.", by="FAO"))]
    text = converted(bracketed_docx(compilation_of(rows)), tmp_path, "txt:Text").read_text()
    assert "Countries [FAO: always] lead." in text


def test_kinds_of_all_paragraphs_have_a_place_in_word():
    rows = [
        paragraph(f"Text of {kind}\nand more", voice(f"Text of {kind}\nand much more"), kind=kind, number=str(place))
        for place, kind in enumerate(ParagraphKind.values)
    ]
    for block in read_word(revisions_docx(compilation_of(rows)), accept=True).blocks:
        assert "much" in reading_text(block.text)
