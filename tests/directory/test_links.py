"""Single-use links: each problem is said on its own, and two uses at once are one."""

import threading
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection, transaction
from django.test import RequestFactory
from django.utils import timezone

from directory.enums import LinkProblem
from directory.models import SingleUseLink
from directory.services.links import LinkRefused, is_usable, link_behind, make_link, token_of, use_link, withdraw_links
from directory.views.links import link_refused
from notifications.kinds import Kind, holds_secret, once_link, thaw
from notifications.models import Notification
from notifications.services import Recipient, notify

PURPOSE = "tests.nomination"


def made(**fields: Any) -> SingleUseLink:
    values = {"purpose": PURPOSE, "subject": 7, "address": "nominee@test.example", "lifetime": timedelta(days=14)}
    return make_link(**{**values, **fields})


def problem_of(token: str, purpose: str = PURPOSE) -> str:
    """What both the asking and the acting say about a token."""
    with pytest.raises(LinkRefused) as asked:
        link_behind(token=token, purpose=purpose)
    with pytest.raises(LinkRefused) as acted:
        use_link(token=token, purpose=purpose)
    assert asked.value.problem == acted.value.problem
    return asked.value.problem


@pytest.mark.django_db
def test_link_works_once() -> None:
    link = made()
    assert link_behind(token=token_of(link.pk), purpose=PURPOSE) == link
    assert use_link(token=token_of(link.pk), purpose=PURPOSE) == link
    assert problem_of(token_of(link.pk)) == LinkProblem.USED
    assert not is_usable(link_id=link.pk)


@pytest.mark.django_db
def test_expired_link_is_said_to_be_expired() -> None:
    token = token_of(made().pk)
    with time_machine.travel(timezone.now() + timedelta(days=14, minutes=1)):
        assert problem_of(token) == LinkProblem.EXPIRED


@pytest.mark.django_db
def test_withdrawn_link_is_said_to_be_withdrawn_and_used_ones_stay_used() -> None:
    used, unused, other = made(), made(), made(subject=8)
    use_link(token=token_of(used.pk), purpose=PURPOSE)
    assert withdraw_links(purpose=PURPOSE, subject=7) == 1
    assert problem_of(token_of(unused.pk)) == LinkProblem.WITHDRAWN
    assert problem_of(token_of(used.pk)) == LinkProblem.USED
    assert is_usable(link_id=other.pk)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "spoil", [lambda token: token[:-1], lambda token: "0" * 32 + token[32:], lambda token: "", lambda token: "x"]
)
def test_forged_link_opens_nothing(spoil: Any) -> None:
    assert problem_of(spoil(token_of(made().pk))) == LinkProblem.FORGED


@pytest.mark.django_db
def test_link_for_one_purpose_is_none_for_another() -> None:
    assert problem_of(token_of(made().pk), "tests.review") == LinkProblem.FORGED


@pytest.mark.django_db
def test_undone_transaction_leaves_the_link_unused() -> None:
    token = token_of(made().pk)
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        use_link(token=token, purpose=PURPOSE)
        raise ZeroDivisionError
    assert link_behind(token=token, purpose=PURPOSE)


@pytest.mark.django_db(transaction=True)
def test_two_uses_at_once_are_one() -> None:
    token = token_of(made().pk)
    said: list[str] = []
    gate = threading.Barrier(2)

    def use() -> None:
        gate.wait()
        try:
            use_link(token=token, purpose=PURPOSE)
            said.append("done")
        except LinkRefused as refusal:
            said.append(str(refusal.problem))
        finally:
            connection.close()

    threads = [threading.Thread(target=use) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(said) == ["done", "used"]


@pytest.mark.django_db
def test_no_table_holds_a_token(settings: Any) -> None:
    """The frozen context has the row's id; the token comes into being where the message is rendered."""
    link = made()
    frozen = once_link("directory:invitation", link)
    token = token_of(link.pk)
    assert token.partition(".")[2] not in str(frozen)
    assert thaw(frozen, "en") == f"{settings.PUBLIC_URL}/invitation/{token}/"


@pytest.mark.django_db
def test_kind_with_a_single_use_link_must_be_confidential() -> None:
    context = {"lines": [{"link": once_link("directory:invitation", made())}]}
    assert holds_secret(context)
    plain = Kind("tests.plain_with_link", subject="x")
    with pytest.raises(ValueError, match="confidential"), transaction.atomic():
        notify(kind=plain, to=[Recipient("a@test.example")], cause="once", context=context)
    assert not Notification.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("problem", "status", "words"),
    [
        (LinkProblem.USED, 410, "This link has been used"),
        (LinkProblem.EXPIRED, 410, "This link has expired"),
        (LinkProblem.WITHDRAWN, 410, "This link is no longer valid"),
        (LinkProblem.FORGED, 404, "This link is not complete"),
    ],
)
def test_page_says_what_is_wrong_and_what_to_do(problem: LinkProblem, status: int, words: str, sign_in: Any) -> None:
    request = RequestFactory().get("/")
    request.user = type("Nobody", (), {"is_authenticated": False})()  # type: ignore[assignment]
    answer = link_refused(request, LinkRefused(problem))
    page = answer.content.decode()
    assert (answer.status_code, answer["Cache-Control"]) == (status, "no-store")
    assert words in page
    assert "Sign in" in page
