"""Registrations without an account: links, and what is told to nobody."""

from datetime import date, timedelta
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.account.signals import email_confirmed
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from common.access import Refused
from directory.models import SingleUseLink
from directory.services.links import token_of
from meetings.enums import LetterState
from meetings.enums import RegistrationState as S
from meetings.models import CategoryQuota, InvitationLetter, Meeting, Registration, VisaDetails
from meetings.rules import LinkHolder
from meetings.services.by_address import (
    FORM_PURPOSE,
    link_to_account,
    manage_token,
    register_person,
    request_link,
)
from meetings.services.letters import ask_letter
from meetings.services.registration import cancel_registration
from notifications.models import Notification
from notifications.services import deliver_due
from tests.conftest import Cast
from tests.factories.directory import CountryFactory, UserFactory
from tests.factories.meetings import RegistrationFactory, registrant

ASK = "/meetings/antalya/register/by-address/"
FORM = {"given_name": "Nadia", "family_name": "Benyoussef", "affiliation": "Network", "language": "en"}
FILES = ("badge.pdf", "meeting.ics", "letters/ABC.pdf")
PASSPORT: dict[str, Any] = {
    "passport_name": "A B", "nationality": None, "born_on": date(1980, 1, 2), "passport_number": "S3", "language": "en",
}  # fmt: skip
VALUES = {"given_name": "Nadia", "family_name": "Benyoussef", "affiliation": "Network"}


def kinds(address: str) -> list[str]:
    return [
        kind.removeprefix("meetings.")
        for kind in Notification.objects.filter(address=address).order_by("pk").values_list("kind", flat=True)
    ]


def form_link() -> str:
    return reverse("meetings:register_by_link", args=[token_of(SingleUseLink.objects.latest("created_at").pk)])


def fresh(row: Registration) -> Registration:
    return Registration.objects.get(pk=row.pk)


# --- Staff register somebody -----------------------------------------------------------------------------------------


def test_staff_register_by_address_and_the_person_gets_a_link(academia: CategoryQuota, cast: Cast) -> None:
    row = register_person(
        meeting=academia.meeting, category=academia.category, by=cast.secretariat, email="nadia@guests.example", **VALUES
    )
    assert (row.state, row.user) == (S.APPROVED, None)
    assert kinds("nadia@guests.example") == ["registration_link", "registration_approved"]
    frozen = str(Notification.objects.get(kind="meetings.registration_link").context)
    assert manage_token(row) not in frozen  # signed only when the mail is made


def test_the_link_is_in_the_mail_and_leaves_no_trace_after(academia: CategoryQuota, cast: Cast, settings: Any) -> None:
    row = register_person(
        meeting=academia.meeting, category=academia.category, by=cast.secretariat, email="nadia@guests.example", **VALUES
    )
    deliver_due()
    mails = "".join(path.read_text() for path in settings.EMAIL_FILE_PATH.rglob("*") if path.is_file())
    assert reverse("meetings:by_link", args=["x"]).replace("x/", "") in mails.replace("=\n", "")
    assert Notification.objects.get(kind="meetings.registration_link").context == {}
    assert row.reference


def test_only_staff_register_others(academia: CategoryQuota, cast: Cast) -> None:
    for who in (cast.outsider, cast.focal_undp, cast.drafter, cast.administrator):
        with pytest.raises(PermissionDenied):
            register_person(meeting=academia.meeting, category=academia.category, by=who, email="a@guests.example", **VALUES)


def test_an_address_is_registered_once_whatever_its_case(academia: CategoryQuota, cast: Cast) -> None:
    RegistrationFactory(meeting=academia.meeting, email="Nadia@guests.example")
    with pytest.raises(Refused, match="registered for this meeting already"):
        register_person(
            meeting=academia.meeting, category=academia.category, by=cast.secretariat, email="nadia@Guests.example", **VALUES
        )


def test_the_page_for_registering_others(ngo: CategoryQuota, cast: Cast, sign_in: Any) -> None:
    client = sign_in(cast.secretariat)
    data = {**FORM, "email": "nadia@guests.example", "category": ngo.pk}
    assert client.post("/meetings/antalya/registrations/new/", {**data, "email": "nadia"}).status_code == 400
    assert "waits for a decision" in client.post("/meetings/antalya/registrations/new/", data, follow=True).content.decode()
    other = {**data, "email": "b@guests.example", "approve": "on"}
    assert "has a seat" in client.post("/meetings/antalya/registrations/new/", other, follow=True).content.decode()
    assert client.post("/meetings/antalya/registrations/new/", other).status_code == 400


# --- Is this address registered? -------------------------------------------------------------------------------------


def test_the_page_says_the_same_for_every_address(academia: CategoryQuota, client: Client) -> None:
    known = RegistrationFactory(meeting=academia.meeting, email="known@guests.example")
    with_account = registrant(academia.meeting)
    texts = []
    for address in ("nobody@guests.example", known.email, with_account.email):
        answer = client.post(ASK, {"email": address})
        texts.append((answer.status_code, answer.content.decode().replace(address, "ADDRESS")))
    assert texts[0] == texts[1] == texts[2]
    assert kinds("nobody@guests.example") == ["registration_form"]
    assert kinds(known.email) == ["registration_link"]
    assert kinds(with_account.email) == ["registration_form"]


def test_no_mailbox_is_filled_from_here(academia: CategoryQuota) -> None:
    for _ in range(6):
        request_link(meeting=academia.meeting, address="nobody@guests.example", language="en")
    assert len(kinds("nobody@guests.example")) == 3


def test_one_place_does_not_ask_for_links_without_end(academia: CategoryQuota, client: Client) -> None:
    statuses = [client.post(ASK, {"email": f"nobody{number}@guests.example"}).status_code for number in range(12)]
    assert statuses == [200] * 10 + [429] * 2


def test_the_form_behind_the_link_registers_once(academia: CategoryQuota, client: Client) -> None:
    client.post(ASK, {"email": "nadia@guests.example"})
    address = form_link()
    assert "nadia@guests.example" in client.get(address).content.decode()
    assert client.post(address, {**FORM, "category": academia.pk, "affiliation": ""}).status_code == 400
    answer = client.post(address, {**FORM, "category": academia.pk}, follow=True)
    assert "Your registration" in answer.content.decode()
    row = Registration.objects.get()
    assert (row.email, row.user, row.state) == ("nadia@guests.example", None, S.APPROVED)
    assert client.post(address, {**FORM, "category": academia.pk}).status_code == 410
    assert Registration.objects.count() == 1


def test_who_is_registered_is_told_so_only_behind_the_link(academia: CategoryQuota, client: Client) -> None:
    row = registrant(academia.meeting)
    client.post(ASK, {"email": row.email})
    assert "You are registered already" in client.get(form_link()).content.decode()


def test_the_form_is_refused_when_registration_has_closed(academia: CategoryQuota, client: Client) -> None:
    client.post(ASK, {"email": "nadia@guests.example"})
    address = form_link()
    Meeting.objects.update(registration_closes_at=timezone.now() - timedelta(minutes=1))
    answer = client.post(address, {**FORM, "category": academia.pk})
    assert answer.status_code == 400
    assert Registration.objects.count() == 0
    SingleUseLink.objects.filter(purpose=FORM_PURPOSE).update(expires_at=timezone.now())
    assert client.get(address).status_code == 410


# --- The link to a registration --------------------------------------------------------------------------------------


@pytest.fixture
def held(academia: CategoryQuota) -> tuple[Registration, str]:
    row = RegistrationFactory(meeting=academia.meeting, state=S.APPROVED, email="held@guests.example")
    return row, reverse("meetings:by_link", args=[manage_token(row)])


def test_the_link_shows_changes_and_cancels_without_an_account(
    held: tuple[Registration, str], academia: CategoryQuota, client: Client
) -> None:
    row, page = held
    answer = client.get(page)
    assert row.reference in answer.content.decode()
    assert "no-store" in answer["Cache-Control"]
    assert answer["Referrer-Policy"] == "same-origin"
    data = {
        **FORM,
        "given_name": row.given_name,
        "family_name": row.family_name,
        "affiliation": row.affiliation,
        "function": "Dean",
    }
    assert client.post(f"{page}edit/", {**data, "category": academia.pk}).status_code == 302
    assert fresh(row).function == "Dean"
    client.post(f"{page}edit/", {**data, "category": academia.pk, "given_name": "Awa"})
    assert (fresh(row).given_name, row.edits.filter(state="proposed").count()) == (row.given_name, 1)
    assert client.get(f"{page}documents/").status_code == 200
    waiting = RegistrationFactory(meeting=academia.meeting, state=S.WAITLISTED)
    assert client.post(f"{page}cancel/", {"reason": "Ill"}).status_code == 302
    assert fresh(row).state == S.CANCELLED
    assert row.state_changes.get(new=S.CANCELLED).by is None
    assert fresh(waiting).state == S.APPROVED


def test_the_link_takes_an_offer(academia: CategoryQuota, client: Client) -> None:
    row = RegistrationFactory(meeting=academia.meeting, state=S.OFFERED)
    page = reverse("meetings:by_link", args=[manage_token(row)])
    assert "Answer the offer" in client.get(page).content.decode()
    client.post(f"{page}offer/", {"answer": "accept"})
    assert fresh(row).state == S.APPROVED


def test_a_link_opens_nothing_else(held: tuple[Registration, str]) -> None:
    row, _page = held
    holder = LinkHolder(row.pk)
    other = RegistrationFactory(meeting=row.meeting)
    assert list(Registration.objects.visible_to(holder)) == [row]
    with pytest.raises(PermissionDenied):
        cancel_registration(registration=other, by=holder)


@pytest.mark.parametrize("token", ["forged", "ABC.def:forged", "x" * 300])
def test_forged_links_are_refused(held: tuple[Registration, str], client: Client, token: str) -> None:
    for path in ("", "edit/", "documents/", "cancel/", "offer/", "files/1/", "letter/", *FILES):
        answer = client.get(reverse("meetings:by_link", args=[token]) + path)
        assert answer.status_code == 404
        assert "not complete" in answer.content.decode()


def test_the_link_dies_with_the_meeting_with_another_address_and_with_an_account(
    held: tuple[Registration, str], client: Client
) -> None:
    row, page = held
    Registration.objects.filter(pk=row.pk).update(email="substitute@guests.example")
    assert client.get(page).status_code == 410
    Registration.objects.filter(pk=row.pk).update(email=row.email, user=UserFactory())
    assert client.get(page).status_code == 410
    Registration.objects.filter(pk=row.pk).update(user=None)
    assert client.get(page).status_code == 200
    Meeting.objects.update(starts_at=timezone.now() - timedelta(days=2), ends_at=timezone.now() - timedelta(days=1))
    assert client.post(f"{page}cancel/").status_code == 410
    assert client.post(f"{page}listing/", {"is_listed": "yes"}).status_code == 410
    for path in ("letter/", *FILES):
        assert client.get(page + path).status_code == 410
    assert fresh(row).state == S.APPROVED


def test_the_link_brings_badge_letter_and_calendar_file_and_chooses_the_listing(
    held: tuple[Registration, str], client: Client
) -> None:
    row, page = held
    Meeting.objects.update(lists_participants=True)
    passport = {
        "passport_name": "NADIA BENYOUSSEF", "nationality": CountryFactory().pk, "born_on": "1980-01-02",
        "passport_number": "S1", "language": "en",
    }  # fmt: skip
    assert client.post(f"{page}letter/", {**passport, "passport_number": ""}).status_code == 400
    answer = client.post(f"{page}letter/", passport)
    assert (answer.status_code, answer["Location"]) == (302, page)
    letter = row.letters.get()
    assert (letter.state, letter.asked_by) == (LetterState.ISSUED, None)
    assert set(letter.state_changes.values_list("by", flat=True)) == {None}
    text = client.get(page).content.decode()
    assert client.post(f"{page}listing/", {"is_listed": "yes"})["Location"] == page
    assert fresh(row).is_listed
    for path, mime in (
        ("badge.pdf", "application/pdf"),
        ("meeting.ics", "text/calendar"),
        (f"letters/{letter.code}.pdf", "application/pdf"),
    ):
        assert f'href="{page}{path}"' in text
        answer = client.get(page + path)
        assert answer.status_code == 200
        assert answer["Content-Type"].startswith(mime)
        assert "no-store" in answer["Cache-Control"]
    assert f'action="{page}listing/"' in text
    assert f'href="/registrations/{row.reference}' not in text  # addresses that ask to sign in


def test_a_link_asks_for_no_letter_without_a_seat(academia: CategoryQuota, client: Client) -> None:
    row = RegistrationFactory(meeting=academia.meeting, state=S.WAITLISTED)
    page = reverse("meetings:by_link", args=[manage_token(row)])
    assert "once the registration is approved" in client.get(f"{page}letter/").content.decode()
    assert client.get(f"{page}badge.pdf").status_code == 404
    assert "badge.pdf" not in client.get(page).content.decode()


def test_a_link_brings_no_file_of_another_registration(held: tuple[Registration, str], client: Client) -> None:
    row, page = held
    other = RegistrationFactory(meeting=row.meeting, state=S.APPROVED)
    VisaDetails.objects.create(
        registration=other, passport_name="X Y", nationality=CountryFactory(), born_on=date(1980, 1, 2), passport_number="S2"
    )
    letter = InvitationLetter.objects.create(
        registration=other, reference=other.reference, state=LetterState.ISSUED, issued_at=timezone.now()
    )
    assert client.get(f"{page}letters/{letter.code}.pdf").status_code == 404
    others = reverse("meetings:by_link", args=[manage_token(other)])
    assert client.get(f"{others}letters/{letter.code}.pdf").status_code == 200
    assert list(InvitationLetter.objects.visible_to(LinkHolder(row.pk))) == []
    with pytest.raises(PermissionDenied):
        ask_letter(registration=other, by=LinkHolder(row.pk), **PASSPORT)
    # The badge and the calendar file are those of the link itself, whatever else is in the address.
    assert other.reference not in client.get(f"{page}meeting.ics").content.decode()


# --- Linking to an account -------------------------------------------------------------------------------------------


def test_a_registration_is_linked_once_its_address_is_proven_and_not_before(academia: CategoryQuota) -> None:
    row = RegistrationFactory(meeting=academia.meeting, email="nadia@guests.example")
    user = UserFactory(email="nadia@guests.example")
    email = EmailAddress.objects.create(user=user, email=user.email, verified=False, primary=True)
    assert link_to_account(user=user, address=user.email) == 0
    assert fresh(row).user is None
    email.verified = True
    email.save()
    email_confirmed.send(sender=None, request=type("R", (), {"resolver_match": None})(), email_address=email)
    assert fresh(row).user == user


def test_somebody_elses_address_brings_nothing(academia: CategoryQuota) -> None:
    row = RegistrationFactory(meeting=academia.meeting, email="nadia@guests.example")
    stranger = UserFactory()
    EmailAddress.objects.create(user=stranger, email=stranger.email, verified=True, primary=True)
    assert link_to_account(user=stranger, address="nadia@guests.example") == 0
    assert fresh(row).user is None


def test_who_has_registered_with_the_account_keeps_one_registration_there(academia: CategoryQuota) -> None:
    own = registrant(academia.meeting)
    EmailAddress.objects.create(user=own.user, email="second@guests.example", verified=True)
    row = RegistrationFactory(meeting=academia.meeting, email="second@guests.example")
    assert link_to_account(user=own.user, address="second@guests.example") == 0
    assert fresh(row).user is None


def test_a_proven_address_that_staff_register_belongs_to_its_account_at_once(academia: CategoryQuota, cast: Cast) -> None:
    user = UserFactory()
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    row = register_person(
        meeting=academia.meeting, category=academia.category, by=cast.secretariat, email=user.email.upper(), **VALUES
    )
    assert row.user == user
    assert not Notification.objects.filter(kind="meetings.registration_link").exists()
