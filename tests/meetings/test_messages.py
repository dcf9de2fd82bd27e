"""Messages of registration, rendered as they are sent."""

import re
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest
from django.core import mail
from django.db import transaction
from django.test import Client
from django.utils import translation
from icalendar import Calendar

from directory.enums import Role
from directory.models import Membership, Organization
from meetings.enums import RegistrationState as S
from meetings.messages.registration import documents_missing
from meetings.models import CategoryQuota, Meeting, Registration
from meetings.services.by_address import manage_token
from meetings.services.editing import cancel_meeting
from meetings.services.registration import (
    approve_registration,
    cancel_registration,
    decline_registration,
    submit_registration,
)
from notifications.models import Notification
from notifications.services import deliver_due
from notifications.services.outbox import resend_message
from tests.conftest import Cast
from tests.factories.directory import UserFactory
from tests.factories.meetings import GroupFactory, RegistrationFactory


@pytest.fixture(autouse=True)
def _mail_in_memory(settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"


def submit(quota: CategoryQuota, by: Any, **more: Any) -> Registration:
    return submit_registration(
        meeting=quota.meeting,
        category=quota.category,
        by=by,
        given_name="Amina",
        family_name="Diallo",
        affiliation="Lakeside",
        **more,
    )


def sent_to(address: str) -> list[EmailMessage]:
    """What went out to `address`, read back from its bytes."""
    deliver_due()
    return [message_from_bytes(sent.message().as_bytes(), policy=policy.default) for sent in mail.outbox if sent.to == [address]]


def text_of(message: EmailMessage) -> str:
    return message.get_body(("plain",)).get_content()


def html_of(message: EmailMessage) -> str:
    return message.get_body(("html",)).get_content()


def test_approval_brings_the_calendar_file_and_the_way_to_the_registration(academia: CategoryQuota, cast: Cast) -> None:
    row = submit(academia, cast.outsider)
    (message,) = sent_to(cast.outsider.email)
    assert message["Subject"] == "You are registered: Meeting antalya"
    assert f"/registrations/{row.reference}/" in text_of(message)
    assert "Dear Amina Diallo," in text_of(message)
    local = academia.meeting.starts_at.astimezone(academia.meeting.zone)
    assert f"{local:%H:%M}" in text_of(message)
    assert "Europe/Istanbul" in text_of(message)
    (file,) = message.iter_attachments()
    assert (file.get_filename(), file.get_content_type()) == ("meeting.ics", "text/calendar")
    (entry,) = Calendar.from_ical(file.get_content()).walk("VEVENT")
    assert entry["UID"].startswith("meeting-antalya@")
    assert entry.decoded("DTSTART") == academia.meeting.starts_at.replace(microsecond=0)


def test_mail_and_file_speak_the_recipients_language(academia: CategoryQuota) -> None:
    Meeting.objects.filter(pk=academia.meeting_id).update(title_fr="Réunion d'Antalya")
    person = UserFactory(language="fr")
    with translation.override("ar"):
        submit(academia, person)
    (message,) = sent_to(person.email)
    assert "Réunion d'Antalya" in message["Subject"]
    assert "/fr/registrations/" in text_of(message)
    assert "Réunion d'Antalya" in next(message.iter_attachments()).get_content()


def own_link(message: EmailMessage) -> str:
    """The path behind the button of a message to somebody without an account."""
    found = re.search(r"http://[^/\s]+(\S*/registrations/link/\S+)", text_of(message))
    assert found, "the mail has a link to the registrant's own page"
    assert found[1] in html_of(message).replace("&amp;", "&")
    return found[1]


def test_who_has_no_account_opens_the_registration_from_the_mail(ngo: CategoryQuota, cast: Cast, client: Client) -> None:
    row = RegistrationFactory(meeting=ngo.meeting, category=ngo.category, language="es")
    approve_registration(registration=row, by=cast.secretariat)
    (message,) = sent_to(row.email)
    address = own_link(message)
    assert address == f"/es/registrations/link/{manage_token(row)}/"
    assert row.reference in client.get(address).content.decode()


def test_staff_do_not_read_that_link_in_the_outbox(ngo: CategoryQuota, cast: Cast, sign_in: Any) -> None:
    row = RegistrationFactory(meeting=ngo.meeting, category=ngo.category)
    approve_registration(registration=row, by=cast.secretariat)
    kept = Notification.objects.get(address=row.email)
    pages = [f"/outbox/{kept.pk}/", f"/outbox/{kept.pk}/preview/"]
    signature = manage_token(row).rpartition(":")[2]

    def seen() -> str:
        client = sign_in(cast.secretariat)
        return "".join(client.get(page).content.decode() for page in pages)

    waiting = seen()
    (message,) = sent_to(row.email)
    assert signature in own_link(message)
    sent = seen()
    kept.refresh_from_db()
    for text in (waiting, sent, kept.text, kept.html, str(kept.context)):
        assert signature not in text
        assert "registrations/link" not in text.replace("&#x27;", "'")
    for text in (waiting, sent, kept.text, kept.html):
        assert "You are registered" in text or "you have a seat" in text
        assert "/meetings/antalya/" in text
    resend_message(notification=kept, by=cast.secretariat)
    assert own_link(sent_to(row.email)[-1]) == own_link(message)


def test_documents_are_handed_in_by_the_link_of_their_message(ngo: CategoryQuota, client: Client) -> None:
    row = RegistrationFactory(meeting=ngo.meeting, category=ngo.category)
    with transaction.atomic():
        documents_missing(row, titles=[{"_texts": {"en": "Credentials"}}], due=row.meeting.starts_at, cause="test")
    (message,) = sent_to(row.email)
    assert own_link(message).endswith("/documents/")
    assert client.get(own_link(message)).status_code == 200


def test_what_visitors_would_not_find_is_not_linked(ngo: CategoryQuota, cast: Cast) -> None:
    row = RegistrationFactory(meeting=ngo.meeting, category=ngo.category, state=S.APPROVED)
    Meeting.objects.update(is_public=False, group=GroupFactory())
    cancel_meeting(meeting=Meeting.objects.get(), by=cast.secretariat, reason="Flood")
    (message,) = sent_to(row.email)
    assert message["Subject"].startswith("The meeting is cancelled")
    assert "/meetings/antalya/" not in text_of(message) + html_of(message)


def test_the_reason_of_a_decline_is_told(ngo: CategoryQuota, cast: Cast) -> None:
    row = submit(ngo, cast.outsider)
    decline_registration(registration=row, by=cast.secretariat, reason="The delegation named <another>.")
    received, declined = sent_to(cast.outsider.email)
    assert received["Subject"].startswith("We have your registration")
    assert "The delegation named <another>." in text_of(declined)
    assert "&lt;another&gt;" in html_of(declined)


def test_waiting_and_cancelling_are_told(academia: CategoryQuota, cast: Cast) -> None:
    CategoryQuota.objects.update(seats=0)
    row = submit(academia, cast.outsider)
    cancel_registration(registration=row, by=cast.secretariat, reason="The hotel has fewer rooms.")
    waitlisted, cancelled = sent_to(cast.outsider.email)
    assert "waiting list" in waitlisted["Subject"]
    assert "The hotel has fewer rooms." in text_of(cancelled)


def entry_of(message: EmailMessage) -> tuple[str, Any]:
    """The method and the entry of the calendar file that came with a message."""
    (file,) = message.iter_attachments()
    calendar = Calendar.from_ical(file.get_content())
    assert file["Content-Type"].params["method"] == calendar["METHOD"]
    (entry,) = calendar.walk("VEVENT")
    return calendar["METHOD"], entry


def test_cancelling_a_seat_takes_the_meeting_out_of_the_calendar_and_registering_again_brings_it_back(
    academia: CategoryQuota, cast: Cast
) -> None:
    for _time in range(2):
        row = submit(academia, cast.outsider)
        cancel_registration(registration=row, by=cast.outsider)
    messages = sent_to(cast.outsider.email)
    assert "takes the meeting out of your calendar" in text_of(messages[1])
    entries = [entry_of(message) for message in messages]
    assert [method for method, _entry in entries] == ["PUBLISH", "CANCEL", "PUBLISH", "CANCEL"]
    assert [str(entry["STATUS"]) for _method, entry in entries] == ["CONFIRMED", "CANCELLED"] * 2
    assert [int(entry["SEQUENCE"]) for _method, entry in entries] == [0, 1, 2, 3]
    assert len({str(entry["UID"]) for _method, entry in entries}) == 1


def test_who_never_had_a_seat_has_nothing_to_take_out_of_the_calendar(ngo: CategoryQuota, cast: Cast) -> None:
    row = submit(ngo, cast.outsider)
    cancel_registration(registration=row, by=cast.outsider)
    _received, cancelled = sent_to(cast.outsider.email)
    assert not list(cancelled.iter_attachments())
    assert "out of your calendar" not in text_of(cancelled)


def test_staff_who_left_before_the_mail_went_out_do_not_get_it(ngo: CategoryQuota, cast: Cast) -> None:
    submit(ngo, cast.outsider)
    Membership.objects.filter(user=cast.secretariat).delete()
    assert sent_to(cast.secretariat.email) == []
    assert Notification.objects.get(kind="meetings.registration_to_review").state == "withdrawn"


def test_drafters_and_administrators_get_no_registrants_data(ngo: CategoryQuota, cast: Cast) -> None:
    submit(ngo, cast.outsider)
    assert set(Notification.objects.values_list("recipient__email", flat=True)) == {cast.outsider.email, cast.secretariat.email}


def test_staff_of_another_meeting_who_register_are_not_asked_to_decide(ngo: CategoryQuota, cast: Cast) -> None:
    elsewhere = UserFactory()
    Membership.objects.create(
        user=elsewhere, organization=Organization.objects.get(is_secretariat=True), role=Role.STAFF, scope="meeting:other"
    )
    submit(ngo, elsewhere)
    asked = Notification.objects.filter(kind="meetings.registration_to_review")
    assert list(asked.values_list("recipient__email", flat=True)) == [cast.secretariat.email]
