"""A person's inbox: what it shows to whom, and what counts as read."""

from pathlib import Path
from typing import Any

import pytest
from django.db import transaction

from directory.models import User
from notifications.enums import DeliveryState
from notifications.kinds import Kind, in_all_languages, link
from notifications.models import Notification
from notifications.selectors.inbox import MOST_COUNTED, unread_count
from notifications.services import Recipient, deliver_due, notify
from notifications.views.inbox import PAGE
from tests.factories.directory import OrganizationFactory, UserFactory
from tests.notifications.kinds import CONFIDENTIAL, HIDING, PERSONAL, PLAIN, UNMAKEABLE, use_templates

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _templates(tmp_path: Path, settings: Any) -> None:
    use_templates(settings, tmp_path)


def queue(user: Any, kind: Kind = PLAIN, name: Any = "wells", **context: Any) -> Notification:
    with transaction.atomic():
        notify(kind=kind, to=[user], cause=f"{kind.name} {Notification.objects.count()}", context={"name": name, **context})
    return Notification.objects.latest("pk")


def shown(client: Any, address: str = "/inbox/") -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def test_person_sees_their_own_messages_and_nobody_elses(sign_in: Any) -> None:
    user, other = UserFactory(), UserFactory()
    mine, theirs = queue(user, name="my wells"), queue(other, name="their wells")
    queue(Recipient(user.email), name="no account")
    client = sign_in(user)
    page = shown(client)
    assert "About my wells" in page
    assert "their wells" not in page
    assert "no account" not in page
    assert client.get(f"/inbox/{mine.pk}/").status_code == 200
    for address in (f"/inbox/{theirs.pk}/", f"/inbox/{theirs.pk}/open/", "/inbox/999999/"):
        assert client.get(address).status_code == 404
    theirs.refresh_from_db()
    assert theirs.read_at is None


def test_secretariat_staff_read_nobody_elses_inbox(cast: Any, sign_in: Any) -> None:
    row = queue(UserFactory())
    assert sign_in(cast.secretariat).get(f"/inbox/{row.pk}/").status_code == 404


def test_opening_a_message_is_reading_it(sign_in: Any) -> None:
    user = UserFactory()
    row = queue(user, PERSONAL, link=link("solutions:list"))
    client = sign_in(user)
    assert "is-unread" in shown(client)
    assert unread_count(user) == 1
    page = shown(client, f"/inbox/{row.pk}/")
    assert f"Dear {user.given_name}, about wells." in page
    assert 'href="/solutions/"' in page
    assert unread_count(user) == 0
    assert "is-unread" not in shown(client)


def test_link_leads_to_the_very_thing_and_reads(sign_in: Any) -> None:
    user = UserFactory()
    row = queue(user, link=link("solutions:list", fragment="?q=water#12"))
    answer = sign_in(user).get(f"/inbox/{row.pk}/open/")
    assert (answer.status_code, answer["Location"]) == (302, "/solutions/?q=water#12")
    assert unread_count(user) == 0
    assert sign_in(user).get(f"/fr/inbox/{row.pk}/open/")["Location"] == "/fr/solutions/?q=water#12"


def test_message_without_a_link_opens_itself(sign_in: Any) -> None:
    user = UserFactory()
    row = queue(user)
    assert sign_in(user).get(f"/inbox/{row.pk}/open/")["Location"] == f"/inbox/{row.pk}/"


def test_inbox_is_in_the_language_of_its_page(sign_in: Any) -> None:
    user = UserFactory()
    body = OrganizationFactory(name_en="World Health Organization", name_fr="Organisation mondiale de la Santé")
    queue(user, name=in_all_languages(body, "name"))
    client = sign_in(user)
    assert "About World Health Organization" in shown(client)
    assert "About Organisation mondiale de la Santé" in shown(client, "/fr/inbox/")


def test_what_may_no_longer_be_seen_is_not_told(sign_in: Any) -> None:
    user = UserFactory()
    row = queue(user, HIDING, name="gone secret", link=link("home"))
    client = sign_in(user)
    for page in (shown(client), shown(client, f"/inbox/{row.pk}/")):
        assert "gone secret" not in page
        assert "What may be hidden" in page
        assert "You may no longer see what this is about" in page
    assert client.get(f"/inbox/{row.pk}/open/")["Location"] == f"/inbox/{row.pk}/"


def test_confidential_message_that_was_sent_is_one_line(sign_in: Any) -> None:
    user = UserFactory()
    row = queue(user, CONFIDENTIAL, name="hidden words")
    client = sign_in(user)
    assert "Secret hidden words" in shown(client)
    deliver_due()
    for page in (shown(client), shown(client, f"/inbox/{row.pk}/")):
        assert "hidden words" not in page
        assert "A secret" in page
    assert "The text of this message is not kept" in shown(client, f"/inbox/{row.pk}/")


def test_message_that_cannot_be_made_or_whose_kind_is_gone_does_not_break_the_page(sign_in: Any) -> None:
    user = UserFactory()
    broken, gone, unreadable = queue(user, UNMAKEABLE), queue(user), queue(user, HIDING)
    Notification.objects.filter(pk=unreadable.pk).update(context={"of": "an older portal"})
    Notification.objects.filter(pk=gone.pk).update(kind="old.kind", subject="As it was sent")
    client = sign_in(user)
    page = shown(client)
    assert "What cannot be made" in page
    assert "As it was sent" in page
    for row in (broken, gone, unreadable):
        shown(client, f"/inbox/{row.pk}/")


@pytest.mark.parametrize("state", [DeliveryState.WITHDRAWN, DeliveryState.HELD])
def test_what_is_withdrawn_or_held_back_is_not_in_the_inbox(sign_in: Any, state: str) -> None:
    user = UserFactory()
    row = queue(user)
    Notification.objects.update(state=state)
    client = sign_in(user)
    assert "About wells" not in shown(client)
    assert unread_count(user) == 0
    assert client.get(f"/inbox/{row.pk}/").status_code == 404


def test_mark_all_as_read_marks_what_was_shown(sign_in: Any) -> None:
    user, other = UserFactory(), UserFactory()
    rows = [queue(user) for _ in range(3)]
    queue(other)
    later = queue(user)
    client = sign_in(user)
    assert client.get("/inbox/read/").status_code == 405
    assert client.post("/inbox/read/", {"newest": rows[-1].pk}).status_code == 302
    assert unread_count(user) == 1
    later.refresh_from_db()
    assert later.read_at is None
    assert unread_count(other) == 1
    for nonsense in ("", "x", "9" * 30):
        assert client.post("/inbox/read/", {"newest": nonsense}).status_code == 302
    assert unread_count(user) == 1


def test_filters_and_pages(sign_in: Any) -> None:
    user = UserFactory()
    rows = [queue(user, name=f"number {number:03}") for number in range(PAGE + 5)]
    Notification.objects.filter(pk=rows[0].pk).update(read_at=rows[0].created_at)
    client = sign_in(user)
    first = shown(client)
    assert first.count('class="inbox-title"') == PAGE
    assert "number 000" not in first
    assert "number 000" in shown(client, f"/inbox/?after={rows[5].pk}")
    assert "number 000" not in shown(client, f"/inbox/?after={rows[5].pk}&unread=1")
    nothing = shown(client, "/inbox/?about=meetings")
    assert "No message matches" in nothing
    for nonsense in ("?about=x", "?unread=9", "?after=x", "?about=%00"):
        assert "number 024" in shown(client, f"/inbox/{nonsense}")


def test_empty_inbox_says_what_comes_here(sign_in: Any) -> None:
    assert "Your inbox is empty" in shown(sign_in(UserFactory()))


def test_head_of_every_page_shows_how_many_are_unread(sign_in: Any) -> None:
    user = UserFactory()
    client = sign_in(user)
    assert "head-count" not in shown(client, "/solutions/")
    for _ in range(3):
        queue(user)
    assert '<span class="head-count"><span class="visually-hidden">Unread: </span>3</span>' in shown(client, "/solutions/")
    assert "head-inbox" not in shown(sign_in(), "/solutions/")


def test_count_goes_no_further_than_it_says(sign_in: Any, django_assert_num_queries: Any) -> None:
    user = UserFactory()
    with transaction.atomic():
        for number in range(MOST_COUNTED + 3):
            notify(kind=PLAIN, to=[user], cause=str(number), context={"name": "x"})
    with django_assert_num_queries(1):
        assert unread_count(user) == MOST_COUNTED + 1
    assert f"{MOST_COUNTED}+" in shown(sign_in(user))


@pytest.mark.parametrize("many", [1, PAGE])
def test_one_message_and_many_take_the_same_number_of_queries(sign_in: Any, many: int, django_assert_num_queries: Any) -> None:
    user = UserFactory()
    for _ in range(many):
        queue(user)
    client = sign_in(user)
    client.get("/inbox/")
    with django_assert_num_queries(6):  # session, person, rows, unread for the page and for its head, the demo line
        client.get("/inbox/")


def test_account_mail_is_not_in_the_inbox() -> None:
    from notifications.messages import account_mail

    user = UserFactory()
    with transaction.atomic():
        account_mail(to=user, template="account/email/password_changed", context={"values": {}}, cause="x")
    assert unread_count(user) == 0
    assert User.objects.get(pk=user.pk).notifications.get().in_inbox is False
