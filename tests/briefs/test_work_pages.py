"""The pages where a brief is made: who gets in, what is refused with which words, nothing lost."""

from typing import Any

import pytest

from briefs.enums import BriefState
from briefs.models import Brief
from briefs.selectors import desk_of_briefs, text_hash
from briefs.services import resolve_comment, write_comment
from directory.models import Organization
from tests.conftest import Cast
from tests.factories.briefs import SectionFactory, brief_by, clear_all, in_state, publish_without_verbs, try_without_worker

pytestmark = pytest.mark.django_db
DESK_QUERIES = 7


def section_url(brief: Brief, code: str = "undp") -> str:
    return f"/briefs/{brief.slug}/sections/{brief.sections.get(organization__code=code).pk}/"


def messages_of(response: Any) -> list[str]:
    return [str(message) for message in response.context["messages"]]


# --- doors: visitor, outsider, reader, method, id ---

POSTS = ["publish", "make-files"]
FORMS = ["start-clearance", "clear", "withdraw", "revise"]


@pytest.mark.parametrize("page", POSTS + FORMS)
def test_visitor_is_asked_to_sign_in(cast: Cast, sign_in: Any, page: str) -> None:
    brief = brief_by(state=BriefState.PUBLISHED)
    response = sign_in().post(f"/briefs/{brief.slug}/{page}/")
    assert (response.status_code, response["Location"].split("?")[0]) == (302, "/accounts/login/")


@pytest.mark.parametrize("page", POSTS + FORMS)
@pytest.mark.parametrize("who", ["outsider", "focal_who", "focal_samoa", "administrator"])
def test_unpublished_brief_does_not_exist_for_outsiders(cast: Cast, sign_in: Any, page: str, who: str) -> None:
    brief = brief_by(state=BriefState.CLEARED)
    assert sign_in(getattr(cast, who)).post(f"/briefs/{brief.slug}/{page}/").status_code == 404


@pytest.mark.parametrize("page", POSTS + FORMS)
def test_reader_without_the_right_is_forbidden(cast: Cast, sign_in: Any, page: str) -> None:
    brief = brief_by(state=BriefState.PUBLISHED)
    assert sign_in(cast.contributor_undp).post(f"/briefs/{brief.slug}/{page}/").status_code == 403
    assert sign_in(cast.outsider).post(f"/briefs/{brief.slug}/{page}/").status_code == 403


@pytest.mark.parametrize("page", POSTS)
def test_acts_take_post_only(cast: Cast, sign_in: Any, page: str) -> None:
    brief = brief_by()
    for user in (cast.focal_undp, cast.secretariat):
        assert sign_in(user).get(f"/briefs/{brief.slug}/{page}/").status_code == 405


@pytest.mark.parametrize("page", POSTS + FORMS)
def test_unknown_brief_is_not_found(cast: Cast, sign_in: Any, page: str) -> None:
    assert sign_in(cast.secretariat).post(f"/briefs/nothing/{page}/").status_code == 404


@pytest.mark.parametrize("page", ["", "editions/1/", "pdf/"])
def test_reading_pages_take_no_post(cast: Cast, sign_in: Any, page: str) -> None:
    brief = brief_by(state=BriefState.PUBLISHED)
    assert sign_in(cast.secretariat).post(f"/briefs/{brief.slug}/{page}").status_code == 405


# --- sections ---


def test_section_page_by_role(cast: Cast, sign_in: Any) -> None:
    expected = {
        "contributor_undp": 200,
        "focal_undp": 200,
        "focal_fao": 403,
        "secretariat": 403,
        "outsider": 404,
        "administrator": 404,
    }
    for who, status in expected.items():
        # A brief for each: whoever opens a section of one holds it.
        assert sign_in(getattr(cast, who)).get(section_url(brief_by())).status_code == status, who
    assert sign_in().get(section_url(brief_by())).status_code == 302


def test_section_of_another_brief_is_not_found(cast: Cast, sign_in: Any) -> None:
    one, other = brief_by(), brief_by()
    address = f"/briefs/{one.slug}/sections/{other.sections.first().pk}/"
    assert sign_in(cast.focal_undp).get(address).status_code == 404


def test_saving_a_section_goes_back_to_the_brief(cast: Cast, sign_in: Any) -> None:
    brief = brief_by()
    values = {"heading": "New", "body": "<p>New</p>", "version": 1}
    response = sign_in(cast.contributor_undp).post(section_url(brief), values, follow=True)
    assert response.redirect_chain == [(f"/briefs/{brief.slug}/", 302)]
    assert messages_of(response) == ["The section is saved."]
    assert "<p>New</p>" in response.content.decode()


def test_conflict_shows_both_texts_and_overwrites_nothing(cast: Cast, sign_in: Any) -> None:
    brief = brief_by()
    address = section_url(brief)
    sign_in(cast.focal_undp).post(address, {"heading": "Theirs", "body": "<p>Their words</p>", "version": 1})
    client = sign_in(cast.contributor_undp)
    response = client.post(address, {"heading": "Mine", "body": "<p>My words</p>", "version": 1})
    page = response.content.decode()
    assert response.status_code == 400
    assert "&lt;p&gt;Their words&lt;/p&gt;" in page
    assert "&lt;p&gt;My words&lt;/p&gt;" in page
    assert "compare the two texts" in page
    assert brief.sections.get(organization__code="undp").body == "<p>Their words</p>"
    # Both texts were on the page: saving again is a decision, made against the version that was shown.
    assert '<input type="hidden" name="version" value="2"' in page
    client.post(address, {"heading": "Both", "body": "<p>Their and my words</p>", "version": 2})
    assert brief.sections.get(organization__code="undp").body == "<p>Their and my words</p>"


KEPT = {"heading": "x", "body": "<p>Kept</p>", "version": 1}


@pytest.mark.parametrize(
    "values",
    [
        {**KEPT, "heading": ""},
        {**KEPT, "heading": "x" * 201},
        {**KEPT, "body": "<p>Kept</p>" + "y" * 60_000},
        {**KEPT, "version": "a"},
    ],
)
def test_wrong_input_is_given_back(cast: Cast, sign_in: Any, values: dict[str, Any]) -> None:
    brief = brief_by()
    response = sign_in(cast.focal_undp).post(section_url(brief), values)
    assert response.status_code == 400
    assert "&lt;p&gt;Kept&lt;/p&gt;" in response.content.decode()


def test_edit_page_warns_where_clearances_would_be_void(cast: Cast, sign_in: Any) -> None:
    words = "their clearances are void"
    assert words in sign_in(cast.focal_undp).get(section_url(brief_by(state=BriefState.CLEARED))).content.decode()
    assert words not in sign_in(cast.focal_undp).get(section_url(brief_by())).content.decode()


def test_edit_of_a_published_brief_is_refused_with_the_text_kept(cast: Cast, sign_in: Any) -> None:
    brief = brief_by(state=BriefState.PUBLISHED)
    response = sign_in(cast.focal_undp).post(section_url(brief), {"heading": "x", "body": "<p>Kept</p>", "version": 1})
    assert response.status_code == 400
    assert "open it for a new edition" in response.content.decode()
    assert "&lt;p&gt;Kept&lt;/p&gt;" in response.content.decode()


def test_voided_clearance_is_explained_on_the_brief(cast: Cast, sign_in: Any) -> None:
    brief = brief_by(state=BriefState.CLEARED)
    sign_in(cast.focal_undp).post(section_url(brief), {"heading": "New", "body": "<p>New</p>", "version": 1})
    page = sign_in(cast.focal_fao).get(f"/briefs/{brief.slug}/").content.decode()
    assert "UNDP edited the section “New”: the clearances given before are void." in page


def test_only_sections_of_my_agency_have_an_edit_link(cast: Cast, sign_in: Any) -> None:
    brief = brief_by()
    page = sign_in(cast.focal_fao).get(f"/briefs/{brief.slug}/").content.decode()
    assert f'href="{section_url(brief, "fao")}"' in page
    assert f'href="{section_url(brief, "undp")}"' not in page


# --- the thread through the pages ---


def test_thread_from_finished_text_to_publication(cast: Cast, sign_in: Any) -> None:
    brief = brief_by()
    page = f"/briefs/{brief.slug}/"
    undp, fao, secretariat = (sign_in(user) for user in (cast.focal_undp, cast.focal_fao, cast.secretariat))
    assert "Start the clearance" in undp.get(page).content.decode()
    assert "Start the clearance" not in fao.get(page).content.decode()
    assert messages_of(undp.post(f"{page}start-clearance/", follow=True)) == [
        "The clearance has started. The focal points of the co-authoring agencies are being told."
    ]
    for client, code in ((undp, "undp"), (fao, "fao")):
        form = client.get(f"{page}clear/").context["form"]
        values = {
            "organization": Organization.objects.get(code=code).pk,
            "answer": "cleared",
            "words": "",
            "seen": form.initial["seen"],
        }
        assert messages_of(client.post(f"{page}clear/", values, follow=True)) == [f"The answer of {code.upper()} is recorded."]
    assert "Publish" in secretariat.get(page).content.decode()
    assert "The PDF of this text is being tried" in messages_of(secretariat.post(f"{page}publish/", follow=True))[0]
    try_without_worker(brief)
    assert "The brief is published." in messages_of(secretariat.post(f"{page}publish/", follow=True))[0]
    assert sign_in().get(page).status_code == 200


# --- clearance ---


def answer(brief: Brief, code: str = "undp", **values: str) -> dict[str, Any]:
    return {
        "organization": Organization.objects.get(code=code).pk,
        "answer": "cleared",
        "words": "",
        "seen": text_hash(brief),
        **values,
    }


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"answer": "cleared_with_reservation"}, "Write the reservation"),
        ({"answer": "not_cleared"}, "Say what must change"),
        ({"answer": "cleared", "words": "But not page 3"}, "A clearance without reservation has no text"),
        ({"answer": "nonsense"}, "Select a valid choice"),
        ({"answer": ""}, "This field is required"),
        ({"seen": "x"}, "Enter a valid value"),
        ({"seen": "0" * 64}, "edited after you opened this page"),
        ({"organization": "abc"}, "Select a valid choice"),
    ],
)
def test_refused_answer_keeps_its_words(cast: Cast, sign_in: Any, values: dict[str, str], sentence: str) -> None:
    brief = brief_by(state=BriefState.IN_CLEARANCE)
    response = sign_in(cast.focal_undp).post(f"/briefs/{brief.slug}/clear/", answer(brief, **values))
    page = response.content.decode()
    assert response.status_code == 400
    assert sentence in page
    assert values.get("words", "") in page
    assert not brief.agencies.exclude(clearance="pending").exists()


def test_nobody_answers_for_another_agency(cast: Cast, sign_in: Any) -> None:
    brief = brief_by(state=BriefState.IN_CLEARANCE)
    response = sign_in(cast.focal_undp).post(f"/briefs/{brief.slug}/clear/", answer(brief, "fao"))
    assert response.status_code == 400
    assert not brief.agencies.exclude(clearance="pending").exists()


def test_reservation_and_refusal_arrive(cast: Cast, sign_in: Any) -> None:
    brief = brief_by(state=BriefState.IN_CLEARANCE)
    address = f"/briefs/{brief.slug}/clear/"
    sign_in(cast.focal_undp).post(address, answer(brief, answer="cleared_with_reservation", words="Not page 3."))
    sign_in(cast.focal_fao).post(address, answer(brief, "fao", answer="not_cleared", words="Too long."))
    assert dict(brief.agencies.values_list("organization__code", "clearance")) == {
        "undp": "cleared_with_reservation",
        "fao": "not_cleared",
    }
    page = sign_in(cast.contributor_undp).get(f"/briefs/{brief.slug}/").content.decode()
    assert "Not page 3." in page
    assert "Too long." in page


@pytest.mark.parametrize("state", [BriefState.DRAFTING, BriefState.CLEARED, BriefState.PUBLISHED])
def test_clearance_page_outside_clearance_says_so(cast: Cast, sign_in: Any, state: str) -> None:
    brief = brief_by(state=state)
    client = sign_in(cast.focal_undp)
    assert "This brief is not in clearance" in client.get(f"/briefs/{brief.slug}/clear/").content.decode()
    response = client.post(f"/briefs/{brief.slug}/clear/", answer(brief))
    assert response.status_code == 400
    assert "This brief is not in clearance" in response.content.decode()


# --- refusals come back as sentences ---


def test_refused_acts_come_back_to_the_brief_with_a_sentence(cast: Cast, sign_in: Any) -> None:
    brief = brief_by(state=BriefState.IN_CLEARANCE)
    response = sign_in(cast.focal_undp).post(f"/briefs/{brief.slug}/start-clearance/")
    assert response.status_code == 400
    assert "The clearance was started already." in response.content.decode()
    response = sign_in(cast.secretariat).post(f"/briefs/{brief.slug}/publish/", follow=True)
    assert "Still missing: UNDP, FAO." in messages_of(response)[0]


@pytest.mark.parametrize(("page", "sentence"), [("withdraw", "Only a published brief"), ("revise", "Only a published brief")])
def test_reason_is_kept_when_the_act_is_refused(cast: Cast, sign_in: Any, page: str, sentence: str) -> None:
    brief = brief_by(state=BriefState.WITHDRAWN)
    response = sign_in(cast.secretariat).post(f"/briefs/{brief.slug}/{page}/", {"reason": "My long reason"})
    assert response.status_code == 400
    assert sentence in response.content.decode()
    assert "My long reason" in response.content.decode()


def test_secretariat_withdraws_and_revises_with_a_reason(cast: Cast, sign_in: Any) -> None:
    for page, state in (("withdraw", BriefState.WITHDRAWN), ("revise", BriefState.DRAFTING)):
        brief = brief_by(state=BriefState.PUBLISHED)
        client = sign_in(cast.secretariat)
        assert client.post(f"/briefs/{brief.slug}/{page}/", {"reason": ""}).status_code == 400
        assert client.post(f"/briefs/{brief.slug}/{page}/", {"reason": "Because."}).status_code == 302
        brief.refresh_from_db()
        assert brief.state == state


def test_failed_rendering_can_be_asked_for_again(cast: Cast, sign_in: Any) -> None:
    from directory.models import Job

    brief = brief_by(state=BriefState.PUBLISHED)
    Job.objects.create(kind="briefs.render_edition", key=str(brief.current_edition_id), state="failed")
    client = sign_in(cast.secretariat)
    assert "The PDFs could not be made" in client.get(f"/briefs/{brief.slug}/").content.decode()
    assert messages_of(client.post(f"/briefs/{brief.slug}/make-files/", follow=True)) == ["The PDFs are being made."]
    assert "The PDFs could not be made" not in client.get(f"/briefs/{brief.slug}/").content.decode()


# --- desks ---


def test_desk_page_lists_what_i_help_to_make(cast: Cast, sign_in: Any) -> None:
    brief_by(title="Ours")
    brief_by("who", "ilo", title="Theirs")
    brief_by(title="Out", state=BriefState.PUBLISHED)
    shown = {
        who: [brief.title for brief, _next in sign_in(getattr(cast, who)).get("/briefs/desk/").context["rows"]]
        for who in ("contributor_undp", "focal_who", "secretariat", "outsider", "administrator")
    }
    assert shown == {
        "contributor_undp": ["Ours"],
        "focal_who": ["Theirs"],
        "secretariat": ["Ours", "Theirs"],
        "outsider": [],
        "administrator": [],
    }
    assert sign_in().get("/briefs/desk/").status_code == 302


@pytest.mark.parametrize("many", [1, 8])
def test_desk_asks_the_database_the_same_for_one_and_many(
    cast: Cast, sign_in: Any, django_assert_num_queries: Any, many: int
) -> None:
    for _ in range(many):
        brief_by()
    client = sign_in(cast.focal_undp)
    with django_assert_num_queries(8):
        client.get("/briefs/desk/")


def desk(user: Any) -> list[tuple[str, bool]]:
    return [(str(item.act), item.is_mine) for item in desk_of_briefs(user)]


def test_my_desk_says_what_each_has_to_do(cast: Cast) -> None:
    brief = brief_by()
    assert desk(cast.focal_undp) == [("Finish and start the clearance", True)]
    assert desk(cast.focal_fao) == [("Open", False)]
    in_state(brief, BriefState.IN_CLEARANCE)
    assert desk(cast.focal_undp) == desk(cast.focal_fao) == [("Clear", True)]
    assert desk(cast.contributor_undp) == [("Open", False)]
    in_state(brief, BriefState.CLEARED)
    assert desk(cast.secretariat) == [("Publish", True)]
    assert desk(cast.focal_fao) == [("Open", False)]
    for user in (cast.outsider, cast.focal_who, cast.administrator):
        assert desk(user) == []


def test_my_desk_asks_for_an_empty_section(cast: Cast) -> None:
    brief = brief_by()
    brief.sections.filter(organization__code="fao").update(body="")
    assert desk(cast.focal_fao) == [("Write", True)]
    assert desk(cast.focal_undp) == [("Open", False)]


def test_my_desk_counts_the_sections_without_text(cast: Cast) -> None:
    brief = brief_by()
    fao = brief.agencies.get(organization__code="fao").organization
    SectionFactory(brief=brief, position=3, heading="Third", organization=fao, body="")
    brief.sections.filter(organization=fao).update(body="")
    (item,) = desk_of_briefs(cast.focal_fao)
    assert (str(item.act), item.note) == ("Write", "2 sections without text")
    brief.sections.filter(organization=fao).update(body="<p>Written.</p>")
    assert desk(cast.focal_fao) == [("Open", False)]


def comments_on_desk(user: Any) -> list[tuple[str, str]]:
    return [(str(item.note), item.url) for item in desk_of_briefs(user) if str(item.act) == "Answer the comments"]


def test_my_desk_counts_the_open_comments_of_my_sections_until_they_are_settled(cast: Cast) -> None:
    brief = brief_by()
    section = brief.sections.get(organization__code="fao")
    rows = [write_comment(section=section, by=cast.contributor_undp, text=text) for text in ("Why?", "Where?")]
    url = f"/briefs/{brief.slug}/sections/{section.pk}/comments/"
    assert comments_on_desk(cast.focal_fao) == [("“Part of fao”: 2 open comments", url)]
    # Nobody else's section, nobody else's desk.
    for user in (cast.focal_undp, cast.focal_who, cast.secretariat, cast.outsider, cast.administrator):
        assert comments_on_desk(user) == []
    resolve_comment(comment=rows[0], by=cast.focal_fao, reason="Said now.")
    assert comments_on_desk(cast.focal_fao) == [("“Part of fao”: 1 open comment", url)]
    resolve_comment(comment=rows[1], by=cast.focal_fao, reason="Said, too.")
    assert comments_on_desk(cast.focal_fao) == []


def test_comments_of_a_published_brief_wait_for_nobody(cast: Cast) -> None:
    brief = brief_by()
    write_comment(section=brief.sections.get(organization__code="fao"), by=cast.focal_undp, text="Why?")
    clear_all(brief)
    Brief.objects.filter(pk=brief.pk).update(current_edition=publish_without_verbs(brief), state=BriefState.PUBLISHED)
    assert comments_on_desk(cast.focal_fao) == []


@pytest.mark.parametrize("many", [1, 8])
def test_my_desk_asks_the_database_the_same_for_one_and_many(cast: Cast, many: int, django_assert_num_queries: Any) -> None:
    for place in range(many):
        brief = brief_by()
        section = brief.sections.get(organization__code="undp")
        write_comment(section=section, by=cast.focal_fao, text=f"Question {place}")
    desk_of_briefs(cast.focal_undp)
    with django_assert_num_queries(DESK_QUERIES):
        assert len(comments_on_desk(cast.focal_undp)) == many
