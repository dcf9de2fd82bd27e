"""Saying no to a kind of mail by the link in it (RFC 8058)."""

import re
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as portal
from django.contrib.auth.models import AnonymousUser
from django.db import transaction
from django.test import Client

from notifications.enums import Frequency
from notifications.kinds import Kind
from notifications.models import MailRefusal, Notification, Preference
from notifications.services import Recipient, deliver_due, notify
from notifications.services.preferences import DIGEST, set_preferences, unsubscribe_token
from notifications.services.rendering import render
from tests.factories.directory import UserFactory
from tests.notifications.kinds import CONFIDENTIAL, PLAIN, REQUIRED, use_templates

pytestmark = pytest.mark.django_db
ONE_CLICK = {"List-Unsubscribe": "One-Click"}


@pytest.fixture(autouse=True)
def _templates(tmp_path: Path, settings: Any) -> None:
    use_templates(settings, tmp_path)


def mail(settings: Any, to: Any, kind: Kind = PLAIN, name: str = "wells") -> Any:
    """The mail that goes out, as its reader's program parses it."""
    with transaction.atomic():
        notify(kind=kind, to=[to], cause="one", context={"name": name})
    deliver_due()
    (file,) = Path(settings.EMAIL_FILE_PATH).glob("*.eml")
    return message_from_bytes(file.read_bytes(), policy=policy.default)


def mark_of(user: Any, kind: Kind) -> str:
    """The mark in a mail of `kind` to this person."""
    return unsubscribe_token(row=Notification(recipient=user, kind=kind.name))


def path_of(link: str) -> str:
    return link.strip(" <>").removeprefix(portal.PUBLIC_URL)


def test_one_click_turns_the_kind_off_at_once(settings: Any) -> None:
    user = UserFactory()
    sent = mail(settings, user)
    assert sent["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    link = path_of(sent["List-Unsubscribe"])
    assert link.startswith("/unsubscribe/")
    assert Client(enforce_csrf_checks=True).post(link, ONE_CLICK).status_code == 200
    assert Preference.objects.get(user=user).kind == PLAIN.name
    assert Preference.objects.get(user=user).frequency == Frequency.NONE
    assert Client(enforce_csrf_checks=True).post(link, ONE_CLICK).status_code == 200  # again


@pytest.mark.parametrize("words", ["wells", "x" * 3000, "آبار " * 400, "井" * 900])
def test_the_link_in_the_text_is_the_same_however_the_mail_is_encoded(settings: Any, words: str) -> None:
    sent = mail(settings, UserFactory(language="fr"), name=words)
    link = sent["List-Unsubscribe"].strip(" <>")
    assert link.startswith(f"{portal.PUBLIC_URL}/fr/unsubscribe/")
    text, html = sent.get_body(("plain",)).get_content(), sent.get_body(("html",)).get_content()
    assert link in text
    assert f'href="{link}"' in html
    assert words.strip() in text
    assert f"{portal.PUBLIC_URL}/fr/inbox/preferences/" in text


def test_looking_changes_nothing_and_asks() -> None:
    user = UserFactory()
    link = f"/unsubscribe/{mark_of(user, PLAIN)}/"
    for client in (Client(), Client(headers={"accept-language": "ar"})):
        page = client.get(link)
        assert page.status_code == 200
        assert "Something plain" in page.content.decode()
        assert '<meta name="robots" content="noindex">' in page.content.decode()
    assert not Preference.objects.exists()
    assert "You get no more mail" in Client().post(link).content.decode()


@pytest.mark.parametrize("language", ["", "/ar", "/zh-hans", "/fr", "/ru", "/es"])
def test_link_works_in_every_language(language: str) -> None:
    user = UserFactory()
    link = f"{language}/unsubscribe/{mark_of(user, PLAIN)}/"
    assert Client().get(link).status_code == 200
    assert Client(enforce_csrf_checks=True).post(link, ONE_CLICK).status_code == 200
    assert Preference.objects.filter(user=user, frequency=Frequency.NONE).exists()


def test_a_mark_is_good_for_its_person_and_kind_only() -> None:
    user, other = UserFactory(), UserFactory()
    mark = mark_of(user, PLAIN)
    for forged in (
        mark.replace(f"{user.pk}:", f"{other.pk}:", 1),
        mark.replace("plain", "confidential"),
        mark[:-1],
        "x",
        f"{user.pk}:tests.plain",
        "%00",
    ):
        answer = Client().post(f"/unsubscribe/{forged}/", ONE_CLICK)
        assert answer.status_code == 404, forged
        assert not Preference.objects.exists()
    assert "This link is not complete" in Client().get(f"/unsubscribe/{mark[:-1]}/").content.decode()


def test_link_of_a_closed_account_does_nothing() -> None:
    user = UserFactory(is_active=False)
    link = f"/unsubscribe/{mark_of(user, PLAIN)}/"
    assert Client().post(link, ONE_CLICK).status_code == 404


def test_what_a_procedure_requires_has_no_such_link_and_takes_no_such_answer(settings: Any) -> None:
    user = UserFactory()
    sent = mail(settings, user, REQUIRED)
    assert sent["List-Unsubscribe"] is None
    assert "/unsubscribe/" not in sent.as_string()
    answer = Client().post(f"/unsubscribe/{mark_of(user, REQUIRED)}/", ONE_CLICK)
    assert answer.status_code == 409
    assert "part of a procedure" in answer.content.decode()


NOMINEE = "Nominee@test.example"


def test_somebody_without_an_account_says_no_by_one_click(settings: Any) -> None:
    sent = mail(settings, Recipient(NOMINEE, "fr"))
    assert sent["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    link = path_of(sent["List-Unsubscribe"])
    assert "nominee" not in link.lower()  # links stand in logs
    assert "/inbox/preferences/" not in sent.as_string()
    page = Client(enforce_csrf_checks=True).post(link, ONE_CLICK)
    assert page.status_code == 200
    assert "inbox" not in page.content.decode().split("<main")[1].split("</main")[0].lower()
    assert Client(enforce_csrf_checks=True).post(link, ONE_CLICK).status_code == 200  # again
    assert list(MailRefusal.objects.values_list("address", "kind")) == [(NOMINEE, PLAIN.name)]
    with transaction.atomic():  # to the address in whatever case, and only of that kind
        notify(kind=PLAIN, to=[Recipient(NOMINEE.lower())], cause="two", context={"name": "x"})
        notify(kind=REQUIRED, to=[Recipient(NOMINEE)], cause="two", context={"name": "x"})
    deliver_due()
    states = Notification.objects.filter(cause="two").order_by("pk").values_list("state", "error")
    assert list(states) == [("withdrawn", "The recipient wants no mail of this kind."), ("sent", "")]


def test_outbox_says_why_a_message_was_withdrawn(cast: Any, sign_in: Any) -> None:
    MailRefusal.objects.create(address=NOMINEE, kind=PLAIN.name)
    with transaction.atomic():
        notify(kind=PLAIN, to=[Recipient(NOMINEE)], cause="one", context={"name": "wells"})
    deliver_due()
    row = Notification.objects.get()
    page = sign_in(cast.secretariat).get(f"/outbox/{row.pk}/").content.decode()
    assert "<dt>Reason</dt><dd><bdi>The recipient wants no mail of this kind.</bdi></dd>" in page


def test_somebody_without_an_account_takes_the_no_back(settings: Any) -> None:
    link = path_of(mail(settings, Recipient(NOMINEE))["List-Unsubscribe"])
    assert "I want it again" in Client().post(link).content.decode()
    assert "comes to you again" in Client().post(link, {"again": "1"}).content.decode()
    assert not MailRefusal.objects.exists()
    assert Client().post(link, {"again": "1"}).status_code == 200  # with nothing to take back


def test_link_of_a_message_without_account_is_good_for_its_kind_only(settings: Any) -> None:
    with transaction.atomic():
        notify(kind=REQUIRED, to=[Recipient(NOMINEE)], cause="one", context={"name": "x"})
    row = Notification.objects.get()
    assert Client().post(f"/unsubscribe/{unsubscribe_token(row=row)}/", ONE_CLICK).status_code == 409
    row.kind = "tests.gone"
    assert Client().post(f"/unsubscribe/{unsubscribe_token(row=row)}/", ONE_CLICK).status_code == 404
    theirs = Notification(pk=row.pk + 1, address=NOMINEE, kind=PLAIN.name)
    assert Client().post(f"/unsubscribe/{unsubscribe_token(row=theirs)}/", ONE_CLICK).status_code == 404
    assert not MailRefusal.objects.exists()


def test_refusals_are_seen_by_the_secretariat_and_their_owner(cast: Any) -> None:
    user = UserFactory()
    mine = MailRefusal.objects.create(address=user.email.upper(), kind=PLAIN.name)
    other = MailRefusal.objects.create(address=NOMINEE, kind=PLAIN.name)
    assert set(MailRefusal.objects.visible_to(cast.secretariat)) == {mine, other}
    assert set(MailRefusal.objects.visible_to(user)) == {mine}
    assert not MailRefusal.objects.visible_to(AnonymousUser()).exists()


def test_no_to_a_digest_is_no_to_all_that_comes_in_digests() -> None:
    user = UserFactory()
    set_preferences(user=user, frequencies={PLAIN.name: Frequency.DAILY, CONFIDENTIAL.name: Frequency.AT_ONCE})
    mark = mark_of(user, digest_kind())
    assert Client().post(f"/unsubscribe/{mark}/", ONE_CLICK).status_code == 200
    assert dict(Preference.objects.filter(user=user).values_list("kind", "frequency")) == {
        PLAIN.name: Frequency.NONE,
        CONFIDENTIAL.name: Frequency.AT_ONCE,
    }


def digest_kind() -> Kind:
    from notifications.kinds import kind_of

    return kind_of(DIGEST)


def test_neither_the_row_nor_a_preview_holds_the_readers_mark(settings: Any) -> None:
    user = UserFactory()
    mark = re.escape(mark_of(user, PLAIN))
    sent = mail(settings, user)
    assert re.search(mark, sent["List-Unsubscribe"])
    row = Notification.objects.get()
    for words in (row.text, row.html, *render(row)[:3]):
        assert not re.search(mark, words)
