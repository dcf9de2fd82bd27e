"""The admin of strategy: what is set up there, and what is only looked at."""

from django.contrib import admin

from directory.models import PageVersion
from strategy.models import Comment, CommentReply, Disposition, Position


def test_agencies_texts_have_no_place_in_the_admin():
    for model in (Comment, CommentReply, Position, Disposition):
        assert model not in admin.site._registry


def test_a_state_is_not_written_in_the_admin_and_nothing_is_deleted(scene, sign_in):
    client = sign_in(scene.cast.administrator)
    url = f"/admin/strategy/draft/{scene.draft.pk}/"
    assert client.get(f"{url}delete/").status_code == 403
    page = client.get(f"{url}change/").content.decode()
    assert 'name="state"' not in page
    assert 'name="number"' not in page


def test_a_change_in_the_admin_makes_public_pages_new(scene, sign_in):
    client = sign_in(scene.cast.administrator)
    values = {"slug": scene.strategy.slug, "title_en": "Another title", "summary_en": ""}
    response = client.post(f"/admin/strategy/strategy/{scene.strategy.pk}/change/", values)
    assert response.status_code == 302
    assert PageVersion.objects.get(subject="strategy").version >= 1


def test_text_of_a_comment_is_in_no_name(scene):
    comment = scene.comment(text="Secretword")
    assert "Secretword" not in str(comment)
