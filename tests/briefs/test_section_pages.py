"""The pages of a section: lease, history, comments, pastes; who gets in, and nothing typed is lost."""

from typing import Any

import pytest

from briefs import services
from briefs.enums import BriefState
from briefs.models import Brief, Section, SectionComment, SectionLease
from tests.conftest import Cast
from tests.factories.briefs import brief_by

pytestmark = pytest.mark.django_db
HISTORY_QUERIES = 10
COMMENTS_QUERIES = 11


@pytest.fixture
def brief(cast: Cast) -> Brief:
    return brief_by()


@pytest.fixture
def section(brief: Brief) -> Section:
    return brief.sections.select_related("brief", "organization").get(organization__code="undp")


def url(section: Section, page: str = "") -> str:
    return f"/briefs/{section.brief.slug}/sections/{section.pk}/{page}"


@pytest.mark.parametrize("page", ["history/", "comments/"])
def test_reading_doors(section: Section, cast: Cast, sign_in: Any, page: str) -> None:
    expected = {
        "contributor_undp": 200,
        "focal_fao": 200,
        "secretariat": 200,
        "outsider": 404,
        "focal_who": 404,
        "administrator": 404,
    }
    for who, status in expected.items():
        assert sign_in(getattr(cast, who)).get(url(section, page)).status_code == status, who
    assert sign_in().get(url(section, page)).status_code == 302


@pytest.mark.parametrize("page", ["lease/", "leave/", "lock/", "paste/", "restore/"])
def test_writing_doors(section: Section, cast: Cast, sign_in: Any, page: str) -> None:
    for who, status in {"focal_fao": 403, "secretariat": 403, "outsider": 404, "administrator": 404}.items():
        assert sign_in(getattr(cast, who)).post(url(section, page)).status_code == status, who
    if page != "lock/":
        assert sign_in(cast.focal_undp).get(url(section, page)).status_code == 405


def test_opening_holds_the_section_and_a_colleague_is_led_to_who_writes(section: Section, cast: Cast, sign_in: Any) -> None:
    sign_in(cast.contributor_undp).get(url(section))
    client = sign_in(cast.focal_undp)
    response = client.get(url(section), follow=True)
    assert response.redirect_chain == [(url(section, "lock/"), 302)]
    assert f"{cast.contributor_undp} is writing in this section" in response.content.decode()
    assert str(cast.contributor_undp) in client.get(f"/briefs/{section.brief.slug}/").content.decode()
    assert client.post(url(section, "lock/"), {"reason": "Now."}).status_code == 400
    assert client.post(url(section, "lock/"), {"reason": "Now.", "confirm": "on"})["Location"] == url(section)
    assert SectionLease.objects.get().holder == cast.focal_undp
    refused = sign_in(cast.contributor_undp).post(url(section), {"heading": "Mine", "body": "<p>My words</p>", "version": 1})
    assert refused.status_code == 400
    assert "&lt;p&gt;My words&lt;/p&gt;" in refused.content.decode()
    assert "take over" in refused.content.decode()


def test_sign_of_life_and_leaving(section: Section, cast: Cast, sign_in: Any) -> None:
    client = sign_in(cast.contributor_undp)
    assert client.post(url(section, "lease/")).status_code == 200
    assert sign_in(cast.focal_undp).post(url(section, "lease/")).status_code == 409
    assert client.post(url(section, "leave/"))["Location"] == f"/briefs/{section.brief.slug}/"
    assert not SectionLease.objects.exists()


def test_saving_releases_and_tidies_what_an_editor_wrote(section: Section, cast: Cast, sign_in: Any) -> None:
    client = sign_in(cast.contributor_undp)
    client.get(url(section))
    body = "<ul><li><p>a</p></li></ul><p></p>"
    client.post(url(section), {"heading": "New", "body": body, "version": 1, "is_editorial": "on", "note": "List"})
    section.refresh_from_db()
    assert section.body == "<ul><li>a</li></ul>"
    assert not SectionLease.objects.exists()
    revision = section.revisions.get(version=2)
    assert (revision.is_editorial, revision.note) == (True, "List")


def test_untouched_text_is_left_to_the_letter(section: Section, cast: Cast, sign_in: Any) -> None:
    Section.objects.filter(pk=section.pk).update(body="<ul>\n<li><p>a</p></li>\n</ul>")
    body = "<ul>\r\n<li><p>a</p></li>\r\n</ul>"
    sign_in(cast.contributor_undp).post(url(section), {"heading": section.heading, "body": body, "version": 1})
    section.refresh_from_db()
    assert section.version == 1


def test_page_passes_the_policy_and_works_without_javascript(section: Section, cast: Cast, sign_in: Any) -> None:
    response = sign_in(cast.contributor_undp).get(url(section))
    page = response.content.decode()
    assert "unsafe-inline" not in response["Content-Security-Policy"]
    assert "<script>" not in page
    assert "style=" not in page
    assert '<textarea name="body"' in page
    assert 'data-editor="/static/django_prose_editor/editor' in page


def test_paste_comes_back_clean(section: Section, cast: Cast, sign_in: Any) -> None:
    source = '<p class=MsoNormal style="mso-x:y"><b>A</b><script>x</script><o:p></o:p></p><iframe src="//x"></iframe>'
    response = sign_in(cast.contributor_undp).post(url(section, "paste/"), {"html": source})
    assert response.json() == {"html": "<p><strong>A</strong></p>"}
    assert sign_in(cast.contributor_undp).post(url(section, "paste/"), {"html": "x" * 2_000_001}).status_code == 400


def test_history_compares_and_restores(section: Section, cast: Cast, sign_in: Any) -> None:
    client = sign_in(cast.focal_undp)
    client.post(url(section), {"heading": section.heading, "body": "<p>Because it must.</p>", "version": 1})
    page = client.get(url(section, "history/")).content.decode()
    assert "Versions 1 and 2 compared" in page
    assert "<ins>" in page
    assert "<ins>" in client.get(url(section, "history/?old=1&new=2&view=inline")).content.decode()
    assert client.get(url(section, "history/?old=99&new=abc")).status_code == 200
    assert client.post(url(section, "restore/"), {"revision": 7, "version": 2}).status_code == 404
    client.post(url(section, "restore/"), {"revision": 1, "version": 1})
    section.refresh_from_db()
    assert section.version == 2  # somebody could have saved since
    client.post(url(section, "restore/"), {"revision": 1, "version": 2})
    section.refresh_from_db()
    assert (section.version, section.body) == (3, "<p>Because it does.[^1]</p>")
    assert 'value="1"' not in sign_in(cast.focal_fao).get(url(section, "history/")).content.decode().split('id="versions"')[1]


def test_comment_reply_resolve_accept_by_page(section: Section, cast: Cast, sign_in: Any) -> None:
    fao, undp = sign_in(cast.focal_fao), sign_in(cast.contributor_undp)
    words = {"kind": "suggestion", "quote": "Because it does", "proposal": "It does", "text": "Shorter"}
    response = fao.post(url(section, "comments/"), words)
    comment = SectionComment.objects.get()
    assert response["Location"] == url(section, f"comments/#comment-{comment.pk}")
    act = url(section, f"comments/{comment.pk}/")
    assert "Accept" not in fao.get(url(section, "comments/")).content.decode()
    undp.post(act, {"act": "reply", "words": "Good."})
    assert comment.replies.get().text == "Good."
    empty = undp.post(act, {"act": "resolve", "words": " "})
    assert (empty.status_code, "Say why the words proposed are not taken" in empty.content.decode()) == (400, True)
    stale = undp.post(act, {"act": "accept", "version": "9", "words": "kept words"})
    assert (stale.status_code, "kept words" in stale.content.decode()) == (400, True)
    undp.post(act, {"act": "accept", "version": "1"})
    section.refresh_from_db()
    assert section.body == "<p>It does.[^1]</p>"
    assert "Accepted" in fao.get(url(section, "comments/")).content.decode()
    undp.post(act, {"act": "reopen", "words": "Once more."})
    comment.refresh_from_db()
    assert comment.is_open
    assert undp.post(act, {"act": "nothing"}).status_code == 302
    assert undp.post(url(section, "comments/999/"), {"act": "reply"}).status_code == 404


def test_refused_comment_keeps_what_was_typed(section: Section, cast: Cast, sign_in: Any) -> None:
    response = sign_in(cast.focal_fao).post(
        url(section, "comments/"), {"kind": "comment", "quote": "not there", "text": "My thought"}
    )
    page = response.content.decode()
    assert (response.status_code, "My thought" in page, "do not stand in the section" in page) == (400, True, True)


def test_reader_by_grant_or_of_no_agency_cannot_comment(section: Section, cast: Cast, sign_in: Any) -> None:
    assert sign_in(cast.outsider).post(url(section, "comments/"), {"text": "x"}).status_code == 404
    assert SectionComment.objects.count() == 0


@pytest.mark.parametrize("state", [BriefState.PUBLISHED, BriefState.WITHDRAWN])
def test_published_brief_shows_history_and_takes_nothing(cast: Cast, sign_in: Any, state: str) -> None:
    section = brief_by(state=state).sections.select_related("brief").get(organization__code="undp")
    client = sign_in(cast.focal_undp)
    assert client.get(url(section)).status_code == 200
    assert not SectionLease.objects.exists()
    assert "Restore" not in client.get(url(section, "history/")).content.decode()
    assert 'name="quote"' not in client.get(url(section, "comments/")).content.decode()


@pytest.mark.parametrize("many", [1, 6])
def test_pages_ask_the_same_for_one_and_many(
    section: Section, cast: Cast, sign_in: Any, django_assert_num_queries: Any, many: int
) -> None:
    for number in range(many):
        comment = services.write_comment(section=section, by=cast.focal_fao, text=f"Comment {number}")
        services.reply_to_comment(comment=comment, by=cast.focal_undp, text="Reply")
        services.resolve_comment(comment=comment, by=cast.focal_undp)
        services.save_section(section=section, by=cast.focal_undp, version=number + 1, heading=f"H{number}", body="<p>x</p>")
    client = sign_in(cast.focal_undp)
    client.get(url(section, "history/"))
    with django_assert_num_queries(HISTORY_QUERIES):
        client.get(url(section, "history/"))
    with django_assert_num_queries(COMMENTS_QUERIES):
        client.get(url(section, "comments/"))


def test_page_says_whether_the_saved_words_are_the_readers_own(section: Section, cast: Cast, sign_in: Any) -> None:
    """Words that this browser kept are thrown away only where they are what was saved, not because a colleague saved."""
    client = sign_in(cast.contributor_undp)
    client.post(url(section), {"heading": section.heading, "body": "<p>Because it must.</p>", "version": 1})
    assert "data-own" in client.get(url(section)).content.decode()
    client.post(url(section, "leave/"))
    assert "data-own" not in sign_in(cast.focal_undp).get(url(section)).content.decode()


def test_words_sent_to_a_section_that_was_given_away_come_back(section: Section, cast: Cast, sign_in: Any) -> None:
    words = {"heading": "Mine", "body": "<p>My words</p>", "version": 1}
    refused = sign_in(cast.focal_fao).post(url(section), words)
    assert refused.status_code == 403
    assert "&lt;p&gt;My words&lt;/p&gt;" in refused.content.decode()
    assert "Another agency writes this section now" in refused.content.decode()
    assert sign_in(cast.focal_fao).get(url(section)).status_code == 403
    assert sign_in(cast.focal_who).post(url(section), words).status_code == 404
