"""Erasing a person: afterwards no column of any table, no file and no mail has the name or the address; records stay whole."""

import json
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.core.exceptions import PermissionDenied
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.db import connection, transaction
from django.db.models import F
from django.test import Client
from django.utils import timezone

from common.access import Refused
from directory.enums import InvitationState, Role
from directory.models import (
    Invitation,
    Job,
    Membership,
    MembershipEvent,
    Organization,
    OrganizationImport,
    SingleUseLink,
    StoredFile,
    User,
)
from directory.services.erasure import is_any_of
from directory.services.files import store_file
from directory.services.invitations import invite_member
from directory.services.jobs import run_job, start_job
from directory.services.traces import OMISSION, Traces
from directory.views import people
from meetings.enums import ENDED_REGISTRATIONS
from meetings.models import (
    ActionItem,
    AgendaItem,
    Attendance,
    Confirmation,
    Decision,
    FloorList,
    FloorRequest,
    GroupMember,
    Meeting,
    MinutesVersion,
    ProgrammeFile,
    ProgrammeVersion,
    Registration,
    Speaker,
    TermsVersion,
    WorkingGroup,
)
from meetings.models import Session as Item
from meetings.services.minutes import ask_for_correction
from meetings.services.programme import choose_news, make_calendar_address, release_programme, star_session
from meetings.services.registration import submit_registration
from notifications.account_mail import AccountAdapter
from notifications.enums import DeliveryState
from notifications.kinds import kind_of
from notifications.models import AddressTrouble, BulkMessage, MailHours, Notification, Preference, TrailEntry
from notifications.services import Recipient, deliver_due, notify
from solutions.models import Solution
from solutions.services import save_draft
from ssc_portal.person import erase
from ssc_portal.tasks import PERSONAL_DATA
from strategy.enums import CommentState
from strategy.models import (
    CarryForward,
    Comment,
    CommentReply,
    ConsultationRound,
    DraftImport,
    LateAdmission,
    MatrixImport,
    Position,
    RoundChange,
)
from strategy.services import clear_comment, reply_to_comment, submit_position, write_comment
from tests.conftest import Cast
from tests.factories.directory import person

pytestmark = pytest.mark.django_db

GIVEN, FAMILY, ADDRESS, SECOND = "Zebulonia", "Quxthorpe-Ñandú", "Zebulonia.Q@quxthorpe.example", "zq@second-quxthorpe.example"
WORDS = ("zebulonia", "quxthorpe", "zq@second")


def where_found(words: tuple[str, ...] = WORDS) -> list[str]:
    """Every column of every table that has one of the words, as `table.column: value`."""
    found = []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public' AND data_type IN "
            "('text', 'character varying', 'json', 'jsonb', 'ARRAY', 'tsvector', 'bytea')"
        )
        for table, column in cursor.fetchall():
            as_text = f'"{column}"::text'
            conditions = " OR ".join([f"{as_text} ILIKE %s"] * len(words))
            cursor.execute(f'SELECT {as_text} FROM "{table}" WHERE {conditions}', [f"%{word}%" for word in words])
            found += [f"{table}.{column}: {value[:120]}" for (value,) in cursor.fetchall()]
    return found


def in_files(folder: Path) -> list[str]:
    return [
        str(file)
        for file in folder.rglob("*")
        if file.is_file() and any(w in file.read_bytes().lower() for w in map(str.encode, WORDS))
    ]


@pytest.fixture
def media(settings: Any, tmp_path: Path) -> Path:
    folder = tmp_path / "media"
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": folder, "base_url": None},
        },
    }
    return folder


@pytest.fixture
def zebulonia(db: Any, media: Path) -> User:
    """Somebody of UNDP who has acted everywhere in the whole demo."""
    call_command("load_demo", stdout=StringIO())
    undp = Organization.objects.get(code="undp")
    user = person(email=ADDRESS, given_name=GIVEN, family_name=FAMILY)
    Membership.objects.create(user=user, organization=undp, role=Role.FOCAL_POINT)
    EmailAddress.objects.create(user=user, email=ADDRESS.lower(), verified=True, primary=True)
    EmailAddress.objects.create(user=user, email=SECOND, verified=True)
    _acts_in_agencies(user, undp)
    _acts_in_meetings(user, undp)
    _leaves_traces(user, undp)
    while deliver_due():
        pass
    return user


def _acts_in_agencies(user: User, undp: Organization) -> None:
    consultation = ConsultationRound.objects.filter(closes_at__gt=timezone.now(), opens_at__lte=timezone.now()).first()
    assert consultation is not None
    comment = write_comment(
        consultation=consultation,
        by=user,
        on_behalf_of=undp,
        paragraph=consultation.draft.paragraphs.filter(kind="paragraph")[0],
        type="substantive",
        text="The agency's own words",
    )
    colleague = User.objects.get(email="contributor.undp@demo.example")
    CommentReply.objects.create(comment=comment, author=colleague, text=f"Thank you, {GIVEN} {FAMILY}. Regards to {GIVEN}")
    reply_to_comment(comment=comment, by=user, text="Between us")
    clear_comment(comment=comment, by=user)
    submit_position(consultation=consultation, by=user, on_behalf_of=undp)
    _is_named_in_strategies(user, undp, comment)
    save_draft(solution=None, by=user, content={"title": f"A draft of {GIVEN} {FAMILY}", "contact_email": ADDRESS})
    Solution.objects.filter(state="verified").order_by("pk")[:1]
    entry = Solution.objects.filter(state="verified").order_by("pk")[0]
    Solution.objects.filter(pk=entry.pk).update(
        submitted_by=user, contact_email=ADDRESS, verification_note=f"Confirmed by {GIVEN} {FAMILY}"
    )
    invite_member(organization=undp, by=user, email="a.colleague@test.example", role=Role.CONTRIBUTOR, language="en", note="")
    invite_member(
        organization=Organization.objects.get(code="fao"),
        by=User.objects.get(email="focal.fao@demo.example"),
        email=SECOND,
        role=Role.CONTRIBUTOR,
        language="en",
        note=f"Dear {GIVEN} {FAMILY}",
    )


def _is_named_in_strategies(user: User, undp: Organization, comment: Comment) -> None:
    """In every text of a strategy in which a person is named beside the matter."""
    consultation, name = comment.round, f"{GIVEN} {FAMILY}"
    ConsultationRound.objects.filter(pk=consultation.pk).update(short_reason=f"As agreed with {name}")
    RoundChange.objects.create(subject=consultation, act="extended", by=user, reason=f"{name} asked for it")
    LateAdmission.objects.update_or_create(
        round=consultation, organization=undp, defaults={"until": timezone.now(), "by": user, "reason": f"{name} was ill"}
    )
    CarryForward.objects.create(comment=comment, draft=consultation.draft, by=user, reason=f"{name} agrees")
    MatrixImport.objects.create(
        round=consultation, organization=undp, by=user, file_name=f"Comments of {name}.xlsx", rows=[{"comment": f"From {name}"}]
    )
    DraftImport.objects.create(
        draft=consultation.draft,
        file=store_file(content=b"a text", mime="text/plain"),
        file_name=f"Text of {name}.docx",
        format="docx",
        reading={"changes": [{"author": name, "text": "and"}], "comments": [{"author": ADDRESS, "text": "Why?"}]},
        by=user,
    )


def _acts_in_meetings(user: User, undp: Organization) -> None:
    meeting = Meeting.objects.get(slug="antalya-2017")
    submit_registration(
        meeting=meeting,
        by=user,
        category=meeting.quotas.filter(is_open=True).order_by("-seats")[0].category,
        given_name=GIVEN,
        family_name=FAMILY,
        organization=undp,
        affiliation=f"Office of {FAMILY}",
        country=None,
        access_needs=f"{GIVEN} needs a ramp",
        language="fr",
    )
    Speaker.objects.create(session=Item.objects.filter(meeting=meeting)[0], name=f"Ms {GIVEN} {FAMILY}", organization=undp)
    secretariat = User.objects.get(email="secretariat@demo.example")
    choose_news(meeting=meeting, by=user, news="all")
    star_session(meeting=meeting, code="item-a", by=user, on=True)
    make_calendar_address(by=user)
    version = release_programme(meeting=meeting, by=secretariat, note="Another speaker.")
    kept = store_file(content=f"programme with {FAMILY}".encode(), mime="application/pdf")
    ProgrammeFile.objects.create(version=version, language="en", file=kept)
    FloorRequest.objects.create(
        floor_list=FloorList.objects.get(code="item-a"),
        registration=Registration.objects.get(user=user),
        name=f"{GIVEN} {FAMILY}",
        position=9,
        requested_at=timezone.now(),
    )
    group = WorkingGroup.objects.all()[0]
    for name in (f"{GIVEN} {FAMILY}", f"{FAMILY} {GIVEN}"):
        GroupMember.objects.create(group=group, organization=undp, name=name)
    GroupMember.objects.create(group=group, organization=undp, user=user, name=f"{GIVEN} {FAMILY}")
    GroupMember.objects.create(group=group, organization=Organization.objects.get(code="ilo"), name="Z. Q.", email=SECOND)
    held = group.meetings.get(minutes__state="circulated")
    MinutesVersion.objects.filter(minutes=held.minutes).update(text=f"Thanks to {GIVEN} {FAMILY}.", note=f"By {FAMILY} {GIVEN}")
    Attendance.objects.filter(meeting=held).update(people=f"{GIVEN} {FAMILY}, another")
    AgendaItem.objects.filter(meeting=held).update(introducer=f"{GIVEN} {FAMILY}", text=f"Ask {ADDRESS}")
    TermsVersion.objects.filter(group=group).update(note=f"As {GIVEN} {FAMILY} asked")
    Decision.objects.filter(group=group).update(text=f"{GIVEN} {FAMILY} writes it.")
    ActionItem.objects.filter(group=group).update(text=f"Write to {GIVEN} {FAMILY}")
    Confirmation.objects.filter(organization=undp).update(text=f"It was {GIVEN} {FAMILY}")
    ask = Confirmation.objects.get(organization=undp, version__minutes=held.minutes)
    ask_for_correction(confirmation=ask, by=user, text=f"{GIVEN} {FAMILY} said so")


def _leaves_traces(user: User, undp: Organization) -> None:
    administrator = User.objects.get(email="admin@demo.example")
    user.photo = store_file(content=b"photo of Quxthorpe", mime="image/png")
    user.save()
    Client().post("/accounts/login/", {"login": ADDRESS, "password": "a-long-test-password"})
    assert UserSession.objects.filter(user=user).exists()
    Authenticator.objects.create(user=user, type="totp", data={"secret": "x"})
    SocialAccount.objects.create(user=user, provider="oidc", uid=ADDRESS, extra_data={"name": f"{GIVEN} {FAMILY}"})
    Preference.objects.create(user=user, kind="meetings.registration_approved", frequency="none")
    MailHours.objects.create(user=user)
    AddressTrouble.objects.create(address=ADDRESS, is_permanent=False, detail=f"<{ADDRESS}> is full")
    SingleUseLink.objects.create(purpose="test", subject="1", address=SECOND, expires_at=timezone.now() + timedelta(days=1))
    OrganizationImport.objects.create(
        file_name=f"{FAMILY}.csv".replace(FAMILY, f"{GIVEN} {FAMILY}"), rows=[{"name": ADDRESS}], by=user
    )
    BulkMessage.objects.create(subject=f"News of {GIVEN} {FAMILY}", body=f"Write to {ADDRESS}", by=administrator)
    content_type = ContentType.objects.get_for_model(User)
    LogEntry.objects.create(
        user=administrator, content_type=content_type, object_id=str(user.pk), object_repr=str(user), action_flag=CHANGE,
        change_message=json.dumps([{"added": {"name": "membership", "object": f"{GIVEN} {FAMILY} – Focal point, UNDP"}}]),
    )  # fmt: skip
    job = start_job(kind=PERSONAL_DATA, arguments={}, asked_by=user)
    run_job(job_id=str(job.pk))
    failed = start_job(kind="tests.none", arguments={"to": ADDRESS}, asked_by=administrator)
    Job.objects.filter(pk=failed.pk).update(error=f"No such person: {GIVEN} {FAMILY}")
    membership = user.memberships.get(organization=undp)
    MembershipEvent.objects.create(
        membership=membership, act="changed", reason=f"{FAMILY}, {GIVEN} <{ADDRESS}>", by=administrator
    )
    position = Position.objects.get(organization=undp, cleared_by=user)
    position.state_changes.create(old="", new="submitted", by=user, reason=f"As {GIVEN} {FAMILY} asked")
    kind = kind_of("notifications.account_mail")
    with transaction.atomic():
        values = {"template": "account/email/unknown_account", "values": {"email": SECOND, "signup_url": "/"}}
        notify(kind=kind, to=[Recipient(SECOND)], cause="erasure test", context=values)
    told = Notification.objects.filter(recipient=administrator).first() or Notification.objects.create(
        kind="strategy.position_receipt", recipient=administrator, cause="told", due_at=timezone.now(), state=DeliveryState.SENT
    )
    Notification.objects.filter(pk=told.pk).update(
        state=DeliveryState.SENT,
        context={"by": f"{GIVEN} {FAMILY}", "more": [f"{FAMILY} {GIVEN} wrote"]},
        subject=f"{GIVEN} {FAMILY} has written",
        text=f"{GIVEN} {FAMILY} has written. {GIVEN} is at {ADDRESS}.",
        html=f"<p>{GIVEN} {FAMILY}</p>",
    )
    TrailEntry.objects.create(notification=told, act="bounced", detail=f"550 <{ADDRESS}>")


def test_no_column_and_no_file_has_the_name_or_the_address_afterwards(
    zebulonia: User, media: Path, settings: Any, django_capture_on_commit_callbacks: Any
) -> None:
    before = where_found()
    tables = {line.partition(".")[0] for line in before}
    assert len(tables) >= 19, tables
    assert in_files(media)
    assert in_files(Path(settings.EMAIL_FILE_PATH))
    with django_capture_on_commit_callbacks(execute=True):
        erase(user=zebulonia, by=zebulonia)
    assert where_found() == []
    assert in_files(media) == []
    assert in_files(Path(settings.EMAIL_FILE_PATH)) == []


def test_the_agencys_record_stays_whole(zebulonia: User) -> None:
    comments = Comment.objects.filter(author=zebulonia).values_list("pk", "text", "state")
    kept = list(comments)
    position = Position.objects.get(cleared_by=zebulonia)
    others = User.objects.exclude(pk=zebulonia.pk).count()
    registrations = Registration.objects.count()
    erase(user=zebulonia, by=zebulonia)
    assert list(comments) == kept
    assert kept[0][1:] == ("The agency's own words", CommentState.SUBMITTED)
    after = Position.objects.get(pk=position.pk)
    assert (after.state, after.sha256, after.cleared_by_id) == (position.state, position.sha256, zebulonia.pk)
    assert after.state_changes.filter(reason=f"As {OMISSION} asked").exists()
    assert User.objects.exclude(pk=zebulonia.pk).count() == others
    assert Registration.objects.count() == registrations
    row = Registration.objects.get(user=zebulonia)
    assert row.state in ENDED_REGISTRATIONS
    assert str(row.full_name) == "Former participant"
    assert Solution.objects.filter(submitted_by=zebulonia, state="verified").count() == 1
    assert GroupMember.objects.get(user=zebulonia).name == ""
    assert MinutesVersion.objects.filter(text=f"Thanks to {OMISSION}.").exists()
    assert Attendance.objects.filter(people=f"{OMISSION}, another").exists()
    told = Notification.objects.get(text__startswith=f"{OMISSION} has written")
    assert told.text == f"{OMISSION} has written. {OMISSION} is at {OMISSION}."
    assert told.context["by"]["_texts"]["en"] == "A former member"
    assert Speaker.objects.filter(name="", organization__code="undp").exists()
    assert ProgrammeVersion.objects.get(number=3).redacted_at
    assert FloorRequest.objects.get(position=9).state == "withdrawn"
    page = Client().get("/meetings/antalya-2017/programme/").content.decode()
    assert "A former participant" in page


def test_nobody_signs_in_with_an_erased_account(zebulonia: User) -> None:
    Authenticator.objects.filter(user=zebulonia).delete()
    client = signed_in(zebulonia)
    session = client.session.session_key
    assert client.get("/desk/").status_code == 200
    erase(user=zebulonia, by=zebulonia)
    assert client.get("/desk/").status_code == 302
    erased = User.objects.get(pk=zebulonia.pk)
    assert (erased.email, erased.is_active, erased.has_usable_password()) == (f"erased-{erased.pk}@erased.invalid", False, False)
    assert str(erased) == "A former member"
    assert not erased.memberships.in_force().exists()
    assert erased.memberships.exists()
    for model in (EmailAddress, Authenticator, SocialAccount, UserSession, Preference):
        assert not model.objects.filter(user=erased).exists(), model
    assert not Session.objects.filter(session_key=session).exists()
    assert Invitation.objects.get(email__contains="erased-invitation").state == InvitationState.WITHDRAWN
    new = User.objects.create_user(ADDRESS, given_name=GIVEN)  # the address is free again
    assert new.pk != erased.pk


def test_archive_and_photo_are_deleted(zebulonia: User, django_capture_on_commit_callbacks: Any) -> None:
    archive = StoredFile.objects.get(pk=Job.objects.get(kind=PERSONAL_DATA).result["archive"])
    photo = zebulonia.photo
    with django_capture_on_commit_callbacks(execute=True):
        erase(user=zebulonia, by=zebulonia)
    for row in (archive, photo):
        assert not StoredFile.objects.filter(pk=row.pk).exists()
        assert not default_storage.exists(row.file.name)


def test_messages_on_their_way_are_withdrawn(zebulonia: User) -> None:
    with transaction.atomic():
        notify(kind=kind_of("notifications.bulk"), to=[zebulonia], cause="late", context={"subject": "x"})
    erase(user=zebulonia, by=zebulonia)
    late = Notification.objects.get(cause="late")
    assert (late.state, late.context) == (DeliveryState.WITHDRAWN, {})
    assert not Notification.objects.filter(recipient=zebulonia, state__in=["queued", "claimed", "held", "collected"]).exists()


# --- Who may, and what is refused ------------------------------------------------------------------------------------


def test_last_administrator_is_refused_and_nothing_is_changed(cast: Cast) -> None:
    with pytest.raises(Refused, match="last administrator"):
        erase(user=cast.administrator, by=cast.administrator)
    assert User.objects.get(pk=cast.administrator.pk).is_active
    User.objects.create_superuser("another.admin@test.example")
    erase(user=cast.administrator, by=cast.administrator)
    assert not User.objects.get(pk=cast.administrator.pk).is_superuser


def test_last_focal_point_may_go_and_the_secretariat_is_told(cast: Cast) -> None:
    second = person(Role.FOCAL_POINT, "fao")
    erase(user=cast.focal_fao, by=cast.focal_fao)
    told = Notification.objects.filter(kind="notifications.no_focal_point")
    assert not told.exists()
    erase(user=second, by=second)
    assert [row.recipient for row in told] == [cast.secretariat]


def test_erasure_on_request_needs_a_reason_and_the_right(cast: Cast) -> None:
    with pytest.raises(Refused, match="Say who asked"):
        erase(user=cast.outsider, by=cast.administrator, reason=" ")
    for user in (cast.focal_undp, cast.drafter, cast.contributor_undp):
        with pytest.raises(PermissionDenied):
            erase(user=cast.outsider, by=user, reason="By letter")
    with pytest.raises(PermissionDenied):
        erase(user=cast.administrator, by=cast.secretariat, reason="By letter")
    erase(user=cast.outsider, by=cast.secretariat, reason="By letter of 3 May")
    entry = LogEntry.objects.get(object_id=str(cast.outsider.pk))
    assert (entry.user, entry.change_message) == (cast.secretariat, "Erased. By letter of 3 May")
    with pytest.raises(Refused, match="already"):
        erase(user=cast.outsider, by=cast.secretariat, reason="Again")


def signed_in(user: User) -> Client:
    """With a password typed a moment ago, which erasing asks for."""
    EmailAddress.objects.get_or_create(user=user, primary=True, defaults={"email": user.email, "verified": True})
    client = Client()
    client.post("/accounts/login/", {"login": user.email, "password": "a-long-test-password"})
    assert "_auth_user_id" in client.session
    client.post("/accounts/reauthenticate/", {"password": "a-long-test-password"})
    return client


def test_own_account_page_asks_for_the_password_and_a_yes(cast: Cast, sign_in: Any) -> None:
    assert sign_in(cast.outsider).get("/accounts/profile/erase/").url.startswith("/accounts/reauthenticate/")
    client = signed_in(cast.outsider)
    assert client.get("/accounts/profile/erase/").status_code == 200
    assert client.post("/accounts/profile/erase/", {}).status_code == 400
    assert User.objects.get(pk=cast.outsider.pk).erased_at is None
    page = client.post("/accounts/profile/erase/", {"sure": "on"})
    assert page.status_code == 200
    assert "Your account is erased" in page.content.decode()
    assert User.objects.get(pk=cast.outsider.pk).erased_at is not None
    assert client.get("/accounts/profile/data/").status_code == 302


def test_page_for_another_persons_account(cast: Cast) -> None:
    path = f"/people/{cast.outsider.pk}/erase/"
    assert Client().get(path).status_code == 302
    assert signed_in(cast.focal_undp).get(path).status_code == 403
    client = signed_in(cast.secretariat)
    assert client.post(path, {"sure": "on"}).status_code == 400
    assert client.post(path, {"sure": "on", "reason": "By letter"}).status_code == 302
    again = client.post(path, {"sure": "on", "reason": "By letter"})
    assert again.status_code == 400
    assert "erased already" in again.content.decode()
    assert client.get("/people/999999/erase/").status_code == 404
    own = client.get(f"/people/{cast.secretariat.pk}/erase/")
    assert (own.status_code, own.url) == (302, "/accounts/profile/erase/")


# --- Traces ----------------------------------------------------------------------------------------------------------

NONE = Traces(frozenset(), frozenset(), frozenset())


def test_names_of_others_that_contain_the_name_stay() -> None:
    traces = NONE.with_names([("Ana", "Li")], ["a@b.example"])
    assert traces.taken_out_of("Ana Li met Diana Lindt (xa@b.example, a@b.example); Li Ana") == (
        f"{OMISSION} met Diana Lindt (xa@b.example, {OMISSION}); {OMISSION}"
    )


def test_every_spelling_is_found() -> None:
    traces = NONE.with_names([("Zoë", 'O"Neil')], ["zoë+x@b.example"])
    for text in ('Zoë O"Neil', "O&quot;Neil Zoë", 'ZOË O\\"NEIL', 'Zo\\u00eb O\\"Neil', "/?to=zo%C3%AB%2Bx%40b.example"):
        assert OMISSION in traces.taken_out_of(text), text
    assert traces.taken_out_of_json({"a": ['Zoë O"Neil', 3, None], "b": "said"}, "N") == {"a": ["N", 3, None], "b": "said"}


def test_addresses_are_looked_for_by_their_index() -> None:
    """With sequential reading forbidden, PostgreSQL must still know a way: messages are many."""
    for address in ("Zeb@test.example", "other@test.example"):
        notify(
            kind=kind_of("notifications.bulk_test"),
            to=[Recipient(address, "en")],
            cause=address,
            context={"subject": "x", "text": "x"},
        )
    Notification.objects.update(sent_to=F("address"))
    found = Notification.objects.filter(is_any_of("sent_to", frozenset({"zeb@TEST.example", "third@test.example"})))
    assert [row.address for row in found] == ["Zeb@test.example"]
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        assert "notification_sent_to" in found.order_by().explain()


def test_one_short_name_alone_is_not_looked_for() -> None:
    assert NONE.with_names([("", "Li")]).names == frozenset()
    assert NONE.with_names([("", "Sukarno")]).names == {"Sukarno"}


def test_profile_or_password_saved_meanwhile_does_not_bring_the_account_back(
    cast: Any, sign_in: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    client, person = sign_in(cast.focal_undp), cast.focal_undp

    def read_and_then_erased(_request: object) -> User:
        kept = User.objects.get(pk=person.pk)
        erase(user=person, by=cast.administrator, reason="Their letter")
        return kept

    before = User.objects.get(pk=person.pk)
    monkeypatch.setattr(people, "_as_kept", read_and_then_erased)
    client.post("/accounts/profile/", {"given_name": "Awa", "family_name": "B", "language": "en", "time_zone": "UTC"})
    AccountAdapter().set_password(before, "worked-out-meanwhile")
    erased = User.objects.get(pk=person.pk)
    assert (erased.is_active, erased.email, erased.given_name) == (False, f"erased-{person.pk}@erased.invalid", "")
    assert erased.erased_at is not None
