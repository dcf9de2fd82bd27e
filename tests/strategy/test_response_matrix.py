"""The response matrix: what goes out, to whom, and what may come back."""

import io
import zipfile
from datetime import timedelta
from importlib import import_module

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from docx import Document
from openpyxl import load_workbook

from common.access import Refused
from directory.models import Job
from directory.services.jobs import run_job
from strategy.documents.matrix import KEYS
from strategy.enums import Decision, Relation
from strategy.models import Comment, Disposition, MatrixImport, ParagraphLink
from strategy.selectors.matrix import matrix_rows
from strategy.services import dispose_comment, release_dispositions
from strategy.services.matrix import apply_matrix, matrix_file, read_matrix
from strategy.services.offline import apply_comments, comments_template, read_comments
from strategy.services.retention import forget_returned_files
from tests.factories.strategy import published_draft, submitted_comment

pytestmark = pytest.mark.django_db


def quiet(_done, _total):
    pass


@pytest.fixture
def comments(scene):
    return [
        submitted_comment(scene.round, "undp", paragraph=scene.paragraph("1"), text="=1+1", proposed_text="Countries lead."),
        submitted_comment(scene.round, "fao", paragraph=scene.paragraph("2"), text="Water, please", visibility="secretariat"),
        submitted_comment(scene.round, "who", text="On the whole"),
    ]


def book_of(scene, user=None):
    return load_workbook(io.BytesIO(matrix_file(user or scene.cast.drafter, scene.round, "xlsx", quiet)))


def upload(book, name="matrix.xlsx"):
    buffer = io.BytesIO()
    book.save(buffer)
    return SimpleUploadedFile(name, buffer.getvalue())


def columns(book):
    return {cell.value: place for place, cell in enumerate(book.worksheets[0][1], start=1)}


def fill(book, comment, **cells):
    sheet, places = book.worksheets[0], columns(book)
    row = next(row for row in range(2, sheet.max_row + 1) if sheet.cell(row, places["id"]).value == comment.pk)
    for name, value in cells.items():
        sheet.cell(
            row, places[{"new_text": "New text", "duplicate": "Duplicate of no.", "id": "id"}.get(name, name.title())]
        ).value = value
    return row


def come_back(scene, book, by=None):
    return read_matrix(consultation=scene.round, upload=upload(book), by=by or scene.cast.drafter)


def errors(record):
    return {row["row"]: row["error"] for row in record.rows if row["error"]}


# --- going out -------------------------------------------------------------------------------------------------------


def test_the_workbook_of_the_secretariat(scene, comments):
    book = book_of(scene)
    sheet, places = book.worksheets[0], columns(book)
    assert [sheet.cell(row, 1).value for row in range(2, 5)] == [comments[2].pk, comments[0].pk, comments[1].pk]
    cell = sheet.cell(3, places["Comment"])
    assert (cell.value, cell.data_type) == ("=1+1", "s")  # text, never a formula
    assert all(sheet.column_dimensions[sheet.cell(1, places[key]).column_letter].hidden for key in KEYS[:1])
    assert sheet.data_validations.dataValidation


def test_agencies_get_what_they_may_see_and_no_keys(scene, comments):
    dispose_comment(comment=comments[0], by=scene.cast.drafter, decision=Decision.NOTED, reason="Not yet told")
    book = book_of(scene, scene.cast.focal_undp)
    text = str([[cell.value for cell in row] for row in book.worksheets[0]])
    assert "On the whole" in text
    assert "Water, please" not in text
    assert "Not yet told" not in text
    assert "id" not in columns(book)
    release_dispositions(consultation=scene.round, by=scene.cast.drafter)
    assert "Not yet told" in str([[cell.value for cell in row] for row in book_of(scene, scene.cast.focal_undp).worksheets[0]])


def test_what_an_agency_has_not_submitted_is_in_nobodys_matrix(scene):
    scene.comment(text="Inside words")
    for person in (scene.cast.drafter, scene.cast.focal_fao, scene.cast.contributor_undp):
        assert list(matrix_rows(person, scene.round)) == []


def test_paragraphs_are_named_as_they_were_and_as_they_are_now(scene, comments):
    newer = published_draft(strategy=scene.strategy, number=1, label="First revised draft")
    old, new = scene.paragraph("1"), newer.paragraphs.get(number="3")
    ParagraphLink.objects.create(origin=old, target=new, relation=Relation.MOVED)
    ParagraphLink.objects.create(
        origin=scene.paragraph("2"), target=newer.paragraphs.get(number="2"), relation=Relation.EDITED, is_proposed=True
    )
    places = {row.number: row.place for row in matrix_rows(scene.cast.drafter, scene.round)}
    assert places == {
        comments[0].pk: "1 → 3",
        comments[1].pk: "2 → not in the First revised draft",
        comments[2].pk: "Whole draft",
    }


def test_a_duplicate_names_its_original_only_to_those_who_may_read_it(scene, comments):
    dispose_comment(comment=comments[0], by=scene.cast.drafter, decision=Decision.DUPLICATE_OF, duplicate_of=comments[1])
    release_dispositions(consultation=scene.round, by=scene.cast.drafter)
    mine = {row.number: row.duplicate_of for row in matrix_rows(scene.cast.focal_undp, scene.round)}
    assert mine[comments[0].pk] is None
    assert {row.number: row.duplicate_of for row in matrix_rows(scene.cast.drafter, scene.round)}[comments[0].pk] == comments[
        1
    ].pk


@pytest.mark.parametrize("language", ["en", "ar"])
def test_the_word_document_is_landscape_with_its_header_on_every_page(scene, comments, language, settings):
    from django.utils import translation

    Comment.objects.filter(pk=comments[0].pk).update(text="Odd \x0b sign & <b>markup</b>\nsecond line")
    with translation.override(language):
        content = matrix_file(scene.cast.drafter, scene.round, "docx", quiet)
    document = Document(io.BytesIO(content))
    assert document.sections[0].page_width > document.sections[0].page_height
    xml = document.element.xml
    assert xml.count("w:tblHeader") == 1
    assert ("w:bidiVisual" in xml) == (language == "ar")
    assert "Odd  sign & <b>markup</b>" in document.tables[0].rows[2].cells[5].text


def test_a_worker_makes_it_and_only_who_asked_gets_it(scene, comments, client):
    import_module("strategy.tasks")  # as the worker does
    client.force_login(scene.cast.focal_undp)
    client.post(scene.url("matrix/make/"), {"round": scene.round.pk, "ending": "xlsx"})
    job = Job.objects.get(kind="strategy.matrix")
    run_job(job_id=str(job.pk))
    job.refresh_from_db()
    assert job.error == ""
    response = client.get(job.result["url"])
    assert b"".join(response.streaming_content).startswith(b"PK")
    client.force_login(scene.cast.focal_fao)
    assert client.get(job.result["url"]).status_code == 404


# --- coming back -----------------------------------------------------------------------------------------------------


def test_an_untouched_file_does_nothing(scene, comments):
    dispose_comment(comment=comments[0], by=scene.cast.drafter, decision=Decision.NOTED, reason="Line\nbreaks  kept")
    with pytest.raises(Refused, match="No row of the file differs"):
        come_back(scene, book_of(scene))


def test_dispositions_come_back_and_are_given_in_one_transaction(scene, comments):
    book = book_of(scene)
    fill(book, comments[0], disposition="Accepted")
    fill(book, comments[1], disposition="Not accepted", reason="Said in 4")
    fill(book, comments[2], disposition="duplicate_of", duplicate=comments[1].pk)
    record = come_back(scene, book)
    assert errors(record) == {}
    assert not Disposition.objects.exists()
    assert apply_matrix(record=record, by=scene.cast.drafter) == 3
    assert Disposition.objects.get(comment=comments[0]).resulting_text == "Countries lead."
    assert Disposition.objects.get(comment=comments[2]).duplicate_of == comments[1]
    with pytest.raises(Refused, match="applied already"):
        apply_matrix(record=record, by=scene.cast.drafter)


def test_another_language_and_moved_columns_do_no_harm(scene, comments):
    from django.utils import translation

    with translation.override("fr"):
        book = book_of(scene)
        sheet = book.worksheets[0]
        header = [cell.value for cell in sheet[1]]
        sheet.cell(2, 8).value = str(Decision.NOTED.label)
        sheet.cell(2, 10).value = "Merci"
    for row in sheet.iter_rows(max_col=len(header)):
        row[0].value, row[9].value = row[9].value, row[0].value
    record = come_back(scene, book)
    assert [(row["decision"], row["reason"]) for row in record.rows] == [("noted", "Merci")]


@pytest.mark.parametrize(
    ("cells", "match"),
    [
        ({"disposition": "Perhaps"}, "“Perhaps” is no disposition"),
        ({"disposition": "Noted"}, "Give the reason"),
        ({"reason": "Only a reason"}, "a reason or a text alone is no answer"),
        ({"disposition": "Noted", "reason": "x" * 5001}, "at most 5000"),
        ({"disposition": "Noted", "reason": "=1+1"}, "Holds a formula"),
        ({"disposition": "Accepted", "duplicate": 4}, "Only a duplicate names another"),
        ({"disposition": "Duplicate of another comment", "duplicate": "four"}, "is no number of a comment"),
        ({"disposition": "Duplicate of another comment"}, "Choose the comment that this one repeats"),
        ({"disposition": "Accepted", "id": 999_999}, "not among those that you can answer"),
        ({"disposition": "Accepted", "id": None}, "hidden number of the comment is missing"),
    ],
)
def test_every_row_that_cannot_be_is_listed_with_its_number(scene, comments, cells, match):
    book = book_of(scene)
    fill(book, comments[2], disposition="Accepted")
    row = fill(book, comments[0], **cells)
    record = come_back(scene, book)
    assert set(errors(record)) == {row}
    assert match in errors(record)[row]
    with pytest.raises(Refused, match="Correct the rows with errors"):
        apply_matrix(record=record, by=scene.cast.drafter)
    assert not Disposition.objects.exists()


def test_conflicts_are_listed(scene, comments):
    first = dispose_comment(comment=comments[0], by=scene.cast.drafter, decision=Decision.ACCEPTED)
    released = dispose_comment(comment=comments[2], by=scene.cast.drafter, decision=Decision.ACCEPTED)
    book = book_of(scene)
    rows = [fill(book, one, disposition="Noted", reason="Mine") for one in comments]
    dispose_comment(comment=comments[0], by=scene.cast.drafter, decision=Decision.NOTED, reason="Theirs", seen=first.decided_at)
    Comment.objects.filter(pk=comments[1].pk).update(edited_at=first.decided_at)
    release_dispositions(consultation=scene.round, by=scene.cast.drafter, organization=comments[2].organization)
    found = errors(come_back(scene, book))
    assert "meanwhile" in found[rows[0]]
    assert "was changed after you read it" in found[rows[1]]
    assert "is released" in found[rows[2]]
    assert released.pk


def test_an_emptied_disposition_is_an_error(scene, comments):
    dispose_comment(comment=comments[0], by=scene.cast.drafter, decision=Decision.ACCEPTED)
    book = book_of(scene)
    row = fill(book, comments[0], disposition=None, new_text=None)
    assert "was emptied" in errors(come_back(scene, book))[row]


def test_the_same_comment_twice_is_an_error(scene, comments):
    book = book_of(scene)
    first = fill(book, comments[0], disposition="Accepted")
    sheet = book.worksheets[0]
    sheet.append([cell.value for cell in sheet[first]])
    assert f"is in row {first} too" in errors(come_back(scene, book))[sheet.max_row]


def test_what_was_answered_since_the_preview_stops_the_whole_file(scene, comments, client):
    book = book_of(scene)
    for one in comments:
        fill(book, one, disposition="Noted", reason="Mine")
    record = come_back(scene, book)
    dispose_comment(comment=comments[0], by=scene.cast.drafter, decision=Decision.ACCEPTED)
    client.force_login(scene.cast.drafter)
    page = client.post(scene.url(f"matrix/returned/{record.pk}/apply/"), follow=True).content.decode()
    assert "Nothing was answered" in page
    assert "1 row has errors" in page
    assert f'<a href="{scene.url("matrix/")}?round={scene.round.pk}">Upload the corrected file</a>' in page
    assert Disposition.objects.count() == 1


def test_what_is_no_workbook_of_ours_is_refused(scene, comments):
    def refused(content, match):
        with pytest.raises(Refused, match=match):
            read_matrix(consultation=scene.round, upload=SimpleUploadedFile("m.xlsx", content), by=scene.cast.drafter)

    refused(b"no,agency\n1,UNDP\n", "not an Excel workbook")
    refused(b"PK\x03\x04 broken", "damaged")
    book = book_of(scene)
    book.worksheets[0].delete_cols(columns(book)["id"])
    with pytest.raises(Refused, match="has lost columns"):
        come_back(scene, book)
    good = upload(book_of(scene)).read()
    refused(_with(good, "xl/bomb.xml", b" " * (61 * 1024 * 1024)), "unpacks to far more")
    refused(
        _with(good, "xl/extra.xml", b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>'),
        "definitions that no workbook",
    )


def _with(content, name, part):
    buffer = io.BytesIO(content)
    with zipfile.ZipFile(buffer, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, part)
    return buffer.getvalue()


def test_only_drafters_bring_it_back(scene, comments):
    book = book_of(scene)
    fill(book, comments[0], disposition="Accepted")
    with pytest.raises(PermissionDenied):
        come_back(scene, book, by=scene.cast.focal_undp)
    record = come_back(scene, book)
    with pytest.raises(PermissionDenied):
        apply_matrix(record=record, by=scene.cast.focal_undp)
    assert not MatrixImport.objects.visible_to(scene.cast.focal_undp).exists()


def test_the_page_takes_the_file_and_leads_to_the_preview(scene, comments, client):
    client.force_login(scene.cast.drafter)
    book = book_of(scene)
    fill(book, comments[0], disposition="Accepted")
    response = client.post(scene.url("matrix/"), {"round": scene.round.pk, "file": upload(book)}, follow=True)
    assert "Give 1 answer" in response.content.decode()
    missing = client.post(scene.url("matrix/"), {"round": scene.round.pk})
    assert missing.status_code == 400
    client.force_login(scene.cast.focal_undp)
    assert client.post(scene.url("matrix/"), {"round": scene.round.pk, "file": upload(book)}).status_code == 403


# --- written offline -------------------------------------------------------------------------------------------------


def template_of(scene):
    content = comments_template(consultation=scene.round, by=scene.cast.contributor_undp, on_behalf_of=scene.undp)
    return load_workbook(io.BytesIO(content))


def bring(scene, book, by=None, agency=None):
    by, agency = by or scene.cast.contributor_undp, agency or scene.undp
    return read_comments(consultation=scene.round, upload=upload(book), by=by, on_behalf_of=agency)


def test_an_agency_writes_offline_and_its_comments_wait_for_clearance(scene):
    book = template_of(scene)
    sheet = book.worksheets[0]
    sheet.cell(2, 4).value = "On the whole"
    sheet.cell(4, 3).value, sheet.cell(4, 5).value = "Red line", "Other words"
    record = bring(scene, book)
    assert errors(record) == {}
    assert apply_comments(record=record, by=scene.cast.contributor_undp) == 2
    found = Comment.objects.order_by("pk").values_list("paragraph__number", "type", "text", "proposed_text", "state")
    assert list(found) == [(None, "substantive", "On the whole", "", "draft"), ("1", "red_line", "", "Other words", "draft")]
    record.refresh_from_db()
    assert record.rows == []


def test_what_an_agency_brings_reaches_nobody_else(scene, client):
    book = template_of(scene)
    book.worksheets[0].cell(4, 4).value = "Inside words"
    record = bring(scene, book)
    for person in (scene.cast.drafter, scene.cast.secretariat, scene.cast.focal_fao, scene.cast.administrator):
        assert not MatrixImport.objects.visible_to(person).exists()
        client.force_login(person)
        assert client.get(scene.url(f"matrix/returned/{record.pk}/")).status_code == 404
    with pytest.raises(PermissionDenied):
        bring(scene, book, by=scene.cast.focal_fao)
    with pytest.raises(PermissionDenied):
        apply_comments(record=record, by=scene.cast.focal_fao)


@pytest.mark.parametrize(
    ("row", "cells", "match"),
    [
        (4, {3: "Blue line", 4: "x"}, "is no type of comment"),
        (4, {4: "x" * 5001}, "at most 5000"),
        (4, {4: "=1+1"}, "Holds a formula"),
        (2, {5: "x"}, "A proposal needs a paragraph"),
        (4, {4: "x", 6: "elsewhere"}, "of no paragraph of the draft"),
    ],
)
def test_rows_that_cannot_be_written_are_listed(scene, row, cells, match):
    book = template_of(scene)
    for place, value in cells.items():
        book.worksheets[0].cell(row, place).value = value
    record = bring(scene, book)
    assert match in errors(record)[row]
    with pytest.raises(Refused, match="Correct the rows"):
        apply_comments(record=record, by=scene.cast.contributor_undp)
    assert not Comment.objects.exists()


def test_an_empty_template_and_another_file_are_refused(scene, comments):
    with pytest.raises(Refused, match="No row has a comment"):
        bring(scene, template_of(scene))
    with pytest.raises(Refused, match="lost columns of the template"):
        bring(scene, book_of(scene))


def test_after_the_close_nothing_gets_in(scene):
    book = template_of(scene)
    book.worksheets[0].cell(4, 4).value = "Late"
    record = bring(scene, book)
    type(scene.round).objects.filter(pk=scene.round.pk).update(closes_at=timezone.now())
    with pytest.raises(Refused, match="closed on"):
        apply_comments(record=record, by=scene.cast.contributor_undp)
    assert not Comment.objects.exists()


def test_the_words_of_old_files_are_forgotten(scene, settings):
    book = template_of(scene)
    book.worksheets[0].cell(4, 4).value = "Inside words"
    old, new = bring(scene, book), bring(scene, book)
    MatrixImport.objects.filter(pk=old.pk).update(created_at=timezone.now() - timedelta(days=settings.RETAIN_IMPORTS_DAYS + 1))
    assert forget_returned_files() == 1
    old.refresh_from_db()
    new.refresh_from_db()
    assert (old.rows, bool(new.rows)) == ([], True)
    with pytest.raises(Refused, match="No row has a comment"):
        apply_comments(record=old, by=scene.cast.contributor_undp)
    assert MatrixImport.objects.get(pk=old.pk).applied_at is None
