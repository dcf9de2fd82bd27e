"""Messages to many: the lists, the count, the confirmation, the queuing, the progress, the stop."""

import threading
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

import notifications.tasks  # noqa: F401 - registers what jobs of this kind do
from common.access import Refused
from common.mail_files import messages_to
from directory.enums import JobState, Role
from directory.models import Job, User
from directory.services.jobs import run_job
from notifications.audiences import all_audiences, audience
from notifications.enums import BulkState, DeliveryState, Frequency, TrailAct
from notifications.models import BulkMessage, MailRefusal, Notification
from notifications.services import Recipient, deliver_due, notify, send_digests
from notifications.services import bulk as verbs
from notifications.services.bounces import record_trouble
from notifications.services.delivery import Lease, _deliver_batch, _try_later, claim_batch, sweep
from notifications.services.mail_line import MailLine
from notifications.services.outbox import hold_message, release_message, resend_message
from notifications.services.preferences import DIGEST, set_preferences, unsubscribe, unsubscribe_token
from notifications.services.rendering import Renderer
from tests.conftest import Cast
from tests.factories.directory import UserFactory, person
from tests.notifications.kinds import PLAIN, use_templates

LIST: list[Any] = []


@audience("tests.listed", "Listed in the test")
def _listed(by: Any, chosen: Any) -> list[Any]:
    return list(LIST)


@pytest.fixture(autouse=True)
def _empty_list() -> None:
    LIST.clear()


def draft(by: Any, **fields: Any) -> BulkMessage:
    words = {"subject": "Doors open at six", "body": "Dear all,\n\nthe doors open at six.", "language": "en"}
    return verbs.write_bulk(by=by, **{**words, "audience": {"list": "tests.listed"}, **fields})


def work() -> None:
    for job in Job.objects.filter(state=JobState.WAITING):
        run_job(job_id=str(job.pk))


def confirmed(by: Any, count: int, **fields: Any) -> BulkMessage:
    message = verbs.confirm_bulk(message=draft(by, **fields), by=by, count=count)
    work()
    message.refresh_from_db()
    return message


# --- Lists -----------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_each_person_is_on_a_list_once_as_an_account_where_there_is_one(cast: Cast) -> None:
    user = UserFactory(email="Both@test.example")
    LIST.extend([Recipient("both@test.example", "fr"), user, user, Recipient("only@test.example"), Recipient("")])
    people = verbs.people_of(chosen={"list": "tests.listed"}, by=cast.secretariat)
    assert people == [user, Recipient("only@test.example")]


def test_every_app_contributes_its_lists() -> None:
    wanted = {"directory.focal_points", "directory.members", "meetings.registrants", "meetings.working_group"}
    wanted |= {"strategy.not_submitted", "briefs.co_authors"}
    assert wanted <= {one.name for one in all_audiences()}


def test_two_lists_of_one_name_are_an_error() -> None:
    with pytest.raises(ValueError, match=r"tests\.listed"):
        audience("tests.listed", "Again")(lambda by, chosen: [])


@pytest.mark.django_db
def test_focal_points_by_category(cast: Cast) -> None:
    def people(**chosen: Any) -> set[Any]:
        return set(verbs.people_of(chosen={"list": "directory.focal_points", **chosen}, by=cast.secretariat))

    everybody = {cast.focal_undp, cast.focal_fao, cast.focal_who, cast.focal_samoa}
    assert people() == people(categories=["un-entity"]) == everybody
    assert people(categories=["ngo"]) == set()
    User.objects.filter(pk=cast.focal_who.pk).update(is_active=False)
    assert people() == everybody - {cast.focal_who}
    members = verbs.people_of(chosen={"list": "directory.members", "roles": [Role.CONTRIBUTOR]}, by=cast.secretariat)
    assert members == [cast.contributor_undp]


@pytest.mark.django_db
def test_registrants_by_state_and_category(cast: Cast) -> None:
    from tests.factories.meetings import MeetingFactory, QuotaFactory, RegistrationFactory

    meeting = MeetingFactory()
    quota = QuotaFactory(meeting=meeting)
    account = RegistrationFactory(meeting=meeting, category=quota.category, user=cast.outsider, state="approved")
    by_address = RegistrationFactory(
        meeting=meeting, category=quota.category, user=None, email="nominee@test.example", language="fr", state="waitlisted",
        waitlisted_at=timezone.now(),
    )  # fmt: skip
    RegistrationFactory(meeting=meeting, category=quota.category, user=UserFactory(), email="d@test.example", state="draft")

    def people(**chosen: Any) -> list[Any]:
        return verbs.people_of(chosen={"list": "meetings.registrants", "meeting": meeting.slug, **chosen}, by=cast.secretariat)

    assert people() == [account.user, Recipient(by_address.email, "fr")]
    assert people(states=["waitlisted"]) == [Recipient(by_address.email, "fr")]
    assert people(categories=["other"]) == []
    # Who writes sees the registrations, or has nobody to write to.
    assert verbs.people_of(chosen={"list": "meetings.registrants", "meeting": meeting.slug}, by=cast.focal_undp) == []


@pytest.mark.django_db
def test_agencies_that_owe_a_position(cast: Cast) -> None:
    from tests.factories.strategy import PositionFactory, RoundFactory

    consultation = RoundFactory()
    chosen = {"list": "strategy.not_submitted", "round": str(consultation.pk)}
    undp = cast.focal_undp.current_memberships[0].organization
    everybody = set(verbs.people_of(chosen=chosen, by=cast.secretariat))
    assert {cast.focal_undp, cast.focal_fao, cast.focal_who} <= everybody
    PositionFactory(
        round=consultation, organization=undp, state="submitted", submitted_at=timezone.now(), cleared_by=cast.focal_undp,
        sha256="0" * 64,
    )  # fmt: skip
    assert set(verbs.people_of(chosen=chosen, by=cast.secretariat)) == everybody - {cast.focal_undp}


@pytest.mark.django_db
def test_working_group_and_co_authors(cast: Cast) -> None:
    from briefs.models import BriefAgency
    from meetings.models import GroupMember, WorkingGroup
    from tests.factories.briefs import BriefFactory

    undp = cast.focal_undp.current_memberships[0].organization
    group = WorkingGroup.objects.create(slug="group", name="Group")
    GroupMember.objects.create(group=group, organization=undp, name="A person")
    to_group = verbs.people_of(chosen={"list": "meetings.working_group", "group": "group"}, by=cast.secretariat)
    assert to_group == [cast.focal_undp]
    brief = BriefFactory()
    BriefAgency.objects.get_or_create(brief=brief, organization=undp)
    to_authors = verbs.people_of(chosen={"list": "briefs.co_authors", "brief": brief.slug}, by=cast.secretariat)
    assert {cast.focal_undp, cast.contributor_undp} <= set(to_authors)


@pytest.mark.django_db
def test_list_that_no_app_has_any_more_is_refused(cast: Cast) -> None:
    with pytest.raises(Refused, match="does not have this list"):
        verbs.people_of(chosen={"list": "tests.gone"}, by=cast.secretariat)


# --- From the draft to the mail --------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_confirmed_message_reaches_everybody_in_a_frame_of_their_language(cast: Cast) -> None:
    LIST.extend([UserFactory(language="ar", email="ar@test.example"), Recipient("fr@test.example", "fr")])
    message = confirmed(cast.secretariat, 2)
    assert (message.state, message.confirmed_count) == (BulkState.QUEUED, 2)
    while deliver_due():
        pass
    (arabic,) = messages_to("ar@test.example")
    assert arabic.subject == "Doors open at six"
    assert '<html lang="ar" dir="rtl"' in arabic.html
    assert '<div lang="en" dir="ltr"' in arabic.html
    assert len(list(messages_to("fr@test.example"))) == 1
    assert verbs.progress_of(message) == verbs.Progress(total=2, sent=2)
    assert Job.objects.get().result == {"url": f"/outbox/bulk/{message.pk}/"}


@pytest.mark.django_db
def test_changed_count_is_refused_with_the_new_one(cast: Cast) -> None:
    LIST.append(UserFactory())
    message = draft(cast.secretariat)
    LIST.append(UserFactory())
    with pytest.raises(Refused, match="2 people now"):
        verbs.confirm_bulk(message=message, by=cast.secretariat, count=1)
    message.refresh_from_db()
    assert (message.state, Job.objects.count()) == (BulkState.DRAFT, 0)


@pytest.mark.django_db
def test_nobody_and_too_many_are_refused(cast: Cast, monkeypatch: Any) -> None:
    message = draft(cast.secretariat)
    with pytest.raises(Refused, match="Nobody is on this list"):
        verbs.confirm_bulk(message=message, by=cast.secretariat, count=0)
    monkeypatch.setattr(verbs, "MOST_RECIPIENTS", 1)
    LIST.extend([UserFactory(), UserFactory()])
    with pytest.raises(Refused, match="Narrow it down"):
        verbs.confirm_bulk(message=message, by=cast.secretariat, count=2)


@pytest.mark.django_db
def test_list_that_changes_before_the_queuing_makes_it_a_draft_again(cast: Cast) -> None:
    LIST.append(UserFactory())
    message = verbs.confirm_bulk(message=draft(cast.secretariat), by=cast.secretariat, count=1)
    LIST.append(UserFactory())
    work()
    message.refresh_from_db()
    assert (message.state, message.confirmed_count, Notification.objects.count()) == (BulkState.DRAFT, None, 0)
    assert "2 people now" in message.state_changes.latest("pk").reason


@pytest.mark.django_db
def test_confirming_and_working_twice_writes_once(cast: Cast) -> None:
    LIST.extend([UserFactory(), UserFactory()])
    message = draft(cast.secretariat)
    for _again in range(2):
        verbs.confirm_bulk(message=message, by=cast.secretariat, count=2)
    assert Job.objects.count() == 1
    work()
    verbs.queue_bulk(pk=message.pk)
    verbs.confirm_bulk(message=message, by=cast.secretariat, count=2)
    assert (Notification.objects.count(), Job.objects.count()) == (2, 1)


@pytest.mark.django_db(transaction=True)
def test_confirming_at_the_same_moment_writes_once(cast: Cast) -> None:
    LIST.extend([UserFactory(), UserFactory()])
    message = draft(cast.secretariat)
    both = threading.Barrier(2)

    def press() -> None:
        both.wait()
        try:
            verbs.confirm_bulk(message=message, by=cast.secretariat, count=2)
        finally:
            connection.close()

    threads = [threading.Thread(target=press) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    work()
    assert (Notification.objects.filter(bulk=message).count(), Job.objects.count()) == (2, 1)


@pytest.mark.django_db
def test_given_up_job_is_started_again(cast: Cast, monkeypatch: Any) -> None:
    LIST.append(UserFactory())
    message = verbs.confirm_bulk(message=draft(cast.secretariat), by=cast.secretariat, count=1)
    with monkeypatch.context() as broken:
        broken.setattr(verbs, "notify", lambda **_: 1 / 0)
        work()
    message.refresh_from_db()
    assert (message.state, message.job.state) == (BulkState.SENDING, JobState.FAILED)
    verbs.start_again(message=message, by=cast.secretariat)
    work()
    message.refresh_from_db()
    assert (message.state, Notification.objects.count()) == (BulkState.QUEUED, 1)
    with pytest.raises(Refused, match="on its way already"):
        verbs.start_again(message=message, by=cast.secretariat)


@pytest.mark.django_db
def test_stopping_holds_what_is_not_yet_sent(cast: Cast) -> None:
    LIST.extend([UserFactory() for _ in range(3)])
    message = confirmed(cast.secretariat, 3)
    first = message.notifications.order_by("pk")[0]
    Notification.objects.filter(pk=first.pk).update(state=DeliveryState.SENT)
    assert verbs.stop_bulk(message=message, by=cast.secretariat) == 2
    deliver_due()
    message.refresh_from_db()
    assert (message.state, verbs.progress_of(message)) == (BulkState.CANCELLED, verbs.Progress(total=3, sent=1, held=2))


def hand_back(batch: list[Notification]) -> None:
    Lease(batch).hand_back()


def let_the_lease_end(batch: list[Notification]) -> None:
    with time_machine.travel(timezone.now() + timedelta(minutes=30)):
        sweep()


def find_the_server_busy(batch: list[Notification]) -> None:
    lease = Lease(batch)
    for row in batch:
        _try_later(row, lease, "451 busy")


@pytest.mark.django_db
@pytest.mark.parametrize("put_back", [hand_back, let_the_lease_end, find_the_server_busy])
def test_what_a_worker_puts_back_after_the_stop_is_held(put_back: Any, cast: Cast) -> None:
    LIST.extend([UserFactory(), UserFactory()])
    message = confirmed(cast.secretariat, 2)
    batch = claim_batch()
    assert (len(batch), verbs.stop_bulk(message=message, by=cast.secretariat)) == (2, 0)
    put_back(batch)
    assert verbs.progress_of(message) == verbs.Progress(total=2, held=2)
    for row in message.notifications.all():
        line = row.trail.latest("pk")
        assert (line.act, line.detail, line.by) == (TrailAct.HELD, "bulk message stopped", None)
    with time_machine.travel(timezone.now() + timedelta(hours=1)):
        assert deliver_due() == 0


@pytest.mark.django_db
def test_what_a_worker_has_in_hand_when_the_message_is_stopped_does_not_go_out(cast: Cast) -> None:
    LIST.extend([UserFactory(), UserFactory()])
    message = confirmed(cast.secretariat, 2)
    with MailLine() as line:
        line.open()
        batch = claim_batch()
        verbs.stop_bulk(message=message, by=cast.secretariat)
        _deliver_batch(batch, line, Renderer())
    assert verbs.progress_of(message) == verbs.Progress(total=2, held=2)
    assert not any(list(messages_to(reader.email)) for reader in LIST)
    row = message.notifications.first()
    assert (row.claim, row.attempts, row.trail.get().act) == (None, 0, TrailAct.HELD)


@pytest.mark.django_db
def test_staff_release_and_resend_single_messages_of_a_stopped_one(cast: Cast) -> None:
    LIST.extend([UserFactory(), UserFactory()])
    message = confirmed(cast.secretariat, 2)
    sent, held = message.notifications.order_by("pk")
    Notification.objects.filter(pk=sent.pk).update(state=DeliveryState.SENT)
    hold_message(notification=held, by=cast.secretariat)
    release_message(notification=held, by=cast.secretariat)  # before the stop: it says nothing about what comes after
    assert verbs.stop_bulk(message=message, by=cast.secretariat) == 1
    resend_message(notification=sent, by=cast.secretariat)
    release_message(notification=held, by=cast.secretariat)
    sweep()
    deliver_due()
    assert verbs.progress_of(message) == verbs.Progress(total=2, sent=2)


@pytest.mark.django_db
@pytest.mark.parametrize("digest_state", [DeliveryState.QUEUED, DeliveryState.CLAIMED])
def test_stopped_message_does_not_go_out_in_a_digest_either(digest_state: str, cast: Cast, settings: Any, tmp_path: Path) -> None:
    use_templates(settings, tmp_path)
    reader = UserFactory()
    set_preferences(user=reader, frequencies={verbs.BULK.name: Frequency.DAILY, PLAIN.name: Frequency.DAILY})
    LIST.append(reader)
    message = confirmed(cast.secretariat, 1)
    with transaction.atomic():
        notify(kind=PLAIN, to=[reader], cause="beside it", context={"name": "wells"})
    with time_machine.travel(timezone.now() + timedelta(days=1)):
        assert send_digests() == 1
        Notification.objects.filter(kind=DIGEST).update(state=digest_state)
        verbs.stop_bulk(message=message, by=cast.secretariat)
        Notification.objects.filter(kind=DIGEST).update(state=DeliveryState.QUEUED)
        deliver_due()
    (mail,) = messages_to(reader.email)
    assert (mail.subject, "Doors open" in mail.text) == ("1 message from the portal", False)
    row = message.notifications.get()
    assert (row.state, row.digest) == (DeliveryState.HELD, None)


@pytest.mark.django_db
def test_draft_is_discarded_and_then_neither_changed_nor_sent(cast: Cast) -> None:
    LIST.append(UserFactory())
    message = draft(cast.secretariat)
    verbs.stop_bulk(message=message, by=cast.secretariat)
    with pytest.raises(Refused, match="cannot be changed"):
        verbs.edit_bulk(message=message, by=cast.secretariat, subject="x", body="x", language="en", audience={})
    with pytest.raises(Refused, match="Cancelled"):
        verbs.confirm_bulk(message=message, by=cast.secretariat, count=1)


@pytest.mark.django_db
def test_message_being_queued_is_not_stopped(cast: Cast) -> None:
    LIST.append(UserFactory())
    message = verbs.confirm_bulk(message=draft(cast.secretariat), by=cast.secretariat, count=1)
    with pytest.raises(Refused, match="Wait a few seconds"):
        verbs.stop_bulk(message=message, by=cast.secretariat)


@pytest.mark.django_db
def test_test_goes_to_oneself_and_counts_for_nothing(cast: Cast) -> None:
    message = draft(cast.secretariat)
    verbs.send_test(message=message, by=cast.secretariat)
    deliver_due()
    (mail,) = messages_to(cast.secretariat.email)
    assert mail.subject == "Test: Doors open at six"
    assert verbs.progress_of(message).total == 0


@pytest.mark.django_db
def test_reach_says_who_has_no_account_and_who_refuses_mail(cast: Cast) -> None:
    LIST.extend([UserFactory(), UserFactory(email="Gone@test.example"), Recipient("only@test.example")])
    record_trouble(address="gone@test.example", is_permanent=True, detail="550")
    assert verbs.reach_of(message=draft(cast.secretariat), by=cast.secretariat) == verbs.Reach(3, 1, 1)
    MailRefusal.objects.create(address="Only@test.example", kind=verbs.BULK.name)
    assert verbs.reach_of(message=draft(cast.secretariat), by=cast.secretariat) == verbs.Reach(3, 1, 2)


@pytest.mark.django_db
def test_only_secretariat_staff_write_to_many(cast: Cast) -> None:
    message = draft(cast.secretariat)
    for who in (cast.focal_undp, cast.drafter, cast.administrator, cast.outsider):
        assert not BulkMessage.objects.visible_to(who).exists()
        for verb in (verbs.send_test, verbs.stop_bulk, verbs.start_again):
            with pytest.raises(PermissionDenied):
                verb(message=message, by=who)
        with pytest.raises(PermissionDenied):
            verbs.confirm_bulk(message=message, by=who, count=1)
        with pytest.raises(PermissionDenied):
            draft(who)


@pytest.mark.django_db
def test_ten_thousand_rows_are_written_in_batches(cast: Cast) -> None:
    User.objects.bulk_create([User(email=f"many{number}@test.example", password="!") for number in range(10_000)])
    LIST.extend(User.objects.filter(email__startswith="many"))
    message = verbs.confirm_bulk(message=draft(cast.secretariat, body="Dear all.\n\n" * 200), by=cast.secretariat, count=10_000)
    with CaptureQueriesContext(connection) as queries, transaction.atomic():
        verbs.queue_bulk(pk=message.pk)
    assert message.notifications.count() == 10_000
    assert len(queries) <= 70, len(queries)


# --- Pages -----------------------------------------------------------------------------------------------------------

WORDS = {"subject": "Doors open at six", "body": "Dear all.", "language": "en"}


@pytest.mark.django_db
def test_from_the_list_to_the_progress_by_pages(cast: Cast, sign_in: Any) -> None:
    client = sign_in(cast.secretariat)
    LIST.extend([UserFactory(), UserFactory()])
    assert "Listed in the test" in client.get("/outbox/bulk/new/").content.decode()
    where = client.post("/outbox/bulk/new/?list=tests.listed", WORDS).url
    message = BulkMessage.objects.get()
    assert where == f"/outbox/bulk/{message.pk}/"
    assert "Send to 2 people …" in client.get(where).content.decode()
    assert "Dear all." in client.get(f"{where}preview/").content.decode()
    assert client.post(f"{where}edit/", {**WORDS, "subject": "Doors open at seven"}).url == where
    assert client.post(f"{where}test/").url == where
    assert "Send this to 2 people?" in client.get(f"{where}confirm/").content.decode()
    LIST.append(UserFactory())
    late = client.post(f"{where}confirm/", {"count": 2})
    assert (late.status_code, "3 people now" in late.content.decode()) == (409, True)
    assert 'name="count" value="3"' in late.content.decode()
    assert client.post(f"{where}confirm/", {"count": 3}).url == where
    assert "data-poll" in client.get(where).content.decode()
    work()
    assert client.get(f"{where}progress/").json()["state"] == "running"
    while deliver_due():
        pass
    progress = client.get(f"{where}progress/").json()
    assert (progress["progress"], progress["state"], progress["message"]) == (100, "done", "3 of 3 sent, 0 failed")
    assert "data-poll" not in client.get(where).content.decode()
    assert "Doors open at seven" in client.get("/outbox/bulk/").content.decode()
    assert client.get(f"{where}edit/").url == client.get(f"{where}confirm/").url == where
    found = client.get(f"/outbox/?bulk={message.pk}")
    assert len(found.context["rows"]) == 3


@pytest.mark.django_db
@pytest.mark.parametrize("subject", ["Hello\r\nBcc: everybody@test.example", "Hello\n", "\nHello", "Hel\x0blo", "Hel\u2028lo"])
def test_line_breaks_in_the_subject_are_refused(subject: str, cast: Cast, sign_in: Any) -> None:
    answer = sign_in(cast.secretariat).post("/outbox/bulk/new/?list=tests.listed", {**WORDS, "subject": subject})
    assert (answer.status_code, "one line of plain text" in answer.content.decode()) == (400, True)
    assert not BulkMessage.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("field", "value"), [("subject", ""), ("body", ""), ("body", "a\x07b"), ("language", "tlh"), ("subject", "x" * 151)]
)
def test_bad_text_is_refused_and_kept(field: str, value: str, cast: Cast, sign_in: Any) -> None:
    answer = sign_in(cast.secretariat).post("/outbox/bulk/new/?list=tests.listed", {**WORDS, field: value})
    assert answer.status_code == 400
    assert not BulkMessage.objects.exists()


@pytest.mark.django_db
def test_choice_that_the_list_does_not_offer_is_refused(cast: Cast, sign_in: Any) -> None:
    client = sign_in(cast.secretariat)
    answer = client.post("/outbox/bulk/new/?list=meetings.registrants", {**WORDS, "meeting": "nowhere"})
    assert answer.status_code == 400
    assert client.post("/outbox/bulk/new/?list=meetings.registrants", WORDS).status_code == 400
    assert not BulkMessage.objects.exists()


@pytest.mark.django_db
def test_pages_of_messages_to_many_are_for_staff(cast: Cast, sign_in: Any) -> None:
    message = draft(cast.secretariat)
    paths = [f"/outbox/bulk/{message.pk}/{name}" for name in ("", "edit/", "preview/", "confirm/", "progress/")]
    for who in (cast.outsider, cast.administrator, person(Role.STAFF, "unossc", is_active=False)):
        for path in ["/outbox/bulk/", "/outbox/bulk/new/", *paths]:
            assert sign_in(who).get(path).status_code in {302, 403}, path
        for name in ("test", "confirm", "again", "stop"):
            assert sign_in(who).post(f"/outbox/bulk/{message.pk}/{name}/", {"count": 0}).status_code in {302, 403}
    message.refresh_from_db()
    assert message.state == BulkState.DRAFT
    assert sign_in(cast.secretariat).get("/outbox/bulk/999999/").status_code == 404


@pytest.mark.django_db
def test_stop_button_and_late_presses(cast: Cast, sign_in: Any) -> None:
    client = sign_in(cast.secretariat)
    LIST.append(UserFactory())
    message = confirmed(cast.secretariat, 1)
    assert "1 message is held" in client.post(f"/outbox/bulk/{message.pk}/stop/", follow=True).content.decode()
    assert "cannot become" in client.post(f"/outbox/bulk/{message.pk}/stop/", follow=True).content.decode()
    assert "on its way already" in client.post(f"/outbox/bulk/{message.pk}/again/", follow=True).content.decode()


@pytest.mark.django_db
def test_message_whose_list_is_gone_says_so(cast: Cast, sign_in: Any) -> None:
    message = draft(cast.secretariat, audience={"list": "tests.gone"})
    client = sign_in(cast.secretariat)
    assert "does not have this list" in client.get(f"/outbox/bulk/{message.pk}/").content.decode()
    assert client.get(f"/outbox/bulk/{message.pk}/confirm/").status_code == 302
    assert client.get(f"/outbox/bulk/{message.pk}/edit/").status_code == 302


@pytest.mark.django_db
def test_stopping_holds_all_however_many_and_what_waits_for_digests(cast: Cast, monkeypatch: Any) -> None:
    monkeypatch.setattr("notifications.services.outbox.MOST_AT_ONCE", 2)
    daily = UserFactory()
    set_preferences(user=daily, frequencies={verbs.BULK.name: Frequency.DAILY})
    LIST.extend([daily, *(UserFactory() for _ in range(5))])
    message = confirmed(cast.secretariat, 6)
    assert verbs.stop_bulk(message=message, by=cast.secretariat) == 6
    assert set(Notification.objects.values_list("state", flat=True)) == {DeliveryState.HELD}


@pytest.mark.django_db
def test_text_that_somebody_edited_meanwhile_is_not_sent_unread(cast: Cast, sign_in: Any) -> None:
    LIST.append(UserFactory())
    message = draft(cast.secretariat)
    client = sign_in(cast.secretariat)
    page = f"/outbox/bulk/{message.pk}/confirm/"
    seen = {"count": 1, "seen": verbs.version_of(message)}
    assert seen["seen"] in client.get(page).content.decode()
    verbs.edit_bulk(message=message, by=cast.secretariat, subject="Other", body="Other", language="en", audience=message.audience)
    answer = client.post(page, seen)
    assert answer.status_code == 409
    assert "The text was edited after you opened this page" in answer.content.decode()
    message.refresh_from_db()
    assert message.state == BulkState.DRAFT
    assert client.post(page, {"count": 1, "seen": verbs.version_of(message)}).status_code == 302


@pytest.mark.django_db
def test_nobody_can_say_no_to_tests_they_ask_for(cast: Cast) -> None:
    verbs.send_test(message=draft(cast.secretariat), by=cast.secretariat)
    deliver_due()
    assert "/unsubscribe/" not in next(messages_to(cast.secretariat.email)).text
    with pytest.raises(Refused):
        unsubscribe(token=unsubscribe_token(row=Notification(recipient=cast.secretariat, kind=verbs.TEST.name)))
