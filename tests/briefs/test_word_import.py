"""A Word document into a brief: read with care, looked at, taken over wholly or not at all."""

import zipfile
from io import BytesIO
from typing import Any

import docx
import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from briefs import services
from briefs.enums import BriefState
from briefs.models import Brief, BriefImport, Section, SectionRevision
from briefs.services.checklist import checklist_of
from briefs.services.figures import change_figure
from briefs.services.imports import import_steps, picture_key, sections_seen
from common.access import Refused
from common.word_html import read_word_text
from directory.models import StoredFile
from tests.conftest import Cast
from tests.factories.briefs import brief_by, clear_all, in_state

pytestmark = pytest.mark.django_db


def picture(mode: str = "PNG", size: tuple[int, int] = (240, 210)) -> BytesIO:
    content = BytesIO()
    Image.new("RGB", size, "teal").save(content, mode)
    content.seek(0)
    return content


def document(*headings: str, title: str = "", picture_bytes: BytesIO | None = None) -> bytes:
    made = docx.Document()
    if title:
        made.add_heading(title, 0)
    for heading in headings:
        made.add_heading(heading, 1)
        paragraph = made.add_paragraph("Words of ")
        paragraph.add_run(heading).bold = True
        made.add_heading("Below", 2)
        made.add_paragraph("One", style="List Bullet")
    if picture_bytes:
        made.add_picture(picture_bytes)
    content = BytesIO()
    made.save(content)
    return content.getvalue()


def rezipped(content: bytes, change: dict[str, bytes | None]) -> bytes:
    """The same archive with parts replaced, added or left out."""
    made = BytesIO()
    with zipfile.ZipFile(BytesIO(content)) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for name in {*old.namelist(), *change}:
            part = change[name] if name in change else old.read(name)
            if part is not None:
                new.writestr(name, part)
    return made.getvalue()


def words_of(heading: str) -> str:
    return f"<p>Words of <strong>{heading}</strong></p><h3>Below</h3><ul><li>One</li></ul>"


def read(brief: Brief, by: Any, content: bytes, name: str = "brief.docx") -> BriefImport:
    return services.read_import(brief=brief, content=content, file_name=name, by=by)


@pytest.fixture
def brief(cast: Cast) -> Brief:
    return brief_by()


def test_headings_begin_sections_and_pictures_and_title_are_kept_apart() -> None:
    text = read_word_text(document("First", "Second", title="The brief", picture_bytes=picture()))
    assert text.title == "The brief"
    assert [part.heading for part in text.parts] == ["First", "Second"]
    assert text.parts[0].body == words_of("First")
    assert text.parts[1].body == words_of("Second") + "<p>[figure picture-1]</p>"
    assert [(one.mime, one.alt) for one in text.pictures] == [("image/png", "")]


def test_picture_that_browsers_do_not_show_is_counted() -> None:
    content = document("A", picture_bytes=picture())
    with zipfile.ZipFile(BytesIO(content)) as archive:
        name = next(one for one in archive.namelist() if one.startswith("word/media/"))
    text = read_word_text(rezipped(content, {name: b"\xd7\xcd\xc6\x9a no picture"}))
    assert (text.pictures, text.lost_pictures) == ([], 1)
    assert "figure" not in text.parts[0].body


def test_picture_that_is_only_linked_to_is_never_fetched(tmp_path: Any) -> None:
    secret = tmp_path / "secret.png"
    secret.write_bytes(picture().getvalue())
    content = document("A", picture_bytes=picture())
    with zipfile.ZipFile(BytesIO(content)) as archive:
        relations = archive.read("word/_rels/document.xml.rels").decode()
        body = archive.read("word/document.xml").decode()
    relations = relations.replace('Target="media/image1.png"', f'Target="{secret.as_uri()}" TargetMode="External"')
    text = read_word_text(
        rezipped(
            content,
            {"word/_rels/document.xml.rels": relations.encode(), "word/document.xml": body.replace("r:embed", "r:link").encode()},
        )
    )
    assert (text.pictures, text.lost_pictures) == ([], 1)


BOMB = b"<w:document>" + b" " * (31 * 1024 * 1024)


@pytest.mark.parametrize(
    ("content", "name", "sentence"),
    [
        (b"", "a.docx", "empty"),
        (b"PK\x03\x04 broken", "a.docx", "not a PDF or a Word document"),
        (b"\xd0\xcf\x11\xe0 old", "a.doc", "old .doc"),
        (b"%PDF-1.7", "a.pdf", "holds pages"),
        (document("A"), "a.docm", "macros"),
        (rezipped(document("A"), {"word/vbaProject.bin": b"x"}), "a.docx", "macros"),
        (rezipped(document("A"), {"word/document.xml": BOMB}), "a.docx", "far larger"),
        (rezipped(document("A"), {"word/document.xml": b"<w:document"}), "a.docx", "damaged"),
        (
            rezipped(document("A"), {"word/document.xml": b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>'}),
            "a.docx",
            "entities of its own",
        ),
        (document(), "a.docx", "no text"),
    ],
)
def test_what_cannot_be_read_safely_is_refused_with_a_sentence(
    brief: Brief, cast: Cast, content: bytes, name: str, sentence: str
) -> None:
    with pytest.raises(Refused, match=sentence):
        read(brief, cast.focal_undp, content, name)
    assert BriefImport.objects.count() == 0


@pytest.mark.parametrize("who", ["contributor_undp", "focal_fao", "outsider", "administrator", "drafter"])
def test_only_the_lead_and_staff_bring_documents_in(brief: Brief, cast: Cast, who: str) -> None:
    with pytest.raises(PermissionDenied):
        read(brief, getattr(cast, who), document("A"))


def test_new_sections_are_added_with_the_agency_chosen(brief: Brief, cast: Cast) -> None:
    fao = brief.agencies.get(organization__code="fao").organization
    record = read(brief, cast.secretariat, document("First", "Second"))
    assert Section.objects.filter(brief=brief).count() == 2
    services.apply_import(record=record, choices={}, owners={1: fao}, by=cast.secretariat)
    rows = list(brief.sections.order_by("position").values_list("position", "heading", "organization__code", "body"))[2:]
    assert rows == [(3, "First", "undp", words_of("First")), (4, "Second", "fao", words_of("Second"))]
    assert SectionRevision.objects.filter(section__brief=brief, version=1, by=cast.secretariat).count() == 2
    with pytest.raises(Refused, match="finished"):
        services.apply_import(record=record, choices={}, owners={}, by=cast.secretariat)


def test_own_words_are_replaced_only_by_choice_and_others_never(brief: Brief, cast: Cast) -> None:
    record = read(brief, cast.focal_undp, document("Part of undp", "Part of fao"))
    assert [step.kind for step in import_steps(record, cast.focal_undp)] == ["replaces", "foreign"]
    with pytest.raises(Refused, match="Choose for each"):
        services.apply_import(record=record, choices={}, owners={}, by=cast.focal_undp)
    with pytest.raises(Refused, match="Nothing of this document"):
        services.apply_import(record=record, choices={0: "mine"}, owners={}, by=cast.focal_undp)
    services.apply_import(record=record, choices={0: "theirs"}, owners={}, by=cast.focal_undp)
    bodies = dict(brief.sections.values_list("organization__code", "body"))
    assert bodies == {"undp": words_of("Part of undp"), "fao": "<p>Because it does.[^1]</p>"}
    assert SectionRevision.objects.filter(section__brief=brief).count() == 2


def test_empty_section_is_filled_for_any_agency_and_clearances_are_void(cast: Cast) -> None:
    brief = brief_by(state=BriefState.CLEARED)
    brief.sections.filter(organization__code="fao").update(body="")
    record = read(brief, cast.secretariat, document("part of FAO"))
    services.apply_import(record=record, choices={}, owners={}, by=cast.secretariat)
    brief.refresh_from_db()
    assert (brief.state, brief.sections.get(organization__code="fao").body) == (BriefState.DRAFTING, words_of("part of FAO"))


def test_change_after_the_preview_is_refused_and_nothing_is_half_done(brief: Brief, cast: Cast) -> None:
    record = read(brief, cast.focal_undp, document("New"))
    seen = sections_seen(brief)
    section = brief.sections.get(organization__code="fao")
    services.save_section(section=section, by=cast.focal_fao, version=1, heading="x", body="<p>y</p>")
    with pytest.raises(Refused, match="changed after this preview"):
        services.apply_import(record=record, choices={}, owners={}, by=cast.focal_undp, seen=seen)
    assert brief.sections.count() == 2


def test_section_in_which_somebody_writes_stops_the_whole(brief: Brief, cast: Cast) -> None:
    record = read(brief, cast.focal_undp, document("New", "Part of undp"))
    services.take_lease(section=brief.sections.get(organization__code="undp"), by=cast.contributor_undp)
    with pytest.raises(Refused, match="is writing in this section"):
        services.apply_import(record=record, choices={1: "theirs"}, owners={}, by=cast.focal_undp)
    assert brief.sections.count() == 2


# --- pictures become figures ---


def with_pictures(*pictures: tuple[BytesIO, str]) -> bytes:
    """A document with a heading, and each picture with its alternative text after a paragraph of its own."""
    made = docx.Document()
    made.add_heading("Places", 1)
    for number, (content, alt) in enumerate(pictures, 1):
        made.add_paragraph(f"Before {number}.")
        made.add_picture(content)
        drawn = made.inline_shapes[-1]._inline.docPr
        drawn.set("descr", alt)
    made.add_paragraph("After.")
    content = BytesIO()
    made.save(content)
    return content.getvalue()


def test_two_pictures_become_figures_at_their_places(brief: Brief, cast: Cast) -> None:
    content = with_pictures((picture("JPEG"), "A well in a yard."), (picture(size=(3000, 600)), "IMG_2031.png"))
    record = read(brief, cast.focal_undp, content)
    services.apply_import(record=record, choices={}, owners={}, by=cast.focal_undp)
    first, second = (picture_key(record, place) for place in (1, 2))
    body = brief.sections.get(heading="Places").body
    assert body == (f"<p>Before 1.</p><p>[figure {first}]</p><p>Before 2.</p><p>[figure {second}]</p><p>After.</p>")
    rows = {row.key: row for row in brief.figures.all()}
    assert [(row.file.mime, row.width, row.height) for row in rows.values()] == [
        ("image/jpeg", 240, 210),
        ("image/png", 2400, 480),  # made smaller, as any picture that is sent
    ]
    assert rows[first].missing == ["caption", "credit", "licence"]
    # The name of a file is no alternative text.
    assert rows[second].missing == ["caption", "alternative text", "credit", "licence"]


def test_nothing_is_published_without_the_words_of_a_figure(brief: Brief, cast: Cast) -> None:
    record = read(brief, cast.focal_undp, with_pictures((picture(), "")))
    services.apply_import(record=record, choices={}, owners={}, by=cast.focal_undp)
    key = picture_key(record, 1)
    brief = Brief.objects.get(pk=brief.pk)
    items = {item.finding.key: item for item in checklist_of(brief, cast.focal_undp).errors}
    asked = {f"figure-{name}:{key}" for name in ("alt", "caption", "credit", "licence")}
    assert asked <= set(items)
    figure = brief.figures.get()
    assert {items[name].url for name in asked} == {figure.get_absolute_url()}
    clear_all(brief)
    with pytest.raises(Refused, match="has no"):
        services.publish_brief(brief=in_state(brief, BriefState.CLEARED), by=cast.secretariat)
    words = {"caption": "A well", "alt": "A stone ring.", "credit": "Photo: FAO", "licence": "agency"}
    change_figure(figure=figure, by=cast.focal_undp, seen=None, values=words)
    assert not asked & {item.finding.key for item in checklist_of(Brief.objects.get(pk=brief.pk)).errors}


def test_picture_too_small_for_print_is_left_out_with_a_sentence(brief: Brief, cast: Cast, sign_in: Any) -> None:
    record = read(brief, cast.focal_undp, with_pictures((picture(size=(40, 30)), "An icon"), (picture(), "A well")))
    page = sign_in(cast.focal_undp).get(record.get_absolute_url()).content.decode()
    assert "The picture is 40 × 30 pixels" in page
    assert "Picture 1 is left out." in page
    services.apply_import(record=record, choices={}, owners={}, by=cast.focal_undp)
    assert [row.alt for row in brief.figures.all()] == ["A well"]
    assert picture_key(record, 1) not in brief.sections.get(heading="Places").body


def test_picture_of_a_part_that_stays_out_becomes_no_figure(brief: Brief, cast: Cast) -> None:
    content = document("New", "Part of undp", picture_bytes=picture())
    record = read(brief, cast.focal_undp, content)
    kept = record.reading["pictures"][0]["file"]
    services.apply_import(record=record, choices={1: "mine"}, owners={}, by=cast.focal_undp)
    assert not brief.figures.exists()
    assert not StoredFile.objects.filter(pk=kept).exists()


def test_too_many_figures_stop_the_whole_import(brief: Brief, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("briefs.services.figures.MOST_FIGURES", 1)
    record = read(brief, cast.focal_undp, with_pictures((picture(), "One"), (picture(size=(220, 220)), "Two")))
    with pytest.raises(Refused, match="1 figures at most"):
        services.apply_import(record=record, choices={}, owners={}, by=cast.focal_undp)
    record.refresh_from_db()
    assert (record.is_open, brief.figures.count(), brief.sections.count()) == (True, 0, 2)


def test_file_goes_when_the_import_is_decided_but_not_what_another_waits_for(brief: Brief, cast: Cast) -> None:
    content = with_pictures((picture(), "A well"))
    first, second = (read(brief, cast.secretariat, content) for _ in range(2))
    file, kept = first.file, first.reading["pictures"][0]["file"]
    services.drop_import(record=first, by=cast.secretariat)
    assert BriefImport.objects.get(pk=first.pk).file is None
    assert StoredFile.objects.filter(pk__in=[file.pk, kept]).count() == 2
    services.drop_import(record=second, by=cast.secretariat)
    assert not StoredFile.objects.filter(pk__in=[file.pk, kept]).exists()


# --- what Word does not show ---


def run(text: str, look: str = "") -> str:
    return f'<w:r><w:rPr>{look}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'


def with_body(words: str, **parts: str) -> bytes:
    """A document whose first paragraph holds these runs."""
    content = document("Place")
    with zipfile.ZipFile(BytesIO(content)) as archive:
        body = archive.read("word/document.xml").decode()
        styles = archive.read("word/styles.xml").decode()
    changed = {
        "word/document.xml": body.replace("<w:sectPr", f"<w:p>{words}</w:p><w:sectPr", 1).encode(),
        "word/styles.xml": styles.replace("</w:styles>", f"{parts.get('styles', '')}</w:styles>").encode(),
    }
    return rezipped(content, changed)


def test_hidden_words_and_tracked_changes_are_named_before_the_yes(brief: Brief, cast: Cast, sign_in: Any) -> None:
    by = 'w:id="1" w:author="Ana Badea" w:date="2017-10-01T10:00:00Z"'
    style = '<w:style w:type="character" w:styleId="Note"><w:name w:val="Note"/><w:rPr><w:vanish/></w:rPr></w:style>'
    words = (
        run("Shown, ")
        + run("an inter", "<w:vanish/>")
        + run("nal remark", "<w:vanish/>")
        + run("not hidden", '<w:vanish w:val="0"/>')
        + run("by style", '<w:rStyle w:val="Note"/>')
        + f"<w:ins {by}>{run('put ')}</w:ins><w:ins {by}>{run('in')}</w:ins>"
        + f"<w:del {by}><w:r><w:delText>struck out</w:delText></w:r></w:del>"
    )
    record = read(brief, cast.focal_undp, with_body(words, styles=style))
    assert record.reading["hidden"] == ["an internal remark", "by style"]
    assert [(one["kind"], one["author"], one["text"]) for one in record.reading["changes"]] == [
        ("added", "Ana Badea", "put in"),
        ("removed", "Ana Badea", "struck out"),
    ]
    page = sign_in(cast.focal_undp).get(record.get_absolute_url()).content.decode()
    assert '<q dir="auto">an internal remark</q>' in page
    assert "<bdi>struck out</bdi>" in page
    assert "Tracked changes (2)" in page
    assert "struck out" not in record.reading["parts"][0]["body"]


# --- the pages ---


def test_from_upload_to_brief(brief: Brief, cast: Cast, sign_in: Any) -> None:
    client = sign_in(cast.secretariat)
    address = f"/briefs/{brief.slug}/import/"
    assert client.get(address).status_code == 200
    file = SimpleUploadedFile("brief.docx", document("New", title="T", picture_bytes=picture()))
    response = client.post(address, {"file": file})
    record = BriefImport.objects.get()
    assert response["Location"] == f"{address}{record.pk}/"
    page = client.get(response["Location"])
    assert "New section" in page.content.decode()
    shown = client.get(f"{address}{record.pk}/pictures/1/")
    assert (shown.status_code, shown["Content-Type"]) == (200, "image/png")
    assert client.get(f"{address}{record.pk}/pictures/2/").status_code == 404
    values = {"seen": sections_seen(brief), "o-0": brief.agencies.first().organization_id}
    assert client.post(f"{address}{record.pk}/", values).status_code == 400  # the yes is missing
    assert client.post(f"{address}{record.pk}/", {**values, "confirm": "on"}).status_code == 302
    assert brief.sections.filter(heading="New").exists()
    page = client.get(f"{address}{record.pk}/").content.decode()
    assert "This document is in the brief" in page
    assert f'href="{brief.figures.get().get_absolute_url()}"' in page
    assert "Still to be written:" in page
    assert client.get(brief.figures.get().get_absolute_url()).status_code == 200
    assert "Still to be written:" in client.get(f"/briefs/{brief.slug}/contents/").content.decode()


def test_refused_file_is_told_at_its_field_and_import_is_stopped(brief: Brief, cast: Cast, sign_in: Any) -> None:
    client = sign_in(cast.secretariat)
    address = f"/briefs/{brief.slug}/import/"
    response = client.post(address, {"file": SimpleUploadedFile("a.docx", b"no")})
    assert (response.status_code, "not a PDF or a Word document" in response.content.decode()) == (400, True)
    record = read(brief, cast.secretariat, document("New"))
    assert record.file_name in client.get(address).content.decode()
    client.post(f"{address}{record.pk}/stop/")
    record.refresh_from_db()
    assert (record.is_open, brief.sections.count()) == (False, 2)


@pytest.mark.parametrize(
    ("who", "status"), [("contributor_undp", 403), ("focal_fao", 403), ("outsider", 404), ("administrator", 404)]
)
def test_doors_of_the_import(brief: Brief, cast: Cast, sign_in: Any, who: str, status: int) -> None:
    record = read(brief, cast.secretariat, document("New"))
    client = sign_in(getattr(cast, who))
    for page in ("", f"{record.pk}/", f"{record.pk}/pictures/1/"):
        assert client.get(f"/briefs/{brief.slug}/import/{page}").status_code == status, page
    assert client.post(f"/briefs/{brief.slug}/import/{record.pk}/stop/").status_code == status
    assert sign_in().get(f"/briefs/{brief.slug}/import/").status_code == 302
