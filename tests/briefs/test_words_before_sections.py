"""Title, summary and key messages: written by the lead agency like a section, every version kept."""

from typing import Any

import pytest
from django.test import Client

from briefs.enums import BriefState, Clearance
from briefs.models import Brief
from briefs.selectors.matter import version_of_brief
from briefs.selectors.revisions import compare_words, words_revisions
from briefs.services import restore_words
from briefs.services.matter import change_brief
from tests.conftest import Cast
from tests.factories.briefs import brief_by, clear_all, in_state
from tests.factories.directory import GoalFactory

pytestmark = pytest.mark.django_db
HISTORY_QUERIES = 16


def words_of(brief: Brief, **changed: Any) -> dict[str, Any]:
    names = ("title", "summary", "key_messages")
    topics = {"themes": list(brief.themes.all()), "sdgs": list(brief.sdgs.all())}
    return {name: getattr(brief, name) for name in names} | topics | changed


def save(brief: Brief, by: Any, *, seen: str | None = None, is_editorial: bool = False, note: str = "", **changed: Any) -> Brief:
    brief = Brief.objects.get(pk=brief.pk)
    change_brief(brief=brief, by=by, seen=seen, values=words_of(brief, **changed), is_editorial=is_editorial, note=note)
    return Brief.objects.get(pk=brief.pk)


def form_data(brief: Brief, **changed: Any) -> dict[str, Any]:
    entries = {f"entry-{place}": message for place, message in enumerate(brief.key_messages)}
    return {"title": brief.title, "summary": brief.summary, "seen": version_of_brief(brief), "save": "1", **entries, **changed}


@pytest.fixture
def brief(cast: Cast) -> Brief:
    return brief_by()


@pytest.fixture
def lead(cast: Cast, sign_in: Any) -> Client:
    return sign_in(cast.contributor_undp)


def address(brief: Brief, rest: str = "") -> str:
    return f"/briefs/{brief.slug}/contents/words/{rest}"


def test_member_of_the_lead_agency_saves_and_other_agencies_do_not(brief: Brief, lead: Client, cast: Cast, sign_in: Any) -> None:
    assert f'href="{address(brief)}"' in lead.get(f"/briefs/{brief.slug}/contents/").content.decode()
    assert lead.post(address(brief), form_data(brief, title="Told by the lead")).status_code == 302
    assert Brief.objects.get(pk=brief.pk).title == "Told by the lead"
    trace = brief.matter_changes.get()
    assert (trace.by, trace.on_behalf_of.code) == (cast.contributor_undp, "undp")
    other = sign_in(cast.focal_fao)
    assert f'href="{address(brief)}"' not in other.get(f"/briefs/{brief.slug}/contents/").content.decode()
    assert [other.get(address(brief)).status_code, other.post(address(brief), {}).status_code] == [403, 403]
    assert other.post(address(brief, "restore/"), {"revision": "1"}).status_code == 403
    assert sign_in(cast.outsider).get(address(brief, "history/")).status_code == 404


def test_published_words_are_not_edited(lead: Client, cast: Cast) -> None:
    published = brief_by(state=BriefState.PUBLISHED)
    response = lead.post(address(published), form_data(published, title="Other"))
    assert response.status_code == 400
    assert "A published brief is not edited" in response.content.decode()
    assert "Other" in response.content.decode()


def test_no_save_overwrites_an_unseen_change_and_both_are_shown(brief: Brief, lead: Client, cast: Cast) -> None:
    mine = form_data(brief, summary="What my agency would say.")
    save(brief, cast.secretariat, summary="What the secretariat wrote meanwhile.")
    response = lead.post(address(brief), mine)
    page = response.content.decode()
    assert response.status_code == 400
    assert "What the secretariat wrote meanwhile." in page
    assert "What my agency would say." in page
    assert "What your text changes" in page
    assert "<ins" in page
    assert "<del" in page
    assert Brief.objects.get(pk=brief.pk).summary == "What the secretariat wrote meanwhile."
    # A second save is a decision made with both texts on the page.
    again = {**mine, "seen": response.context["form"]["seen"].value()}
    assert lead.post(address(brief), again).status_code == 302
    assert Brief.objects.get(pk=brief.pk).summary == "What my agency would say."


def test_every_save_is_a_version_that_can_be_compared_and_restored(brief: Brief, cast: Cast) -> None:
    goal = GoalFactory(number=6)
    save(brief, cast.contributor_undp, title="Second", note="shorter")
    save(brief, cast.secretariat, key_messages=["Only this."], sdgs=[goal])
    brief = save(brief, cast.secretariat)  # the same again: no version
    rows = words_revisions(brief, cast.focal_fao)
    assert [(row.version, row.by, row.note) for row in rows] == [
        (3, cast.secretariat, ""),
        (2, cast.contributor_undp, "shorter"),
        (1, None, ""),
    ]
    assert [row.title for row in rows] == ["Second", "Second", f"Brief {brief.slug}"]
    changed = [str(line.inline) for line in compare_words(rows[2], rows[0]) if line.is_changed]
    assert any("Second" in line for line in changed)
    assert any("Only this." in line for line in changed)
    assert any(str(goal) in line for line in changed)
    restore_words(brief=brief, revision=rows[2], by=cast.contributor_undp, seen=version_of_brief(brief))
    brief = Brief.objects.get(pk=brief.pk)
    assert (brief.title, brief.key_messages, list(brief.sdgs.all())) == (rows[2].title, ["Do this first.", "Then that."], [])
    assert words_revisions(brief, cast.focal_fao)[0].note == "Restored from version 1."


def test_restoring_what_somebody_changed_meanwhile_is_refused(brief: Brief, lead: Client, cast: Cast) -> None:
    brief = save(brief, cast.secretariat, title="Second")
    seen = version_of_brief(brief)
    save(brief, cast.secretariat, title="Third")
    response = lead.post(address(brief, "restore/"), {"revision": "1", "version": seen}, follow=True)
    assert "Somebody changed this while you were writing" in response.content.decode()
    assert Brief.objects.get(pk=brief.pk).title == "Third"
    assert lead.post(address(brief, "restore/"), {"revision": "99", "version": seen}).status_code == 404


def test_page_of_versions_compares_and_restores(brief: Brief, lead: Client, cast: Cast) -> None:
    assert "Nothing was changed yet" in lead.get(address(brief, "history/")).content.decode()
    brief = save(brief, cast.secretariat, title="Second")
    page = lead.get(address(brief, "history/"))
    assert "Versions 1 and 2 compared" in page.content.decode()
    assert "Second" in page.content.decode()
    response = lead.post(address(brief, "restore/"), {"revision": "1", "version": page.context["seen"]}, follow=True)
    assert "The words of version 1 are back" in response.content.decode()
    assert Brief.objects.get(pk=brief.pk).title == f"Brief {brief.slug}"


@pytest.mark.parametrize("saves", [1, 6])
def test_versions_ask_the_same_for_few_and_many(
    saves: int, brief: Brief, lead: Client, cast: Cast, django_assert_num_queries: Any
) -> None:
    for place in range(saves):
        save(brief, cast.secretariat, title=f"Title {place}")
    lead.get(address(brief, "history/"))
    with django_assert_num_queries(HISTORY_QUERIES):
        lead.get(address(brief, "history/"))


def test_editorial_save_keeps_clearances_of_agencies_that_agreed(brief: Brief, cast: Cast) -> None:
    clear_all(brief)
    in_state(brief, BriefState.CLEARED)
    brief.agencies.update(keeps_editorial=True)
    save(brief, cast.contributor_undp, title="Spelt rightly", is_editorial=True)
    assert set(brief.agencies.values_list("clearance", flat=True)) == {Clearance.CLEARED}
    assert Brief.objects.get(pk=brief.pk).state == BriefState.CLEARED
    assert words_revisions(Brief.objects.get(pk=brief.pk), cast.focal_undp)[0].is_editorial
    save(brief, cast.contributor_undp, title="Another title")
    assert set(brief.agencies.values_list("clearance", flat=True)) == {Clearance.PENDING}
