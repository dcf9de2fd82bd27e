"""Documents of a meeting: links and files, in one language or several."""

from io import BytesIO
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from common import document_files
from common.access import Refused
from directory.models import StoredFile
from directory.services.files import store_file
from meetings.enums import EditAct
from meetings.models import Meeting, MeetingDocument, MeetingEdit
from meetings.selectors.documents import documents_of
from meetings.services.documents import add_document, change_document, remove_document
from tests.conftest import Cast
from tests.factories.meetings import DocumentFactory, MeetingFactory, SessionFactory

PDF = b"%PDF-1.7 the concept note"
FORM = {"title": "Concept note", "symbol": "", "language": "en", "url": "", "note": "", "position": 1}


@pytest.fixture(autouse=True)
def _own_files(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path / "files"


def upload(content: bytes = PDF, name: str = "note.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, "application/pdf")


def test_a_document_is_uploaded_and_read_as_a_download(meeting: Meeting, cast: Cast, sign_in: Any, client: Client) -> None:
    response = sign_in(cast.secretariat).post("/meetings/antalya/documents/add/", {**FORM, "file": upload()})
    assert response.url == "/meetings/antalya/documents/edit/"
    document = MeetingDocument.objects.get()
    assert (document.code, document.file.mime) == ("concept-note", "application/pdf")
    page = client.get("/meetings/antalya/").content.decode()
    assert f"/meetings/antalya/documents/{document.pk}/" in page
    answer = client.get(f"/meetings/antalya/documents/{document.pk}/")
    assert BytesIO(b"".join(answer.streaming_content)).read() == PDF
    assert answer["Content-Disposition"] == 'attachment; filename="concept-note-en.pdf"'
    assert answer["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    ("file", "words"),
    [
        (upload(b"<script>alert(1)</script>"), "not a PDF or a Word document"),
        (upload(b"\x89PNG\r\n\x1a\n", "note.pdf"), "not a PDF or a Word document"),
        (upload(PDF, "note.html"), "does not fit what the file holds"),
        (upload(b""), "The file is empty"),
    ],
)
def test_a_false_file_is_refused(meeting: Meeting, cast: Cast, sign_in: Any, file: SimpleUploadedFile, words: str) -> None:
    file.seek(0)
    response = sign_in(cast.secretariat).post("/meetings/antalya/documents/add/", {**FORM, "file": file})
    assert response.status_code == 400
    assert words in response.content.decode()
    assert not MeetingDocument.objects.exists()
    assert not StoredFile.objects.exists()


def test_a_file_too_large_is_refused(meeting: Meeting, cast: Cast, sign_in: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    client, path = sign_in(cast.secretariat), "/meetings/antalya/documents/add/"
    monkeypatch.setattr(document_files, "LARGEST_DOCUMENT", 20)
    response = client.post(path, {**FORM, "file": upload()})
    assert response.status_code == 400
    assert "larger than 20" in response.content.decode()
    monkeypatch.setattr("common.uploads.LARGEST_UPLOAD", 10)  # beyond this it is not even kept
    response = client.post(path, {**FORM, "file": upload()})
    assert response.status_code == 400
    assert "larger than 20" in response.content.decode()
    assert not MeetingDocument.objects.exists()


def test_language_versions_stand_together(meeting: Meeting, cast: Cast, sign_in: Any, client: Client) -> None:
    english = DocumentFactory(meeting=meeting, code="a-res-71-318", symbol="A/RES/71/318", title="Resolution")
    data = {**FORM, "title": "Résolution", "language": "fr", "symbol": "A/RES/71/318", "url": "undocs.org/fr/A/RES/71/318"}
    staff = sign_in(cast.secretariat)
    assert staff.post("/meetings/antalya/documents/add/", {**data, "version_of": english.code}).status_code == 302
    assert list(meeting.documents.values_list("code", "language")) == [("a-res-71-318", "en"), ("a-res-71-318", "fr")]
    page = client.get("/meetings/antalya/").content.decode()
    assert page.count("A/RES/71/318") == 2  # once as the symbol, once in the other version's address
    assert "Also in:" in page
    assert "Résolution" in client.get("/fr/meetings/antalya/").content.decode()
    again = staff.post("/meetings/antalya/documents/add/", {**data, "version_of": english.code})
    assert again.status_code == 400
    assert "a version of this document in this language already" in again.content.decode()


def test_without_a_version_for_the_reader_english_is_shown(meeting: Meeting) -> None:
    for language in ("ru", "en"):
        DocumentFactory(meeting=meeting, code="note", language=language)
    DocumentFactory(meeting=meeting, code="other", language="ru")
    assert [group.shown.language for group in documents_of(meeting)] == ["en", "ru"]


def test_a_new_file_takes_the_place_of_the_old_and_the_act_is_recorded(meeting: Meeting, cast: Cast, sign_in: Any) -> None:
    old = store_file(content=PDF, mime="application/pdf")
    document = DocumentFactory(meeting=meeting, code="note", file=old)
    path = f"/meetings/antalya/documents/{document.pk}/edit/"
    data = {**FORM, "file": upload(b"%PDF-1.7 revised")}
    assert sign_in(cast.secretariat).post(path, data).status_code == 302
    document.refresh_from_db()
    assert document.file.file.read() == b"%PDF-1.7 revised"
    edit = MeetingEdit.objects.get()
    assert edit.act == EditAct.DOCUMENT_REPLACED
    assert old.sha256[:12] in edit.detail
    assert not StoredFile.objects.filter(pk=old.pk).exists()


def test_an_edit_without_a_file_keeps_the_file(meeting: Meeting, cast: Cast, sign_in: Any) -> None:
    document = DocumentFactory(meeting=meeting, file=store_file(content=PDF, mime="application/pdf"))
    path = f"/meetings/antalya/documents/{document.pk}/edit/"
    assert sign_in(cast.secretariat).post(path, {**FORM, "title": "New title"}).status_code == 302
    document.refresh_from_db()
    assert document.file is not None
    assert document.title == "New title"
    assert MeetingEdit.objects.get().act == EditAct.DOCUMENT_CHANGED


def test_file_and_address_at_once_are_refused(meeting: Meeting, cast: Cast, sign_in: Any) -> None:
    data = {**FORM, "url": "https://undocs.org/x", "file": upload()}
    response = sign_in(cast.secretariat).post("/meetings/antalya/documents/add/", data)
    assert "not both" in response.content.decode()
    with pytest.raises(Refused, match="not both"):
        add_document(
            meeting=meeting,
            by=cast.secretariat,
            values={"title": "x", "url": "https://undocs.org/x"},
            upload=(PDF, "application/pdf"),
        )


def test_a_link_that_could_run_is_refused(meeting: Meeting, cast: Cast, sign_in: Any) -> None:
    response = sign_in(cast.secretariat).post("/meetings/antalya/documents/add/", {**FORM, "url": "javascript:alert(1)"})
    assert response.status_code == 400


def test_a_removed_document_leaves_its_sessions_and_its_name_in_the_record(meeting: Meeting, cast: Cast, sign_in: Any) -> None:
    document = DocumentFactory(meeting=meeting, title="Old note", file=store_file(content=PDF, mime="application/pdf"))
    session = SessionFactory(meeting=meeting)
    session.documents.add(document)
    assert sign_in(cast.secretariat).get(f"/meetings/antalya/documents/{document.pk}/remove/").status_code == 405
    assert sign_in(cast.secretariat).post(f"/meetings/antalya/documents/{document.pk}/remove/").status_code == 302
    assert not session.documents.exists()
    assert not StoredFile.objects.exists()
    assert MeetingEdit.objects.get().thing == "Old note"


def test_documents_of_another_meeting_are_not_found(meeting: Meeting, cast: Cast, sign_in: Any) -> None:
    other = DocumentFactory(meeting=MeetingFactory(slug="other"))
    for pk in (other.pk, 10**30):
        assert sign_in(cast.secretariat).get(f"/meetings/antalya/documents/{pk}/edit/").status_code == 404
    with pytest.raises(PermissionDenied):
        change_document(document=other, by=cast.outsider, values={})
    with pytest.raises(PermissionDenied):
        remove_document(document=other, by=cast.outsider)
    with pytest.raises(PermissionDenied):
        add_document(meeting=meeting, by=cast.outsider, values={})
