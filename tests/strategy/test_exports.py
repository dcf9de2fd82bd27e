"""The text of a draft as files: whoever may read the draft may take it along, and nobody else."""

import io
import zipfile
from importlib import import_module
from typing import Any

import docx
import pikepdf
import pytest
from django.test import Client
from django.utils import timezone

from directory.enums import JobState
from directory.models import Job
from directory.services.jobs import run_job
from strategy.documents.blocks import Block, runs_of
from strategy.documents.draft_pdf import draft_pdf
from strategy.documents.plain_writing import draft_markdown, draft_plain
from strategy.documents.word_writing import draft_docx
from strategy.enums import ParagraphKind
from strategy.models import Draft
from strategy.services import publish_draft
from strategy.services.draft_files import PDF_JOB, RESTS
from tests.factories.strategy import DraftFactory, ParagraphFactory
from tests.strategy.conftest import Scene

pytestmark = pytest.mark.django_db


def whole_draft(language: str = "en") -> Draft:
    """One paragraph of each kind, with emphasis, footnotes, soft breaks and signs that look like markup."""
    draft = DraftFactory(language=language, label="First revised draft", number=1)
    rows = [
        ("I", ParagraphKind.HEADING1, "Context", []),
        ("I.A", ParagraphKind.HEADING2, "Purpose", []),
        ("I.A.1", ParagraphKind.HEADING3, "Words", []),
        ("1", ParagraphKind.PARAGRAPH, "Says *experience*[^1] and <b>2 & 3</b>\nin two lines.", ["A/RES/71/318, *ibid*."]),
        ("1(a)", ParagraphKind.LIST_ITEM, "an item", []),
        ("A1", ParagraphKind.ANNEX_HEADING, "Framework", []),
        ("T.1", ParagraphKind.TABLE_ROW, "Outcome\nIndicator\nTarget", []),
        ("T.2", ParagraphKind.TABLE_ROW, "Peers *learn*\nExchanges\n", []),
    ]
    for place, (number, kind, text, notes) in enumerate(rows, 1):
        ParagraphFactory(draft=draft, position=place, number=number, kind=kind, text=text, footnotes=notes)
    return draft


def test_word_has_real_styles_footnotes_tables_and_hidden_names() -> None:
    draft = whole_draft()
    content = draft_docx(draft)
    document = docx.Document(io.BytesIO(content))
    styles = [row.style.name for row in document.paragraphs if row.text and row.style]
    assert styles == [
        "Title", "Subtitle", "Heading 1", "Heading 2", "Heading 3", "SSC Paragraph", "SSC List Item", "SSC Annex Heading",
    ]  # fmt: skip
    assert document.paragraphs[5].text == "1\tSays experience and <b>2 & 3</b>\nin two lines."
    assert [run.text for run in document.paragraphs[5].runs if run.italic] == ["experience"]
    (table,) = document.tables
    assert [[cell.text for cell in row.cells] for row in table.rows] == [
        ["T.1", "Outcome", "Indicator", "Target"],
        ["T.2", "Peers learn", "Exchanges", ""],
    ]
    archive = zipfile.ZipFile(io.BytesIO(content))
    assert "A/RES/71/318" in archive.read("word/footnotes.xml").decode()
    text = archive.read("word/document.xml").decode()
    assert all(f'w:name="ssc_{row.uid.hex}"' in text for row in draft.paragraphs.all())
    properties = archive.read("docProps/custom.xml").decode()
    assert draft.text_hash() in properties
    assert draft.strategy.slug in properties
    assert document.core_properties.title == draft.strategy.title
    assert document.core_properties.language == "en-GB"


def test_word_of_an_arabic_text_runs_from_right_to_left() -> None:
    content = zipfile.ZipFile(io.BytesIO(draft_docx(whole_draft("ar"))))
    text = content.read("word/document.xml").decode()
    assert text.count("<w:bidi/>") >= 8
    assert "<w:bidiVisual/>" in text
    assert "<w:rtl/>" in text
    assert 'w:bidi="ar-SA"' in content.read("word/styles.xml").decode()


def test_pdf_is_tagged_and_says_its_language_and_title() -> None:
    draft = whole_draft()
    with pikepdf.open(io.BytesIO(draft_pdf(draft))) as file:
        assert str(file.Root.Lang) == "en"
        assert bool(file.Root.MarkInfo.Marked)
        assert "/StructTreeRoot" in file.Root
        assert str(file.docinfo["/Title"]) == f"{draft.strategy.title}: First revised draft"
        with file.open_outline() as outline:
            titles = [str(one.title) for top in outline.root for one in [top, *top.children]]
    assert "I Context" in titles


def test_plain_text_and_markdown_show_numbers_and_footnotes() -> None:
    draft = whole_draft()
    plain = draft_plain(draft)
    assert "1\tSays experience[1] and <b>2 & 3</b>\nin two lines." in plain
    assert "[1] A/RES/71/318, ibid." in plain
    marked = draft_markdown(draft)
    assert "**1** Says *experience*[^1] and \\<b\\>2 \\& 3\\</b\\>\\\nin two lines." in marked
    assert "[^1]: A/RES/71/318, *ibid*." in marked


@pytest.mark.parametrize("ending", ["docx", "md", "txt"])
def test_whoever_reads_the_draft_takes_it_along(scene: Scene, ending: str) -> None:
    url = scene.url(f"drafts/0/text.{ending}")
    answer = Client().get(url)
    assert answer.status_code == 200
    assert f".{ending}" in answer["Content-Disposition"]
    assert Client().get(scene.url("drafts/0/text.exe")).status_code == 404
    Draft.objects.filter(pk=scene.draft.pk).update(is_public=False)
    stranger = Client()
    stranger.force_login(scene.cast.focal_samoa)
    assert stranger.get(url).status_code == 404


def finish(state: str = JobState.DONE) -> None:
    import_module("strategy.tasks")  # as the worker does
    for job in Job.objects.filter(kind=PDF_JOB, state=JobState.WAITING):
        if state == JobState.DONE:
            run_job(job_id=str(job.pk))
        else:
            Job.objects.filter(pk=job.pk).update(state=state, finished_at=timezone.now())


def test_a_worker_makes_the_pdf_once_for_each_text(scene: Scene) -> None:
    url = scene.url("drafts/0/text.pdf")
    for _number in range(2):
        waits = Client().get(url)
        assert (waits.status_code, waits["Retry-After"], waits["Cache-Control"]) == (503, "10", "no-store")
        assert "The PDF is being made" in waits.content.decode()
    assert Job.objects.filter(kind=PDF_JOB).count() == 1
    finish()
    for _number in range(2):
        answer = Client().get(url)
        assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
        assert answer.content.startswith(b"%PDF-")
        assert ".pdf" in answer["Content-Disposition"]
    assert Job.objects.filter(kind=PDF_JOB).count() == 1
    Draft.objects.filter(pk=scene.draft.pk).update(is_public=False)
    stranger = Client()
    stranger.force_login(scene.cast.focal_samoa)
    assert stranger.get(url).status_code == 404


def test_a_text_that_changed_gets_a_pdf_of_its_own(scene: Scene, sign_in: Any) -> None:
    draft = DraftFactory(strategy=scene.strategy, number=7)
    row = ParagraphFactory(draft=draft, text="Before")
    client, url = sign_in(scene.cast.drafter), scene.url("drafts/7/text.pdf")
    assert client.get(url).status_code == 503
    finish()
    assert client.get(url).status_code == 200
    row.text = "After"
    row.save()
    assert client.get(url).status_code == 503


def test_a_pdf_that_could_not_be_made_is_tried_again_later(scene: Scene) -> None:
    url = scene.url("drafts/0/text.pdf")
    Client().get(url)
    finish(JobState.FAILED)
    answer = Client().get(url)
    assert answer.status_code == 503
    assert "The PDF could not be made" in answer.content.decode()
    Job.objects.update(finished_at=timezone.now() - RESTS)
    assert "The PDF is being made" in Client().get(url).content.decode()
    assert Job.objects.filter(kind=PDF_JOB).count() == 2


def test_a_published_draft_has_its_pdf_made_before_anybody_asks(scene: Scene) -> None:
    draft = DraftFactory(strategy=scene.strategy, number=7)
    ParagraphFactory(draft=draft)
    publish_draft(draft=draft, by=scene.cast.drafter)
    finish()
    assert Client().get(scene.url("drafts/7/text.pdf")).status_code == 200


def test_a_sign_beyond_the_footnotes_is_plain_text() -> None:
    assert [run.text for run in runs_of("see [^2]", 1)] == ["see [^2]"]
    assert Block("paragraph", "1", "a").cells == ["a"]
