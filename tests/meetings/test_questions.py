"""Questions of a meeting, required documents, files: asked, answered, kept, refused."""

import io
import zipfile
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from PIL import Image

from common.access import Refused
from directory.models import StoredFile
from meetings.enums import RegistrationState as S
from meetings.models import CategoryQuota, Meeting, Question, Registration, RegistrationFile, RequiredDocument
from meetings.selectors.questions import answers_in_words, asked
from meetings.services.files import DOCX, forget_unclaimed, hand_in, mime_of, plain_name
from meetings.services.questions import remove_question, save_question, shift_question
from tests.conftest import Cast
from tests.factories.meetings import RegistrationFactory, registrant

PDF = b"%PDF-1.4\n%%EOF\n"
FORM = {"given_name": "Amina", "family_name": "Diallo", "affiliation": "Lakeside", "language": "en"}
REGISTER = "/meetings/antalya/register/"


def word(*more: str) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name in ("[Content_Types].xml", "word/document.xml", *more):
            archive.writestr(name, "<x/>")
    return content.getvalue()


def picture(kind: str) -> bytes:
    content = io.BytesIO()
    Image.new("RGB", (4, 4)).save(content, kind)
    return content.getvalue()


def question(meeting: Meeting, code: str, kind: str = "text", **fields: Any) -> Question:
    position = meeting.questions.count() + 1
    return Question.objects.create(meeting=meeting, code=code, kind=kind, label_en=f"Asked: {code}", position=position, **fields)


@pytest.fixture
def visa(meeting: Meeting) -> Question:
    return question(meeting, "visa", "choice", options_en="No\nYes", options_fr="Non\nOui")


@pytest.fixture
def passport(meeting: Meeting, visa: Question) -> Question:
    return question(meeting, "passport", "file", shown_if=visa, shown_if_answer="Yes", is_required=True)


# --- Who is asked ----------------------------------------------------------------------------------------------------


def test_a_question_is_asked_after_the_answer_that_it_follows_on(meeting: Meeting, visa: Question, passport: Question) -> None:
    rows = [visa, passport]
    assert asked(rows, None, {"visa": "No"}) == [visa]
    assert asked(rows, None, {"visa": "Yes"}) == rows


def test_what_follows_on_a_question_not_asked_is_not_asked(academia: CategoryQuota, visa: Question, passport: Question) -> None:
    visa.categories.add(academia.category)
    assert asked([visa, passport], academia.category_id, {"visa": "Yes"}) == [visa, passport]
    assert asked([visa, passport], 0, {"visa": "Yes"}) == []


def test_answers_are_kept_by_code_and_read_in_the_readers_language(
    academia: CategoryQuota, visa: Question, cast: Cast, sign_in: Any
) -> None:
    question(academia.meeting, "arrival", "date")
    data = {**FORM, "category": academia.pk, "q_visa": "No", "q_arrival": "2030-01-02"}
    assert sign_in(cast.outsider).post(REGISTER, data).status_code == 302
    row = Registration.objects.get()
    assert row.answers == {"visa": "No", "arrival": "2030-01-02"}
    assert "Non" in sign_in(cast.outsider).get(f"/fr/registrations/{row.reference}/").content.decode()
    text = b"".join(sign_in(cast.secretariat).get("/meetings/antalya/registrations/export.csv").streaming_content).decode()
    assert "Asked: visa,Asked: arrival" in text
    assert "2 January 2030" in text


def test_required_questions_are_demanded_of_those_who_are_asked(academia: CategoryQuota, cast: Cast, sign_in: Any) -> None:
    question(academia.meeting, "code", "consent", is_required=True)
    client = sign_in(cast.outsider)
    answer = client.post(REGISTER, {**FORM, "category": academia.pk})
    assert answer.status_code == 400
    assert Registration.objects.count() == 0
    assert client.post(REGISTER, {**FORM, "category": academia.pk, "q_code": "on"}).status_code == 302
    assert Registration.objects.get().answers == {"code": True}


def test_answers_that_were_not_asked_for_are_not_kept(academia: CategoryQuota, visa: Question, cast: Cast, sign_in: Any) -> None:
    question(academia.meeting, "number", shown_if=visa, shown_if_answer="Yes")
    data = {**FORM, "category": academia.pk, "q_visa": "No", "q_number": "X123"}
    sign_in(cast.outsider).post(REGISTER, data)
    assert Registration.objects.get().answers == {"visa": "No"}


def test_a_choice_that_does_not_exist_is_refused(academia: CategoryQuota, visa: Question, cast: Cast, sign_in: Any) -> None:
    assert sign_in(cast.outsider).post(REGISTER, {**FORM, "category": academia.pk, "q_visa": "Perhaps"}).status_code == 400
    assert Registration.objects.count() == 0


# --- Files -----------------------------------------------------------------------------------------------------------


def test_a_file_is_known_by_what_it_holds() -> None:
    assert mime_of(PDF) == "application/pdf"
    assert mime_of(picture("PNG")) == "image/png"
    assert mime_of(picture("JPEG")) == "image/jpeg"
    assert mime_of(word()) == DOCX
    for content in (
        b"<script>alert(1)</script>",
        b"PK\x03\x04 broken",
        word("word/vbaProject.bin"),
        word().replace(b"PK\x01\x02\x14\x03\x14\x00", b"PK\x01\x02\x14\x03\xff\x00"),  # for a reader of the future
        picture("GIF"),
        b"\x89PNG\r\n",
    ):
        assert mime_of(content) == ""
    assert plain_name("../../a\r\nb.exe", "application/pdf") == "a b.pdf"


def test_a_file_survives_an_error_elsewhere_in_the_form(
    academia: CategoryQuota, visa: Question, passport: Question, cast: Cast, sign_in: Any
) -> None:
    client = sign_in(cast.outsider)
    data = {**FORM, "category": academia.pk, "q_visa": "Yes", "affiliation": ""}
    answer = client.post(REGISTER, {**data, "q_passport": SimpleUploadedFile("passport.pdf", PDF)})
    assert answer.status_code == 400
    text = answer.content.decode()
    assert "Kept: passport.pdf" in text
    token = answer.context["form"]["kept_passport"].value()
    assert token in text
    assert client.post(REGISTER, {**FORM, **data, "affiliation": "Lakeside", "kept_passport": token}).status_code == 302
    row = Registration.objects.get()
    file = row.files.get()
    assert (file.name, file.question, file.by) == ("passport.pdf", passport, cast.outsider)
    assert answers_in_words(row)[1].file == file


def test_a_forged_or_foreign_key_of_a_file_is_no_file(
    academia: CategoryQuota, visa: Question, passport: Question, cast: Cast, sign_in: Any
) -> None:
    data = {**FORM, "category": academia.pk, "q_visa": "Yes", "kept_passport": "1:forged"}
    answer = sign_in(cast.outsider).post(REGISTER, data)
    assert answer.status_code == 400
    assert "no longer kept" in answer.content.decode()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "The file is empty. Choose another one."),
        (b"<html><script>", "neither a PDF"),
        (b"%PDF-" + b"0" * (10 * 1024 * 1024), "larger than 10 MB"),
    ],
)
def test_other_and_large_files_are_refused_and_nothing_is_kept(
    academia: CategoryQuota, visa: Question, passport: Question, cast: Cast, sign_in: Any, content: bytes, words: str
) -> None:
    data = {**FORM, "category": academia.pk, "q_visa": "Yes", "q_passport": SimpleUploadedFile("a.pdf", content)}
    answer = sign_in(cast.outsider).post(REGISTER, data)
    assert answer.status_code == 400
    assert words in answer.content.decode()
    assert (Registration.objects.count(), RegistrationFile.objects.count()) == (0, 0)


def test_a_file_beyond_what_is_received_at_all_is_named(
    academia: CategoryQuota, visa: Question, passport: Question, cast: Cast, sign_in: Any
) -> None:
    large = SimpleUploadedFile("a.pdf", b"%PDF-" + b"0" * (26 * 1024 * 1024))
    answer = sign_in(cast.outsider).post(REGISTER, {**FORM, "category": academia.pk, "q_visa": "Yes", "q_passport": large})
    assert answer.status_code == 400
    assert "larger than 10 MB" in answer.content.decode()


def test_files_of_unsent_forms_are_forgotten_after_a_day(
    academia: CategoryQuota, visa: Question, passport: Question, cast: Cast, sign_in: Any
) -> None:
    data = {"category": academia.pk, "q_visa": "Yes", "q_passport": SimpleUploadedFile("passport.pdf", PDF + b"forgotten")}
    sign_in(cast.outsider).post(REGISTER, data)
    assert forget_unclaimed() == 0
    RegistrationFile.objects.update(at=timezone.now() - timedelta(hours=25))
    assert forget_unclaimed() == 1
    assert not StoredFile.objects.exists()


# --- Required documents ----------------------------------------------------------------------------------------------


@pytest.fixture
def letter(academia: CategoryQuota) -> RequiredDocument:
    return RequiredDocument.objects.create(quota=academia, title_en="Letter of credentials")


def test_a_document_is_handed_in_replaced_and_read_by_registrant_and_staff_only(
    academia: CategoryQuota, letter: RequiredDocument, cast: Cast, sign_in: Any
) -> None:
    row = registrant(academia.meeting, state=S.APPROVED)
    client = sign_in(row.user)
    assert "1 document is missing" in client.get(row.get_absolute_url()).content.decode()
    for content in (PDF, PDF + b"better"):
        data = {"document": letter.pk, "file": SimpleUploadedFile("letter.html", content)}
        assert client.post(f"/registrations/{row.reference}/documents/", data).status_code == 302
    file = row.files.get()
    address = f"/registrations/{row.reference}/files/{file.pk}/"
    for who in (row.user, cast.secretariat):
        answer = sign_in(who).get(address)
        assert b"".join(answer.streaming_content) == PDF + b"better"
        assert answer["Content-Disposition"] == 'attachment; filename="letter.pdf"'
        assert (answer["X-Content-Type-Options"], answer["Content-Type"]) == ("nosniff", "application/pdf")
        assert "no-store" in answer["Cache-Control"]
    for who in (cast.outsider, cast.focal_undp, cast.drafter):
        assert sign_in(who).get(address).status_code == 404
    other = registrant(academia.meeting)
    assert sign_in(other.user).get(f"/registrations/{other.reference}/files/{file.pk}/").status_code == 404
    assert sign_in(cast.secretariat).get(f"/registrations/{row.reference}/files/{2**70}/").status_code == 404


def test_after_the_last_day_only_the_secretariat_hands_in(academia: CategoryQuota, letter: RequiredDocument, cast: Cast) -> None:
    CategoryQuota.objects.filter(pk=academia.pk).update(documents_due_at=timezone.now() - timedelta(hours=1))
    row = registrant(academia.meeting)
    with pytest.raises(Refused, match="The time for handing in documents is over"):
        hand_in(registration=row, document=letter, content=PDF, name="a.pdf", by=row.user)
    hand_in(registration=row, document=letter, content=PDF, name="a.pdf", by=cast.secretariat)
    with pytest.raises(PermissionDenied):
        hand_in(registration=row, document=letter, content=PDF, name="a.pdf", by=cast.outsider)


def test_the_list_shows_who_misses_a_document(
    academia: CategoryQuota, ngo: CategoryQuota, letter: RequiredDocument, cast: Cast, sign_in: Any
) -> None:
    lacking, complete = (RegistrationFactory(meeting=academia.meeting) for _ in range(2))
    RegistrationFactory(meeting=academia.meeting, category=ngo.category)
    RegistrationFactory(meeting=academia.meeting, state=S.CANCELLED)
    hand_in(registration=complete, document=letter, content=PDF, name="a.pdf", by=cast.secretariat)
    assert list(Registration.objects.missing_documents()) == [lacking]
    text = sign_in(cast.secretariat).get("/meetings/antalya/registrations/?documents=missing").content.decode()
    assert "1 registration<" in text
    RequiredDocument.objects.update(removed_at=timezone.now())
    assert not Registration.objects.missing_documents().exists()


def test_a_document_of_another_category_is_refused(ngo: CategoryQuota, letter: RequiredDocument, cast: Cast) -> None:
    row = registrant(ngo.meeting, category=ngo.category)
    with pytest.raises(Refused, match="not asked of your category"):
        hand_in(registration=row, document=letter, content=PDF, name="a.pdf", by=row.user)


# --- Writing questions -----------------------------------------------------------------------------------------------


def test_questions_are_written_in_order_with_codes_of_their_own(meeting: Meeting, cast: Cast) -> None:
    for _ in range(2):
        save_question(question=Question(meeting=meeting, label_en="Do you need a visa?", kind="text"), by=cast.secretariat)
    rows = list(meeting.questions.order_by("position"))
    assert [row.code for row in rows] == ["do-you-need-a-visa", "do-you-need-a-visa-2"]
    shift_question(question=rows[1], by=cast.secretariat, up=True)
    assert list(meeting.questions.order_by("position").values_list("pk", flat=True)) == [rows[1].pk, rows[0].pk]


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"kind": "choice", "options_en": "Only one"}, "at least two choices"),
        ({"kind": "choice", "options_en": "Yes\nyes"}, "the same"),
        ({"kind": "choice", "options_en": "Yes\nNo", "options_ar": "نعم"}, "as many in each"),
    ],
)
def test_choices_must_be_complete(meeting: Meeting, cast: Cast, fields: dict[str, Any], words: str) -> None:
    with pytest.raises(Refused, match=words):
        save_question(question=Question(meeting=meeting, label_en="Q", **fields), by=cast.secretariat)


def test_a_condition_must_be_one_that_can_be_met(meeting: Meeting, visa: Question, cast: Cast) -> None:
    row = Question(meeting=meeting, label_en="Q", kind="text", shown_if=visa, shown_if_answer="Perhaps")
    with pytest.raises(Refused, match="no choice of"):
        save_question(question=row, by=cast.secretariat)
    row.shown_if_answer = "yes"
    save_question(question=row, by=cast.secretariat)
    with pytest.raises(Refused, match="follows on"):
        shift_question(question=row, by=cast.secretariat, up=True)
    with pytest.raises(Refused, match="follows on this one"):
        remove_question(question=visa, by=cast.secretariat)
    visa.shown_if = row
    with pytest.raises(Refused, match="asked before it"):
        save_question(question=visa, by=cast.secretariat)


def test_answers_to_a_removed_question_stay_readable(academia: CategoryQuota, visa: Question, cast: Cast) -> None:
    row = RegistrationFactory(meeting=academia.meeting, answers={"visa": "Yes", "gone": "Words of old"})
    remove_question(question=visa, by=cast.secretariat)
    assert [(one.label, one.words, one.is_removed) for one in answers_in_words(row)] == [
        ("Asked: visa", "Yes", True),
        ("gone", "Words of old", True),
    ]


def test_only_staff_write_questions(meeting: Meeting, visa: Question, cast: Cast, sign_in: Any) -> None:
    for who in (cast.outsider, cast.drafter, cast.administrator):
        with pytest.raises(PermissionDenied):
            remove_question(question=visa, by=who)
    client: Client = sign_in(cast.secretariat)
    base = "/meetings/antalya/registration/questions/"
    data = {"kind": "text", "label_en": "What do you eat?", "label_fr": "Que mangez-vous ?"}
    assert client.post(f"{base}new/", data).status_code == 302
    assert "What do you eat?" in client.get(base).content.decode()
    assert client.post(f"{base}new/", {"kind": "choice", "label_en": "Q"}).status_code == 400
    made = Question.objects.get(label_en="What do you eat?")
    assert client.post(f"{base}{made.pk}/shift/", {"up": "1"}).status_code == 302
    assert client.post(f"{base}{made.pk}/remove/").status_code == 302
    assert client.get(f"{base}{made.pk}/").status_code == 404


# --- Drafts ----------------------------------------------------------------------------------------------------------


def test_a_draft_is_kept_continued_and_sent(academia: CategoryQuota, visa: Question, cast: Cast, sign_in: Any) -> None:
    question(academia.meeting, "why", is_required=True)
    client = sign_in(cast.outsider)
    draft = {"category": academia.pk, "given_name": "Amina", "q_visa": "No", "draft": "1"}
    assert client.post(REGISTER, draft).status_code == 302
    row = Registration.objects.get()
    assert (row.state, row.submitted_at, row.answers) == (S.DRAFT, None, {"visa": "No"})
    assert not row.meeting.registrations.taking_seats().exists()
    text = client.get(REGISTER).content.decode()
    assert 'value="Amina"' in text
    assert "This is your draft" in text
    assert client.post(REGISTER, {**FORM, "category": academia.pk, "q_visa": "Yes", "q_why": "To learn"}).status_code == 302
    row.refresh_from_db()
    assert (row.state, row.answers) == (S.APPROVED, {"visa": "Yes", "why": "To learn"})
    assert list(row.state_changes.values_list("new", flat=True)) == [S.DRAFT, S.SUBMITTED, S.APPROVED]
