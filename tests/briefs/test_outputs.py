"""One source, four outputs: figures, charts, references, annexes and corrections in every file; limits hold; one file each."""

import io
import itertools
import os
import re
import signal
from datetime import timedelta
from typing import Any

import pikepdf
import psutil
import pytest
from django.utils import timezone, translation
from PIL import Image

import briefs.tasks  # noqa: F401 - registers what the job does, as a worker's start does
from briefs.documents import VARIANTS, edition_files, edition_html, edition_pdf, figure_bytes, print_by_fours
from briefs.enums import BriefState
from briefs.models import Brief, Edition, Section
from briefs.services import publish_brief
from common.charts import Datum, bar_chart
from common.pdf import RenderFailed
from directory.enums import JobState
from directory.models import Job, StoredFile
from directory.services.files import store_file
from directory.services.jobs import run_job, sweep_jobs
from tests.briefs.test_documents import content, elements, words
from tests.conftest import Cast
from tests.factories.briefs import brief_by, clear_all
from tests.faults.servers import eventually, kill, worker


def picture(colour: str = "#246") -> bytes:
    kept = io.BytesIO()
    Image.new("RGB", (300, 200), colour).save(kept, "JPEG")
    return kept.getvalue()


def rich(**changes: Any) -> dict[str, Any]:
    """A content of format 2 with everything that it may hold."""
    figure = {"caption": "What is seen.", "credit": "Photo: A. Example", "licence": "CC BY 4.0", "svg": "", "rows": []}
    chart = str(bar_chart([Datum("Alone", 24), Datum("Sharing", 12)], label="Hours"))
    return content(
        **{
            "format": 2,
            "series": {"slug": "policy-briefs", "title": "Policy Briefs", "issn": "2789-0123", "cover": "band"},
            "sections": [
                {
                    "anchor": "section-1",
                    "id": "1",
                    "kind": "section",
                    "heading": "Why it matters",
                    "agency": "UNDP",
                    "body": "<p>Because.[^1] It is known [@one; @two].</p><p>[figure river]</p><p>[figure hours]</p>"
                    "<p>[@nobody] [figure none]</p>",
                },
                {
                    "anchor": "section-2",
                    "id": "2",
                    "kind": "annex",
                    "heading": "The method",
                    "agency": "FAO",
                    "body": "<p>How it was done.</p>",
                },
            ],
            "figures": [
                {
                    "key": "river",
                    "kind": "image",
                    "number": 1,
                    "alt": "A river",
                    "file": "1",
                    "mime": "image/jpeg",
                    "width": 300,
                    "height": 200,
                    **figure,
                },
                {
                    **figure,
                    "key": "hours",
                    "kind": "chart",
                    "number": 2,
                    "alt": "Hours alone and sharing",
                    "file": "",
                    "mime": "",
                    "svg": chart,
                    "width": 0,
                    "height": 0,
                    "rows": [["Way", "Hours"], ["Alone", "24"], ["Sharing", "12"]],
                },
            ],
            "references": [
                {
                    "key": "one",
                    "number": 1,
                    "text": "Ahmed (2017). Hours that count.",
                    "doi": "10.1234/x(1)",
                    "url": "",
                    "csl": {},
                },
                {
                    "key": "two",
                    "number": 2,
                    "text": "United Nations (2015).",
                    "doi": "",
                    "url": "https://example.org/s",
                    "csl": {},
                },
            ],
            "paragraphs": [
                {
                    "strategy": "ssc",
                    "draft": 1,
                    "label": "Zero draft",
                    "number": "14",
                    "text": "The agencies exchange.",
                    "path": "/strategy/ssc/#p14",
                }
            ],
            "corrigenda": [{"at": "2018-03-01T10:00:00+00:00", "text": "Page 4 gave the hours the wrong way round."}],
            **changes,
        }
    )


def edition(**changes: Any) -> Edition:
    return Edition(brief=Brief(slug="solar-pumps", language=changes.get("language", "en")), number=1, content=rich(**changes))


@pytest.fixture(autouse=True)
def _pictures(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if "cast" not in request.fixturenames and "db" not in request.fixturenames:
        monkeypatch.setattr("briefs.documents.figures.figure_bytes", lambda figure: picture())


@pytest.fixture(params=list(VARIANTS))
def made(request: pytest.FixtureRequest, _pictures: None) -> bytes:
    return edition_pdf(edition(), request.param)


# --- content ---


def test_text_is_read_in_order_in_every_file(made: bytes) -> None:
    text = " ".join(words(made).split())
    parts = [
        "Solar pumps",
        "Corrections",
        "1 March 2018 Page 4 gave",
        "Key messages",
        "Contents",
        "Because.",
        "It is known [1, 2]",
    ]
    parts += [
        "Figure 1. What is seen.",
        "Photo: A. Example · CC BY 4.0",
        "Figure 2.",
        "[@nobody] [figure none]",
        "Not the table.",
    ]
    parts += [
        "Annex: The method",
        "How it was done.",
        "The numbers behind the charts",
        "Sharing 12",
        "Ahmed (2017)",
        "doi:10.1234/x(1)",
    ]
    parts += ["https://example.org/s", "Solutions cited", "paragraph 14", "How to cite", "ISSN 2789-0123."]
    places = list(itertools.accumulate(parts, lambda place, part: text.index(part, place), initial=0))
    assert places == sorted(places)


def test_every_figure_is_one_with_its_alternative_text(made: bytes) -> None:
    with pikepdf.open(io.BytesIO(made)) as pdf:
        figures = [node for node in elements(pdf.Root.StructTreeRoot.K) if node.S == "/Figure"]
        assert [str(node.Alt)[:23] for node in figures] == ["A river", "Hours alone and sharing", "QR code that leads to h"]
        assert [str(node.S) for node in elements(pdf.Root.StructTreeRoot.K) if node.S == "/Caption"].count("/Caption") == 3


def test_headings_descend_without_a_gap(made: bytes) -> None:
    with pikepdf.open(io.BytesIO(made)) as pdf:
        levels = [int(str(node.S)[2]) for node in elements(pdf.Root.StructTreeRoot.K) if re.fullmatch(r"/H\d", str(node.S))]
    assert (levels[0], levels.count(1)) == (1, 1)
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels))


def test_print_file_has_no_colour_in_rgb() -> None:
    with pikepdf.open(io.BytesIO(edition_pdf(edition(), "print_pdf"))) as pdf:
        used = {str(one.operator) for sheet in pdf.pages for one in pikepdf.parse_content_stream(sheet)}
        for thing in pdf.objects:
            if isinstance(thing, pikepdf.Stream) and thing.get("/Subtype") == "/Form":
                used |= {str(one.operator) for one in pikepdf.parse_content_stream(thing)}
            if isinstance(thing, pikepdf.Stream) and thing.get("/Subtype") == "/Image":
                assert thing.ColorSpace in {"/DeviceCMYK", "/DeviceGray"}
        assert used & {"rg", "RG", "sh", "scn", "SCN"} == set()
        assert str(pdf.Root.OutputIntents[0].OutputConditionIdentifier) == "FOGRA39"


def test_print_file_has_its_wider_margin_at_the_fold() -> None:
    """A page on the right begins further in than one on the left; in Arabic the first page lies on the left."""
    pdf = edition_pdf(edition(sections=[{**rich()["sections"][0], "body": "<p>word</p>" * 300}]), "print_pdf")

    def begin(page: int) -> float:
        box = re.search(r'xMin="([\d.]+)"[^>]*>word<', words(pdf, "-bbox", "-f", str(page), "-l", str(page)))
        assert box
        return float(box[1])

    assert begin(3) - begin(4) == pytest.approx(8 * 72 / 25.4, abs=0.5)


def test_print_file_by_fours_keeps_its_last_page_last(settings: Any) -> None:
    made = print_by_fours(edition())
    with pikepdf.open(io.BytesIO(made)) as pdf:
        count = len(pdf.pages)
    assert count % 4 == 0
    assert "How to cite" in words(made, "-f", str(count), "-l", str(count))


def test_archive_file_carries_its_source_and_says_what_it_is() -> None:
    import json

    # A correction printed at the head came later: what is attached is what the edition's hash was made of.
    frozen = {name: value for name, value in rich().items() if name != "corrigenda"}
    with pikepdf.open(io.BytesIO(edition_pdf(edition(), "archive_pdf"))) as pdf:
        assert set(pdf.attachments) == {"content.json", "document.html"}
        assert json.loads(pdf.attachments["content.json"].get_file().read_bytes()) == frozen
        assert pdf.attachments["document.html"].get_file().read_bytes().decode() == edition_html(edition())
        assert {str(one.AFRelationship) for one in pdf.Root.AF} == {"/Source", "/Alternative"}
    with pikepdf.open(io.BytesIO(edition_pdf(edition(), "screen_pdf"))) as pdf:
        assert set(pdf.attachments) == set()


@pytest.mark.parametrize("cover", ["band", "field", "plain", "", "unknown"])
def test_cover_has_the_style_of_its_series(cover: str) -> None:
    html = edition_html(edition(series={**rich()["series"], "cover": cover}))
    assert f'<body class="cover-{cover if cover in {"band", "plain"} else "field"}">' in html


@pytest.mark.parametrize("language", ["ar", "es", "fr", "ru", "zh-hans"])
def test_every_language_is_set_in_every_file(language: str) -> None:
    with translation.override("en"):
        files = edition_files(edition(language=language), list(VARIANTS)).files
    for file in files:
        with pikepdf.open(io.BytesIO(file)) as pdf:
            assert str(pdf.Root.Lang) == language


def test_edition_of_the_first_format_is_set_as_before() -> None:
    first = Edition(brief=Brief(slug="solar-pumps"), number=1, content=content())
    html = edition_html(first)
    assert 'id="references"' not in html
    assert "Annex" not in html
    assert 'class="corrigenda"' not in html


def test_files_made_together_are_those_made_one_by_one() -> None:
    assert edition_files(edition(), list(VARIANTS)).files == [edition_pdf(edition(), field) for field in VARIANTS]


def test_mistake_in_a_stylesheet_fails_the_render(monkeypatch: pytest.MonkeyPatch) -> None:
    from common.pdf import Asset

    monkeypatch.setattr("briefs.documents.editions.style", lambda name: Asset(b"p { colour: red }", "text/css"))
    with pytest.raises(RenderFailed, match="colour"):
        edition_pdf(edition(), "screen_pdf")


def test_letter_that_no_font_has_fails_the_render() -> None:
    with pytest.raises(RenderFailed, match=r"U\+10ABCD"):
        edition_pdf(edition(summary="A private sign \U0010abcd"), "screen_pdf")


@pytest.mark.django_db
def test_picture_of_a_figure_is_the_stored_file(db: None) -> None:
    kept = store_file(content=picture(), mime="image/jpeg")
    assert figure_bytes({"key": "river", "file": str(kept.pk)}) == picture()
    for missing in ("0", "", "x"):
        with pytest.raises(RenderFailed, match=r"river.*not there"):
            figure_bytes({"key": "river", "file": missing})


# --- the job ---


def exploding(brief: Brief) -> None:
    """33 KB of an allowed text that make many more pages than any brief has."""
    Section.objects.filter(brief=brief, position=1).update(body="<ol><li>x<br><br></li></ol>" * 1180)


@pytest.mark.slow
def test_exploding_brief_hits_the_limit_says_so_and_the_worker_lives(cast: Cast, settings: Any) -> None:
    settings.RENDER_PAGES = 40
    brief = brief_by(state=BriefState.CLEARED)
    exploding(brief)
    assert len(Section.objects.get(brief=brief, position=1).body) < 34_000
    clear_all(brief)
    publish_brief(brief=Brief.objects.get(pk=brief.pk), by=cast.secretariat)
    run_job(job_id=str(Job.objects.get().pk))
    job = Job.objects.get()
    assert (job.state, job.error) == (
        JobState.FAILED,
        "The document would have more than 40 pages. Shorten its text, or take the longest tables out.",
    )
    assert StoredFile.objects.count() == 0
    other = publish_brief(brief=brief_by(state=BriefState.CLEARED), by=cast.secretariat)
    run_job(job_id=str(Job.objects.exclude(pk=job.pk).get().pk))
    other.refresh_from_db()
    assert other.is_rendered


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_worker_killed_while_rendering_leaves_nothing_and_its_successor_makes_one_file_of_each_kind(cast: Cast) -> None:
    edition = publish_brief(brief=brief_by(state=BriefState.CLEARED), by=cast.secretariat)
    job = Job.objects.get()
    with worker("render", RENDER_PAGES="100000") as first:
        assert eventually(lambda: bool(renderers(first.pid)), 60)
        (renderer,) = renderers(first.pid)
        os.kill(renderer.pid, signal.SIGSTOP)  # in the middle, however fast the machine
        kill(first)
        psutil.wait_procs([renderer], timeout=20)
    edition.refresh_from_db()
    assert (edition.screen_pdf, edition.archive_pdf, edition.print_pdf, StoredFile.objects.count()) == (None, None, None, 0)
    job.refresh_from_db()
    assert job.state == JobState.RUNNING
    Job.objects.update(claimed_until=timezone.now() - timedelta(seconds=1))
    with worker("render"):
        sweep_jobs()
        assert eventually(lambda: Job.objects.get().state == JobState.DONE, 90)
    edition.refresh_from_db()
    assert (edition.is_rendered, StoredFile.objects.count()) == (True, 3)
    for stored in StoredFile.objects.all():
        with stored.file.open("rb") as opened, pikepdf.open(opened) as pdf:
            assert len(pdf.pages) >= 4


def renderers(worker_pid: int) -> list[psutil.Process]:
    """The rendering processes below a worker."""
    return [child for child in psutil.Process(worker_pid).children(recursive=True) if "common.pdf_child" in child.cmdline()]
