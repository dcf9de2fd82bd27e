"""Badges and their codes, invitation letters, the list of participants, the reminder."""

from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from typing import Any

import openpyxl
import pikepdf
import pytest
import time_machine
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.utils import timezone, translation

import meetings.tasks  # noqa: F401 - registers what jobs do
from common.access import Refused
from directory.models import Job, User
from directory.services.jobs import run_job
from meetings.documents.badges import Badge, badge_pdf, badge_sheet
from meetings.documents.letters import letter_html, letter_pdf
from meetings.documents.participants import participants_pdf
from meetings.enums import LetterState, MeetingState
from meetings.enums import RegistrationState as S
from meetings.models import InvitationLetter, Meeting, Registration, VisaDetails
from meetings.selectors import data_of_person, desk_of_meetings
from meetings.selectors.participants import all_participants, by_category_and_body
from meetings.services.badges import badge_code, badges_of, registration_of_code
from meetings.services.delegations import substitute
from meetings.services.letters import ask_letter, refuse_letter, revoke_letter, sign_letter
from meetings.services.participants import choose_listing
from meetings.services.personal import forget_attached
from meetings.services.registration import cancel_registration
from meetings.services.reminders import remind_before_meetings
from notifications.models import Notification
from notifications.services import deliver_due
from tests.briefs.test_documents import words as words_of
from tests.conftest import Cast
from tests.factories.directory import CountryFactory, OrganizationFactory
from tests.factories.meetings import MeetingFactory, QuotaFactory, RegistrationFactory


@pytest.fixture
def row(meeting: Meeting, cast: Cast) -> Registration:
    """Somebody with an account and a seat."""
    QuotaFactory(meeting=meeting, badge_colour="#c98a1f")
    return RegistrationFactory(meeting=meeting, user=cast.outsider, state=S.APPROVED)


def pages_of(pdf: bytes) -> int:
    with pikepdf.open(BytesIO(pdf)) as document:
        return len(document.pages)


# --- The code of a badge -----------------------------------------------------------------------------------------------


def test_a_code_leads_back_to_its_registration_however_it_is_typed(row: Registration) -> None:
    code = badge_code(row)
    for text in (code, code.lower(), f"  {code}\n"):
        assert registration_of_code(row.meeting, text) == row


def test_a_code_of_an_old_key_still_holds(row: Registration, settings: Any) -> None:
    code = badge_code(row)
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another key, after a change of keys"
    assert registration_of_code(row.meeting, code) == row
    settings.SECRET_KEY_FALLBACKS = []
    with pytest.raises(Refused, match="not made by the portal"):
        registration_of_code(row.meeting, code)


@pytest.mark.parametrize("text", ["", "x", "https://evil.example/", "SSC-1-ABC", "\x00", "SSC-" + "9" * 400])
def test_what_is_no_code_is_said_to_be_none(row: Registration, text: str) -> None:
    with pytest.raises(Refused, match="not the code of a badge"):
        registration_of_code(row.meeting, text)


def test_a_forged_code_is_told_apart(row: Registration) -> None:
    other = RegistrationFactory(meeting=row.meeting)
    code = badge_code(row)
    for forged in (code[:-1] + ("A" if code[-1] != "A" else "B"), code.replace(row.reference, other.reference)):
        with pytest.raises(Refused, match="its mark is wrong"):
            registration_of_code(row.meeting, forged)


def test_another_meetings_badge_names_that_meeting(row: Registration) -> None:
    here = MeetingFactory(slug="nairobi")
    with pytest.raises(Refused, match="for another meeting: Meeting antalya"):
        registration_of_code(here, badge_code(row))


def test_the_badge_of_who_was_replaced_says_so(row: Registration, cast: Cast) -> None:
    samoa = OrganizationFactory(code="samoa")
    Registration.objects.update(organization=samoa, delegation_role="adviser")
    row.refresh_from_db()
    code = badge_code(row)
    new = substitute(registration=row, by=cast.focal_samoa, given_name="L", family_name="P", email="l@samoa.test")
    with pytest.raises(Refused, match="named somebody else in this person's place"):
        registration_of_code(row.meeting, code)
    assert registration_of_code(row.meeting, badge_code(new)) == new
    assert Client().get(f"/badges/{code}.pdf").status_code == 404
    Registration.objects.filter(pk=row.pk).update(reference="ANOTHERONE")
    with pytest.raises(Refused, match="no registration for this badge any more"):
        registration_of_code(row.meeting, badge_code(new))


# --- Badges as PDF -----------------------------------------------------------------------------------------------------


def badge(name: str = "Amina Diallo", **more: Any) -> Badge:
    fields = {
        "meeting": "Meeting", "when_and_where": "Antalya", "function": "Minister", "body": "Samoa", "country": "Samoa",
        "part": "Head of delegation", "category": "Member State", "colour": "#0b5563", "reference": "ABCDEFGHJKMN",
        "code": "SSC-1-ABCDEFGHJKMN-ABCDEFGHIJKLMNOP",
    }  # fmt: skip
    return Badge(name=name, **{**fields, **more})


def test_eight_badges_fill_a_page() -> None:
    told: list[tuple[int, int]] = []
    rows = [badge(f"Person {place}", reference=f"R{place:011d}") for place in range(17)]
    assert pages_of(badge_sheet(rows, lambda done, total: told.append((done, total)))) == 3
    assert told == [(17, 17)]
    assert pages_of(badge_sheet([badge(reference=f"R{place:011d}") for place in range(88)], lambda *_: None)) == 11


def test_names_of_every_script_and_length_are_set() -> None:
    assert badge("محمد بن عبد الله").direction == "rtl"
    assert [badge(name).size for name in ("李明", "Amina Diallo", "A" * 25, "A" * 40)] == ["short", "short", "long", "longest"]
    for name in ("محمد بن عبد الله", "李明", "<b>&", "A" * 240):
        assert pages_of(badge_pdf(badge(name))) == 1


def test_badges_are_in_the_order_of_category_and_name_and_in_its_colour(row: Registration, cast: Cast) -> None:
    (made,) = badges_of([row])
    assert (made.colour, made.code, made.category) == ("#c98a1f", badge_code(row), row.category.name)


def test_the_badge_is_for_its_owner_for_staff_and_for_who_has_its_code(row: Registration, cast: Cast, sign_in: Any) -> None:
    path = f"/registrations/{row.reference}/badge.pdf"
    for person in (cast.outsider, cast.secretariat):
        response = sign_in(person).get(path)
        assert response.content.startswith(b"%PDF")
        assert response["Content-Disposition"].startswith("attachment")
    assert sign_in(cast.focal_undp).get(path).status_code == 404
    assert Client().get(f"/badges/{badge_code(row)}.pdf").content.startswith(b"%PDF")
    assert Client().get(f"/badges/{badge_code(row)[:-1]}7.pdf").status_code == 404
    cancel_registration(registration=row, by=cast.outsider)
    assert sign_in(cast.outsider).get(path).status_code == 404
    assert Client().get(f"/badges/{badge_code(row)}.pdf").status_code == 404


def test_sheets_are_made_by_a_job_and_handed_out_to_staff_only(row: Registration, cast: Cast, sign_in: Any) -> None:
    client = sign_in(cast.secretariat)
    path = "/meetings/antalya/badges/"
    assert "1 person has a seat." in client.get(path).content.decode()
    assert sign_in(cast.outsider).get(path).status_code == 403
    QuotaFactory(meeting=row.meeting, category__code="ngo")
    assert client.post(path, {"category": "ngo"}).status_code == 400
    response = client.post(path, {"category": ""})
    job = Job.objects.get()
    assert response.url == f"/accounts/jobs/{job.pk}/" or str(job.pk) in response.url
    run_job(job_id=str(job.pk))
    job.refresh_from_db()
    assert (job.state, job.done, job.total) == ("done", 1, 1), job.error
    file = client.get(job.result["url"])
    assert b"".join(file.streaming_content).startswith(b"%PDF")
    assert sign_in(cast.outsider).get(job.result["url"]).status_code == 403
    MeetingFactory(slug="nairobi")
    assert client.get(job.result["url"].replace("antalya", "nairobi")).status_code == 404


def test_who_has_left_the_secretariat_meanwhile_gets_no_sheet(row: Registration, cast: Cast, sign_in: Any) -> None:
    sign_in(cast.secretariat).post("/meetings/antalya/badges/", {"category": ""})
    cast.secretariat.memberships.all().delete()
    job = Job.objects.get()
    run_job(job_id=str(job.pk))
    job.refresh_from_db()
    assert (job.state, job.result) == ("failed", {})
    assert "Your role does not include this act" in job.error


# --- Letters -----------------------------------------------------------------------------------------------------------


def ask(row: Registration, by: Any, **more: Any) -> InvitationLetter:
    fields: dict[str, Any] = {
        "passport_name": "AMINA  DIALLO", "nationality": CountryFactory(), "born_on": date(1981, 4, 17),
        "passport_number": "s 123 4567", "language": "en", **more,
    }  # fmt: skip
    return ask_letter(registration=row, by=by, **fields)


def test_a_letter_is_issued_at_once_where_no_signature_is_needed(row: Registration, cast: Cast) -> None:
    letter = ask(row, cast.outsider)
    assert (letter.state, letter.initials, letter.reference, letter.signed_by) == (
        LetterState.ISSUED,
        "A.D.",
        row.reference,
        None,
    )
    visa = VisaDetails.objects.get()
    assert (visa.passport_name, visa.passport_number) == ("AMINA DIALLO", "S1234567")
    assert [change.new for change in letter.state_changes.order_by("pk")] == [LetterState.REQUESTED, LetterState.ISSUED]
    assert Notification.objects.filter(kind="meetings.letter_issued", recipient=cast.outsider).count() == 1
    assert letter.is_valid


def test_where_a_signature_is_needed_staff_sign_or_refuse(row: Registration, cast: Cast) -> None:
    Meeting.objects.update(letters_need_signature=True)
    row.refresh_from_db()
    letter = ask(row, cast.outsider)
    assert letter.state == LetterState.REQUESTED
    assert [item.note for item in desk_of_meetings(cast.secretariat) if item.act == "Sign invitation letters"] == [
        "1 letter waits"
    ]
    assert not letter.is_valid
    for who in (cast.outsider, cast.focal_undp, cast.administrator, cast.drafter):
        with pytest.raises(PermissionDenied):
            sign_letter(letter=letter, by=who)
    signed = sign_letter(letter=letter, by=cast.secretariat)
    assert (signed.state, signed.signed_by) == (LetterState.ISSUED, cast.secretariat)
    with pytest.raises(Refused, match="cannot become"):
        sign_letter(letter=letter, by=cast.secretariat)
    other = ask(row, cast.outsider)
    with pytest.raises(Refused, match="Say why"):
        refuse_letter(letter=other, by=cast.secretariat, reason="")
    assert refuse_letter(letter=other, by=cast.secretariat, reason="Ask the host country.").state == LetterState.REFUSED
    assert Notification.objects.get(kind="meetings.letter_refused").context["reason"] == "Ask the host country."


def test_a_letter_for_who_lost_the_seat_or_the_passport_is_not_signed(row: Registration, cast: Cast) -> None:
    Meeting.objects.update(letters_need_signature=True)
    row.refresh_from_db()
    letter = ask(row, cast.outsider)
    VisaDetails.objects.all().delete()
    with pytest.raises(Refused, match="passport details are gone"):
        sign_letter(letter=letter, by=cast.secretariat)
    Registration.objects.update(state=S.CANCELLED)
    with pytest.raises(Refused, match="has no seat any more"):
        sign_letter(letter=letter, by=cast.secretariat)


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"language": "xx"}, "Choose one of them"),
        ({"born_on": date(2999, 1, 1)}, "lies in the future"),
        ({"passport_name": " "}, "as they stand in the passport"),
        ({"passport_number": " "}, "as they stand in the passport"),
    ],
)
def test_bad_details_are_refused(row: Registration, cast: Cast, more: dict[str, Any], words: str) -> None:
    with pytest.raises(Refused, match=words):
        ask(row, cast.outsider, **more)
    assert not VisaDetails.objects.exists()


def test_letters_are_for_who_has_a_seat_at_a_meeting_ahead(row: Registration, cast: Cast) -> None:
    with pytest.raises(PermissionDenied):
        ask(row, cast.focal_undp)
    Registration.objects.update(state=S.WAITLISTED, waitlisted_at=timezone.now())
    with pytest.raises(Refused, match="once the registration is approved"):
        ask(row, cast.outsider)
    Registration.objects.update(state=S.APPROVED)
    Meeting.objects.update(starts_at=timezone.now() - timedelta(days=2), ends_at=timezone.now() - timedelta(days=1))
    row.refresh_from_db()
    with pytest.raises(Refused, match="This meeting is over"):
        ask(row, cast.outsider)


def test_a_new_letter_a_cancellation_a_substitution_and_staff_revoke(row: Registration, cast: Cast) -> None:
    first, second = ask(row, cast.outsider), ask(row, cast.outsider, passport_number="NEW")
    first.refresh_from_db()
    assert (first.state, second.state) == (LetterState.REVOKED, LetterState.ISSUED)
    with pytest.raises(PermissionDenied):
        revoke_letter(letter=second, by=cast.outsider, reason="x")
    with pytest.raises(Refused, match="Say why"):
        revoke_letter(letter=second, by=cast.secretariat, reason=" ")
    assert revoke_letter(letter=second, by=cast.secretariat, reason="Wrong name.").state == LetterState.REVOKED
    third = ask(row, cast.outsider)
    cancel_registration(registration=row, by=cast.outsider)
    third.refresh_from_db()
    assert third.state == LetterState.REVOKED


def test_a_letter_is_not_valid_once_its_cause_is_gone_whatever_took_it(row: Registration, cast: Cast) -> None:
    letter = ask(row, cast.outsider)
    for change in ({"state": S.CANCELLED}, {"reference": "ANOTHER"}):
        Registration.objects.filter(pk=row.pk).update(**{"state": S.APPROVED, "reference": row.reference, **change})
        assert not InvitationLetter.objects.get(pk=letter.pk).is_valid
        assert "no longer valid" in Client().get(f"/letters/{letter.code}/").content.decode()


@pytest.mark.parametrize("language", ["ar", "en", "es", "fr", "ru", "zh-hans"])
def test_a_letter_is_written_in_each_language(row: Registration, cast: Cast, language: str) -> None:
    letter = ask(row, cast.outsider, language=language)
    letter.registration.meeting.refresh_from_db()
    html = letter_html(letter)
    assert f'lang="{language}"' in html
    assert "AMINA DIALLO" in html
    assert f"/letters/{letter.code}/" in html
    assert pages_of(letter_pdf(letter)) == 1
    assert translation.get_language() == "en"


@pytest.fixture
def evening(row: Registration) -> Meeting:
    """It begins at nine in the evening in Antalya, when Apia is at seven the next morning."""
    starts = datetime(2027, 3, 9, 18, 0, tzinfo=UTC)
    Meeting.objects.update(starts_at=starts, ends_at=starts + timedelta(hours=1))
    row.refresh_from_db()
    return row.meeting


def test_a_letter_names_the_zone_of_the_place_for_a_reader_in_apia(
    evening: Meeting, row: Registration, cast: Cast, sign_in: Any
) -> None:
    User.objects.filter(pk=cast.outsider.pk).update(time_zone="Pacific/Apia")
    letter = ask(row, cast.outsider)
    text = " ".join(words_of(sign_in(cast.outsider).get(f"/letters/{letter.code}.pdf").content).split())
    assert "9 March 2027, 21:00 (Europe/Istanbul)" in text
    assert "9 March 2027, 22:00 (Europe/Istanbul)" in text
    assert "Apia" not in text
    assert "10 March" not in text


def test_the_list_of_participants_names_the_zone_of_the_place_for_staff_in_apia(evening: Meeting, cast: Cast) -> None:
    groups = by_category_and_body(all_participants(cast.secretariat, evening))
    with timezone.override("Pacific/Apia"):
        text = " ".join(words_of(participants_pdf(evening, groups)).split())
        assert timezone.get_current_timezone_name() == "Pacific/Apia"
    assert "9 March 2027, 21:00 (Europe/Istanbul) · Antalya" in text
    assert "10 March" not in text


def test_the_page_of_a_letter_tells_initials_and_meeting_only(row: Registration, cast: Cast) -> None:
    letter = ask(row, cast.outsider)
    text = Client().get(f"/letters/{letter.code.lower()}/").content.decode()
    for words in ("This letter is valid", "A.D.", row.meeting.title):
        assert words in text
    for secret in ("DIALLO", row.full_name, row.email, "S1234567", row.reference):
        assert secret not in text
    unknown = Client().get("/letters/AAAAAAAAAAAAAA/")
    assert unknown.status_code == 404
    assert "No letter with this code was issued" in unknown.content.decode()
    Meeting.objects.update(letters_need_signature=True)
    row.refresh_from_db()
    assert Client().get(f"/letters/{ask(row, cast.outsider).code}/").status_code == 404


def test_a_passport_is_read_by_its_owner_and_staff_and_goes_with_the_rest(row: Registration, cast: Cast, sign_in: Any) -> None:
    letter = ask(row, cast.outsider)
    Registration.objects.update(organization=OrganizationFactory(code="undp"), delegation_role="adviser")
    for who, status in (
        (cast.outsider, 200),
        (cast.secretariat, 200),
        (cast.focal_undp, 404),
        (cast.administrator, 404),
        (None, 302),
    ):
        assert sign_in(who).get(f"/letters/{letter.code}.pdf").status_code == status
    assert set(InvitationLetter.objects.visible_to(cast.focal_undp)) == set()
    assert data_of_person(cast.outsider)[0]["passport"]["number"] == "S1234567"
    for ending in ("csv", "xlsx"):
        exported = sign_in(cast.secretariat).get(f"/meetings/antalya/registrations/export.{ending}")
        content = b"".join(exported.streaming_content) if exported.streaming else exported.content
        assert b"S1234567" not in content
    forget_attached(Registration.objects.all())
    assert not VisaDetails.objects.exists()
    assert InvitationLetter.objects.get().initials == ""
    assert sign_in(cast.outsider).get(f"/letters/{letter.code}.pdf").status_code == 404


def test_one_asks_for_a_letter_on_a_page_and_staff_sign_it(row: Registration, cast: Cast, sign_in: Any) -> None:
    Meeting.objects.update(letters_need_signature=True)
    client, staff = sign_in(cast.outsider), sign_in(cast.secretariat)
    path = f"/registrations/{row.reference}/letter/"
    form = {
        "passport_name": "AMINA DIALLO", "nationality": CountryFactory().pk, "born_on": "1981-04-17", "passport_number": "S1",
        "language": "fr",
    }  # fmt: skip
    assert client.get(path).status_code == 200
    assert client.post(path, {**form, "born_on": "2999-01-01"}).status_code == 400
    assert client.post(path, form).url == row.get_absolute_url()
    letter = InvitationLetter.objects.get()
    assert letter.code in client.get(row.get_absolute_url()).content.decode()
    queue = staff.get("/meetings/antalya/letters/").content.decode()
    assert "S1" in queue
    assert sign_in(cast.outsider).get("/meetings/antalya/letters/").status_code == 403
    assert client.post(f"/letters/{letter.code}/sign/").status_code == 403
    assert staff.post(f"/letters/{letter.code}/sign/").url == "/meetings/antalya/letters/"
    assert f"/letters/{letter.code}.pdf" in client.get(row.get_absolute_url()).content.decode()
    assert staff.get(f"/letters/{letter.code}/take-back/").status_code == 200
    assert staff.post(f"/letters/{letter.code}/take-back/", {"reason": ""}).status_code == 400
    staff.post(f"/letters/{letter.code}/take-back/", {"reason": "Wrong name"})
    letter.refresh_from_db()
    assert letter.state == LetterState.REVOKED


# --- Participants ------------------------------------------------------------------------------------------------------


def test_the_list_names_only_who_agreed_and_has_a_seat(row: Registration, cast: Cast, sign_in: Any) -> None:
    path = "/meetings/antalya/participants/"
    assert Client().get(path).status_code == 404
    assert "The list is not public" in sign_in(cast.secretariat).get(path).content.decode()
    Meeting.objects.update(lists_participants=True)
    waiting = RegistrationFactory(meeting=row.meeting, is_listed=True, family_name="Waits", state=S.WAITLISTED)
    from directory.page_versions import bump

    bump("meetings")
    text = Client().get(path).content.decode()
    assert "Nobody is named yet" in text
    client = sign_in(cast.outsider)
    assert client.post(f"{row.get_absolute_url()}listing/", {"is_listed": "yes"}).url == row.get_absolute_url()
    text = Client().get(path).content.decode()  # a kept page made anew
    assert row.full_name in text
    assert waiting.family_name not in text
    assert row.email not in text
    client.post(f"{row.get_absolute_url()}listing/", {"is_listed": "no"})
    assert row.full_name not in Client().get(path).content.decode()


def test_a_seat_given_or_freed_shows_in_the_kept_list(row: Registration, cast: Cast) -> None:
    from meetings.services.registration import approve_registration

    Meeting.objects.update(lists_participants=True)
    other = RegistrationFactory(meeting=Meeting.objects.get(), is_listed=True, family_name="Comes")
    path = "/meetings/antalya/participants/"
    assert "Comes" not in Client().get(path).content.decode()
    approve_registration(registration=other, by=cast.secretariat)
    assert "Comes" in Client().get(path).content.decode()
    cancel_registration(registration=other, by=cast.secretariat)
    assert "Comes" not in Client().get(path).content.decode()


def test_consent_is_the_persons_own(row: Registration, cast: Cast, sign_in: Any) -> None:
    for who in (cast.secretariat, cast.focal_undp, cast.administrator):
        with pytest.raises(PermissionDenied):
            choose_listing(registration=row, by=who, is_listed=True)
    cancel_registration(registration=row, by=cast.outsider)
    with pytest.raises(Refused, match="has ended"):
        choose_listing(registration=row, by=cast.outsider, is_listed=True)
    assert sign_in(cast.outsider).post(f"{row.get_absolute_url()}listing/", {"is_listed": "yes"}).status_code == 302
    assert not Registration.objects.get(pk=row.pk).is_listed


def test_staff_get_everybody_as_files(row: Registration, cast: Cast, sign_in: Any) -> None:
    client = sign_in(cast.secretariat)
    sheet = openpyxl.load_workbook(BytesIO(client.get("/meetings/antalya/participants.xlsx").content)).active
    assert [cell.value for cell in sheet[2]][2:4] == [row.family_name, row.given_name]
    assert sign_in(cast.outsider).get("/meetings/antalya/participants.xlsx").status_code == 403
    assert sign_in(cast.outsider).post("/meetings/antalya/participants/print/").status_code == 403
    client.post("/meetings/antalya/participants/print/")
    job = Job.objects.get()
    run_job(job_id=str(job.pk))
    job.refresh_from_db()
    assert client.get(job.result["url"]).status_code == 200
    assert pages_of(participants_pdf(row.meeting, by_category_and_body(all_participants(cast.secretariat, row.meeting)))) == 1


# --- The reminder ------------------------------------------------------------------------------------------------------


@pytest.fixture
def soon(row: Registration) -> Meeting:
    """Two days before the meeting, whose reminder is due three days before."""
    Meeting.objects.update(starts_at=timezone.now() + timedelta(days=2), ends_at=timezone.now() + timedelta(days=3))
    return Meeting.objects.get(slug="antalya")


def reminded() -> list[str]:
    rows = Notification.objects.filter(kind="meetings.meeting_reminder").order_by("pk").select_related("recipient")
    return [note.recipient.email if note.recipient else note.address for note in rows]


def test_everybody_with_a_seat_is_reminded_once(soon: Meeting, row: Registration, cast: Cast, settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    nominee = RegistrationFactory(meeting=soon, state=S.APPROVED, language="ar")
    RegistrationFactory(meeting=soon, state=S.WAITLISTED)
    assert remind_before_meetings() == 2
    assert remind_before_meetings() == 0
    assert reminded() == [cast.outsider.email, nominee.email]
    deliver_due()
    (message,) = [sent.message().as_bytes() for sent in mail.outbox if sent.to == [nominee.email]]
    assert b"meeting.ics" in message
    note = Notification.objects.get(address=nominee.email)
    assert f"/badges/{badge_code(nominee)}.pdf" in note.text
    assert "/ar/meetings/antalya/programme/" in note.text
    assert nominee.reference in note.text
    assert badge_code(nominee) not in str(note.context)


def test_nobody_is_reminded_too_early_too_late_or_of_what_is_off(row: Registration, cast: Cast) -> None:
    assert remind_before_meetings() == 0  # four weeks ahead
    starts = row.meeting.starts_at
    assert remind_before_meetings(now=starts + timedelta(minutes=1)) == 0
    Meeting.objects.update(reminder_days=0)
    assert remind_before_meetings(now=starts - timedelta(days=1)) == 0
    Meeting.objects.update(reminder_days=3, state=MeetingState.CANCELLED)
    assert remind_before_meetings(now=starts - timedelta(days=1)) == 0
    Meeting.objects.update(state=MeetingState.PUBLISHED)
    assert remind_before_meetings(now=starts - timedelta(days=4)) == 0
    assert remind_before_meetings(now=starts - timedelta(days=2)) == 1


def test_who_got_the_seat_only_now_has_just_read_it(soon: Meeting, row: Registration, cast: Cast) -> None:
    row.state_changes.create(old=S.SUBMITTED, new=S.APPROVED)
    assert remind_before_meetings() == 0


def test_who_cancels_before_the_mail_goes_out_is_not_reminded(soon: Meeting, row: Registration, cast: Cast) -> None:
    remind_before_meetings()
    cancel_registration(registration=row, by=cast.outsider)
    deliver_due()
    assert Notification.objects.get(kind="meetings.meeting_reminder").state == "withdrawn"


def test_the_reminder_goes_by_the_clock_of_its_meeting(row: Registration) -> None:
    with time_machine.travel(row.meeting.starts_at - timedelta(days=2, hours=23), tick=True):
        assert remind_before_meetings() == 1
