"""The secretariat's outbox: finding, looking, holding, releasing, sending again."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.utils import timezone

from common.access import Refused
from common.mail_files import messages_to
from notifications.enums import DeliveryState, Frequency, TrailAct
from notifications.kinds import Kind, link, register
from notifications.models import Notification, TrailEntry
from notifications.selectors.outbox import messages_found
from notifications.services import Recipient, deliver_due, notify
from notifications.services.bounces import record_trouble
from notifications.services.outbox import (
    hold_message,
    hold_messages,
    release_message,
    release_messages,
    resend_message,
)
from notifications.services.preferences import set_preferences
from tests.conftest import Cast
from tests.factories.directory import UserFactory

pytestmark = pytest.mark.django_db


def _words(row: Notification, context: dict[str, Any]) -> tuple[str, str]:
    return f"About {context['name']}", f"Dear reader,\n\nthis is about {context['name']}. <b>Not bold.</b>"


OPEN = register(Kind("tests.outbox_open", action="Open", render=_words))
SECRET = register(Kind("tests.outbox_secret", confidential=True, render=_words))
CHOOSABLE = register(Kind("tests.outbox_choosable", label="A choice", group="Tests", render=_words))
HIDDEN = register(Kind("tests.outbox_hidden", render=_words, is_visible=lambda row: False))


def queue(kind: Kind = OPEN, *, to: Any = None, name: str = "solar pumps", cause: str = "one") -> Notification:
    with transaction.atomic():
        notify(kind=kind, to=[to or UserFactory()], cause=cause, context={"name": name, "link": link("home")})
    return Notification.objects.latest("pk")


def sent(*args: Any, **options: Any) -> Notification:
    row = queue(*args, **options)
    deliver_due()
    row.refresh_from_db()
    return row


def acts(row: Notification) -> list[str]:
    return list(row.trail.values_list("act", flat=True))


# --- Verbs -----------------------------------------------------------------------------------------------------------


def test_held_message_waits_until_it_is_released(cast: Cast) -> None:
    row = queue()
    hold_message(notification=row, by=cast.secretariat, reason="wrong date")
    deliver_due()
    row.refresh_from_db()
    assert row.state == DeliveryState.HELD
    release_message(notification=row, by=cast.secretariat)
    deliver_due()
    row.refresh_from_db()
    assert (row.state, acts(row)) == (DeliveryState.SENT, [TrailAct.HELD, TrailAct.RELEASED])
    assert list(row.trail.values_list("by", "detail")) == [(cast.secretariat.pk, "wrong date"), (cast.secretariat.pk, "")]


def test_sent_message_goes_again_to_the_present_address(cast: Cast) -> None:
    row = sent()
    person: Any = row.recipient
    before, person.email = person.email, "moved@test.example"
    person.save()
    resend_message(notification=row, by=cast.secretariat)
    deliver_due()
    row.refresh_from_db()
    assert (row.state, row.sent_to, row.attempts) == (DeliveryState.SENT, "moved@test.example", 1)
    assert list(row.trail.values_list("act", "detail")) == [(TrailAct.RESENT, before)]
    assert len(list(messages_to("moved@test.example"))) == 1


@pytest.mark.parametrize("state", [DeliveryState.FAILED, DeliveryState.BOUNCED])
def test_failed_and_returned_messages_can_be_sent_again(state: str, cast: Cast) -> None:
    row = sent()
    Notification.objects.filter(pk=row.pk).update(state=state, error="550")
    resend_message(notification=row, by=cast.secretariat)
    row.refresh_from_db()
    assert (row.state, row.error) == (DeliveryState.QUEUED, "")


def test_erased_confidential_message_cannot_be_sent_again_and_says_why(cast: Cast) -> None:
    row = sent(SECRET)
    with pytest.raises(Refused, match="its text was erased"):
        resend_message(notification=row, by=cast.secretariat)
    row.refresh_from_db()
    assert (row.state, acts(row)) == (DeliveryState.SENT, [])


def test_message_to_an_address_that_refuses_mail_is_not_sent_again_before_it_is_cleared(cast: Cast) -> None:
    row = sent()
    record_trouble(address=row.sent_to, is_permanent=True, detail="550")
    with pytest.raises(Refused, match="refuses mail"):
        resend_message(notification=row, by=cast.secretariat)
    row.refresh_from_db()
    assert (row.state, bool(row.sent_to)) == (DeliveryState.SENT, True)


@pytest.mark.parametrize("state", [state for state in DeliveryState if state != DeliveryState.QUEUED])
def test_only_what_waits_can_be_held(state: str, cast: Cast) -> None:
    row = queue()
    Notification.objects.filter(pk=row.pk).update(state=state)
    with pytest.raises(Refused, match="Only a message that waits"):
        hold_message(notification=row, by=cast.secretariat)
    assert not TrailEntry.objects.exists()


@pytest.mark.parametrize("state", [state for state in DeliveryState if state != DeliveryState.HELD])
def test_only_what_is_held_can_be_released(state: str, cast: Cast) -> None:
    row = queue()
    Notification.objects.filter(pk=row.pk).update(state=state)
    with pytest.raises(Refused, match="Only a held message"):
        release_message(notification=row, by=cast.secretariat)


@pytest.mark.parametrize("state", [DeliveryState.QUEUED, DeliveryState.HELD, DeliveryState.KEPT, DeliveryState.WITHDRAWN])
def test_only_what_was_tried_can_be_sent_again(state: str, cast: Cast) -> None:
    row = queue()
    Notification.objects.filter(pk=row.pk).update(state=state)
    with pytest.raises(Refused, match="can be sent again"):
        resend_message(notification=row, by=cast.secretariat)


def test_only_secretariat_staff_act_on_messages(cast: Cast) -> None:
    row = queue()
    for person in (cast.focal_undp, cast.drafter, cast.administrator, cast.outsider):
        for verb in (hold_message, release_message, resend_message):
            with pytest.raises(PermissionDenied):
                verb(notification=row, by=person)
        for many in (hold_messages, release_messages):
            with pytest.raises(PermissionDenied):
                many(rows=Notification.objects.all(), by=person)


def test_released_message_is_not_sent_to_who_has_said_no_meanwhile(cast: Cast) -> None:
    person = UserFactory()
    row = hold_message(notification=queue(CHOOSABLE, to=person), by=cast.secretariat)
    set_preferences(user=person, frequencies={CHOOSABLE.name: Frequency.NONE})
    assert release_message(notification=row, by=cast.secretariat).state == DeliveryState.KEPT
    deliver_due()
    assert not list(messages_to(person.email))


def test_button_pressed_twice_sends_one_more_copy(cast: Cast, sign_in: Any) -> None:
    row = sent()
    client = sign_in(cast.secretariat)
    for _press in range(2):
        assert client.post(f"/outbox/{row.pk}/resend/", {"count": "0"}).status_code == 302
        deliver_due()
    assert acts(row) == [TrailAct.RESENT]
    client.post(f"/outbox/{row.pk}/resend/", {"count": "1"})
    assert acts(row) == [TrailAct.RESENT] * 2


def test_message_of_a_kind_that_no_app_has_any_more_shows_its_envelope_only(cast: Cast, sign_in: Any) -> None:
    row = sent()
    Notification.objects.filter(pk=row.pk).update(kind="tests.gone")
    client = sign_in(cast.secretariat)
    assert "tests.gone" in client.get("/outbox/").content.decode()
    page = client.get(f"/outbox/{row.pk}/")
    assert (page.status_code, "solar pumps" in page.content.decode()) == (200, False)
    assert client.get(f"/outbox/{row.pk}/preview/").status_code == 404


def test_many_are_held_and_released_at_once(cast: Cast, django_assert_max_num_queries: Any) -> None:
    for number in range(3):
        queue(cause=f"cause {number}")
    done = sent(cause="done")
    Notification.objects.filter(state=DeliveryState.SENT).exclude(pk=done.pk).update(state=DeliveryState.QUEUED)
    with django_assert_max_num_queries(8):
        assert hold_messages(rows=Notification.objects.all(), by=cast.secretariat) == 3
    assert release_messages(rows=Notification.objects.all(), by=cast.secretariat) == 3
    assert TrailEntry.objects.count() == 6


# --- Finding ---------------------------------------------------------------------------------------------------------


def found(by: Any, **chosen: Any) -> set[int]:
    return set(messages_found(by=by, chosen=chosen).values_list("pk", flat=True))


def test_messages_are_found_by_every_filter(cast: Cast) -> None:
    by = cast.secretariat
    person = UserFactory(email="leilani.tau@samoa.example", given_name="Leilani")
    pumps = sent(to=person, name="solar pumps", cause="a")
    wells = sent(to=Recipient("nominee@kiribati.example"), name="deep wells", cause="b")
    later = queue(SECRET, to=person, cause="c")
    today = timezone.localdate()
    Notification.objects.filter(pk=wells.pk).update(created_at=timezone.now() - timedelta(days=10))
    assert found(by) == {pumps.pk, wells.pk, later.pk}
    assert found(by, q="pump") == {pumps.pk}
    assert found(by, q="ABOUT wells") == {wells.pk}
    assert found(by, q="nominee@kiribati.example") == found(by, q="nominee@kir") == {wells.pk}
    assert found(by, q="leilani") == found(by, q="samoa.example") == {pumps.pk, later.pk}
    assert found(by, q="leilani pumps") == {pumps.pk}
    assert found(by, q="leilani wells") == set()
    for nothing in ("' | !", "\\", "a:*b", "&", "')--"):
        assert found(by, q=nothing) == set()
    assert found(by, state="queued") == {later.pk}
    assert found(by, kind="tests.outbox_secret") == {later.pk}
    assert found(by, since=today) == {pumps.pk, later.pk}
    assert found(by, until=today - timedelta(days=10)) == {wells.pk}
    assert found(person) == {pumps.pk, later.pk}


def test_every_way_of_finding_has_an_index(cast: Cast) -> None:
    """With sequential reading forbidden, PostgreSQL must still know a way: at a million rows it is the only one."""
    today = timezone.localdate()
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        for chosen, index in (
            ({"q": "leilani"}, "notification_words"),
            ({"q": "nominee@kir"}, "notification_sent_to"),
            ({"kind": "meetings.registration_approved"}, "notification_kind"),
            ({"state": "held"}, "notification_stuck"),
            ({"since": today, "until": today}, "notification_day"),
        ):
            plan = messages_found(by=cast.secretariat, chosen=chosen).order_by().explain()
            assert index in plan, (chosen, plan)


# --- Pages -----------------------------------------------------------------------------------------------------------


def test_list_shows_count_filters_and_pages_by_key(cast: Cast, sign_in: Any, django_assert_num_queries: Any) -> None:
    client = sign_in(cast.secretariat)
    person = UserFactory()
    with transaction.atomic():
        for number in range(60):
            notify(kind=OPEN, to=[person], cause=f"cause {number}", context={"name": "x"})
    client.get("/outbox/")
    page = client.get("/outbox/")
    assert "60 messages" in page.content.decode()
    assert len(page.context["rows"]) == 50
    second = client.get(f"/outbox/?after={page.context['after']}")
    assert len(second.context["rows"]) == 10
    assert "60 messages" in second.content.decode()
    for odd in ("?state=odd&kind=odd&since=odd&bulk=odd", "?after=-1", "?after=9" + "9" * 30, "?q=%00"):
        assert len(client.get(f"/outbox/{odd}").context["rows"]) == 50
    assert client.get("/outbox/?until=9999-12-31").status_code == 200
    assert "No message matches" in client.get("/outbox/?q=nobody").content.decode()


def test_list_takes_as_many_queries_for_many_as_for_one(cast: Cast, sign_in: Any) -> None:
    from django.test.utils import CaptureQueriesContext

    client = sign_in(cast.secretariat)
    queue()

    def queries() -> int:
        with CaptureQueriesContext(connection) as seen:
            client.get("/outbox/")
        return len(seen)

    queries()
    one = queries()
    for number in range(20):
        queue(cause=f"more {number}")
    assert queries() == one


def test_export_holds_envelopes_and_no_text(cast: Cast, sign_in: Any) -> None:
    sent(to=Recipient("=cmd@test.example"), name="solar pumps")
    body = b"".join(sign_in(cast.secretariat).get("/outbox/export.csv?q=pumps").streaming_content).decode()
    header, line = body.removeprefix("\ufeff").splitlines()
    assert header == "Number,Kind,To,Language,State,Queued (UTC),Sent (UTC),Attempts,Subject,Error"
    assert "'=cmd@test.example" in line
    assert "About solar pumps" in line
    assert "Dear reader" not in body


def test_message_page_shows_text_preview_and_way(cast: Cast, sign_in: Any) -> None:
    client = sign_in(cast.secretariat)
    row = sent()
    page = client.get(f"/outbox/{row.pk}/").content.decode()
    assert "About solar pumps" in page
    assert "As it was sent" in page
    assert f'sandbox src="/outbox/{row.pk}/preview/"' in page
    assert "&lt;b&gt;Not bold" in page
    resend_message(notification=row, by=cast.secretariat)
    page = client.get(f"/outbox/{row.pk}/").content.decode()
    assert "As it will arrive" in page
    assert str(cast.secretariat) in page


def test_preview_runs_nothing_and_is_framed_by_the_portal_only(cast: Cast, sign_in: Any) -> None:
    row = sent()
    answer = sign_in(cast.secretariat).get(f"/outbox/{row.pk}/preview/")
    policy = answer["Content-Security-Policy"]
    assert {"default-src 'none'", "frame-ancestors 'self'", "sandbox"} <= {part.strip() for part in policy.split(";")}
    assert "script-src" not in policy
    assert answer["X-Frame-Options"] == "SAMEORIGIN"
    assert answer.content.decode() == row.html


def test_waiting_message_is_previewed_in_the_recipients_language(cast: Cast, sign_in: Any) -> None:
    row = queue(to=UserFactory(language="ar"))
    client = sign_in(cast.secretariat)
    assert 'dir="rtl"' in client.get(f"/outbox/{row.pk}/preview/").content.decode()
    assert "Arabic" in client.get(f"/outbox/{row.pk}/").content.decode()
    row.refresh_from_db()
    assert (row.state, row.html) == (DeliveryState.QUEUED, "")


def test_confidential_message_shows_its_envelope_only(cast: Cast, sign_in: Any) -> None:
    client = sign_in(cast.secretariat)
    for row in (queue(SECRET, cause="a"), sent(SECRET, cause="b")):
        page = client.get(f"/outbox/{row.pk}/").content.decode()
        assert row.destination in page
        assert "solar pumps" not in page
        assert client.get(f"/outbox/{row.pk}/preview/").status_code == 404


def test_message_that_cannot_be_made_says_so_and_the_page_still_opens(cast: Cast, sign_in: Any) -> None:
    row = queue()
    Notification.objects.filter(pk=row.pk).update(context={})
    deliver_due()
    row.refresh_from_db()
    assert row.state == DeliveryState.FAILED
    assert "cannot be made" in sign_in(cast.secretariat).get(f"/outbox/{row.pk}/").content.decode()


def test_page_says_that_a_message_would_be_withdrawn(cast: Cast, sign_in: Any) -> None:
    row = queue(HIDDEN)
    assert "would be withdrawn" in sign_in(cast.secretariat).get(f"/outbox/{row.pk}/").content.decode()


def test_buttons_hold_release_and_send_again(cast: Cast, sign_in: Any) -> None:
    client = sign_in(cast.secretariat)
    row = queue()
    for verb, state in (("hold", "held"), ("release", "queued")):
        assert client.post(f"/outbox/{row.pk}/{verb}/").url == f"/outbox/{row.pk}/"
        row.refresh_from_db()
        assert row.state == state
    assert "can be sent again" in client.post(f"/outbox/{row.pk}/resend/", follow=True).content.decode()
    deliver_due()
    client.post(f"/outbox/{row.pk}/resend/")
    assert acts(row) == ["held", "released", "resent"]
    for person, status in ((cast.outsider, 403), (cast.administrator, 403)):
        assert sign_in(person).post(f"/outbox/{row.pk}/hold/").status_code == status
    assert client.post("/outbox/999999/hold/").status_code == 404
    assert client.get(f"/outbox/{row.pk}/hold/").status_code == 405


def test_all_found_are_held_after_a_look_at_their_number(cast: Cast, sign_in: Any) -> None:
    client = sign_in(cast.secretariat)
    queue(cause="a"), queue(cause="b"), queue(SECRET, cause="c")
    where = "/outbox/hold/?kind=tests.outbox_open"
    assert "Hold 2 messages" in client.get(where).content.decode()
    queue(cause="d")
    late = client.post(where, {"count": 2})
    assert late.status_code == 409
    assert "has changed meanwhile" in late.content.decode()
    assert "Hold 3 messages" in late.content.decode()
    assert client.post(where, {"count": 3}).url == "/outbox/?kind=tests.outbox_open"
    assert Notification.objects.filter(state=DeliveryState.HELD).count() == 3
    assert "Nothing here waits" in client.get(where).content.decode()
    assert "Release 3 messages" in client.get("/outbox/release/").content.decode()
    client.post("/outbox/release/", {"count": 3})
    assert not Notification.objects.filter(state=DeliveryState.HELD).exists()
