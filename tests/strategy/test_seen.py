"""Nobody decides on words that they did not see, kept pages turn with the round, and links name their round."""

import re
from datetime import timedelta

import pytest
import time_machine

from directory.models import Membership, User
from notifications.models import Notification
from notifications.services.delivery import render
from strategy.models import Position
from strategy.rules import agencies_of
from strategy.selectors.roof import desk_of_strategy
from strategy.services import clear_comment, edit_comment, reopen_comment, submit_position
from tests.factories.strategy import RoundFactory

HTMX = {"HTTP_HX_REQUEST": "true"}
SEEN = re.compile(r'name="seen" value="([^"]+)"')


def seen_on(page) -> str:
    return SEEN.search(page.content.decode()).group(1)


def rewrite(scene, comment, text="Other words"):
    return edit_comment(comment=comment, by=scene.cast.contributor_undp, type="substantive", text=text)


@pytest.mark.parametrize("rest", ["drafts/0/paragraphs/1/", "drafts/0/comments/", "drafts/0/", ""])
def test_a_visitors_kept_page_turns_when_the_round_closes(scene, sign_in, rest):
    with time_machine.travel(scene.round.closes_at - timedelta(minutes=1)):
        before = sign_in().get(scene.url(rest)).content.decode()
    with time_machine.travel(scene.round.closes_at + timedelta(seconds=1)):
        after = sign_in().get(scene.url(rest)).content.decode()
    assert ">Open<" in before
    assert ">Open<" not in after
    assert ">Closed<" in after


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_a_comment_changed_meanwhile_is_not_cleared_unread(scene, sign_in, headers):
    comment = scene.comment()
    client, url = sign_in(scene.cast.focal_undp), scene.url(f"comments/{comment.pk}/clear/")
    seen = seen_on(client.get(scene.url("position/")))
    rewrite(scene, comment)
    page = client.post(url, {"seen": seen}, follow=not headers, **headers).content.decode()
    assert "This comment was changed after you opened the page" in page
    comment.refresh_from_db()
    assert comment.state == "draft"
    client.post(url, {"seen": seen_on(client.get(scene.url("drafts/0/paragraphs/1/")))})
    comment.refresh_from_db()
    assert comment.state == "cleared"


@pytest.mark.parametrize(("act", "before"), [("drop", "draft"), ("reopen", "cleared")])
def test_a_comment_changed_meanwhile_is_neither_dropped_nor_reopened_unread(scene, sign_in, act, before):
    comment = scene.comment()
    focal = scene.cast.focal_undp
    comment = clear_comment(comment=comment, by=focal) if before == "cleared" else comment
    client, url = sign_in(focal), scene.url(f"comments/{comment.pk}/{act}/")
    button = re.compile(rf'action="[^"]+/{act}/".*?name="seen" value="([^"]+)"', re.S)
    seen = button.search(client.get(scene.url("position/")).content.decode()).group(1)
    if before == "cleared":
        comment = reopen_comment(comment=comment, by=focal)
    rewrite(scene, comment)
    if before == "cleared":
        clear_comment(comment=comment, by=focal)
    page = client.post(url, {"seen": seen}, follow=True).content.decode()
    assert "This comment was changed after you opened the page. Read it again before you" in page
    comment.refresh_from_db()
    assert comment.state == before
    client.post(url, {"seen": comment.version})
    comment.refresh_from_db()
    assert comment.state != before


def test_comments_changed_meanwhile_are_not_submitted_unread(scene, sign_in):
    comment = clear_comment(comment=scene.comment(), by=scene.cast.focal_undp)
    client, url = sign_in(scene.cast.focal_undp), scene.url("position/submit/")
    seen = seen_on(client.get(url))
    rewrite(scene, reopen_comment(comment=comment, by=scene.cast.focal_undp))
    clear_comment(comment=comment, by=scene.cast.focal_undp)
    response = client.post(url, {"confirm": "on", "seen": seen})
    assert response.status_code == 400
    assert "The comments of your agency changed after you opened this page" in response.content.decode()
    assert not Position.objects.get().is_submitted
    assert client.post(url, {"confirm": "on", "seen": seen_on(response)}).status_code == 302
    assert Position.objects.get().is_submitted


def test_what_was_read_on_the_position_page_is_what_is_submitted(scene, sign_in):
    clear_comment(comment=scene.comment(), by=scene.cast.focal_undp)
    client = sign_in(scene.cast.focal_undp)
    page = client.get(scene.url("position/")).content.decode()
    url = re.search(r'href="([^"]+/position/submit/[^"]+)"', page).group(1).replace("&amp;", "&")
    clear_comment(comment=scene.comment(), by=scene.cast.focal_undp)
    assert client.post(url, {"confirm": "on", "seen": seen_on(client.get(url))}).status_code == 400
    assert not Position.objects.get().is_submitted


def test_an_unticked_submission_keeps_what_was_seen(scene, sign_in):
    client, url = sign_in(scene.cast.focal_undp), scene.url("position/submit/")
    seen = seen_on(client.get(url))
    clear_comment(comment=scene.comment(), by=scene.cast.focal_undp)
    assert seen_on(client.post(url, {"seen": seen})) == seen


def test_an_edit_in_a_second_tab_does_not_overwrite_the_first(scene, sign_in):
    comment = scene.comment()
    client, url = sign_in(scene.cast.contributor_undp), scene.url(f"comments/{comment.pk}/edit/")
    seen = seen_on(client.get(url))
    first = {"type": "substantive", "text": "Words of the first tab", "proposed_text": "", "seen": seen}
    assert client.post(url, first).status_code == 302
    second = {**first, "text": "Words of the second tab"}
    response = client.post(url, second)
    page = response.content.decode()
    assert response.status_code == 400
    assert "This comment was changed after you opened it" in page
    assert "Words of the first tab" in page
    assert "Words of the second tab" in page
    comment.refresh_from_db()
    assert comment.text == "Words of the first tab"
    assert client.post(url, {**second, "seen": seen_on(response)}).status_code == 302
    comment.refresh_from_db()
    assert comment.text == "Words of the second tab"


def test_links_name_their_round_and_agency(scene, sign_in):
    query = f"?round={scene.round.pk}&agency=undp"
    comment = clear_comment(comment=scene.comment(), by=scene.cast.focal_undp)
    scene.comment()
    assert {item.url for item in desk_of_strategy(scene.cast.focal_undp)} == {scene.url(f"position/{query}")}
    client = sign_in(scene.cast.focal_undp)
    for rest in ("", "drafts/0/"):
        assert f"position/{query}".replace("&", "&amp;") in client.get(scene.url(rest)).content.decode()
    answers = scene.url(f"answers/?round={scene.round.pk}")
    assert answers in sign_in(scene.cast.drafter).get(scene.url()).content.decode()
    submit_position(consultation=scene.round, by=scene.cast.focal_undp, on_behalf_of=comment.organization)
    # Another round closes earlier and counts now; the links still lead to theirs.
    RoundFactory(draft=scene.draft, closes_at=scene.round.closes_at - timedelta(days=1))
    wanted = {
        "strategy.comment_waits_for_clearance": f"position/{query}#c",
        "strategy.position_receipt": f"position/{query}",
        "strategy.position_submitted": f"answers/?round={scene.round.pk}",
    }
    rows = list(Notification.objects.select_related("recipient"))
    assert {row.kind for row in rows} == set(wanted)
    for row in rows:
        assert wanted[row.kind] in render(row)[1]
    assert client.get(scene.url(f"position/{query}")).status_code == 200


def test_an_administrator_serves_no_agency_even_as_a_member(scene):
    focal = scene.cast.focal_undp
    assert agencies_of(focal)
    User.objects.filter(pk=focal.pk).update(is_superuser=True)
    focal = User.objects.get(pk=focal.pk)
    assert Membership.objects.filter(user=focal).exists()
    assert agencies_of(focal) == set()
