"""The pages on which a brief is made, and what readers see of its figures and references."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from briefs.enums import BriefState
from briefs.models import Brief, Series
from briefs.selectors import brief_content
from briefs.services import matter
from common.access import Refused
from directory.models import Organization
from solutions.enums import SolutionState
from tests.conftest import Cast
from tests.factories.briefs import (
    ChartFactory,
    PictureFactory,
    ReferenceFactory,
    SeriesFactory,
    brief_by,
    clear_all,
    picture_bytes,
    publish_without_verbs,
)
from tests.factories.solutions import in_state as solution_in_state
from tests.factories.solutions import published as published_solution
from tests.factories.strategy import DraftFactory, ParagraphFactory, published_draft

pytestmark = pytest.mark.django_db
CONTENTS_QUERIES = 21
WORDS = {"caption": "A valve", "alt": "A woman opens it.", "credit": "Photo: FAO", "licence": "agency"}


@pytest.fixture
def author(cast: Cast, sign_in: Any) -> Client:
    return sign_in(cast.contributor_undp)


@pytest.fixture
def staff(cast: Cast, sign_in: Any) -> Client:
    return sign_in(cast.secretariat)


def rich(**fields: Any) -> Brief:
    brief = brief_by(**fields)
    ChartFactory(brief=brief), PictureFactory(brief=brief), ReferenceFactory(brief=brief)
    section = brief.sections.first()
    section.body = "<p>Said before [@badea-2016].[^1]</p><p>[figure pump]</p><p>[figure hours]</p>"
    section.save()
    return brief


def published(brief: Brief) -> Brief:
    clear_all(brief)
    edition = publish_without_verbs(brief)
    Brief.objects.filter(pk=brief.pk).update(current_edition=edition, state=BriefState.PUBLISHED)
    return Brief.objects.get(pk=brief.pk)


def address(brief: Brief, rest: str = "") -> str:
    return f"/briefs/{brief.slug}/contents/{rest}"


def test_reader_sees_figures_with_words_numbers_and_links_back(client: Client, cast: Cast) -> None:
    brief = published(rich())
    page = client.get(brief.get_absolute_url()).content.decode()
    assert f'src="/briefs/{brief.slug}/editions/1/figures/pump/" alt="A woman opens a valve beside two panels."' in page
    assert "<strong>Figure 1.</strong> A pump at work" in page
    assert "Photo: FAO. © the agency named in the credit" in page
    assert "Show the numbers as a table" in page
    assert '<a id="reference-mark-1" href="#reference-1" aria-label="Reference 1">1</a>' in page
    assert 'href="#reference-mark-1"' in page
    assert client.get(f"/briefs/{brief.slug}/editions/1/").status_code == 200


def test_edition_of_the_first_format_stays_readable(client: Client, cast: Cast) -> None:
    brief = brief_by(state=BriefState.PUBLISHED)
    content = brief.edition.content
    for key in ("figures", "references", "paragraphs"):
        del content[key]
    for section in content["sections"]:
        del section["kind"], section["id"]
    del content["series"]["issn"], content["series"]["cover"]
    old = brief.edition
    content = {**content, "format": 1}
    words = {"title": "Old", "summary": "x", "text": "", "sha256": "0" * 64}
    made = type(old).objects.create(brief=brief, number=9, published_at=old.published_at, content=content, **words)
    page = client.get(f"/briefs/{brief.slug}/editions/{made.number}/")
    assert page.status_code == 200
    assert "Part of undp" in page.content.decode()


def test_picture_is_for_insiders_until_it_is_published(client: Client, author: Client, cast: Cast, sign_in: Any) -> None:
    brief = rich()
    own = f"/briefs/{brief.slug}/figures/pump/picture/"
    response = author.get(own)
    assert (response.status_code, response["Content-Type"], response["Cache-Control"]) == (200, "image/png", "private, no-store")
    assert client.get(own).status_code == 302
    assert sign_in(cast.outsider).get(own).status_code == 404
    frozen = f"/briefs/{brief.slug}/editions/1/figures/pump/"
    assert client.get(frozen).status_code == 404
    published(brief)
    response = client.get(frozen)
    assert response.status_code == 200
    assert "immutable" in response["Cache-Control"]
    assert client.get(frozen, headers={"if-none-match": response["ETag"]}).status_code == 304
    assert client.get(f"/briefs/{brief.slug}/editions/1/figures/hours/").status_code == 404


@pytest.mark.parametrize("parts", [1, 6])
def test_contents_ask_the_same_for_few_and_many(parts: int, author: Client, cast: Cast, django_assert_num_queries: Any) -> None:
    brief = rich()
    for place in range(parts):
        ChartFactory(brief=brief, key=f"chart-{place}")
        ReferenceFactory(brief=brief, key=f"reference-{place}")
    author.get(address(brief))
    with django_assert_num_queries(CONTENTS_QUERIES):
        page = author.get(address(brief))
    assert "in no section yet" in page.content.decode()


def test_contents_are_for_those_who_make_the_brief(client: Client, cast: Cast, sign_in: Any) -> None:
    brief = published(rich())
    assert client.get(address(brief)).status_code == 302
    for user in (cast.outsider, cast.administrator, cast.focal_samoa):
        assert sign_in(user).get(address(brief)).status_code == 404
    assert sign_in(cast.focal_fao).get(address(brief, "words/")).status_code == 403
    assert sign_in(cast.focal_undp).get(address(brief, "agencies/")).status_code == 403
    assert sign_in(cast.focal_undp).post(address(brief, "cite/")).status_code == 404


def test_picture_is_sent_redrawn_and_refused_in_words(author: Client, cast: Cast) -> None:
    brief = brief_by()
    new = address(brief, "new-figure/image/")
    sent = SimpleUploadedFile("valve.jpg", picture_bytes("JPEG"), "image/jpeg")
    assert author.post(new, {**WORDS, "key": "valve", "file": sent}).status_code == 302
    figure = brief.figures.get()
    assert (figure.file.mime, figure.width, figure.height) == ("image/jpeg", 300, 200)
    again = SimpleUploadedFile("valve.jpg", picture_bytes("JPEG"), "image/jpeg")
    response = author.post(new, {**WORDS, "key": "valve", "file": again})
    assert response.status_code == 400
    assert "figure of this key already" in response.content.decode()
    for name, content, sentence in (
        ("x.png", b"GIF89a", "not a picture that we can read"),
        ("x.png", picture_bytes("PNG", (90, 300)), "each side needs 200"),
        ("x.png", picture_bytes()[:80], "damaged"),
    ):
        response = author.post(new, {**WORDS, "key": "other", "file": SimpleUploadedFile(name, content)})
        assert sentence in response.content.decode(), sentence
    response = author.post(new, {**WORDS, "alt": "", "key": "Ä"})
    assert set(response.context["form"].errors) == {"alt", "key", "file"}
    assert author.get(address(brief, "new-figure/film/")).status_code == 404


def test_chart_from_pasted_numbers_and_their_refusals(author: Client, cast: Cast) -> None:
    brief = brief_by()
    new = address(brief, "new-figure/chart/")
    data = {**WORDS, "key": "hours", "chart": "line", "numbers": "Year;Solar;Diesel\n2016;1,5;2\n2017;2;3,25"}
    assert author.post(new, data).status_code == 302
    assert brief.figures.get().rows == [["Year", "Solar", "Diesel"], ["2016", "1,5", "2"], ["2017", "2", "3,25"]]
    for numbers, sentence in (
        ("Year;Solar", "at least one row of numbers"),
        ("Year,Solar\n2016,many", "“many” is not a number"),
        ("Year,Solar\n2016", "Row 2 has 1 cells"),
        ("Year,Solar\n2016,-4", "below zero"),
        ("a,b,c,d,e,f\n1,2,3,4,5,6", "one to 4 columns"),
    ):
        response = author.post(new, {**data, "key": "other", "numbers": numbers})
        assert response.status_code == 400
        assert sentence in response.content.decode(), sentence
    changed = author.get(address(brief, "figures/hours/"))
    assert "2016" in changed.content.decode()
    data["seen"] = changed.context["form"]["seen"].value()
    assert author.post(address(brief, "figures/hours/"), {**data, "chart": "bar"}).status_code == 302
    response = author.post(address(brief, "figures/hours/"), {**data, "alt": "Mine."})
    assert response.status_code == 400
    assert "Nothing of yours is lost" in response.content.decode()
    assert "Mine." in response.content.decode()
    assert author.post(address(brief, "figures/hours/remove/")).status_code == 302
    assert not brief.figures.exists()


def test_reference_is_typed_changed_and_removed(author: Client, cast: Cast) -> None:
    brief = brief_by()
    data = {"key": "roe", "type": "book", "authors": "Roe, Jane\nFAO", "year": "2015", "title": "Wells", "doi": "10.1000/wells"}
    assert author.post(address(brief, "new-reference/"), data).status_code == 302
    found = brief.references.get()
    assert found.csl["author"] == [{"family": "Roe", "given": "Jane"}, {"literal": "FAO"}]
    refused = author.post(address(brief, "new-reference/"), {**data, "doi": "wells", "url": "javascript:x"})
    assert set(refused.context["form"].errors) == {"doi", "url"}
    page = author.get(address(brief, "references/roe/"))
    assert "Roe, Jane" in page.content.decode()
    data["seen"] = page.context["form"]["seen"].value()
    assert author.post(address(brief, "references/roe/"), {**data, "title": "Deep wells"}).status_code == 302
    assert author.post(address(brief, "references/roe/"), data).status_code == 400
    assert author.post(address(brief, "references/roe/remove/")).status_code == 302
    assert author.get(address(brief, "references/roe/remove/")).status_code == 405
    assert not brief.references.exists()


def test_references_are_brought_in_after_a_look(author: Client, cast: Cast) -> None:
    brief = brief_by()
    text = "@book{roe, title={Wells}, year=2015}\n@book{broken, title={no end\n"
    page = author.post(address(brief, "bring-references/"), {"text": text})
    assert page.status_code == 200
    assert not brief.references.exists()
    assert "Not understood" in page.content.decode()
    response = author.post(address(brief, "bring-references/"), {"text": text, "take": ["roe"], "confirm": "1"})
    assert response.status_code == 302
    assert brief.references.get().csl["title"] == "Wells"
    assert author.post(address(brief, "bring-references/"), {"text": " "}).status_code == 400
    assert author.post(address(brief, "bring-references/"), {"text": text, "confirm": "1"}).status_code == 400


def test_key_messages_are_ordered_emptied_and_more_fields_come_without_saving(staff: Client, cast: Cast) -> None:
    brief = brief_by()
    page = staff.get(address(brief, "words/"))
    data = {"title": "T", "summary": "S", "seen": page.context["form"]["seen"].value()}
    data |= {"entry-0": "Second", "place-0": "2", "entry-1": "First", "place-1": "1", "entry-2": "", "place-2": "3"}
    more = staff.post(address(brief, "words/"), {**data, "more": "1"})
    assert "entry-5" in more.context["form"].fields
    assert Brief.objects.get(pk=brief.pk).title == brief.title
    assert staff.post(address(brief, "words/"), {**data, "save": "1"}).status_code == 302
    assert Brief.objects.get(pk=brief.pk).key_messages == ["First", "Second"]
    late = staff.post(address(brief, "words/"), {**data, "entry-0": "Late", "save": "1"})
    assert late.status_code == 400
    assert "Late" in late.content.decode()
    assert "What is saved now" in late.content.decode()


def test_secretariat_sets_up_a_brief_with_the_proposed_number(staff: Client, author: Client, cast: Cast) -> None:
    series = SeriesFactory()
    brief_by(number=6, series=series)
    page = staff.get("/briefs/new/?series=policy-briefs")
    assert page.context["form"]["number"].value() == 7
    undp, fao = (Organization.objects.get(code=code).pk for code in ("undp", "fao"))
    data = {
        "number": "7",
        "language": "es",
        "title": "Nuevo",
        "slug": "nuevo",
        "summary": "Sobre.",
        "lead": fao,
        "agencies": [undp],
    }
    for wrong, field in (({"slug": "new"}, "slug"), ({"number": "6", "language": "en"}, "number")):
        response = staff.post("/briefs/new/?series=policy-briefs", {**data, **wrong})
        assert field in response.context["form"].errors
    assert staff.post("/briefs/new/?series=policy-briefs", data).status_code == 302
    brief = Brief.objects.get(slug="nuevo")
    assert [row.organization_id for row in brief.agencies.all()] == [fao, undp]
    assert author.get("/briefs/new/").status_code == 403


def test_sections_are_arranged_by_buttons(staff: Client, cast: Cast) -> None:
    brief = brief_by()
    fao = Organization.objects.get(code="fao")
    data = {"kind": "annex", "heading": "Method", "organization": fao.pk}
    assert staff.post(address(brief, "parts/new/"), data).status_code == 302
    last = brief.sections.get(heading="Part of fao")
    seen = staff.get(address(brief)).context["seen"]
    assert staff.post(address(brief, f"parts/{last.pk}/move/"), {"to": "up", "seen": seen}).status_code == 302
    assert [row.heading for row in brief.sections.all()] == ["Part of fao", "Part of undp", "Method"]
    page = staff.get(address(brief, f"parts/{last.pk}/"))
    data = {"kind": "section", "heading": "Renamed", "organization": fao.pk, "seen": page.context["form"]["seen"].value()}
    assert staff.post(address(brief, f"parts/{last.pk}/"), data).status_code == 302
    assert staff.post(address(brief, f"parts/{last.pk}/remove/"), {"reason": "", "version": "2"}).status_code == 400
    assert staff.post(address(brief, f"parts/{last.pk}/remove/"), {"reason": "Twice", "version": "2"}).status_code == 302
    assert "Renamed” was removed: Twice" in staff.get(address(brief)).content.decode()


def test_citations_are_searched_and_refused_for_what_is_not_public(author: Client, cast: Cast) -> None:
    brief = brief_by()
    assert author.get(address(brief, "citations/?q=nothing")).status_code == 200
    assert author.post(address(brief, "cite/"), {"act": "solution", "id": "999999"}).status_code == 404
    assert author.post(address(brief, "cite/"), {"act": "paragraph", "id": "x"}).status_code == 404
    assert author.get(address(brief, "cite/")).status_code == 405


def test_solution_is_found_cited_frozen_and_taken_out_on_the_page(author: Client, cast: Cast) -> None:
    brief, solution = brief_by(), published_solution(title="Pumps that last", slug="pumps")
    page = author.get(address(brief, "citations/?q=pumps"))
    assert f'name="id" value="{solution.pk}"' in page.content.decode()
    answer = author.post(address(brief, "cite/"), {"act": "solution", "id": solution.pk}, follow=True)
    assert "The solution is cited." in answer.content.decode()
    assert author.post(address(brief, "cite/"), {"act": "solution", "id": solution.pk}).status_code == 302  # twice is once
    assert [row["slug"] for row in brief_content(brief)["solutions"]] == ["pumps"]
    assert "Pumps that last" in author.get(address(brief)).content.decode()
    assert list(author.get(address(brief, "citations/?q=pumps")).context["found_solutions"]) == []  # not offered again
    cited = brief.cited_solutions.get()
    answer = author.post(address(brief, "cite/"), {"act": "drop-solution", "id": cited.pk}, follow=True)
    assert brief_content(brief)["solutions"] == []
    assert brief.matter_changes.count() == 2


def test_paragraph_is_found_cited_frozen_and_taken_out_on_the_page(author: Client, cast: Cast) -> None:
    brief, paragraph = brief_by(), published_draft(2).paragraphs.get(number="2")
    page = author.get(address(brief, "citations/?q=2"))
    assert f'name="id" value="{paragraph.pk}"' in page.content.decode()
    answer = author.post(address(brief, "cite/"), {"act": "paragraph", "id": paragraph.pk}, follow=True)
    assert "The paragraph is cited." in answer.content.decode()
    assert [(row["number"], row["text"]) for row in brief_content(brief)["paragraphs"]] == [("2", paragraph.text)]
    cited = brief.cited_paragraphs.get()
    author.post(address(brief, "cite/"), {"act": "drop-paragraph", "id": cited.pk})
    assert brief_content(brief)["paragraphs"] == []


def test_what_is_not_public_is_neither_offered_nor_cited(author: Client, cast: Cast, sign_in: Any) -> None:
    brief = brief_by()
    # The author's own draft entry, and a draft of the strategy that the secretariat prepares: each reads it, nobody else does.
    mine = solution_in_state(SolutionState.DRAFT, title="Pumps", submitted_by=cast.contributor_undp)
    preparing = ParagraphFactory(draft=DraftFactory(number=0), position=1, number="7", text="Pumps for all")
    for client in (author, sign_in(cast.secretariat), sign_in(cast.drafter)):
        page = client.get(address(brief, "citations/?q=pumps"))
        if page.status_code == 200:
            assert [*page.context["found_solutions"], *page.context["found_paragraphs"]] == []
        for act, pk in (("solution", mine.pk), ("paragraph", preparing.pk)):
            answer = client.post(address(brief, "cite/"), {"act": act, "id": pk}, follow=True)
            said = "Only published" in answer.content.decode()
            assert said or answer.status_code in {403, 404}, (act, answer.status_code)
    assert not brief.cited_solutions.exists()
    assert not brief.cited_paragraphs.exists()
    with pytest.raises(Refused, match="Only published solutions"):
        matter.cite_solution(brief=brief, by=cast.contributor_undp, solution=mine)
    with pytest.raises(Refused, match="Only published drafts"):
        matter.cite_paragraph(brief=brief, by=cast.contributor_undp, paragraph=preparing)


def test_nothing_is_cited_in_a_published_brief_or_by_an_outsider(author: Client, cast: Cast, sign_in: Any) -> None:
    solution = published_solution(title="Pumps")
    brief = published(brief_by())
    answer = author.post(address(brief, "cite/"), {"act": "solution", "id": solution.pk}, follow=True)
    assert "A published brief is not edited" in answer.content.decode()
    assert not brief.cited_solutions.exists()
    data = {"act": "solution", "id": solution.pk}
    assert sign_in(cast.outsider).post(address(brief, "cite/"), data).status_code == 404


def test_series_is_made_changed_and_shown(staff: Client, client: Client, author: Client, cast: Cast) -> None:
    data = {"slug": "notes", "title_en": "Notes", "issn": "2049-3630", "periodicity": "yearly", "cover": "band"}
    data |= {"editors": [cast.secretariat.pk]}
    assert "issn" in staff.post("/briefs/series/new/", {**data, "issn": "2049-3631"}).context["form"].errors
    assert staff.post("/briefs/series/new/", data).status_code == 302
    series = Series.objects.get(slug="notes")
    brief_by(series=series, number=1, state=BriefState.PUBLISHED)
    page = client.get("/briefs/series/notes/").content.decode()
    assert "2049-3630" in page
    assert str(cast.secretariat) in page
    assert "Feb. 1, 2019" in page or "1 February 2019" in page
    assert client.get("/briefs/series/gone/").status_code == 404
    edit = staff.get("/briefs/series/notes/edit/")
    data |= {"seen": edit.context["form"].initial["seen"], "title_ar": "مذكرات"}
    assert staff.post("/briefs/series/notes/edit/", data).status_code == 302
    assert client.get("/ar/briefs/series/notes/").content.decode().count("مذكرات")
    assert staff.post("/briefs/series/notes/edit/", data).status_code == 400
    assert author.get("/briefs/series/notes/edit/").status_code == 403


def test_series_that_holds_no_name_asks_for_one(staff: Client) -> None:
    assert b"Choose" in staff.get("/briefs/new/", {"series": "a\x00b"}).content


def test_signs_that_come_along_from_a_presentation_are_no_words(author: Client) -> None:
    """A line that PowerPoint breaks holds a sign that no font has: the PDF could not be made, and nobody would see why."""
    brief = rich()
    page = author.get(address(brief, "figures/hours/"))
    values = {**WORDS, "caption": "Hours\x0bat each\x01step", "chart": "bar", "numbers": "a,b\nx,1"}
    author.post(address(brief, "figures/hours/"), {**values, "seen": page.context["form"]["seen"].value()})
    assert brief.figures.get(key="hours").caption == "Hours at each step"
