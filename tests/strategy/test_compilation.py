"""The compilation text of a draft: who reads which proposals in it, what counts as open, its page and its files."""

import io
import re
from datetime import timedelta
from importlib import import_module

import pikepdf
import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from common.access import Refused
from directory.models import Job
from directory.services.jobs import run_job
from strategy.documents.draft_pdf import draft_pdf
from strategy.documents.word_reading import read_word
from strategy.enums import Decision, Sharing
from strategy.models import Disposition, Draft
from strategy.selectors import compilation as compilation_selector
from strategy.selectors.bracket_words import text_of
from strategy.selectors.compilation import comment_rounds, compile_draft, narrowed, parts_of
from strategy.services import dispose_comment, release_dispositions
from strategy.services.compilation import JOB, ask_for_compilation, make_compilation
from tests.factories.directory import CategoryFactory
from tests.factories.strategy import (
    CommentFactory,
    DispositionFactory,
    DraftFactory,
    ParagraphFactory,
    RoundFactory,
    publish,
    submitted_comment,
)

pytestmark = pytest.mark.django_db
PAGE = "drafts/0/compilation/"
TEXT = "Paragraph 1 says that *experience* moves."
PROPOSED = "Paragraph 1 says that experience gladly moves."


def propose(scene, agency="undp", proposed=PROPOSED, number="1", **fields):
    return submitted_comment(scene.round, agency, paragraph=scene.paragraph(number), text="", proposed_text=proposed, **fields)


def brackets(user, draft, **how):
    return [text_of(one) for row in compile_draft(user, draft, **how).paragraphs for one in row.woven.all]


def words(response):
    """The page's text without its tags."""
    return " ".join(re.sub(r"<[^>]+>", "", response.content.decode()).split())


# --- who reads what --------------------------------------------------------------------------------------------------


def test_each_reads_the_proposals_that_they_may_see(scene):
    scene.round.sharing = Sharing.PUBLIC
    scene.round.save()
    propose(scene, "undp", visibility="agencies")
    propose(scene, "fao", visibility="public")
    propose(scene, "who", visibility="secretariat")
    cast, draft = scene.cast, scene.draft
    assert brackets(cast.drafter, draft) == ["[UNDP, FAO, WHO: gladly]"]
    assert brackets(cast.focal_undp, draft) == ["[UNDP, FAO: gladly]"]
    assert brackets(cast.focal_who, draft) == ["[UNDP, FAO, WHO: gladly]"]
    assert brackets(cast.focal_samoa, draft) == ["[FAO: gladly]"]


def test_others_proposals_wait_for_the_close_where_the_round_says_so(scene):
    scene.round.sharing = Sharing.AGENCIES_AFTER_CLOSE
    scene.round.save()
    propose(scene, "undp")
    assert brackets(scene.cast.focal_fao, scene.draft) == []
    scene.round.closes_at = timezone.now() - timedelta(minutes=1)
    scene.round.save()
    assert brackets(scene.cast.focal_fao, scene.draft) == ["[UNDP: gladly]"]


def test_what_an_agency_has_not_submitted_is_not_even_in_its_own(scene):
    scene.comment(text="", proposed_text=PROPOSED)
    assert brackets(scene.cast.focal_undp, scene.draft) == []


def test_participants_stand_under_their_category(scene):
    scene.round.takes_public_comments = True
    scene.round.save()
    category = CategoryFactory(code="civil-society")
    CommentFactory(
        round=scene.round, organization=None, category=category, paragraph=scene.paragraph(), text="", proposed_text=PROPOSED,
        state="submitted", visibility="public",
    )  # fmt: skip
    assert brackets(scene.cast.drafter, scene.draft) == [f"[{category}: gladly]"]


def test_all_rounds_on_the_draft_or_one_of_them(scene):
    propose(scene, "undp")
    other = RoundFactory(draft=scene.draft)
    RoundFactory(draft=scene.draft, kind="silence")
    submitted_comment(other, "fao", paragraph=scene.paragraph(), text="", proposed_text=PROPOSED)
    assert brackets(scene.cast.drafter, scene.draft) == ["[UNDP, FAO: gladly]"]
    assert brackets(scene.cast.drafter, scene.draft, only=other) == ["[FAO: gladly]"]
    assert comment_rounds(scene.cast.drafter, scene.draft) == [other, scene.round]


# --- what is open ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("decision", "is_open"),
    [("accepted", False), ("partly_accepted", False), ("not_accepted", False), ("out_of_scope", False), ("noted", True)],
)
def test_a_bracket_is_open_until_it_is_decided_whether_its_words_go_into_the_text(scene, decision, is_open):
    comment = propose(scene)
    figures = compile_draft(scene.cast.drafter, scene.draft).figures
    assert (figures.open, figures.total) == (1, 1)
    DispositionFactory(comment=comment, decision=decision)
    figures = compile_draft(scene.cast.drafter, scene.draft).figures
    assert (figures.open, figures.total) == (int(is_open), 1)


def test_agencies_learn_of_it_when_it_is_released(scene):
    dispose_comment(comment=propose(scene), by=scene.cast.drafter, decision=Decision.ACCEPTED)
    assert brackets(scene.cast.drafter, scene.draft) == ["[UNDP – Accepted: gladly]"]
    assert brackets(scene.cast.focal_undp, scene.draft) == ["[UNDP: gladly]"]
    release_dispositions(consultation=scene.round, by=scene.cast.drafter)
    assert brackets(scene.cast.focal_undp, scene.draft) == ["[UNDP – Accepted: gladly]"]


def test_a_duplicate_follows_the_comment_that_it_repeats(scene):
    first, second, third = propose(scene), propose(scene, "fao", "All other words"), propose(scene, "who", "Other words yet")
    DispositionFactory(comment=third, decision="duplicate_of", duplicate_of=second, reason="")
    DispositionFactory(comment=second, decision="duplicate_of", duplicate_of=first, reason="")
    assert compile_draft(scene.cast.drafter, scene.draft).figures.open == 3
    DispositionFactory(comment=first, decision="not_accepted")
    assert compile_draft(scene.cast.drafter, scene.draft).figures.open == 0
    Disposition.objects.filter(comment=first).update(decision="duplicate_of", duplicate_of=third)
    assert compile_draft(scene.cast.drafter, scene.draft).figures.open == 3  # in a circle nothing is decided


def test_a_bracket_of_several_is_open_as_long_as_one_waits(scene):
    DispositionFactory(comment=propose(scene), decision="accepted")
    propose(scene, "fao")
    assert compile_draft(scene.cast.drafter, scene.draft).figures.open == 1


def test_figures_by_section_and_paragraph(scene):
    draft = DraftFactory(strategy=scene.strategy, number=4)
    for place, (kind, number) in enumerate([("heading1", "I"), ("paragraph", "1"), ("heading1", "II"), ("paragraph", "2")], 1):
        ParagraphFactory(draft=draft, position=place, number=number, kind=kind)
    publish(draft)
    consultation = RoundFactory(draft=draft)
    for number, proposed in (("1", "Other words"), ("2", "Other words"), ("2", "Others again")):
        submitted_comment(consultation, paragraph=draft.paragraphs.get(number=number), proposed_text=proposed, text="")
    submitted_comment(consultation, paragraph=draft.paragraphs.get(number="2"), text="Why?")
    submitted_comment(consultation, text="On the whole")
    found = compile_draft(scene.cast.drafter, draft)
    assert [(head.paragraph.number, one.open, one.total, one.notes) for head, one in found.sections] == [
        ("I", 1, 1, 0), ("II", 2, 2, 1),
    ]  # fmt: skip
    assert [one.open for one in found.paragraphs] == [0, 1, 0, 2]
    assert (found.figures.open, found.figures.total, found.figures.notes) == (3, 3, 2)
    assert len(list(found.voices())) == 5


def test_filters(scene):
    DispositionFactory(comment=propose(scene), decision="accepted")
    propose(scene, "fao", "All other words", number="2")
    submitted_comment(scene.round, "who", paragraph=scene.paragraph("3"), text="Why?")
    whole = compile_draft(scene.cast.drafter, scene.draft)
    assert narrowed(whole, only_open=True).figures.total == 1
    assert narrowed(whole, speaker="undp").figures.total == 1
    assert [row.paragraph.number for row in narrowed(whole, speaker="who", only_bracketed=True).paragraphs] == ["I", "3"]
    assert whole.speakers == [("fao", "FAO"), ("undp", "UNDP"), ("who", "WHO")]


@pytest.mark.parametrize("number", [1, 30])
def test_the_text_costs_the_same_queries_whatever_is_proposed(scene, django_assert_num_queries, number):
    for place in range(number):
        comment = propose(scene, ("undp", "fao", "who")[place % 3], f"{TEXT} {place}", str(place % 3 + 1))
        DispositionFactory(comment=comment, decision="accepted")
    with django_assert_num_queries(6):
        compile_draft(scene.cast.drafter, scene.draft)


# --- the page --------------------------------------------------------------------------------------------------------


def test_the_page_shows_the_text_with_its_brackets_and_figures(scene, sign_in):
    one = propose(scene)
    propose(scene, "fao")
    propose(scene, "who", "Quite different", number="2")
    submitted_comment(scene.round, "who", paragraph=scene.paragraph("2"), text="<script>alert(1)</script>")
    response = sign_in(scene.cast.drafter).get(scene.url(PAGE))
    page, text = response.content.decode(), words(response)
    assert "2 open brackets" in text
    assert "2 brackets in all" in text
    assert "1 comment without a proposed text" in text
    assert "says that experience Proposal: [UNDP, FAO: [added: gladly]] moves." in text
    assert "[Alt. 1 – WHO: [added: Quite different]]" in text
    assert f'href="{scene.url("drafts/0/paragraphs/1/")}#c{one.pk}"><bdi>UNDP</bdi></a>' in page
    assert "<script>alert(1)" not in page
    assert "1 open bracket in paragraph 1" in text
    assert "csrfmiddlewaretoken" in page


def test_the_public_reads_it_without_cookie_or_token(scene, sign_in):
    scene.round.sharing = Sharing.PUBLIC
    scene.round.save()
    propose(scene, "fao", visibility="public")
    propose(scene, "who", "Hidden words", visibility="agencies")
    for prefix in ("", "/ar", "/zh-hans"):
        response = sign_in().get(prefix + scene.url(PAGE))
        page = response.content.decode()
        assert (response.status_code, bool(response.cookies)) == (200, False)
        assert "gladly" in page
        assert "Hidden words" not in page
        assert "csrfmiddlewaretoken" not in page


def test_a_draft_that_is_not_there_or_not_for_the_reader_is_not_found(scene, sign_in):
    Draft.objects.filter(pk=scene.draft.pk).update(is_public=False)
    assert sign_in(scene.cast.focal_samoa).get(scene.url(PAGE)).status_code == 404
    assert sign_in(scene.cast.focal_undp).get(scene.url(PAGE)).status_code == 200
    assert sign_in(scene.cast.drafter).get(scene.url("drafts/7/compilation/")).status_code == 404
    assert sign_in(scene.cast.drafter).post(scene.url(PAGE)).status_code == 405


@pytest.mark.parametrize(
    "query", ["?show=x&agency=%00&text=y&round=z&part=x", "?part=999999999", "?part=-1&round=99999999999999999999"]
)
def test_a_mistyped_address_is_no_filter(scene, sign_in, query):
    propose(scene)
    response = sign_in(scene.cast.drafter).get(scene.url(PAGE) + query)
    assert response.status_code == 200
    assert "gladly" in response.content.decode()


def test_filters_live_in_the_address(scene, sign_in):
    propose(scene)
    propose(scene, "fao", "Fish first", number="2")
    client = sign_in(scene.cast.drafter)
    page = client.get(scene.url(PAGE), {"agency": "fao", "text": "bracketed"}).content.decode()
    assert "Fish first" in page
    assert "gladly" not in page
    assert "1 bracket fits" in page
    assert "2</strong> open brackets" in page  # of the whole, whatever is shown
    other = RoundFactory(draft=scene.draft)
    page = client.get(scene.url(PAGE), {"round": other.pk}).content.decode()
    assert "gladly" not in page
    assert 'name="round"' in page


def test_a_long_text_is_shown_in_parts_with_its_contents(scene, sign_in, monkeypatch):
    monkeypatch.setattr(compilation_selector, "MOST_ON_A_PAGE", 2)
    propose(scene, number="3")
    client = sign_in(scene.cast.drafter)
    first = client.get(scene.url(PAGE)).content.decode()
    assert "Part 1 of 3" in first
    assert "gladly" not in first
    last = client.get(scene.url(PAGE), {"part": "3"}).content.decode()
    assert "gladly" in last or "replace" in last
    assert 'href="?part=1#pI"' in last
    rows = compile_draft(scene.cast.drafter, scene.draft).paragraphs
    assert [row for part in parts_of(rows) for row in part] == rows


def test_tables_footnotes_and_headings_of_the_text(scene, sign_in):
    draft = DraftFactory(strategy=scene.strategy, number=4, is_public=True)
    rows = [
        ("I", "heading1", "Results", []), ("1", "paragraph", "Says this[^1].", ["A note."]), ("T.1", "table_row", "A\nB", []),
        ("T.2", "table_row", "C\nD *d*", []),
    ]  # fmt: skip
    for place, (number, kind, text, notes) in enumerate(rows, 1):
        ParagraphFactory(draft=draft, position=place, number=number, kind=kind, text=text, footnotes=notes)
    publish(draft)
    consultation = RoundFactory(draft=draft)
    for number, quote, proposed in (("T.2", "D d", "D d e"), ("1", "", "Says all of this."), ("I", "", "Results for all")):
        paragraph = draft.paragraphs.get(number=number)
        submitted_comment(consultation, paragraph=paragraph, quote=quote, text="", proposed_text=proposed)
    submitted_comment(consultation, "fao", paragraph=draft.paragraphs.get(number="T.2"), text="", proposes_deletion=True)
    response = sign_in(scene.cast.drafter).get(scene.url("drafts/4/compilation/"))
    page, text = response.content.decode(), words(response)
    assert "<em>d</em> <span" in page
    assert "D d Proposal: [UNDP: [added: e]]" in text
    assert "[FAO: delete the paragraph]" in text
    assert "Says Proposal: [UNDP: [added: all of]] this" in text
    assert 'id="n1-1"' in page
    assert "Results Proposal: [UNDP: [added: for all]]" in text


@pytest.mark.parametrize("number", [1, 30])
def test_the_page_costs_the_same_queries_whatever_is_proposed(scene, sign_in, django_assert_num_queries, number):
    for place in range(number):
        propose(scene, ("undp", "fao", "who")[place % 3], f"{TEXT} {place}", str(place % 3 + 1))
    client = sign_in(scene.cast.drafter)
    client.get(scene.url(PAGE))
    with django_assert_num_queries(15):
        client.get(scene.url(PAGE))


def test_where_people_look_there_is_a_link(scene, sign_in):
    propose(scene)
    url = scene.url(PAGE)
    client = sign_in(scene.cast.drafter)
    for path in ("drafts/0/", f"rounds/{scene.round.pk}/", "answers/", "matrix/"):
        assert url in client.get(scene.url(path)).content.decode(), path
    assert url in sign_in(scene.cast.focal_undp).get(scene.url("position/")).content.decode()


# --- files -----------------------------------------------------------------------------------------------------------


def made(client, scene, form, **more):
    import_module("strategy.tasks")  # as the worker does
    client.post(scene.url(f"{PAGE}make/"), {"form": form, **more})
    job = Job.objects.filter(kind=JOB).latest("created_at")
    run_job(job_id=str(job.pk))
    job.refresh_from_db()
    return job


@pytest.mark.parametrize(
    ("form", "name"),
    [("brackets", "compilation.docx"), ("revisions", "compilation-tracked-changes.docx"), ("pdf", "compilation.pdf")],
)
def test_files_are_made_by_a_worker(scene, sign_in, form, name):
    propose(scene)
    client = sign_in(scene.cast.focal_undp)
    job = made(client, scene, form)
    response = client.get(job.result["url"])
    assert response.status_code == 200
    assert response["Content-Disposition"].endswith(f'{scene.strategy.slug}-draft-0-{name}"')
    content = b"".join(response.streaming_content)
    assert content.startswith(b"%PDF" if form == "pdf" else b"PK")
    if form == "revisions":
        assert read_word(content, accept=True).blocks[1].text == "Paragraph 1 says that *experience* gladly moves."
        assert read_word(content, accept=False).blocks[1].text == TEXT
    if form == "brackets":
        assert read_word(content).blocks[1].text == "Paragraph 1 says that *experience* [UNDP: gladly] moves."
    # The file is its asker's alone, and only at its own draft.
    assert sign_in(scene.cast.focal_fao).get(job.result["url"]).status_code == 404
    assert sign_in().get(job.result["url"]).status_code == 302


def test_a_file_of_another_draft_is_not_found_here(scene, sign_in):
    client = sign_in(scene.cast.drafter)
    job = made(client, scene, "brackets")
    publish(DraftFactory(strategy=scene.strategy, number=1))
    assert client.get(scene.url(f"drafts/1/compilation/files/{job.pk}/")).status_code == 404


def test_a_file_of_one_round(scene, sign_in):
    propose(scene)
    other = RoundFactory(draft=scene.draft)
    job = made(sign_in(scene.cast.drafter), scene, "brackets", round=other.pk)
    assert job.arguments["round"] == other.pk


def test_an_unknown_kind_of_file_is_refused_with_a_sentence(scene, sign_in):
    response = sign_in(scene.cast.drafter).post(scene.url(f"{PAGE}make/"), {"form": "exe"}, follow=True)
    assert "Choose one of them" in response.content.decode()
    assert not Job.objects.filter(kind=JOB).exists()


def test_who_may_not_read_the_draft_any_more_gets_no_file(scene):
    job = ask_for_compilation(draft=scene.draft, only=None, by=scene.cast.focal_samoa, form="brackets")
    Draft.objects.filter(pk=scene.draft.pk).update(is_public=False)
    with pytest.raises(PermissionDenied):
        make_compilation(job=job, report=lambda _done, _total: None)
    with pytest.raises(PermissionDenied):
        ask_for_compilation(draft=Draft.objects.get(pk=scene.draft.pk), only=None, by=scene.cast.focal_samoa, form="pdf")


def test_of_a_draft_that_was_discarded_nothing_is_made(scene):
    draft = DraftFactory(strategy=scene.strategy, number=5)
    job = ask_for_compilation(draft=draft, only=None, by=scene.cast.drafter, form="brackets")
    draft.delete()
    with pytest.raises(Refused, match="discarded meanwhile"):
        make_compilation(job=job, report=lambda _done, _total: None)


def test_too_much_for_a_pdf_is_refused_with_what_to_do(scene, monkeypatch):
    monkeypatch.setattr("strategy.services.compilation.MOST_IN_PDF", 0)
    propose(scene)
    job = ask_for_compilation(draft=scene.draft, only=None, by=scene.cast.drafter, form="pdf")
    with pytest.raises(Refused, match="Take the Word file"):
        make_compilation(job=job, report=lambda _done, _total: None)


def test_the_pdf_is_tagged_and_holds_brackets_and_notes(scene):
    propose(scene)
    propose(scene, "who", "Quite different <b>", number="2")
    submitted_comment(scene.round, "fao", paragraph=scene.paragraph("2"), text="Why?")
    found = compile_draft(scene.cast.drafter, scene.draft)
    with pikepdf.open(io.BytesIO(draft_pdf(scene.draft, found))) as file:
        assert bool(file.Root.MarkInfo.Marked)
        assert "/StructTreeRoot" in file.Root
        assert str(file.docinfo["/Title"]).endswith("Compilation text")
        with file.open_outline() as outline:
            titles = [str(one.title) for top in outline.root for one in [top, *top.children]]
    assert "Comments without a proposed text" in titles
