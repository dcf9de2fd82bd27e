"""A comment on a passage: found in its paragraph and nowhere else, marked there, refused where it is not."""

import pytest

from common.access import Refused
from strategy.models import Comment
from strategy.services import edit_comment
from tests.factories.strategy import DraftFactory, ParagraphFactory, RoundFactory, publish, submitted_comment

TEXT = {"type": "substantive", "text": "Say it shorter"}


def test_the_passage_is_kept_with_its_surroundings(scene):
    comment = scene.comment(passage="that   experience")
    assert (comment.quote, comment.quote_prefix, comment.quote_suffix) == ("that experience", "Paragraph 1 says ", " moves.")


def test_a_passage_of_another_paragraph_is_refused(scene):
    with pytest.raises(Refused, match="does not hold this passage"):
        scene.comment(passage="Paragraph 2 says")
    with pytest.raises(Refused, match="belongs to a paragraph"):
        scene.comment(paragraph=None, passage="says")


def test_a_passage_that_stands_twice_needs_its_surroundings(scene):
    draft = DraftFactory(strategy=scene.strategy, number=5)
    paragraph = ParagraphFactory(draft=draft, position=1, number="1", text="The South leads. The South shares.")
    scene.round = RoundFactory(draft=publish(draft))
    with pytest.raises(Refused, match="stands 2 times"):
        scene.comment(paragraph=paragraph, passage="The South")
    comment = scene.comment(paragraph=paragraph, passage="The South", passage_prefix="leads. ", passage_suffix=" shares")
    assert comment.quote_suffix == " shares."


def test_editing_keeps_or_changes_the_passage(scene):
    comment = scene.comment(passage="that experience")
    edit_comment(comment=comment, by=scene.cast.focal_undp, type="general", text="Once more")
    comment.refresh_from_db()
    assert comment.quote == "that experience"
    edit_comment(comment=comment, by=scene.cast.focal_undp, type="general", text="Once more", passage="experience moves")
    comment.refresh_from_db()
    assert (comment.quote, comment.quote_prefix) == ("experience moves", "Paragraph 1 says that ")
    edit_comment(
        comment=comment, by=scene.cast.focal_undp, type="general", text="Once more", passage="", share_with="secretariat"
    )
    comment.refresh_from_db()
    assert (comment.quote, comment.quote_prefix, comment.share_with) == ("", "", "secretariat")


def test_without_a_script_the_passage_is_typed(scene, sign_in):
    client, url = sign_in(scene.cast.contributor_undp), scene.url("drafts/0/paragraphs/1/")
    response = client.post(url, {**TEXT, "passage": "that experience", "proposed_text": "that practice"})
    assert response.status_code == 302
    page = client.get(url).content.decode()
    comment = Comment.objects.get()
    assert comment.proposed_text == "that practice"
    assert f'data-comments="{comment.pk}">that </mark><em><mark class="passage" data-comments="{comment.pk}">experience' in page
    assert "<del>experience</del><ins>practice</ins>" in page
    response = client.post(url, {**TEXT, "passage": "no such words"})
    assert response.status_code == 400
    assert "does not hold this passage" in response.content.decode()
    assert "Say it shorter" in response.content.decode()


def test_the_passage_as_it_is_proposes_nothing(scene, sign_in):
    client, url = sign_in(scene.cast.contributor_undp), scene.url("drafts/0/paragraphs/1/")
    client.post(url, {**TEXT, "passage": "that experience", "proposed_text": "that experience"})
    assert Comment.objects.get().proposed_text == ""


def test_the_panel_brings_the_paragraph_with_its_passages_marked(scene, sign_in):
    submitted_comment(scene.round, "fao", paragraph=scene.paragraph(), quote="says", text="A word")
    page = sign_in(scene.cast.focal_undp).get(scene.url("drafts/0/paragraphs/1/"), HTTP_HX_REQUEST="true").content.decode()
    assert '<mark class="passage"' in page.partition("<template data-line>")[2]
    assert '<mark class="passage"' not in sign_in().get(scene.url("drafts/0/paragraphs/1/")).content.decode()


@pytest.mark.parametrize("text", ["<script>alert(1)</script>", "نص *مائل* & <b>", "&lt;i&gt; 中文 \u202e <img src=x onerror=1>"])
def test_text_of_any_script_or_markup_is_shown_as_text(scene, sign_in, text):
    draft = DraftFactory(strategy=scene.strategy, number=6)
    paragraph = ParagraphFactory(draft=draft, position=1, number="1", text=f"{text} said", footnotes=[text])
    ParagraphFactory(draft=draft, position=2, number="2", kind="table_row", text=f"{text}\nsecond")
    consultation = RoundFactory(draft=publish(draft))
    submitted_comment(consultation, "fao", paragraph=paragraph, text=text, proposed_text=text, quote="said")
    for rest in ("drafts/6/", "drafts/6/paragraphs/1/", "drafts/6/paragraphs/2/", "drafts/6/comments/"):
        page = sign_in(scene.cast.focal_undp).get(scene.url(rest)).content.decode()
        assert "<script>alert" not in page
        assert "<img src=x" not in page
        assert "<b>" not in page
        assert "<i>" not in page


def test_rows_of_a_results_framework_are_a_table_and_notes_stand_at_the_end_of_their_section(scene, sign_in):
    draft = DraftFactory(strategy=scene.strategy, number=8)
    rows = [
        ("I", "heading1", "Results", []), ("1", "paragraph", "Said[^1] so", ["First note"]),
        ("2", "table_row", "Outcome\nIndicator", []), ("3", "table_row", "Sharing[^1]\nNumber of exchanges", ["Second note"]),
        ("II", "heading1", "Means", []), ("4", "paragraph", "Paid[^1]", ["Third note"]),
    ]  # fmt: skip
    for place, (number, kind, text, notes) in enumerate(rows, start=1):
        ParagraphFactory(draft=draft, position=place, number=number, kind=kind, text=text, footnotes=notes)
    RoundFactory(draft=publish(draft))
    page = sign_in(scene.cast.focal_undp).get(scene.url("drafts/8/")).content.decode()
    assert page.count("<table>") == 1
    assert page.count('<th scope="col"') == 2
    assert f'href="{scene.url("drafts/8/paragraphs/3/")}"' in page
    order = ["Number of exchanges", "First note", "Second note", 'id="pII"', "Third note"]
    assert [page.index(one) for one in order] == sorted(page.index(one) for one in order)
    assert 'id="n3-1" value="2"' in page
    row = sign_in(scene.cast.focal_undp).get(scene.url("drafts/8/paragraphs/3/"), HTTP_HX_REQUEST="true").content.decode()
    assert '<tr class="para is-open" id="p3">' in row
    assert 'href="#n3-1" aria-describedby="n3-1">2</a>' in row
