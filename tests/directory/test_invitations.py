"""Invitations: who may invite whom, what the link proves, and what a focal point never learns."""

import re
import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test import Client
from django.utils import timezone

from common.access import Refused
from common.mail_files import messages_to
from directory.enums import InvitationState, LinkProblem, Role
from directory.models import Invitation, Membership, Organization, SingleUseLink, User
from directory.rules import organizations_of
from directory.services import invitations as service
from directory.services.invitations import (
    MOST_INVITATIONS_A_DAY,
    MOST_MESSAGES_A_DAY,
    MOST_OPEN,
    accept_invitation,
    accept_with_new_account,
    invite_member,
    resend_invitation,
    withdraw_invitation,
)
from directory.services.links import LinkRefused, token_of
from directory.services.memberships import begin_membership, change_membership
from notifications.models import Notification
from notifications.services import deliver_due
from notifications.services.delivery import render
from tests.factories.directory import MembershipFactory, UserFactory, person

pytestmark = pytest.mark.django_db

NEW = "new.colleague@undp.example"
PASSWORD = "seven-islands-in-the-south"


def undp() -> Organization:
    return Organization.objects.get(code="undp")


def invited(by: User, **fields: Any) -> Invitation:
    return invite_member(**{"organization": undp(), "email": NEW, "role": Role.CONTRIBUTOR, "by": by, **fields})


def token(invitation: Invitation) -> str:
    """That of the newest link, as the newest message carries it."""
    link = SingleUseLink.objects.filter(subject=str(invitation.pk)).latest("created_at")
    return token_of(link.pk)


def page(invitation: Invitation) -> str:
    return f"/invitation/{token(invitation)}/"


def with_account(email: str = NEW, verified: bool = True, **fields: Any) -> User:
    user = UserFactory(email=email, **fields)
    EmailAddress.objects.create(user=user, email=email, verified=verified, primary=True)
    return user


# --- Inviting --------------------------------------------------------------------------------------------------------


def test_invitation_is_mailed_with_a_link_that_is_in_no_table(cast: Any) -> None:
    invitation = invited(cast.focal_undp, language="fr", note="Come and\njoin us")
    row = Notification.objects.get(kind="notifications.invitation")
    assert (row.address, row.language, row.recipient) == (NEW, "fr", None)
    secret = token(invitation).partition(".")[2]
    assert secret not in str(row.context)
    deliver_due()
    mail = next(messages_to(NEW))
    assert f"/fr/invitation/{token(invitation)}/" in mail.text
    assert "Come and join us" in mail.text
    row.refresh_from_db()
    assert (row.state, row.text, row.html, row.context) == ("sent", "", "", {})
    change = invitation.state_changes.get()
    assert (change.new, change.by, change.on_behalf_of) == ("sent", cast.focal_undp, undp())


def test_who_may_invite_to_which_role(cast: Any) -> None:
    alternate = person(Role.ALTERNATE, "undp")
    assert invited(cast.secretariat, role=Role.FOCAL_POINT, email="a@test.example")
    assert invited(cast.focal_undp, role=Role.FOCAL_POINT, email="b@test.example")
    assert invited(alternate, role=Role.CONTRIBUTOR, email="c@test.example")
    with pytest.raises(Refused, match="may not give this role"):
        invited(alternate, role=Role.ALTERNATE)
    for by in (cast.contributor_undp, cast.focal_fao, cast.drafter, cast.administrator, cast.outsider):
        with pytest.raises(PermissionDenied):
            invited(by)


@pytest.mark.parametrize("role", [Role.STAFF, Role.DRAFTER])
def test_secretariat_roles_are_not_given_by_invitation(cast: Any, role: Role) -> None:
    for by in (cast.secretariat, cast.focal_undp):
        with pytest.raises(Refused, match="by an administrator, not by invitation"):
            invited(by, role=role)


@pytest.mark.parametrize("email", ["", "nobody", "a@b", "a@test.example\nBcc: x@test.example", "a b@test.example"])
def test_what_is_no_address_is_refused(cast: Any, email: str) -> None:
    with pytest.raises(Refused, match="not an e-mail address"):
        invited(cast.focal_undp, email=email)
    assert not Invitation.objects.exists()


def test_unknown_language_is_refused(cast: Any) -> None:
    with pytest.raises(Refused, match="languages"):
        invited(cast.focal_undp, language="xx")


def test_address_that_serves_already_is_refused_in_any_spelling(cast: Any) -> None:
    colleague = with_account("sina@undp.example")
    MembershipFactory(user=colleague, organization=undp(), role=Role.CONTRIBUTOR)
    EmailAddress.objects.create(user=colleague, email="second@undp.example", verified=True, primary=False)
    for email in (
        "sina@undp.example",
        "SINA@UNDP.example",
        "Second@undp.example",
        "sina@undр.example",
    ):  # the last with a Cyrillic р
        with pytest.raises(Refused, match="serves in UNDP already"):
            invited(cast.focal_undp, email=email)


def test_second_invitation_to_one_mailbox_is_refused_while_the_first_is_open(cast: Any) -> None:
    first = invited(cast.focal_undp)
    with pytest.raises(Refused, match="invited already"):
        invited(cast.focal_undp, email=NEW.upper(), note="Once more")
    assert invited(cast.focal_fao, organization=Organization.objects.get(code="fao"))
    with time_machine.travel(timezone.now() + timedelta(days=15)):
        assert invited(cast.focal_undp).pk != first.pk
    first.refresh_from_db()
    assert first.state == InvitationState.WITHDRAWN


def test_number_of_open_invitations_is_limited(cast: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    assert MOST_OPEN == 50
    monkeypatch.setattr(service, "MOST_OPEN", 2)
    invited(cast.focal_undp, email="a@test.example")
    second = invited(cast.focal_undp, email="b@test.example")
    with pytest.raises(Refused, match="2 invitations of UNDP are open"):
        invited(cast.focal_undp, email="c@test.example")
    withdraw_invitation(invitation=second, by=cast.focal_undp)
    assert invited(cast.focal_undp, email="c@test.example")


def test_inviting_and_withdrawing_in_turns_does_not_fill_a_mailbox(cast: Any) -> None:
    """One message in five minutes and five in a day, whoever of the organization sends them."""
    by, now = (cast.focal_undp, cast.secretariat), timezone.now()
    withdraw_invitation(invitation=invited(by[0]), by=by[0])
    with pytest.raises(Refused, match="less than five minutes ago"):
        invited(by[1], email=NEW.upper())
    assert invited(cast.focal_fao, organization=Organization.objects.get(code="fao"))
    for turn in range(1, MOST_MESSAGES_A_DAY):
        with time_machine.travel(now + timedelta(minutes=6 * turn)):
            invitation = invited(by[turn % 2], role=Role.CONTRIBUTOR)
            if turn < MOST_MESSAGES_A_DAY - 1:
                withdraw_invitation(invitation=invitation, by=by[0])
    with time_machine.travel(now + timedelta(hours=23)):
        with pytest.raises(Refused, match=r"5 messages have gone to .* within a day"):
            resend_invitation(invitation=invitation, by=by[0])
        withdraw_invitation(invitation=invitation, by=by[0])
        with pytest.raises(Refused, match=r"5 messages have gone to .* within a day"):
            invited(by[0])
    with time_machine.travel(now + timedelta(hours=24, minutes=1)):
        assert invited(by[0])


def test_one_person_invites_only_so_many_within_a_day(cast: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    assert MOST_INVITATIONS_A_DAY == 100
    monkeypatch.setattr(service, "MOST_INVITATIONS_A_DAY", 2)
    for number, code in enumerate(("undp", "fao")):
        invitation = invited(cast.secretariat, organization=Organization.objects.get(code=code), email=f"{number}@test.example")
        withdraw_invitation(invitation=invitation, by=cast.secretariat)
    with pytest.raises(Refused, match="written 2 invitations within a day"):
        invited(cast.secretariat)
    assert invited(cast.focal_undp)
    with time_machine.travel(timezone.now() + timedelta(hours=25)):
        assert invited(cast.secretariat, email="c@test.example")


def test_button_pressed_twice_invites_once(cast: Any, sign_in: Any) -> None:
    client, values = sign_in(cast.focal_undp), {"email": NEW, "role": "contributor", "language": "es", "note": " Hola "}
    for email in (NEW, NEW.upper()):
        answer = client.post("/agency/undp/invite/", {**values, "email": email})
        assert (answer.status_code, answer.url) == (302, "/agency/undp/")
    assert Notification.objects.filter(kind="notifications.invitation").count() == 1
    for other in ({"note": "Another line"}, {"role": "alternate"}):
        assert client.post("/agency/undp/invite/", {**values, **other}).status_code == 400
    with pytest.raises(Refused, match="invited already"):
        invited(cast.secretariat, language="es", note="Hola")
    with time_machine.travel(timezone.now() + timedelta(seconds=61)):
        answer = client.post("/agency/undp/invite/", values)
    assert answer.status_code == 400
    assert "invited already" in answer.content.decode()
    assert Invitation.objects.count() == 1


def test_focal_point_does_not_learn_whether_an_address_has_an_account(cast: Any, sign_in: Any) -> None:
    """Known elsewhere, known and unverified, or unknown: the same answer, the same page, the same number of questions."""
    with_account("known@test.example")
    with_account("unverified@test.example", verified=False)
    seen = []
    for email in ("known@test.example", "unverified@test.example", "unknown@test.example"):
        client = sign_in(cast.focal_undp)
        client.get("/agency/undp/")
        answer = client.post(
            "/agency/undp/invite/", {"email": email, "role": "contributor", "language": "en", "note": ""}, follow=True
        )
        plain = re.sub(r'value="[^"]{64}"|/invitations/\d+/', "", answer.content.decode().replace(email, "ADDRESS"))
        row = Notification.objects.latest("pk")
        seen.append((answer.redirect_chain, plain.count("ADDRESS"), row.kind, row.recipient))
        Invitation.objects.all().delete()
    assert seen[0] == seen[1] == seen[2]


def test_nobody_invites_themselves(cast: Any) -> None:
    """Neither by the address of the account nor by another of theirs, in any spelling."""
    for kind, email in enumerate(("second@test.example", "asked.for@test.example")):
        EmailAddress.objects.create(user=cast.secretariat, email=email, verified=not kind, primary=False)
    fao = Organization.objects.get(code="fao")
    for email in (cast.secretariat.email.upper(), "Second@test.example", "asked.for@test.example"):
        with pytest.raises(Refused, match="Nobody gives a role to themselves"):
            invited(cast.secretariat, organization=fao, email=email, role=Role.FOCAL_POINT)
    assert not Invitation.objects.exists()


def test_nobody_accepts_an_invitation_of_their_own(cast: Any, sign_in: Any) -> None:
    """The invited address became theirs afterwards."""
    invitation = invited(cast.secretariat, organization=Organization.objects.get(code="fao"), role=Role.FOCAL_POINT)
    EmailAddress.objects.create(user=cast.secretariat, email=NEW, verified=True, primary=False)
    answer = sign_in(cast.secretariat).post(page(invitation))
    assert answer.status_code == 400
    assert "Nobody gives a role to themselves" in answer.content.decode()
    invitation.refresh_from_db()
    assert invitation.state == InvitationState.SENT
    assert Membership.objects.get(user=cast.secretariat).organization.is_secretariat


# --- Withdrawing and sending again -----------------------------------------------------------------------------------


def test_withdrawn_invitation_opens_nothing(cast: Any, sign_in: Any) -> None:
    invitation = invited(cast.focal_undp)
    path = page(invitation)
    withdraw_invitation(invitation=invitation, by=cast.focal_undp)
    answer = sign_in().get(path)
    assert answer.status_code == 410
    assert "no longer valid" in answer.content.decode()
    with pytest.raises(Refused, match="“withdrawn” now"):
        withdraw_invitation(invitation=invitation, by=cast.focal_undp)
    with pytest.raises(Refused, match="“withdrawn” now"):
        resend_invitation(invitation=invitation, by=cast.focal_undp)
    deliver_due()
    assert not list(messages_to(NEW))
    assert Notification.objects.get(kind="notifications.invitation").state == "withdrawn"


def test_sending_again_makes_the_old_link_void(cast: Any, sign_in: Any) -> None:
    invitation = invited(cast.focal_undp)
    old = page(invitation)
    with pytest.raises(Refused, match="five minutes ago"):
        resend_invitation(invitation=invitation, by=cast.focal_undp)
    with time_machine.travel(timezone.now() + timedelta(days=20)):
        assert "has expired" in sign_in().get(old).content.decode()
        resend_invitation(invitation=invitation, by=cast.focal_undp)
        assert "no longer valid" in sign_in().get(old).content.decode()
        assert sign_in().get(page(invitation)).status_code == 200
    assert Notification.objects.filter(kind="notifications.invitation").count() == 2


def test_others_neither_withdraw_nor_resend(cast: Any, sign_in: Any) -> None:
    invitation = invited(cast.focal_undp, role=Role.ALTERNATE)
    for by, status in [(cast.focal_fao, 404), (cast.contributor_undp, 404), (person(Role.ALTERNATE, "undp"), 403)]:
        for act in ("withdraw", "send"):
            assert sign_in(by).post(f"/agency/invitations/{invitation.pk}/{act}/").status_code == status
    client = sign_in(cast.focal_undp)
    assert client.get(f"/agency/invitations/{invitation.pk}/withdraw/").status_code == 405
    assert client.post(f"/agency/invitations/{invitation.pk}/withdraw/").status_code == 302
    invitation.refresh_from_db()
    assert invitation.state == InvitationState.WITHDRAWN


# --- Accepting with an account ---------------------------------------------------------------------------------------


def test_opening_the_link_does_nothing_and_the_button_accepts(cast: Any, sign_in: Any) -> None:
    invitation = invited(cast.focal_undp)
    user = with_account()
    client, path = sign_in(user), page(invitation)
    for _ in range(3):  # scanners of mail open links too
        assert client.get(path).status_code == 200
    assert not Membership.objects.filter(user=user).exists()
    answer = client.post(path)
    assert (answer.status_code, answer.url) == (302, "/agency/undp/")
    invitation.refresh_from_db()
    assert invitation.state == InvitationState.ACCEPTED
    assert (invitation.membership.user, invitation.membership.role) == (user, Role.CONTRIBUTOR)
    assert organizations_of(User.objects.get(pk=user.pk)) == {undp().pk}
    told = Notification.objects.exclude(kind="notifications.invitation").values_list("kind", "recipient__email")
    assert list(told) == [("notifications.colleague_joined", cast.focal_undp.email)]


def test_used_link_leads_who_accepted_to_the_organization(cast: Any, sign_in: Any) -> None:
    invitation = invited(cast.focal_undp)
    user, path = with_account(), page(invitation)
    client = sign_in(user)
    client.post(path)
    for answer in (client.get(path), client.post(path)):
        assert answer.status_code == 410
        assert "Open the page of UNDP" in answer.content.decode()
    stranger = sign_in(cast.outsider).get(path)
    assert "Open the page of UNDP" not in stranger.content.decode()
    assert Membership.objects.filter(user=user).count() == 1


def test_another_account_cannot_accept_and_may_switch(cast: Any, sign_in: Any) -> None:
    invitation = invited(cast.focal_undp)
    client, path = sign_in(cast.outsider), page(invitation)
    text = client.get(path).content.decode()
    assert "This invitation is for another address" in text
    assert client.post(path).status_code == 200
    assert not Membership.objects.filter(user=cast.outsider).exists()
    answer = client.post(path, {"act": "switch"})
    assert (answer.status_code, answer.url) == (302, path)
    assert "_auth_user_id" not in client.session
    with pytest.raises(Refused, match="Sign out and open the link again"):
        accept_invitation(token=token(invitation), by=cast.outsider)


def test_unverified_address_of_an_account_does_not_count_as_its_own(cast: Any) -> None:
    invitation = invited(cast.focal_undp)
    with pytest.raises(Refused):
        accept_invitation(token=token(invitation), by=with_account(verified=False))


def test_second_verified_address_counts(cast: Any) -> None:
    invitation = invited(cast.focal_undp)
    EmailAddress.objects.create(user=cast.outsider, email=NEW.upper(), verified=True, primary=False)
    assert accept_invitation(token=token(invitation), by=cast.outsider).membership


def test_visitor_with_an_account_signs_in_and_comes_back(cast: Any, sign_in: Any) -> None:
    invitation = invited(cast.focal_undp)
    with_account()
    text = sign_in().get(page(invitation)).content.decode()
    assert "/accounts/login/?next=%2Finvitation%2F" in text
    assert 'name="password"' not in text


def test_who_serves_meanwhile_is_told_and_the_link_stays(cast: Any, sign_in: Any) -> None:
    invitation = invited(cast.focal_undp)
    user = with_account()
    begin_membership(organization=undp(), user=user, role=Role.ALTERNATE, by=cast.secretariat)
    answer = sign_in(user).post(page(invitation))
    assert answer.status_code == 400
    assert "already serves in UNDP as Alternate" in answer.content.decode()
    invitation.refresh_from_db()
    assert invitation.state == InvitationState.SENT


def test_invitation_ends_with_the_right_of_whoever_sent_it(cast: Any, sign_in: Any) -> None:
    """Whoever left, or gives only other roles by now, lets nobody in any more; a colleague sends the invitation again."""
    invitation, user = invited(cast.focal_undp, role=Role.ALTERNATE), with_account()
    successor = person(Role.FOCAL_POINT, "undp")
    change_membership(
        membership=Membership.objects.get(user=cast.focal_undp),
        by=cast.secretariat,
        role=Role.ALTERNATE,
        starts_on=None,
        ends_on=None,
    )
    with pytest.raises(LinkRefused, match="does not give this role in UNDP any more") as refused:
        accept_invitation(token=token(invitation), by=user)
    assert refused.value.problem == LinkProblem.WITHDRAWN
    for client in (sign_in(user), sign_in()):
        for answer in (client.get(page(invitation)), client.post(page(invitation), FORM)):
            assert answer.status_code == 410
            assert "Ask the organization to invite you again" in answer.content.decode()
    assert not Membership.objects.filter(user=user).exists()
    with time_machine.travel(timezone.now() + timedelta(minutes=6)):
        resend_invitation(invitation=invitation, by=successor)
        invitation.refresh_from_db()
        assert invitation.invited_by == successor
        assert accept_invitation(token=token(invitation), by=user).membership


def test_sending_again_leaves_an_invitation_to_who_sent_it(cast: Any) -> None:
    invitation = invited(cast.focal_undp)
    with time_machine.travel(timezone.now() + timedelta(minutes=6)):
        assert resend_invitation(invitation=invitation, by=cast.secretariat).invited_by == cast.focal_undp


# --- Accepting with a new account ------------------------------------------------------------------------------------

FORM = {"given_name": "Sina", "family_name": "Leota", "password": PASSWORD}


def test_new_person_makes_the_account_and_serves(cast: Any, sign_in: Any) -> None:
    invitation = invited(cast.focal_undp)
    client = sign_in()
    assert NEW in client.get(page(invitation)).content.decode()
    answer = client.post(page(invitation), FORM)
    assert (answer.status_code, answer.url) == (302, "/agency/undp/")
    user = User.objects.get(email=NEW)
    address = EmailAddress.objects.get(user=user)
    assert (user.full_name, address.email, address.verified, address.primary) == ("Sina Leota", NEW, True, True)
    assert user.check_password(PASSWORD)
    assert client.get("/agency/undp/").status_code == 200


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("password", "short", "at least 10 characters"),
        ("password", "new.colleague@undp.example", "too similar"),
        ("given_name", "Sina\nBcc: x@test.example", "line breaks"),
        ("family_name", "", "required"),
    ],
)
def test_bad_new_account_is_refused_and_the_link_stays(cast: Any, sign_in: Any, field: str, value: str, words: str) -> None:
    invitation = invited(cast.focal_undp)
    answer = sign_in().post(page(invitation), {**FORM, field: value})
    assert answer.status_code == 400
    assert words in answer.content.decode()
    assert not User.objects.filter(email=NEW).exists()
    assert sign_in().get(page(invitation)).status_code == 200


def test_account_that_appeared_meanwhile_or_looks_the_same_is_not_doubled(cast: Any) -> None:
    invitation = invited(cast.focal_undp)
    with_account(NEW.replace("e", "е", 1).upper())  # a Cyrillic е
    with pytest.raises(Refused, match="Sign in to accept"):
        accept_with_new_account(token=token(invitation), given_name="A", family_name="B", password=PASSWORD, language="en")
    assert User.objects.filter(email_key__endswith="@undp.example").count() == 1


# --- At once ---------------------------------------------------------------------------------------------------------


def at_once(*acts: Callable[[], Any]) -> list[str]:
    """What each act said, all begun at the same moment in threads of their own."""
    gate, said = threading.Barrier(len(acts)), []

    def run(act: Callable[[], Any]) -> None:
        gate.wait()
        try:
            act()
            said.append("done")
        except LinkRefused as refusal:
            said.append(str(refusal.problem))
        except Refused:
            said.append("refused")
        except Exception as error:
            said.append(repr(error))
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[act]) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(said)


@pytest.mark.django_db(transaction=True)
def test_two_clicks_on_one_link_make_one_membership() -> None:
    focal = person(Role.FOCAL_POINT, "undp")
    user = with_account()
    secret = token(invited(focal))
    said = at_once(*[lambda: accept_invitation(token=secret, by=user)] * 2)
    assert said == ["done", LinkProblem.USED]
    assert Membership.objects.filter(user=user).count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_new_accounts_by_one_link_are_one() -> None:
    focal = person(Role.FOCAL_POINT, "undp")
    secret = token(invited(focal))
    values = {"token": secret, "given_name": "A", "family_name": "B", "password": PASSWORD, "language": "en"}
    said = at_once(*[lambda: accept_with_new_account(**values)] * 2)
    assert said in (["done", "refused"], ["done", LinkProblem.USED])
    assert User.objects.filter(email=NEW).count() == 1
    assert Membership.objects.filter(user__email=NEW).count() == 1


@pytest.mark.django_db(transaction=True)
def test_accepting_and_withdrawing_at_once_never_do_both() -> None:
    focal, user = person(Role.FOCAL_POINT, "undp"), with_account()
    invitation = invited(focal)
    secret = token(invitation)
    said = at_once(lambda: accept_invitation(token=secret, by=user), lambda: withdraw_invitation(invitation=invitation, by=focal))
    assert said in (["done", "refused"], ["done", LinkProblem.WITHDRAWN], ["done", LinkProblem.USED])
    invitation.refresh_from_db()
    assert Membership.objects.filter(user=user).exists() is (invitation.state == InvitationState.ACCEPTED)


@pytest.mark.django_db(transaction=True)
def test_two_invitations_to_one_mailbox_at_once_are_one() -> None:
    focal = person(Role.FOCAL_POINT, "undp")
    acts = [lambda note=note: invited(focal, note=note) for note in ("one", "another")]
    assert at_once(*acts) == ["done", "refused"]


@pytest.mark.django_db(transaction=True)
def test_double_click_on_the_button_invites_once() -> None:
    focal = person(Role.FOCAL_POINT, "undp")
    assert at_once(*[lambda: invited(focal)] * 2) == ["done", "done"]
    assert Invitation.objects.count() == Notification.objects.filter(kind="notifications.invitation").count() == 1


# --- Pages -----------------------------------------------------------------------------------------------------------


def test_focal_point_invites_by_the_page(cast: Any, sign_in: Any) -> None:
    client = sign_in(cast.focal_undp)
    values = {"email": NEW, "role": "contributor", "language": "es", "note": "Hola"}
    assert client.post("/agency/undp/invite/", {**values, "role": "staff"}).status_code == 400
    assert client.post("/agency/undp/invite/", values).status_code == 302
    text = client.get("/agency/undp/").content.decode()
    assert NEW in text
    again = client.post("/agency/undp/invite/", {**values, "note": "Adiós"})
    assert again.status_code == 400
    assert "invited already" in again.content.decode()
    assert sign_in(cast.contributor_undp).get("/agency/undp/invite/").status_code == 403
    assert NEW not in sign_in(cast.contributor_undp).get("/agency/undp/").content.decode()
    assert sign_in(cast.focal_fao).get("/agency/undp/invite/").status_code == 404


def test_page_of_the_invitation_is_kept_nowhere(cast: Any, sign_in: Any) -> None:
    answer = sign_in().get(page(invited(cast.focal_undp)))
    assert "no-store" in answer["Cache-Control"]
    assert 'content="noindex"' in answer.content.decode()


def test_forged_link_is_not_found(client: Client) -> None:
    answer = client.get("/invitation/forged/")
    assert answer.status_code == 404
    assert "not complete" in answer.content.decode()


def test_message_renders_in_every_language(cast: Any, tmp_path: Path) -> None:
    invited(cast.focal_undp, note="Welcome")
    row = Notification.objects.get(kind="notifications.invitation")
    for language in ("en", "fr", "es", "ru", "ar", "zh-hans"):
        row.language = language
        subject, text, html = render(row)[:3]
        assert "UNDP" in subject
        assert "%(" not in subject + text + html
        assert "/invitation/" in text
