"""The public consultation: who takes part, under which category, moderated, never with a name, never in a flood."""

import pytest
import time_machine
from django.core.exceptions import PermissionDenied

from common.access import Refused
from directory.models import Organization, StakeholderCategory
from notifications.models import Notification
from strategy.enums import CommentState, RoundKind, Visibility
from strategy.models import Comment
from strategy.selectors.participants import categories_of
from strategy.services import admit_comment, turn_down_comment, write_public_comment
from strategy.services.personal import data_of_person
from strategy.services.public_comments import MOST_WAITING

HTMX = {"HTTP_HX_REQUEST": "true"}


@pytest.fixture
def category(db):
    return StakeholderCategory.objects.get_or_create(code="academia", defaults={"name": "Academia"})[0]


@pytest.fixture
def open_scene(scene, category):
    scene.round.takes_public_comments = True
    scene.round.save()
    return scene


def write(scene, category, by=None, text="As a university sees it", **more):
    return write_public_comment(
        consultation=scene.round, by=by or scene.cast.outsider, category=category,
        paragraph=more.pop("paragraph", scene.paragraph()), type="general", text=text, **more,
    )  # fmt: skip


def test_it_waits_for_the_secretariat_and_is_then_read_by_all_without_the_name(open_scene, category, sign_in):
    scene, author = open_scene, open_scene.cast.outsider
    url = scene.url("drafts/0/paragraphs/1/")
    page = sign_in(author).get(url).content.decode()
    assert "Your stakeholder category" in page
    data = {"category": category.pk, "type": "general", "text": "As a university sees it", "passage": "that experience"}
    assert sign_in(author).post(url, data).status_code == 302
    comment = Comment.objects.get()
    assert (comment.state, comment.visibility, comment.organization) == (CommentState.MODERATION, Visibility.INTERNAL, None)
    for who in ("focal_undp", "administrator", None):
        assert "As a university" not in sign_in(getattr(scene.cast, who) if who else None).get(url).content.decode()
    assert "As a university" in sign_in(author).get(url).content.decode()
    queue = sign_in(scene.cast.secretariat)
    assert "As a university" in queue.get(scene.url("moderation/")).content.decode()
    assert queue.post(scene.url(f"comments/{comment.pk}/admit/")).status_code == 302
    for who in ("focal_undp", "focal_samoa", None):
        page = sign_in(getattr(scene.cast, who) if who else None).get(url).content.decode()
        assert "As a university" in page, who
        assert str(category) in page
        assert str(author) not in page
        assert author.email not in page
    assert "1 comment on paragraph 1" in sign_in().get(scene.url("drafts/0/")).content.decode()
    assert [row.kind for row in Notification.objects.filter(recipient=author)] == ["strategy.public_comment_admitted"]


def test_what_is_turned_down_is_read_by_its_author_who_is_told_why(open_scene, category, sign_in):
    scene = open_scene
    comment = write(scene, category)
    client, url = sign_in(scene.cast.secretariat), scene.url(f"comments/{comment.pk}/turn-down/")
    client.post(url, {"reason": ""})
    comment.refresh_from_db()
    assert comment.state == CommentState.MODERATION
    client.post(url, {"reason": "It names a person"})
    comment.refresh_from_db()
    assert comment.state == CommentState.TURNED_DOWN
    assert comment.state_changes.latest("pk").reason == "It names a person"
    message = Notification.objects.get(recipient=scene.cast.outsider)
    assert (message.kind, message.context["reason"]) == ("strategy.public_comment_turned_down", "It names a person")
    assert not Comment.objects.visible_to(scene.cast.focal_undp).exists()
    assert comment in Comment.objects.visible_to(scene.cast.outsider)
    assert "As a university" in client.get(scene.url("moderation/?show=turned_down")).content.decode()
    admit_comment(comment=comment, by=scene.cast.secretariat)  # a second look
    comment.refresh_from_db()
    assert comment.state == CommentState.SUBMITTED


def test_only_the_secretariat_moderates(open_scene, category, sign_in):
    scene = open_scene
    comment = write(scene, category)
    for who in ("focal_undp", "administrator", "outsider"):
        user = getattr(scene.cast, who)
        with pytest.raises(PermissionDenied):
            admit_comment(comment=comment, by=user)
        with pytest.raises(PermissionDenied):
            turn_down_comment(comment=comment, by=user, reason="No")
        assert sign_in(user).get(scene.url("moderation/")).status_code == 403, who
        expected = 403 if who == "outsider" else 404
        assert sign_in(user).post(scene.url(f"comments/{comment.pk}/admit/")).status_code == expected, who
    with pytest.raises(Refused, match="Give the reason"):
        turn_down_comment(comment=comment, by=scene.cast.secretariat, reason=" ")
    client = sign_in(scene.cast.secretariat)
    assert client.get(scene.url("moderation/?show=x")).status_code == 404
    admit_comment(comment=comment, by=scene.cast.secretariat)
    assert "This cannot become" in client.post(scene.url(f"comments/{comment.pk}/admit/"), follow=True).content.decode()
    assert "This cannot become" in client.post(
        scene.url(f"comments/{comment.pk}/turn-down/"), {"reason": "x"}, follow=True
    ).content.decode()  # fmt: skip


def test_an_agencys_comment_is_not_moderated(open_scene, category):
    with pytest.raises(PermissionDenied):
        admit_comment(comment=open_scene.comment(), by=open_scene.cast.secretariat)


def test_those_of_the_system_speak_through_their_agency(open_scene, category):
    for who in ("focal_undp", "contributor_undp", "secretariat", "drafter", "administrator"):
        with pytest.raises(PermissionDenied):
            write(open_scene, category, by=getattr(open_scene.cast, who))


def test_a_round_that_is_not_open_to_participants_takes_nothing(scene, category, sign_in):
    with pytest.raises(PermissionDenied):
        write(scene, category)
    response = sign_in(scene.cast.outsider).post(scene.url("drafts/0/paragraphs/1/"), {"type": "general", "text": "x"})
    assert response.status_code == 403


def test_the_category_is_that_of_the_organization(open_scene, category):
    samoa = open_scene.cast.focal_samoa
    own = StakeholderCategory.objects.get_or_create(code="member-state", defaults={"name": "Member State"})[0]
    Organization.objects.filter(code="samoa").update(category=own)
    assert categories_of(samoa) == [own]
    assert category in categories_of(open_scene.cast.outsider)
    with pytest.raises(Refused, match="cannot comment under this category"):
        write(open_scene, category, by=samoa)
    system = StakeholderCategory.objects.get_or_create(code="un-entity", defaults={"name": "United Nations system entity"})[0]
    with pytest.raises(Refused, match="cannot comment under this category"):
        write(open_scene, system)


def test_after_the_close_nothing_gets_in(open_scene, category, sign_in):
    scene = open_scene
    with time_machine.travel(scene.round.closes_at, tick=False):
        with pytest.raises(Refused, match="This round closed on"):
            write(scene, category)
        client = sign_in(scene.cast.outsider)
        response = client.post(
            scene.url("drafts/0/paragraphs/1/"), {"category": category.pk, "type": "general", "text": "Too late"}
        )
        assert response.status_code == 400
        assert "Too late" in response.content.decode()
    assert not Comment.objects.exists()


def test_nobody_buries_the_secretariat(open_scene, category):
    for number in range(MOST_WAITING):
        write(open_scene, category, text=f"Number {number}")
    with pytest.raises(Refused, match="wait for the secretariat"):
        write(open_scene, category)
    for comment in Comment.objects.all():
        admit_comment(comment=comment, by=open_scene.cast.secretariat)
    for number in range(MOST_WAITING):
        write(open_scene, category, text=f"Another {number}")
    for comment in Comment.objects.filter(state=CommentState.MODERATION):
        turn_down_comment(comment=comment, by=open_scene.cast.secretariat, reason="Enough")
    with pytest.raises(Refused, match="within a day"):
        write(open_scene, category)


def test_other_rounds_ask_for_no_comments(open_scene, category):
    open_scene.round.kind = RoundKind.SILENCE
    open_scene.round.save()
    with pytest.raises(Refused, match="not for comments"):
        write(open_scene, category)


def test_a_person_takes_their_words_along(open_scene, category):
    write(open_scene, category, passage="experience")
    (row,) = data_of_person(open_scene.cast.outsider)["comments"]
    assert (row["category"], row["agency"], row["passage"]) == (category.code, "", "experience")
    assert row["text"] == "As a university sees it"


def test_words_and_place_are_checked_as_for_agencies(open_scene, category):
    with pytest.raises(Refused, match="Write a comment"):
        write(open_scene, category, text=" ")
    with pytest.raises(Refused, match="does not hold this passage"):
        write(open_scene, category, passage="no such words")
