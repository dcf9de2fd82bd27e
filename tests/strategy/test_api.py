"""The public API of strategy."""

import pytest

from tests.factories.strategy import DraftFactory, ParagraphFactory, published_draft, submitted_comment

BASE = "/api/v1/strategy/"


def test_the_list_holds_what_is_public_page_by_page(client, scene):
    published_draft(is_public=False)
    other = published_draft().strategy
    answer = client.get(BASE, {"limit": 1}).json()
    first, second = sorted([scene.strategy.slug, other.slug])
    assert [row["slug"] for row in answer["items"]] == [first]
    answer = client.get(BASE, {"limit": 1, "after": answer["after"]}).json()
    assert [row["slug"] for row in answer["items"]] == [second]
    assert answer["after"] is None


def test_a_strategy_with_its_public_drafts_and_rounds(client, scene):
    submitted_comment(scene.round)
    DraftFactory(strategy=scene.strategy, number=1)
    answer = client.get(f"{BASE}{scene.strategy.slug}/").json()
    assert [draft["number"] for draft in answer["drafts"]] == [0]
    (consultation,) = answer["drafts"][0]["rounds"]
    assert (consultation["state"], consultation["agencies_submitted"]) == ("open", 1)


def test_a_draft_with_its_paragraphs(client, scene):
    answer = client.get(f"{BASE}{scene.strategy.slug}/drafts/0/").json()
    assert [row["number"] for row in answer["paragraphs"]] == ["I", "1", "2", "3"]
    assert answer["sha256"] == scene.draft.sha256


def test_signed_in_people_get_what_is_public_too(sign_in, scene):
    draft = DraftFactory(strategy=scene.strategy, number=1)
    ParagraphFactory(draft=draft)
    for user in scene.cast.everyone().values():
        assert sign_in(user).get(f"{BASE}{scene.strategy.slug}/drafts/1/").status_code == 404


def test_comments_are_not_in_the_api(client, scene):
    submitted_comment(scene.round, text="Said by UNDP")
    for path in ("", f"{scene.strategy.slug}/", f"{scene.strategy.slug}/drafts/0/"):
        assert "Said by UNDP" not in client.get(BASE + path).content.decode()


@pytest.mark.parametrize(
    ("path", "status"),
    [("none/", 404), ("none/drafts/0/", 404), ("{}/drafts/9/", 404), ("{}/drafts/99999999999/", 422), ("{}/drafts/x/", 422),
     ("{}/drafts/-1/", 422), ("?limit=101", 422), ("?limit=0", 422), ("%00/", 404)],
)  # fmt: skip
def test_what_is_not_there_is_answered_as_json(client, scene, path, status):
    response = client.get(BASE + path.format(scene.strategy.slug))
    assert response.status_code == status
    assert response.headers["Content-Type"].startswith("application/json")
