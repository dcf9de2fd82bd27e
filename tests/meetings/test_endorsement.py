"""The organization's step before the secretariat's: focal points, links to checked addresses, overrides."""

import re
from datetime import timedelta
from email import message_from_bytes, policy
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from common.access import Refused
from directory.enums import Role
from directory.models import Membership, Organization, SingleUseLink
from directory.services.links import LinkRefused, token_of
from meetings.enums import RegistrationState as S
from meetings.models import CategoryQuota, Meeting, OrganizationContact, Registration
from meetings.selectors import desk_of_meetings
from meetings.services.endorsement import (
    NeedsEndorsement,
    answer_by_link,
    endorse,
    record_contact,
    refuse_endorsement,
    send_endorsement_request,
    withdraw_contact,
)
from meetings.services.registration import approve_registration, submit_registration
from notifications.models import Notification
from notifications.services import deliver_due
from tests.conftest import Cast
from tests.factories.directory import MembershipFactory, OrganizationFactory, person
from tests.factories.meetings import QuotaFactory, RegistrationFactory
from tests.meetings.test_seats import at_once


@pytest.fixture(autouse=True)
def _mail_in_memory(settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"


@pytest.fixture
def quota(meeting: Meeting) -> CategoryQuota:
    """Two seats; the organization endorses, then the seat is given at once."""
    return QuotaFactory(meeting=meeting, seats=2, needs_endorsement=True)


@pytest.fixture
def undp(cast: Cast) -> Organization:
    return Organization.objects.get(code="undp")


@pytest.fixture
def row(quota: CategoryQuota, undp: Organization) -> Registration:
    return RegistrationFactory(meeting=quota.meeting, category=quota.category, organization=undp)


def told(kind: str) -> set[str]:
    rows = Notification.objects.filter(kind=f"meetings.{kind}").select_related("recipient")
    return {row.recipient.email if row.recipient else row.address for row in rows}


def test_a_registration_waits_for_the_organization_that_it_names(quota: CategoryQuota, cast: Cast, undp: Organization) -> None:
    row = submit_registration(
        meeting=quota.meeting, category=quota.category, by=cast.contributor_undp, given_name="W", family_name="K",
        organization=undp,
    )  # fmt: skip
    assert row.state == S.SUBMITTED
    assert told("endorsement_asked") == {cast.focal_undp.email}
    assert told("registration_to_review") == set()
    items = [item for item in desk_of_meetings(cast.focal_undp) if item.act == "Endorse or refuse"]
    assert [(item.note, item.url, item.focal_points_of) for item in items] == [
        ("1 registration waits for UNDP", "/meetings/antalya/delegation/undp/", undp.pk)
    ]
    for other in (cast.focal_fao, cast.contributor_undp, cast.outsider, cast.administrator):
        assert [item for item in desk_of_meetings(other) if item.act == "Endorse or refuse"] == []


def test_without_a_focal_point_staff_are_told(quota: CategoryQuota, cast: Cast, undp: Organization) -> None:
    Membership.objects.filter(user=cast.focal_undp).delete()
    submit_registration(
        meeting=quota.meeting, category=quota.category, by=cast.contributor_undp, given_name="W", family_name="K",
        organization=undp,
    )  # fmt: skip
    assert told("endorsement_unreachable") == {cast.secretariat.email}


def test_without_an_organization_staff_decide_with_a_reason(quota: CategoryQuota, cast: Cast) -> None:
    row = submit_registration(
        meeting=quota.meeting, category=quota.category, by=cast.outsider, given_name="A", family_name="D", affiliation="Lakeside"
    )
    assert row.state == S.SUBMITTED
    assert told("registration_to_review") == {cast.secretariat.email}
    with pytest.raises(NeedsEndorsement):
        approve_registration(registration=row, by=cast.secretariat)


def test_an_endorsement_leads_to_the_seat_or_to_the_secretariat(row: Registration, cast: Cast, undp: Organization) -> None:
    assert endorse(registration=row, by=cast.focal_undp).state == S.APPROVED
    changes = list(row.state_changes.order_by("pk").values_list("new", "by", "on_behalf_of"))
    assert changes == [(S.ENDORSED, cast.focal_undp.pk, undp.pk), (S.APPROVED, None, None)]
    CategoryQuota.objects.update(approval="manual")
    other = RegistrationFactory(meeting=row.meeting, category=row.category, organization=undp)
    assert endorse(registration=other, by=cast.focal_undp).state == S.ENDORSED
    assert told("registration_endorsed") == {other.email}
    assert told("registration_to_review") == {cast.secretariat.email}
    assert approve_registration(registration=other, by=cast.secretariat).state == S.APPROVED


def test_a_refusal_needs_a_reason_and_tells_it(row: Registration, cast: Cast) -> None:
    with pytest.raises(Refused, match="Say why you do not endorse"):
        refuse_endorsement(registration=row, by=cast.focal_undp, reason=" ")
    assert refuse_endorsement(registration=row, by=cast.focal_undp, reason="Not of our staff.").state == S.DECLINED
    message = Notification.objects.get(kind="meetings.registration_not_endorsed")
    assert message.context["reason"] == "Not of our staff."


@pytest.mark.parametrize("who", ["contributor_undp", "focal_fao", "outsider", "secretariat", "administrator"])
def test_nobody_else_endorses(row: Registration, cast: Cast, who: str) -> None:
    with pytest.raises(PermissionDenied):
        endorse(registration=row, by=getattr(cast, who))
    with pytest.raises(PermissionDenied):
        refuse_endorsement(registration=row, by=getattr(cast, who), reason="x")


def test_what_does_not_wait_is_not_endorsed(row: Registration, cast: Cast) -> None:
    endorse(registration=row, by=cast.focal_undp)
    with pytest.raises(Refused, match="does not wait for an endorsement: it is “Approved” now"):
        endorse(registration=row, by=cast.focal_undp)
    Meeting.objects.update(starts_at=timezone.now() - timedelta(days=2), ends_at=timezone.now() - timedelta(days=1))
    with pytest.raises(Refused, match="This meeting is over"):
        refuse_endorsement(registration=row, by=cast.focal_undp, reason="x")


def test_approving_without_an_endorsement_takes_a_reason_that_is_kept(row: Registration, cast: Cast) -> None:
    with pytest.raises(NeedsEndorsement, match="has not endorsed this registration"):
        approve_registration(registration=row, by=cast.secretariat)
    assert approve_registration(registration=row, by=cast.secretariat, reason="Confirmed by telephone.").state == S.APPROVED
    assert row.state_changes.get().reason == "Confirmed by telephone."


# --- By a link to a checked address ------------------------------------------------------------------------------------


@pytest.fixture
def contact(row: Registration, undp: Organization, cast: Cast) -> OrganizationContact:
    return record_contact(
        organization=undp, address="bureau@undp.test", how="Note verbale of 3 May", by=cast.secretariat, scope=row, language="fr"
    )


def sent_token(row: Registration, contact: OrganizationContact, by: Any) -> str:
    return token_of(send_endorsement_request(registration=row, contact=contact, by=by).pk)


def test_the_link_goes_to_the_checked_address_and_its_token_is_in_no_table(
    row: Registration, contact: OrganizationContact, cast: Cast, client: Any
) -> None:
    send_endorsement_request(registration=row, contact=contact, by=cast.secretariat)
    note = Notification.objects.get(kind="meetings.endorsement_link")
    assert (note.address, note.language) == ("bureau@undp.test", "fr")
    assert "/endorsements/" not in str(note.context)
    deliver_due()
    (message,) = [sent.message() for sent in mail.outbox if sent.to == ["bureau@undp.test"]]
    text = message_from_bytes(message.as_bytes(), policy=policy.default).get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert row.full_name in text
    path = re.search(r"/fr/endorsements/[^/\s]+/", text).group()  # type: ignore[union-attr]
    for _ in range(2):  # opening does nothing, however often
        page = client.get(path)
        assert page.status_code == 200
        assert row.full_name in page.content.decode()
        assert page["Cache-Control"] == "max-age=0, no-cache, no-store, must-revalidate, private"
    row.refresh_from_db()
    assert row.state == S.SUBMITTED
    note.refresh_from_db()
    assert note.context == {}


def test_by_the_link_an_organization_endorses_once(
    row: Registration, contact: OrganizationContact, cast: Cast, client: Any, undp: Organization
) -> None:
    path = f"/endorsements/{sent_token(row, contact, cast.secretariat)}/"
    assert client.post(path, {}).status_code == 400
    assert client.post(path, {"decision": "refuse", "reason": ""}).status_code == 400
    done = client.post(path, {"decision": "endorse"})
    assert "Thank you" in done.content.decode()
    row.refresh_from_db()
    assert row.state == S.APPROVED
    change = row.state_changes.get(new=S.ENDORSED)
    assert (change.by, change.on_behalf_of) == (None, undp)
    for response in (client.get(path), client.post(path, {"decision": "refuse", "reason": "x"})):
        assert response.status_code == 410
        assert "used already" in response.content.decode()


def test_by_the_link_an_organization_refuses_with_a_reason(
    row: Registration, contact: OrganizationContact, cast: Cast, client: Any
) -> None:
    path = f"/endorsements/{sent_token(row, contact, cast.secretariat)}/"
    assert client.post(path, {"decision": "refuse", "reason": "Unknown to us."}).status_code == 200
    row.refresh_from_db()
    assert (row.state, row.state_changes.get(new=S.DECLINED).reason) == (S.DECLINED, "Unknown to us.")


def test_a_refused_answer_leaves_the_link_as_it_was(row: Registration, contact: OrganizationContact, cast: Cast) -> None:
    token = sent_token(row, contact, cast.secretariat)
    with pytest.raises(Refused, match="Say why you do not endorse"):
        answer_by_link(token=token, endorses=False)
    assert SingleUseLink.objects.get().used_at is None
    assert answer_by_link(token=token, endorses=True).state == S.APPROVED


def test_forged_expired_withdrawn_and_foreign_links_do_nothing(
    row: Registration, contact: OrganizationContact, cast: Cast, client: Any
) -> None:
    token = sent_token(row, contact, cast.secretariat)
    assert client.post("/endorsements/forged/", {"decision": "endorse"}).status_code == 404
    with time_machine.travel(timezone.now() + timedelta(days=14, minutes=1)), pytest.raises(LinkRefused, match="expired"):
        answer_by_link(token=token, endorses=True)
    SingleUseLink.objects.update(purpose="meetings.other")
    with pytest.raises(LinkRefused, match="not complete"):
        answer_by_link(token=token, endorses=True)
    SingleUseLink.objects.update(purpose="meetings.endorsement")
    withdraw_contact(contact=contact, by=cast.secretariat, scope=row)
    with pytest.raises(LinkRefused, match="withdrawn"):
        answer_by_link(token=token, endorses=True)
    row.refresh_from_db()
    assert row.state == S.SUBMITTED


def test_an_answer_of_the_focal_point_withdraws_the_link(row: Registration, contact: OrganizationContact, cast: Cast) -> None:
    token = sent_token(row, contact, cast.secretariat)
    endorse(registration=row, by=cast.focal_undp)
    with pytest.raises(LinkRefused, match="withdrawn"):
        answer_by_link(token=token, endorses=False, reason="x")


def test_a_new_request_replaces_the_old_one_and_not_at_once(row: Registration, contact: OrganizationContact, cast: Cast) -> None:
    old = sent_token(row, contact, cast.secretariat)
    with pytest.raises(Refused, match="less than five minutes ago"):
        send_endorsement_request(registration=row, contact=contact, by=cast.secretariat)
    with time_machine.travel(timezone.now() + timedelta(minutes=6)):
        new = sent_token(row, contact, cast.secretariat)
        with pytest.raises(LinkRefused, match="withdrawn"):
            answer_by_link(token=old, endorses=True)
        assert answer_by_link(token=new, endorses=True).state == S.APPROVED


def test_the_request_goes_only_to_the_organizations_own_address(
    row: Registration, contact: OrganizationContact, cast: Cast, undp: Organization
) -> None:
    fao = OrganizationFactory(code="fao")
    foreign = record_contact(organization=fao, address="x@fao.test", how="Website", by=cast.secretariat, scope=row)
    with pytest.raises(Refused, match="not a checked address of the organization"):
        send_endorsement_request(registration=row, contact=foreign, by=cast.secretariat)
    themselves = record_contact(organization=undp, address=row.email.upper(), how="Form", by=cast.secretariat, scope=row)
    with pytest.raises(Refused, match="Nobody endorses themselves"):
        send_endorsement_request(registration=row, contact=themselves, by=cast.secretariat)
    withdraw_contact(contact=contact, by=cast.secretariat, scope=row)
    with pytest.raises(Refused, match="not a checked address"):
        send_endorsement_request(registration=row, contact=contact, by=cast.secretariat)
    with pytest.raises(Refused, match="not used any more"):
        withdraw_contact(contact=contact, by=cast.secretariat, scope=row)
    assert not SingleUseLink.objects.exists()


def test_staff_record_addresses_and_say_how_they_checked_them(row: Registration, cast: Cast, undp: Organization) -> None:
    good = {"organization": undp, "address": "bureau@undp.test", "how": "Website", "by": cast.secretariat, "scope": row}
    for change, words in (
        ({"address": "not one"}, "is not an e-mail address"),
        ({"how": " "}, "Say how you checked"),
        ({"language": "xx"}, "Choose one of the portal's languages"),
    ):
        with pytest.raises(Refused, match=words):
            record_contact(**{**good, **change})  # type: ignore[arg-type]
    for who in (cast.focal_undp, cast.outsider, cast.administrator):
        with pytest.raises(PermissionDenied):
            record_contact(**{**good, "by": who})  # type: ignore[arg-type]
        with pytest.raises(PermissionDenied):
            withdraw_contact(
                contact=OrganizationContact.objects.create(
                    organization=undp, address=f"{who.pk}@x.test", how="x", verified_by=cast.secretariat
                ),
                by=who,
                scope=row,
            )
    record_contact(**good)  # type: ignore[arg-type]
    with pytest.raises(Refused, match="is recorded for this organization already"):
        record_contact(**{**good, "address": "Bureau@undp.test"})  # type: ignore[arg-type]


def test_who_serves_for_one_meeting_does_not_end_an_address_that_serves_for_all(
    row: Registration, contact: OrganizationContact
) -> None:
    staff = MembershipFactory(
        user=person(),
        organization=OrganizationFactory(code="unossc", is_secretariat=True),
        role=Role.STAFF,
        scope="meeting:antalya",
    ).user
    with pytest.raises(PermissionDenied):
        withdraw_contact(contact=contact, by=staff, scope=row)
    contact.refresh_from_db()
    assert contact.withdrawn_at is None
    send_endorsement_request(registration=row, contact=contact, by=staff)  # but they use it


@pytest.mark.django_db(transaction=True)
def test_two_clicks_on_one_link_are_one_answer(cast: Cast, undp: Organization) -> None:
    quota = QuotaFactory(needs_endorsement=True)
    row = RegistrationFactory(meeting=quota.meeting, category=quota.category, organization=undp)
    contact = record_contact(organization=undp, address="b@undp.test", how="Website", by=cast.secretariat, scope=row)
    token = sent_token(row, contact, cast.secretariat)
    results = at_once([lambda: answer_by_link(token=token, endorses=True)] * 2)
    assert sum(isinstance(result, Refused) for result in results) == 1
    assert row.state_changes.filter(new=S.ENDORSED).count() == 1


# --- Pages -------------------------------------------------------------------------------------------------------------


def test_a_focal_point_answers_on_a_page(row: Registration, cast: Cast, sign_in: Any) -> None:
    client = sign_in(cast.focal_undp)
    assert row.full_name in client.get("/meetings/antalya/delegation/undp/").content.decode()
    path = f"/registrations/{row.reference}/endorsement/"
    assert client.get(path).status_code == 200
    assert "Say why" in client.post(path, {"decision": "refuse"}).content.decode()
    assert client.post(path, {"decision": "endorse"}).url == "/meetings/antalya/delegation/undp/"
    row.refresh_from_db()
    assert row.state == S.APPROVED
    assert "does not wait for an endorsement" in client.get(path).content.decode()


def test_the_registrant_does_not_answer_for_the_organization(
    quota: CategoryQuota, cast: Cast, sign_in: Any, undp: Organization
) -> None:
    row = RegistrationFactory(meeting=quota.meeting, category=quota.category, organization=undp, user=cast.contributor_undp)
    client = sign_in(cast.contributor_undp)
    assert "has to endorse this registration" in client.get(row.get_absolute_url()).content.decode()
    assert client.get(f"{row.get_absolute_url()}endorsement/").status_code == 403
    assert client.post(f"{row.get_absolute_url()}endorsement/", {"decision": "endorse"}).status_code == 403
    for path in ("ask", "addresses"):
        assert client.post(f"{row.get_absolute_url()}endorsement/{path}/").status_code == 403


def test_staff_record_an_address_send_the_request_and_approve_all_the_same(
    row: Registration, cast: Cast, sign_in: Any, undp: Organization
) -> None:
    client = sign_in(cast.secretariat)
    path = f"/registrations/{row.reference}/endorsement/"
    assert client.post(path + "addresses/", {"contact-address": "x"}).status_code == 302
    assert not OrganizationContact.objects.exists()
    client.post(path + "addresses/", {"contact-address": "b@undp.test", "contact-language": "en", "contact-how": "Website"})
    contact = OrganizationContact.objects.get()
    assert "b@undp.test" in client.get(path).content.decode()
    client.post(path + "ask/", {"contact": "0"})
    assert not SingleUseLink.objects.exists()
    client.post(path + "ask/", {"contact": contact.pk})
    assert SingleUseLink.objects.get().address == "b@undp.test"
    client.post(f"{path}addresses/{contact.pk}/")
    contact.refresh_from_db()
    assert contact.withdrawn_at is not None
    assert client.post(path, {"decision": "endorse"}).status_code == 403  # staff do not speak for an organization
    override = f"/registrations/{row.reference}/approve-unendorsed/"
    assert client.post(f"/registrations/{row.reference}/approve/").url == override
    assert client.get(override).status_code == 200
    assert client.post(override, {"reason": ""}).status_code == 400
    assert client.post(override, {"reason": "Confirmed by telephone."}).status_code == 302
    row.refresh_from_db()
    assert row.state == S.APPROVED
    assert "Confirmed by telephone." in client.get(row.get_absolute_url()).content.decode()
