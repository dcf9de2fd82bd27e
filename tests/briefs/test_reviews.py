"""Rounds of review: who opens, who reviews, who reads what, and how an outsider comes in."""

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.utils import timezone

from briefs.enums import BriefState, ReviewDecision, ReviewerState
from briefs.models import Brief, Reviewer, ReviewPoint, ReviewRound
from briefs.selectors.personal import data_of_person
from briefs.selectors.reviews import earlier_reviews, reviewers_to_ask_again, shown_round
from briefs.services import (
    Invited,
    answer_point,
    close_review,
    come_in_by_link,
    decline_review,
    invite_reviewer,
    keep_review,
    open_review,
    reviewing,
    revoke_reviewer,
    save_section,
    send_again,
    submit_review,
)
from briefs.services.personal import erase_person
from briefs.services.reviewing import remind_reviewers
from briefs.services.reviews import PURPOSE
from common.access import Refused
from directory.models import Organization, SingleUseLink
from directory.services.erasure import traces_of
from directory.services.links import LinkRefused, token_of, use_link
from notifications.models import Notification
from notifications.services.delivery import deliver_due, render
from tests.conftest import Cast
from tests.factories.briefs import brief_by, in_state
from tests.factories.directory import UserFactory
from tests.faults.servers import eventually

pytestmark = pytest.mark.django_db
OUTSIDER = Invited(name="Ada Outside", address="Ada@Outside.example", affiliation="A school")


def opened(cast: Cast, brief: Brief | None = None, by: Any = None, **more: Any) -> ReviewRound:
    values: dict[str, Any] = {"is_anonymous": True, "questions": ["Is it true?", "Is it new?"], **more}
    values.setdefault("due_at", timezone.now() + timedelta(days=20))
    return open_review(brief=brief or brief_by(), by=by or cast.secretariat, **values)


def invited(cast: Cast, found: ReviewRound, user: Any = None, who: Invited = OUTSIDER) -> Reviewer:
    return invite_reviewer(review_round=found, by=cast.secretariat, invited=Invited(user=user) if user else who)


def reviewed(cast: Cast, found: ReviewRound, user: Any = None, who: Invited = OUTSIDER, **more: Any) -> Reviewer:
    values = {"answers": ["Yes.", ""], "decision": "minor", "to_authors": "One.\n\nTwo.", "to_editors": "Between us.", **more}
    return submit_review(reviewer=invited(cast, found, user, who), by=user, **values)


def last_token() -> str:
    return token_of(SingleUseLink.objects.filter(purpose=PURPOSE).latest("created_at").pk)


# --- open ---


def test_text_under_review_stays_as_it_was_when_the_round_was_opened(cast: Cast) -> None:
    found = opened(cast)
    section = found.brief.sections.get(organization__code="undp")
    save_section(section=section, by=cast.focal_undp, version=1, heading="Another", body="<p>Another text</p>")
    found.refresh_from_db()
    assert [row["heading"] for row in found.content["sections"]] == ["Part of undp", "Part of fao"]


@pytest.mark.parametrize("who", ["focal_undp", "focal_fao", "contributor_undp", "drafter", "outsider", "administrator"])
def test_only_secretariat_staff_open_a_round_with_anonymous_reviewers(cast: Cast, who: str) -> None:
    with pytest.raises(PermissionDenied):
        opened(cast, by=getattr(cast, who))


def test_lead_focal_point_opens_a_round_with_open_names(cast: Cast) -> None:
    assert opened(cast, by=cast.focal_undp, is_anonymous=False).opened_by == cast.focal_undp
    with pytest.raises(PermissionDenied):
        opened(cast, by=cast.focal_fao, is_anonymous=False)


def test_what_cannot_be_opened_is_refused_with_what_to_do(cast: Cast) -> None:
    past = timezone.now() - timedelta(minutes=1)
    found = opened(cast)
    for brief, more, sentence in (
        (found.brief, {}, "Close it first"),
        (brief_by(state=BriefState.PUBLISHED), {}, "Open it for a new edition"),
        (brief_by(), {"due_at": past}, "choose a later"),
        (brief_by(), {"due_at": timezone.now() + timedelta(days=400)}, "choose an earlier"),
    ):
        with pytest.raises(Refused, match=sentence):
            opened(cast, brief, **more)
    empty = brief_by()
    empty.sections.update(body="")
    with pytest.raises(Refused, match="no text to review"):
        opened(cast, empty)


# --- invite ---


def test_address_with_an_account_is_asked_on_the_portal(cast: Cast) -> None:
    reviewer = invited(cast, opened(cast), who=Invited(name="x", address=cast.focal_who.email.upper()))
    assert (reviewer.user, reviewer.address, reviewer.name) == (cast.focal_who, "", "")
    assert Notification.objects.get(kind="briefs.review_invited").recipient == cast.focal_who


def test_author_reviews_no_text_of_their_own(cast: Cast) -> None:
    found = opened(cast)
    with pytest.raises(Refused, match="nobody reviews their own text"):
        invited(cast, found, cast.contributor_undp)
    assert not found.reviewers.exists()


def test_nobody_is_invited_twice(cast: Cast) -> None:
    found = opened(cast)
    invited(cast, found)
    with pytest.raises(Refused, match="invited to this round already"):
        invited(cast, found, who=Invited(name="Ada again", address="ada@outside.example"))


def test_invitation_of_an_outsider_is_confidential_and_its_token_in_no_table(cast: Cast) -> None:
    invited(cast, opened(cast))
    row = Notification.objects.get(kind="briefs.review_invited_by_link")
    assert row.address == "ada@outside.example"
    assert last_token() not in str(row.context)
    assert f"/briefs/desk/review/{last_token()}/" in render(row)[1]


# --- the link ---


def test_opening_the_link_uses_nothing_up_and_the_button_opens_this_review_only(cast: Cast, sign_in: Any) -> None:
    reviewer = invited(cast, opened(cast))
    other = invited(cast, opened(cast, brief_by()), who=Invited(name="Bo", address="bo@outside.example"))
    token = token_of(SingleUseLink.objects.get(subject=str(reviewer.pk)).pk)
    guest, path = sign_in(), f"/briefs/desk/review/{token}/"
    assert [guest.get(path).status_code for _ in range(3)] == [200, 200, 200]
    assert guest.head(path).status_code == 200
    assert guest.get(reviewer.get_absolute_url()).status_code == 404
    assert guest.post(path).status_code == 302
    page = guest.get(reviewer.get_absolute_url())
    assert page.status_code == 200
    assert "Is it new?" in page.content.decode()
    assert page["Cache-Control"].startswith("max-age=0, no-cache, no-store")
    assert guest.get(other.get_absolute_url()).status_code == 404
    brief = reviewer.round.brief
    assert guest.get(brief.get_absolute_url()).status_code == 404
    assert guest.get(reviewer.round.get_absolute_url()).status_code == 302
    # The same browser goes on; another one is offered a new link.
    assert guest.get(path)["Location"] == reviewer.get_absolute_url()
    answer = sign_in().post(path)
    assert answer.status_code == 410
    assert "Send me a new link" in answer.content.decode()


def test_new_link_ends_the_session_of_the_old_one(cast: Cast, sign_in: Any) -> None:
    reviewer = invited(cast, opened(cast))
    guest, path = sign_in(), f"/briefs/desk/review/{last_token()}/"
    guest.post(path)
    stranger = sign_in()
    assert "less than five minutes ago" in stranger.post(path, {"act": "new-link"}).content.decode()
    Reviewer.objects.update(invited_at=timezone.now() - timedelta(hours=1))
    assert "on its way" in stranger.post(path, {"act": "new-link"}).content.decode()
    assert guest.get(reviewer.get_absolute_url()).status_code == 404
    assert Notification.objects.filter(kind="briefs.review_invited_by_link", address=reviewer.address).count() == 2
    assert come_in_by_link(token=last_token()) == reviewer


def test_withdrawn_invitation_lets_nobody_in(cast: Cast, sign_in: Any) -> None:
    reviewer = invited(cast, opened(cast))
    guest, path = sign_in(), f"/briefs/desk/review/{last_token()}/"
    guest.post(path)
    revoke_reviewer(reviewer=reviewer, by=cast.secretariat)
    assert guest.get(reviewer.get_absolute_url()).status_code == 404
    assert sign_in().post(path, {"act": "new-link"}).status_code == 410
    deliver_due()
    assert set(Notification.objects.filter(kind="briefs.review_invited_by_link").values_list("state", flat=True)) == {"withdrawn"}
    Reviewer.objects.update(invited_at=timezone.now() - timedelta(hours=1))
    assert send_again(reviewer=reviewer, by=cast.secretariat).state == ReviewerState.INVITED


def test_expired_and_forged_links_say_what_to_do(cast: Cast, sign_in: Any) -> None:
    invited(cast, opened(cast))
    path = f"/briefs/desk/review/{last_token()}/"
    SingleUseLink.objects.update(expires_at=timezone.now() - timedelta(days=1))
    assert "Send me a new link" in sign_in().post(path).content.decode()
    for forged in ("forged", f"{last_token()[:-1]}x", token_of(uuid4())):
        for answer in (sign_in().get(f"/briefs/desk/review/{forged}/"), sign_in().post(f"/briefs/desk/review/{forged}/")):
            assert answer.status_code == 404
            assert "This link is not complete" in answer.content.decode()


@pytest.mark.parametrize("is_used", [False, True])
def test_link_to_a_closed_round_says_that_it_is_closed(cast: Cast, sign_in: Any, is_used: bool) -> None:
    found = opened(cast)
    reviewer = invited(cast, found)
    path = f"/briefs/desk/review/{last_token()}/"
    guest = sign_in()
    if is_used:
        guest.post(path)
    close_review(review_round=found, by=cast.secretariat, decision=ReviewDecision.MINOR)
    for answer in (sign_in().get(path), sign_in().post(path), sign_in().post(path, {"act": "new-link"})):
        assert answer.status_code == 410
        assert "This round of review is closed; its links do not work any more." in answer.content.decode()
    if is_used:
        # The browser that came in before may still look; nothing is written any more, and nothing typed is lost.
        late = guest.post(reviewer.get_absolute_url(), {"act": "submit", "decision": "minor", "to_authors": "Late words"})
        assert late.status_code == 400
        assert "This round of review is closed" in late.content.decode()
        assert "Late words" in late.content.decode()


def test_second_use_of_a_link_says_that_it_works_once(cast: Cast, sign_in: Any) -> None:
    invited(cast, opened(cast))
    path = f"/briefs/desk/review/{last_token()}/"
    sign_in().post(path)
    second = sign_in().post(path)
    assert second.status_code == 410
    assert "This link has been used already. It works once." in second.content.decode()


# --- review ---


def test_review_is_kept_and_handed_in_on_the_page(cast: Cast, sign_in: Any) -> None:
    reviewer = invited(cast, opened(cast), cast.focal_who)
    client, path = sign_in(cast.focal_who), reviewer.get_absolute_url()
    values = {"answer_0": "Yes.", "answer_1": "", "to_authors": "One.", "to_editors": "", "act": "keep"}
    assert client.post(path, values).status_code == 302
    assert "One." in client.get(path).content.decode()
    refused = client.post(path, {**values, "act": "submit"})
    assert refused.status_code == 400
    assert "One." in refused.content.decode()
    assert client.post(path, {**values, "act": "submit", "decision": "minor"}).status_code == 302
    reviewer.refresh_from_db()
    assert (reviewer.state, reviewer.decision, reviewer.draft) == (ReviewerState.SUBMITTED, "minor", {})
    assert list(reviewer.points.values_list("question", "text")) == [("Is it true?", "Yes."), ("", "One.")]
    assert "cannot be changed any more" in client.get(path).content.decode()
    late = client.post(path, {**values, "act": "submit", "decision": "minor", "to_authors": "More words"})
    assert (late.status_code, "More words" in late.content.decode()) == (400, True)


def test_review_without_a_word_is_refused(cast: Cast) -> None:
    reviewer = invited(cast, opened(cast), cast.focal_who)
    with pytest.raises(Refused, match="Answer a question"):
        submit_review(reviewer=reviewer, by=cast.focal_who, answers=["", " "], decision="publish", to_authors="\n \n")
    with pytest.raises(Refused, match="what you recommend"):
        submit_review(reviewer=reviewer, by=cast.focal_who, answers=["x"], decision="", to_authors="")


def test_only_the_reviewer_writes_the_review(cast: Cast, sign_in: Any) -> None:
    reviewer = invited(cast, opened(cast), cast.focal_who)
    for user in cast.everyone().values():
        if user != cast.focal_who:
            assert sign_in(user).get(reviewer.get_absolute_url()).status_code == 404
            with pytest.raises(PermissionDenied):
                keep_review(reviewer=reviewer, by=user, written={})
    with pytest.raises(Refused, match="Sign in"):
        keep_review(reviewer=reviewer, by=None, written={})


def test_declining_needs_a_reason_that_the_editors_read(cast: Cast) -> None:
    reviewer = invited(cast, opened(cast), cast.focal_who)
    with pytest.raises(Refused, match="Say why"):
        decline_review(reviewer=reviewer, by=cast.focal_who, reason=" ")
    decline_review(reviewer=reviewer, by=cast.focal_who, reason="On mission.")
    row = Notification.objects.get(kind="briefs.review_declined")
    assert row.recipient == cast.secretariat
    assert "On mission." in render(row)[1]


def test_closed_round_takes_no_review(cast: Cast) -> None:
    found = opened(cast)
    reviewer = invited(cast, found, cast.focal_who)
    close_review(review_round=found, by=cast.secretariat, decision="major")
    for act in (
        lambda: keep_review(reviewer=reviewer, by=cast.focal_who, written={}),
        lambda: invited(cast, found),
        lambda: send_again(reviewer=reviewer, by=cast.secretariat),
        lambda: revoke_reviewer(reviewer=reviewer, by=cast.secretariat),
        lambda: close_review(review_round=found, by=cast.secretariat, decision="major"),
    ):
        with pytest.raises(Refused, match="closed"):
            act()


# --- who sees what ---


def test_anonymous_reviewers_stay_anonymous_by_every_door(cast: Cast, sign_in: Any) -> None:
    found = opened(cast)
    reviewed(cast, found, cast.focal_who, to_editors="Secret to editors")
    reviewed(cast, found, to_editors="Secret to editors")
    invited(cast, found, cast.focal_samoa)
    close_review(review_round=found, by=cast.secretariat, decision=ReviewDecision.MINOR, letter="Do it.")
    secrets = [
        "Ada Outside",
        "ada@outside",
        "A school",
        "Secret to editors",
        cast.focal_who.family_name,
        cast.focal_samoa.family_name,
    ]
    doors = [
        found.get_absolute_url(),
        f"/briefs/{found.brief.slug}/reviews/",
        found.brief.get_absolute_url(),
        "/desk/",
        "/inbox/",
    ]
    doors += ["/briefs/desk/", "/briefs/desk/clearance/", f"/briefs/{found.brief.slug}/checklist/", "/admin/briefs/reviewround/"]
    for user in (cast.focal_undp, cast.contributor_undp, cast.focal_fao, cast.drafter):
        client = sign_in(user)
        pages = "".join(client.get(door).content.decode() for door in doors)
        assert [secret for secret in secrets if secret in pages] == []
        assert not Reviewer.objects.visible_to(user).exists()
        told = Notification.objects.filter(recipient=user, kind__startswith="briefs.review")
        assert [secret for secret in secrets if secret in str([row.context for row in told])] == []
    assert "Reviewer 1" in sign_in(cast.focal_undp).get(found.get_absolute_url()).content.decode()
    shown = sign_in(cast.secretariat).get(found.get_absolute_url()).content.decode()
    assert [secret for secret in secrets if secret not in shown] == ["ada@outside"]


def test_staff_who_serve_in_an_authoring_agency_are_authors(cast: Cast) -> None:
    found = opened(cast)
    reviewed(cast, found)
    author = cast.secretariat
    author.memberships.create(organization=Organization.objects.get(code="undp"), role="contributor")
    author = type(author).objects.get(pk=author.pk)
    assert not Reviewer.objects.visible_to(author).exists()
    shown = shown_round(found, author)
    assert (shown.is_editor, shown.runs, shown.reads) == (False, False, False)
    assert [(review.label, review.points, review.to_editors) for review in shown.reviews] == [("Reviewer 1", [], "")]


def test_authors_read_the_reviews_when_the_round_is_closed(cast: Cast) -> None:
    found = opened(cast)
    reviewed(cast, found)
    assert [review.points for review in shown_round(found, cast.focal_undp).reviews] == [[]]
    found = close_review(review_round=found, by=cast.secretariat, decision="minor")
    (review,) = shown_round(found, cast.focal_undp).reviews
    assert [point.text for point in review.points] == ["Yes.", "One.", "Two."]


@pytest.mark.parametrize("who", ["outsider", "focal_who", "focal_samoa", "administrator"])
def test_round_does_not_exist_for_others(cast: Cast, sign_in: Any, who: str) -> None:
    found = opened(cast, brief_by(state=BriefState.CLEARED))
    brief = found.brief
    client = sign_in(getattr(cast, who))
    for page in ("reviews/", "reviews/open/", f"reviews/{found.number}/", "checklist/"):
        assert client.get(f"/briefs/{brief.slug}/{page}").status_code == 404
    for page in ("invite", "close"):
        assert client.post(f"/briefs/{brief.slug}/reviews/{found.number}/{page}/").status_code == 404
    assert not ReviewRound.objects.visible_to(getattr(cast, who)).exists()


def test_authors_run_no_anonymous_round(cast: Cast, sign_in: Any) -> None:
    found = opened(cast)
    reviewer = invited(cast, found)
    client, page = sign_in(cast.focal_undp), found.get_absolute_url()
    for act in ("invite/", "close/", f"reviewers/{reviewer.pk}/again/", f"reviewers/{reviewer.pk}/revoke/"):
        assert client.post(f"{page}{act}").status_code == 403


def test_secretariat_runs_a_round_on_its_pages(cast: Cast, sign_in: Any) -> None:
    brief, client = brief_by(), sign_in(cast.secretariat)
    due = (timezone.now() + timedelta(days=9)).strftime("%Y-%m-%dT%H:%M")
    values = {"deadline": due, "is_anonymous": "yes", "questions": "One?\n\nTwo?", "invitation": "Please."}
    assert client.post(f"/briefs/{brief.slug}/reviews/open/", values)["Location"] == f"/briefs/{brief.slug}/reviews/1/"
    found = brief.review_rounds.get()
    assert (found.questions, found.is_anonymous) == (["One?", "Two?"], True)
    page = found.get_absolute_url()
    wrong = client.post(f"{page}invite/", {"name": "Ada", "address": "no address", "language": "en"})
    assert (wrong.status_code, "no address" in wrong.content.decode()) == (400, True)
    client.post(f"{page}invite/", {"name": "Ada", "address": "ada@x.example", "language": "fr", "affiliation": ""})
    reviewer = found.reviewers.get()
    assert (reviewer.name, reviewer.language) == ("Ada", "fr")
    client.post(f"{page}reviewers/{reviewer.pk}/revoke/")
    assert client.post(f"{page}close/", {"letter": "Long letter"}).status_code == 400
    assert client.post(f"{page}close/", {"decision": "minor", "letter": "Long letter"}).status_code == 302
    assert "Long letter" in client.get(page).content.decode()


# --- the authors answer ---


def closed(cast: Cast) -> ReviewPoint:
    found = opened(cast)
    reviewed(cast, found)
    close_review(review_round=found, by=cast.secretariat, decision="minor")
    return ReviewPoint.objects.first()


def test_authors_answer_point_by_point_and_overwrite_nothing_unseen(cast: Cast, sign_in: Any) -> None:
    point = closed(cast)
    page = point.reviewer.round.get_absolute_url()
    path = f"{page}points/{point.pk}/"
    assert sign_in(cast.contributor_undp).post(path, {"reply": "Done.", "seen": ""}).status_code == 302
    late = sign_in(cast.focal_fao).post(path, {"reply": "Not done.", "seen": ""})
    assert (late.status_code, "Not done." in late.content.decode()) == (400, True)
    assert "Somebody else has answered" in late.content.decode()
    point.refresh_from_db()
    assert (point.reply, point.replied_for.code, point.replied_by) == ("Done.", "undp", cast.contributor_undp)
    assert sign_in(cast.secretariat).post(path, {"reply": "x", "seen": ""}).status_code == 403


def test_answers_wait_for_the_end_of_the_round(cast: Cast) -> None:
    found = opened(cast)
    reviewed(cast, found)
    undp = Organization.objects.get(code="undp")
    point = ReviewPoint.objects.first()
    with pytest.raises(Refused, match="when the round is closed"):
        answer_point(point=point, by=cast.focal_undp, on_behalf_of=undp, seen="", reply="x")


def test_next_round_proposes_earlier_reviewers_and_shows_them_their_own_exchange(cast: Cast, sign_in: Any) -> None:
    found = opened(cast)
    mine = reviewed(cast, found, cast.focal_who)
    reviewed(cast, found, to_authors="What the other said")
    declined = invited(cast, found, cast.focal_samoa)
    decline_review(reviewer=declined, by=cast.focal_samoa, reason="No time")
    close_review(review_round=found, by=cast.secretariat, decision="major")
    point, undp = mine.points.first(), Organization.objects.get(code="undp")
    answer_point(point=point, by=cast.focal_undp, on_behalf_of=undp, seen="", reply="We agree.")
    again = reviewers_to_ask_again(found.brief, cast.secretariat)
    assert {row.user_id for row in again} == {cast.focal_who.pk, None}
    assert reviewers_to_ask_again(found.brief, cast.focal_undp) == []
    second = opened(cast, found.brief, again=again)
    assert (second.number, second.reviewers.count()) == (2, 2)
    reviewer = second.reviewers.get(user=cast.focal_who)
    assert earlier_reviews(reviewer) == [mine]
    page = sign_in(cast.focal_who).get(reviewer.get_absolute_url()).content.decode()
    assert "We agree." in page
    assert "What the other said" not in page
    with pytest.raises(Refused, match="next round has begun"):
        answer_point(point=point, by=cast.focal_undp, on_behalf_of=undp, seen="We agree.", reply="No.")


# --- a person's own ---


def test_reviewer_from_outside_takes_their_review_along_and_is_erased(cast: Cast) -> None:
    reviewer = reviewed(cast, opened(cast), to_authors="As Ada Outside I know.")
    person = UserFactory(email="ada@outside.example", given_name="Ada", family_name="Outside")
    (row,) = data_of_person(person)["reviews"]
    assert (row["recommendation"], row["to_editors"]) == ("minor", "Between us.")
    erase_person(user=person, traces=traces_of(person))
    reviewer.refresh_from_db()
    assert (reviewer.name, reviewer.affiliation, reviewer.address) == ("–", "", f"erased-{reviewer.pk}@erased.invalid")
    assert [point.text for point in reviewer.points.all()] == ["Yes.", "As […] I know."]


def test_admin_shows_rounds_to_their_editors_only(cast: Cast, sign_in: Any) -> None:
    found = opened(cast)
    invited(cast, found)
    type(cast.secretariat).objects.filter(pk__in=[cast.secretariat.pk, cast.focal_undp.pk]).update(is_staff=True)
    path = f"/admin/briefs/reviewround/{found.pk}/change/"
    page = sign_in(cast.secretariat).get(path)
    assert (page.status_code, "ada@outside.example" in page.content.decode()) == (200, True)
    for user in (cast.focal_undp, cast.administrator):
        assert "ada@outside.example" not in sign_in(user).get(path, follow=True).content.decode()


# --- the clock ---


def test_reviewers_are_reminded_once_before_and_once_after(cast: Cast) -> None:
    found = opened(cast)
    invited(cast, found, cast.focal_who)
    invited(cast, found)
    assert remind_reviewers() == 0
    Reviewer.objects.update(invited_at=timezone.now() - timedelta(days=20))
    ReviewRound.objects.update(due_at=timezone.now() + timedelta(days=2))
    assert (remind_reviewers(), remind_reviewers()) == (2, 0)
    ReviewRound.objects.update(due_at=timezone.now() - timedelta(days=2))
    assert (remind_reviewers(), remind_reviewers()) == (2, 0)
    assert Notification.objects.filter(kind="briefs.review_reminder").count() == 2
    assert Notification.objects.filter(kind="briefs.review_reminder_by_link").count() == 2
    texts = [render(row)[1] for row in Notification.objects.filter(kind="briefs.review_reminder").order_by("pk")]
    assert ["It is still welcome" in text for text in texts] == [False, True]


@pytest.mark.django_db(transaction=True)
def test_link_used_twice_at_once_opens_one_session(cast: Cast) -> None:
    invited(cast, opened(cast))
    token, results = last_token(), []

    def use() -> None:
        try:
            results.append(type(come_in_by_link(token=token)).__name__)
        except LinkRefused:
            results.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=use) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(results) == ["Reviewer", "refused", "refused"]


@pytest.mark.django_db(transaction=True)
def test_link_opened_while_it_is_sent_again_waits_in_no_circle(cast: Cast, monkeypatch: Any) -> None:
    """Whoever comes in holds the review before the link, like the editor who sends another: one waits for the other."""
    reviewer = invited(cast, opened(cast))
    Reviewer.objects.update(invited_at=timezone.now() - timedelta(days=1))
    token, results, in_the_middle = last_token(), [], threading.Event()

    def use_and_wait(**given: Any) -> SingleUseLink:
        link = use_link(**given)
        in_the_middle.set()
        assert eventually(somebody_waits_for_a_lock)
        return link

    def somebody_waits_for_a_lock() -> bool:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_locks WHERE NOT granted")  # unlike activity, not kept for the transaction
            return cursor.fetchone() is not None

    def in_thread(name: str, verb: Callable[[], Any]) -> None:
        try:
            verb()
            results.append(name)
        finally:
            connection.close()

    monkeypatch.setattr(reviewing, "use_link", use_and_wait)
    threads = [threading.Thread(target=in_thread, args=("in", lambda: come_in_by_link(token=token)))]
    threads.append(threading.Thread(target=in_thread, args=("again", lambda: send_again(reviewer=reviewer, by=cast.secretariat))))
    threads[0].start()
    assert in_the_middle.wait(30)
    threads[1].start()
    for thread in threads:
        thread.join(60)
    assert sorted(results) == ["again", "in"]
    assert Reviewer.objects.get(pk=reviewer.pk).session_link is None  # the newer link counts


@pytest.mark.parametrize("count", [1, 6])
def test_round_asks_the_database_the_same_for_one_and_many(
    cast: Cast, sign_in: Any, django_assert_num_queries: Any, count: int
) -> None:
    found = opened(cast, in_state(brief_by(), BriefState.DRAFTING))
    for number in range(count):
        reviewed(cast, found, who=Invited(name=f"Ada {number}", address=f"ada{number}@x.example"))
    client = sign_in(cast.secretariat)
    client.get(found.get_absolute_url())
    with django_assert_num_queries(ROUND_QUERIES):
        client.get(found.get_absolute_url())


ROUND_QUERIES = 11
