"""A text comes in as a file: read with care, looked at, taken over as a whole or not at all."""

import io
import zipfile
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.utils import timezone

from common.access import Refused
from common.word_files import MOST_UNPACKED, W
from directory.models import StoredFile
from directory.services.traces import Traces
from strategy.documents.blocks import Block, blocks_of
from strategy.documents.markdown_reading import decoded, read_markdown, read_plain
from strategy.documents.plain_writing import draft_markdown
from strategy.documents.word_reading import read_word
from strategy.documents.word_writing import draft_docx
from strategy.models import Draft, DraftImport, ParagraphLease
from strategy.services import take_lease
from strategy.services.imports import apply_import, choose_changes, drop_import, read_import, steps_of
from strategy.services.personal import erase_person
from strategy.services.retention import forget_texts_brought_in
from strategy.services.setup import discard_draft
from tests.conftest import Cast
from tests.factories.strategy import DraftFactory, publish
from tests.strategy.conftest import Scene
from tests.strategy.test_exports import whole_draft

pytestmark = pytest.mark.django_db
_KINDS = (
    '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument'
    '.wordprocessingml.document.main+xml"/></Types>'
)


def word(body: str, **parts: str) -> bytes:
    """A Word document of a body and other parts (numbering=…, footnotes=…)."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", _KINDS)
        for name, inner in {"document": f"<w:body>{body}</w:body>", **parts}.items():
            archive.writestr(f"word/{name}.xml", f'<w:{name} xmlns:w="{W[1:-1]}">{inner}</w:{name}>')
    return file.getvalue()


def p(inner: str, properties: str = "") -> str:
    return f"<w:p><w:pPr>{properties}</w:pPr>{inner}</w:p>"


def r(text: str, look: str = "") -> str:
    return f'<w:r><w:rPr>{look}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'


def seen(blocks: list[Block]) -> list[tuple[str, str, str]]:
    return [(block.kind, block.number, block.text) for block in blocks]


def snapshot(draft: Draft) -> list[tuple[Any, ...]]:
    return list(draft.paragraphs.order_by("position").values_list("uid", "kind", "number", "text", "footnotes", "revision"))


# --- Coming back -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("write", "name"), [(draft_docx, "t.docx"), (lambda draft: draft_markdown(draft).encode(), "t.md")])
def test_an_unchanged_export_changes_nothing(cast: Cast, write: Any, name: str) -> None:
    draft = whole_draft()
    draft.paragraphs.filter(number="1").update(text="*a**b* [^1] 2 * 3  [^1]\n\tx <b>", footnotes=["one", "two"])
    before = snapshot(draft)
    record = read_import(draft=draft, content=write(draft), file_name=name, by=cast.drafter)
    assert {step.kind for step in steps_of(record)} == {"same"}
    apply_import(record=record, choices={}, by=cast.drafter)
    assert snapshot(draft) == before


def test_both_sides_changed_and_the_drafter_chooses(cast: Cast) -> None:
    draft = whole_draft()
    export = draft_markdown(draft)
    uids = dict(draft.paragraphs.values_list("number", "uid"))
    # The file: edits I, 1 and 1(a); drops T.2. The portal: edits 1 and I.A, and deletes I.A.1.
    file = (
        export.replace("Context", "Context of the text")
        .replace("in two lines", "in three lines")
        .replace("an item", "an item more")
    )
    file = "\n".join(line for line in file.split("\n") if not (line.startswith("|") and uids["T.2"].hex in line))
    draft.paragraphs.filter(number="1").update(text="The portal's words")
    draft.paragraphs.filter(number="I.A").update(text="The portal's purpose")
    draft.paragraphs.filter(number="I.A.1").delete()
    record = read_import(draft=draft, content=file.encode(), file_name="t.md", by=cast.drafter)
    kinds = {(step.mine or step.theirs).number: step.kind for step in steps_of(record)}  # type: ignore[union-attr]
    assert kinds == {
        "I": "edited", "I.A": "kept", "I.A.1": "gone", "1": "conflict",
        "1(a)": "edited", "A1": "same", "T.1": "same", "T.2": "deleted",
    }  # fmt: skip
    before = snapshot(draft)
    with pytest.raises(Refused, match="Both texts changed"):
        apply_import(record=record, choices={}, by=cast.drafter)
    assert snapshot(draft) == before
    apply_import(record=record, choices={uids["1"].hex: "theirs"}, by=cast.drafter)
    after = {row.number: row for row in draft.paragraphs.all()}
    assert list(after) == ["I", "I.A", "1", "1(a)", "A1", "T.1"]
    assert after["1"].text.endswith("in three lines.")
    assert after["I.A"].text == "The portal's purpose"
    assert {number: row.uid for number, row in after.items()} == {number: uids[number] for number in after}
    assert [after[number].revision for number in ("I", "I.A", "1", "A1")] == [1, 0, 1, 0]


def test_new_and_moved_paragraphs_are_told_and_paragraphs_written_since_stay(cast: Cast) -> None:
    draft = whole_draft()
    text = draft_markdown(draft).split("\n\n")
    heading = next(place for place, part in enumerate(text) if "**I.A.1**" in part)
    moved = text[heading - 1 : heading + 1]
    del text[heading - 1 : heading + 1]
    text[3:3] = [*moved, "A paragraph that nobody has seen before."]
    draft.paragraphs.create(position=99, number="99", text="Written since")
    record = read_import(draft=draft, content="\n\n".join(text).encode(), file_name="t.md", by=cast.drafter)
    steps = steps_of(record)
    assert [step.theirs.number for step in steps if step.is_moved and step.theirs] == ["I.A.1"]
    assert [step.kind for step in steps].count("new") == 1
    assert steps[-1].kind == "kept"
    apply_import(record=record, choices={}, by=cast.drafter)
    assert list(draft.paragraphs.order_by("position").values_list("number", flat=True))[:3] == [
        "I",
        "I.A.1",
        "1 ante",
    ]


def test_a_text_that_changed_after_the_preview_is_looked_at_again(cast: Cast) -> None:
    draft = whole_draft()
    record = read_import(draft=draft, content=b"Other words.", file_name="t.txt", by=cast.drafter)
    known = draft.text_hash()
    draft.paragraphs.filter(number="1").update(text="Changed meanwhile")
    with pytest.raises(Refused, match="changed after this preview"):
        apply_import(record=record, choices={}, by=cast.drafter, seen=known)


def test_nobody_is_written_over_while_they_write(cast: Cast, second: Any) -> None:
    draft = whole_draft()
    row, *_rest, other = draft.paragraphs.order_by("position")
    text = draft_markdown(draft).replace(row.text, "Words of the file")
    record = read_import(draft=draft, content=text.encode(), file_name="t.md", by=cast.drafter)
    before = snapshot(draft)
    take_lease(paragraph=row, by=second)
    with pytest.raises(Refused, match="is writing in paragraph"):
        apply_import(record=record, choices={}, by=cast.drafter)
    assert snapshot(draft) == before
    ParagraphLease.objects.all().delete()
    take_lease(paragraph=other, by=second)  # whose words the file leaves as they are
    apply_import(record=record, choices={}, by=cast.drafter)
    assert draft.paragraphs.get(pk=row.pk).text == "Words of the file"


def test_only_drafters_and_only_in_preparation(cast: Cast, scene: Scene) -> None:
    with pytest.raises(Refused, match="never changes"):
        read_import(draft=scene.draft, content=b"x", file_name="t.txt", by=cast.drafter)
    draft = DraftFactory()
    with pytest.raises(PermissionDenied):
        read_import(draft=draft, content=b"x", file_name="t.txt", by=cast.secretariat)
    record = read_import(draft=draft, content=b"A text.", file_name="t.txt", by=cast.drafter)
    drop_import(record=record, by=cast.drafter)
    with pytest.raises(Refused, match="finished"):
        apply_import(record=record, choices={}, by=cast.drafter)
    record = read_import(draft=draft, content=b"A text.", file_name="t.txt", by=cast.drafter)
    publish(draft)
    with pytest.raises(Refused, match="never changes"):
        apply_import(record=record, choices={}, by=cast.drafter)


# --- Word ------------------------------------------------------------------------------------------------------------

_NUMBERING = (
    '<w:abstractNum w:abstractNumId="0"><w:lvl w:ilvl="0"><w:start w:val="5"/>'
    '<w:numFmt w:val="decimal"/><w:lvlText w:val="%1."/></w:lvl>'
    '<w:lvl w:ilvl="1"><w:numFmt w:val="lowerLetter"/><w:lvlText w:val="(%2)"/></w:lvl></w:abstractNum>'
    '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>'
)


def _numbered(level: int) -> str:
    return f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="1"/></w:numPr>'


def test_automatic_and_typed_numbers_come_out_as_printed() -> None:
    body = (
        p(r("Purpose"), '<w:outlineLvl w:val="0"/>')
        + p(r("five"), _numbered(0)) + p(r("a"), _numbered(1)) + p(r("b"), _numbered(1)) + p(r("six"), _numbered(0))
        + p(r("c"), _numbered(1)) + p(r("7.\ttyped")) + p(r("١٢. بالعربية"))
    )  # fmt: skip
    assert seen(read_word(word(body, numbering=_NUMBERING)).blocks) == [
        ("heading1", "I", "Purpose"),
        ("paragraph", "5", "five"),
        ("list_item", "5(a)", "a"),
        ("list_item", "5(b)", "b"),
        ("paragraph", "6", "six"),
        ("list_item", "6(a)", "c"),
        ("paragraph", "7", "typed"),
        ("paragraph", "12", "بالعربية"),
    ]


def test_numbers_beyond_all_counting_in_a_file_are_none() -> None:
    huge = "9" * 5000
    numbering = _NUMBERING.replace('w:val="5"', f'w:val="{huge}"')
    body = (
        p(r("a"), f'<w:outlineLvl w:val="{huge}"/>') + p(r("b"), _numbered(0))
        + p(r("c"), f'<w:numPr><w:ilvl w:val="{huge}"/><w:numId w:val="1"/></w:numPr>')
    )  # fmt: skip
    assert [block.text for block in read_word(word(body, numbering=numbering)).blocks] == ["a", "b", "c"]


def test_notes_tables_breaks_fields_and_boxes_are_read_and_losses_named() -> None:
    field = "".join(
        f"<w:r>{inner}</w:r>"
        for inner in (
            '<w:fldChar w:fldCharType="begin"/>', "<w:instrText>REF x</w:instrText>", '<w:fldChar w:fldCharType="separate"/>',
            "<w:t>12</w:t>", '<w:fldChar w:fldCharType="end"/>',
        )
    )  # fmt: skip
    note = '<w:r><w:footnoteReference w:id="2"/></w:r>'
    box = f"<w:r><w:pict><w:txbxContent>{p(r('boxed'))}</w:txbxContent></w:pict></w:r>"
    cell = "<w:tc>{}</w:tc>"
    table = f"<w:tbl><w:tr>{cell.format(p(r('a')))}{cell.format(p(r('b')))}</w:tr></w:tbl>"
    body = (
        p(r("see ") + field + note + r(" so", "<w:i/>") + "<w:r><w:br/><w:t>on</w:t></w:r>" + box)
        + table
        + p("<w:r><w:drawing/></w:r>" + r("bold", "<w:b/>"))
    )
    reading = read_word(word(body, footnotes=f'<w:footnote w:id="2">{p(r("A "))}</w:footnote>'))
    assert seen(reading.blocks) == [
        ("paragraph", "1", "see 12[^1] *so*\non"),
        ("paragraph", "2", "boxed"),
        ("table_row", "T1.1", "a\nb"),
        ("paragraph", "3", "bold"),
    ]
    assert reading.blocks[0].footnotes == ["A"]
    assert +reading.lost == {"box": 1, "picture": 1, "look": 1}


def test_hidden_text_is_read_and_named(scene: Scene, sign_in: Any) -> None:
    hidden = r("Internal remark", "<w:vanish/>") + r("shown", '<w:vanish w:val="0"/>')
    style = '<w:style w:styleId="Note"><w:name w:val="Note"/><w:rPr><w:vanish/></w:rPr></w:style>'
    by_style = r("By style", '<w:rStyle w:val="Note"/>') + r("not", '<w:rStyle w:val="Note"/><w:vanish w:val="0"/>')
    content = word(p(r("Open ") + hidden + by_style), styles=style)
    reading = read_word(content)
    assert reading.blocks[0].text == "Open Internal remarkshownBy stylenot"
    assert reading.hidden == ["Internal remark", "By style"]
    draft = DraftFactory(strategy=scene.strategy, number=7)
    record = read_import(draft=draft, content=content, file_name="a.docx", by=scene.cast.drafter)
    page = sign_in(scene.cast.drafter).get(record.get_absolute_url()).content.decode()
    assert "Word hides these words" in page
    assert '<q dir="auto">Internal remark</q>' in page
    without = read_import(draft=draft, content=word(p(r("Open"))), file_name="b.docx", by=scene.cast.drafter)
    assert "Word hides" not in sign_in(scene.cast.drafter).get(without.get_absolute_url()).content.decode()


_TRACKED = (
    p(r("Keep ") + f'<w:ins w:author="FAO" w:date="2017-11-01T00:00:00Z">{r("added ")}</w:ins>'
      + '<w:del w:author="WHO"><w:r><w:delText>struck </w:delText></w:r></w:del>' + r("end"))
    + p(r("First"), '<w:rPr><w:ins w:author="FAO"/></w:rPr>') + p(r(" second"))
)  # fmt: skip


def test_tracked_changes_are_accepted_or_rejected_never_dropped() -> None:
    accepted, rejected = read_word(word(_TRACKED)), read_word(word(_TRACKED), accept=False)
    assert [block.text for block in accepted.blocks] == ["Keep added end", "First", "second"]
    assert [block.text for block in rejected.blocks] == ["Keep struck end", "First second"]
    assert [(one["kind"], one["author"], one["text"]) for one in accepted.changes] == [
        ("added", "FAO", "added "), ("removed", "WHO", "struck "), ("mark_added", "FAO", ""),
    ]  # fmt: skip


def test_pieces_of_one_change_are_one_and_changes_at_two_places_are_two() -> None:
    def added(text: str) -> str:
        return f'<w:ins w:author="FAO">{r(text)}</w:ins>'

    reading = read_word(
        word(p(added("one ") + "<w:proofErr/>" + added("piece") + r(" and ") + added("another")) + p(added("below")))
    )
    assert [one["text"] for one in reading.changes] == ["one piece", "another", "below"]


def test_a_document_with_tracked_changes_asks_first(cast: Cast) -> None:
    draft = DraftFactory()
    record = read_import(draft=draft, content=word(_TRACKED), file_name="t.docx", by=cast.drafter)
    assert record.asks
    with pytest.raises(Refused, match="tracked changes"):
        apply_import(record=record, choices={}, by=cast.drafter)
    client = Client()
    client.force_login(cast.drafter)
    page = client.get(record.get_absolute_url()).content.decode()
    assert "3 tracked changes" in page
    assert "WHO" in page
    assert client.post(record.get_absolute_url() + "changes/", {}).status_code == 400
    client.post(record.get_absolute_url() + "changes/", {"choice": "reject"})
    record.refresh_from_db()
    assert record.accept is False
    apply_import(record=record, choices={}, by=cast.drafter)
    assert [row.text for row in draft.paragraphs.all()] == ["Keep struck end", "First second"]
    with pytest.raises(Refused):
        choose_changes(record=record, accept=True, by=cast.drafter)


def test_comments_in_the_document_are_listed_and_given_along(cast: Cast) -> None:
    body = p('<w:commentRangeStart w:id="0"/>' + r("quoted") + '<w:commentRangeEnd w:id="0"/>')
    content = word(body, comments=f'<w:comment w:id="0" w:author="WHO">{p(r("Why this?"))}</w:comment>')
    record = read_import(draft=DraftFactory(), content=content, file_name="t.docx", by=cast.drafter)
    assert record.reading["comments"] == [{"author": "WHO", "date": "", "text": "Why this?", "quote": "quoted"}]
    client = Client()
    client.force_login(cast.drafter)
    assert "Why this?" in client.get(record.get_absolute_url() + "notes.txt").content.decode()


# --- Files that are refused ------------------------------------------------------------------------------------------


def _with_part(name: str, content: bytes) -> bytes:
    file = io.BytesIO(word(p(r("x"))))
    with zipfile.ZipFile(file, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return file.getvalue()


def _entity() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("[Content_Types].xml", _KINDS)
        archive.writestr(
            "word/document.xml",
            f'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><w:document xmlns:w="{W[1:-1]}"><w:body><w:p><w:r>'
            "<w:t>&e;</w:t></w:r></w:p></w:body></w:document>",
        )
    return file.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("t.docx", lambda: _with_part("word/vbaProject.bin", b"x"), "macros"),
        ("t.docm", lambda: b"PK", "macros"),
        ("t.docx", _entity, "declares entities"),
        ("t.docx", lambda: _with_part("word/styles.xml", b"<a>" + b" " * (MOST_UNPACKED + 1) + b"</a>"), "far larger"),
        ("t.docx", lambda: word(p(r("x")))[:-40], "not a PDF or a Word"),
        ("t.docx", lambda: _with_part("word/styles.xml", b"<a>"), "damaged"),
        ("t.doc", lambda: b"\xd0\xcf\x11\xe0" + b"x" * 100, "password"),
        ("t.pdf", lambda: b"%PDF-1.7", "A PDF holds pages"),
        ("t.txt", lambda: b"PK\x03\x04", "but it is not"),
        ("t.odt", lambda: b"PK\x03\x04", "Upload a Word document"),
        ("t.txt", lambda: b"\x00\x01\x00\x00" * 50, "not text"),
        ("t.txt", lambda: b"   \n", "holds no text"),
        ("t.md", lambda: b"x" * (4 * 1024 * 1024 + 1), "larger than"),
        ("t.txt", lambda: b"x\n\n" * 3001, "more than 3000 paragraphs"),
    ],
)  # fmt: skip
def test_files_that_cannot_be_read_safely_are_refused_with_a_sentence(cast: Cast, name: str, content: Any, sentence: str) -> None:
    with pytest.raises(Refused, match=sentence):
        read_import(draft=DraftFactory(), content=content(), file_name=name, by=cast.drafter)
    assert not DraftImport.objects.exists()


# --- Markdown and plain text -----------------------------------------------------------------------------------------


def test_markdown_of_anybody() -> None:
    text = """# Purpose\n\nSome *words*[^a] and [a link](https://x.example).\n\n5. Five\n6. Six\n\n   - under it\n\n## Part
\n| A | B |\n| - | - |\n| 1 | 2 |\n\n[^a]: A *note*.\n"""
    reading = read_markdown(text.encode())
    assert seen(reading.blocks) == [
        ("heading1", "I", "Purpose"),
        ("paragraph", "1", "Some *words*[^1] and a link."),
        ("paragraph", "5", "Five"),
        ("paragraph", "6", "Six"),
        ("list_item", "6(a)", "under it"),
        ("heading2", "I.A", "Part"),
        ("table_row", "T1.1", "A\nB"),
        ("table_row", "T1.2", "1\n2"),
    ]
    assert reading.blocks[1].footnotes == ["A *note*."]
    assert +reading.lost == {"link": 1}


def test_plain_text_with_numbers_and_headings() -> None:
    text = "I.\tPURPOSE\n\n1. First, in\ntwo lines.\n(a) an item\n2. Second.\n\n2. Twice.\n\nAnnex: Framework\n"
    reading = read_plain(text.encode("utf-16"))
    assert seen(reading.blocks) == [
        ("heading1", "I", "PURPOSE"),
        ("paragraph", "1", "First, in two lines."),
        ("list_item", "1(a)", "an item"),
        ("paragraph", "2", "Second."),
        ("paragraph", "2 bis", "Twice."),
        ("annex_heading", "A1", "Annex: Framework"),
    ]
    assert reading.renumbered == [["2", "2 bis"]]
    assert reading.encoding == "UTF-16"


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        ("é".encode(), "UTF-8"), ("é".encode("utf-8-sig"), "UTF-8"),
        ("éa".encode("utf-16-le"), "UTF-16"), ("é".encode("cp1252"), "Windows-1252"),
    ],
)  # fmt: skip
def test_the_encoding_is_told(content: bytes, encoding: str) -> None:
    text, told = decoded(content)
    assert text[0] == "é"
    assert told == encoding


# --- Pages -----------------------------------------------------------------------------------------------------------


def test_from_the_file_to_the_draft_by_the_pages(cast: Cast) -> None:
    draft = whole_draft()
    client = Client()
    client.force_login(cast.drafter)
    url = draft.get_absolute_url() + "import/"
    assert client.post(url).status_code == 400
    assert "macros" in client.post(url, {"file": SimpleUploadedFile("t.docm", b"x")}).content.decode()
    content = draft_markdown(draft).replace("an item", "an <script>alert(1)</script> item".replace("<", "\\<")).encode()
    answer = client.post(url, {"file": SimpleUploadedFile("t.md", content)})
    record = DraftImport.objects.get()
    assert answer["Location"] == record.get_absolute_url()
    page = client.get(record.get_absolute_url()).content.decode()
    assert "<ins>&lt;</ins>" in page or "&lt;script" in page
    assert "<script>alert" not in page
    assert client.post(record.get_absolute_url(), {"seen": draft.text_hash()}).status_code == 400
    assert f'href="{record.get_absolute_url()}"' in client.get(url).content.decode()
    client.post(record.get_absolute_url(), {"seen": draft.text_hash(), "confirm": "on"})
    assert f'href="{record.get_absolute_url()}"' not in client.get(url).content.decode()
    assert [block.text for block in blocks_of(draft)][4] == "an <script>alert(1)</script> item"
    other = Client()
    other.force_login(cast.focal_undp)
    assert other.get(record.get_absolute_url()).status_code == 404


def test_what_was_chosen_stays_when_the_text_changed_meanwhile(cast: Cast) -> None:
    draft = whole_draft()
    file = draft_markdown(draft).replace("in two lines", "in three lines")
    draft.paragraphs.filter(number="1").update(text="The portal's words")
    record = read_import(draft=draft, content=file.encode(), file_name="t.md", by=cast.drafter)
    (step,) = [step for step in steps_of(record) if step.kind == "conflict"]
    seen = draft.text_hash()
    draft.paragraphs.filter(number="I.A").update(text="Changed meanwhile")
    client = Client()
    client.force_login(cast.drafter)
    chosen = {"seen": seen, "confirm": "on", f"c-{step.key}": "theirs"}
    response = client.post(record.get_absolute_url(), chosen)
    form = response.context["form"]
    assert response.status_code == 400
    assert "changed after this preview" in response.content.decode()
    assert (form[f"c-{step.key}"].value(), form["seen"].value()) == ("theirs", draft.text_hash())
    assert client.post(record.get_absolute_url(), {**chosen, "seen": draft.text_hash()}).status_code == 302
    assert "in three lines" in draft.paragraphs.get(number="1").text


@pytest.mark.django_db(transaction=True)
def test_two_people_take_over_at_once_and_it_happens_once(cast: Cast) -> None:
    draft = whole_draft()
    record = read_import(draft=draft, content=b"Other words.", file_name="t.txt", by=cast.drafter)
    both = Barrier(2)

    def take_over(_place: int) -> str:
        try:
            mine = DraftImport.objects.get(pk=record.pk)
            both.wait(10)
            apply_import(record=mine, choices={}, by=cast.drafter)
        except Refused as refusal:
            return str(refusal)
        finally:
            connection.close()
        return "done"

    with ThreadPoolExecutor(2) as pool:
        answers = sorted(pool.map(take_over, range(2)))
    assert answers == ["This import is finished. Upload the file again to begin a new one.", "done"]
    assert [row.text for row in draft.paragraphs.all()] == ["Other words."]


# --- Files go when nobody waits for them -----------------------------------------------------------------------------


def _brought(cast: Cast, draft: Draft | None = None, content: bytes = b"A text of its own.") -> DraftImport:
    return read_import(draft=draft or DraftFactory(), content=content, file_name="t.txt", by=cast.drafter)


def _is_there(record: DraftImport) -> bool:
    """Whether the bytes that were brought in are still stored."""
    assert record.file is not None
    return record.file.file.storage.exists(str(record.file.file.name))


@pytest.mark.parametrize(
    "end",
    [
        lambda record, by: apply_import(record=record, choices={}, by=by),
        lambda record, by: drop_import(record=record, by=by),
        lambda record, by: discard_draft(draft=record.draft, by=by),
    ],
    ids=["taken over", "stopped", "draft discarded"],
)
def test_the_file_goes_with_the_answer(cast: Cast, django_capture_on_commit_callbacks: Any, end: Any) -> None:
    record = _brought(cast)
    assert _is_there(record)
    with django_capture_on_commit_callbacks(execute=True):
        end(DraftImport.objects.get(), cast.drafter)
    assert not _is_there(record)
    assert not StoredFile.objects.exists()
    assert not DraftImport.objects.exclude(file=None).exists()


def test_the_same_file_brought_in_twice_stays_for_the_other(cast: Cast, django_capture_on_commit_callbacks: Any) -> None:
    first, second = _brought(cast), _brought(cast)
    with django_capture_on_commit_callbacks(execute=True):
        drop_import(record=first, by=cast.drafter)
    assert _is_there(second)
    assert StoredFile.objects.count() == 1


def test_an_import_that_nobody_answers_is_stopped_in_time(cast: Cast, settings: Any) -> None:
    old, new, ended = _brought(cast), _brought(cast, content=b"Another text."), _brought(cast, content=b"A third.")
    # As imports were before their files went with the answer.
    DraftImport.objects.filter(pk=ended.pk).update(dropped_at=timezone.now())
    DraftImport.objects.filter(pk=old.pk).update(created_at=timezone.now() - timedelta(days=settings.RETAIN_IMPORTS_DAYS + 1))
    assert forget_texts_brought_in() == 2
    assert forget_texts_brought_in() == 0
    for record in (old, new, ended):
        record.refresh_from_db()
    assert (old.is_open, old.file, old.reading) == (False, None, {})
    assert (new.is_open, new.file is not None, bool(new.reading)) == (True, True, True)
    assert (ended.file, bool(ended.reading)) == (None, True)
    client = Client()
    client.force_login(cast.drafter)
    assert client.get(old.get_absolute_url()).status_code == 200
    assert client.get(old.get_absolute_url() + "notes.txt").content.decode("utf-8-sig") == "t.txt\n"


def test_erasure_takes_files_that_name_the_person(cast: Cast, second: Any, scene: Scene) -> None:
    theirs = _brought(cast, content=b"Noted by Ana Lima of the agency.")
    other = read_import(draft=DraftFactory(), content=b"Nobody is named.", file_name="o.txt", by=second)
    traces = Traces(frozenset(), frozenset({"Ana Lima"}), frozenset())
    erase_person(user=scene.cast.outsider, traces=traces)
    theirs.refresh_from_db()
    other.refresh_from_db()
    assert (theirs.file, other.file is not None) == (None, True)
    assert "Ana Lima" not in str(theirs.reading)
    with pytest.raises(Refused, match="not kept any more"):
        choose_changes(record=theirs, accept=True, by=cast.drafter)
    erase_person(user=second, traces=Traces(frozenset(), frozenset({"Zed Nobody"}), frozenset()))
    other.refresh_from_db()
    assert other.file is None
