"""The checklist: what it finds, what it says to do, and that nothing is published against it."""

from io import BytesIO
from typing import Any

import pikepdf
import pytest
from django.core.exceptions import PermissionDenied

import briefs.tasks  # noqa: F401 - registers what the job does, as a worker's start does
from briefs.enums import BriefState
from briefs.models import AcknowledgedWarning, Brief, Edition, Section, TrialRender
from briefs.selectors import brief_content, text_hash
from briefs.selectors.findings import findings_of
from briefs.services import acknowledge_warnings, checklist_of, publish_brief, try_pdf
from briefs.services.checklist import pdf_problems, run_trial
from common.access import Refused
from common.pdf import RenderFailed
from directory.models import Job
from directory.services.jobs import run_job
from tests.conftest import Cast
from tests.factories.briefs import ChartFactory, PictureFactory, ReferenceFactory, brief_by, clear_all

CONTENT: dict[str, Any] = {
    "language": "en",
    "title": "T",
    "summary": "S",
    "key_messages": ["K"],
    "footnotes": [],
    "agencies": [{"acronym": "UNDP", "is_lead": True}],
    "sections": [{"anchor": "section-1", "heading": "H", "agency": "UNDP", "body": "<p>Text.</p>"}],
}
FIGURE = {"key": "a", "kind": "image", "caption": "C", "alt": "What it shows", "credit": "X", "licence": "CC"}


def found(body: str = "<p>Text.</p>", *, section: dict[str, Any] | None = None, **more: Any) -> list[tuple[str, bool]]:
    row = {**CONTENT["sections"][0], "body": body, **(section or {})}
    return [(finding.key.partition(":")[0], finding.is_error) for finding in findings_of({**CONTENT, "sections": [row], **more})]


def test_a_text_in_order_has_no_findings() -> None:
    body = (
        '<h3>A</h3><h4>B</h4><p>See <a href="https://www.un.org/en">the page of the UN</a>, '
        '<a href="mailto:a@un.org">the office</a> and <a href="#note-1">the note</a>.[^1] [@smith-2020; @lee]</p>'
        '<p>[figure a]</p><table><caption>C</caption><tr><th scope="col">H</th></tr></table>'
    )
    references = [{"key": "smith-2020", "text": "Smith"}, {"key": "lee", "text": "Lee"}]
    assert found(body, footnotes=["A note"], references=references, figures=[FIGURE]) == []


@pytest.mark.parametrize(
    ("body", "key"),
    [
        ("<h4>Too deep</h4>", "heading-order"),
        ("<h3> </h3><p>x</p>", "empty-heading"),
        ("", "empty"),
        ("<p> </p>", "empty"),
        ('<p><a href="http://">x y</a></p>', "link"),
        ('<p><a href="https://localhost/x">the page</a></p>', "link"),
        ('<p><a href="https://10.0.0.1/x">the page</a></p>', "link"),
        ('<p><a href="https://www.un.org:port/">the page</a></p>', "link"),
        ('<p><a href="mailto:nobody">the office</a></p>', "link"),
        ('<p><a href="#nowhere">the place</a></p>', "link"),
        ('<p>x <a href="https://www.un.org/"></a></p>', "link-words"),
        ("<table><caption>C</caption><tr><td>1</td></tr></table>", "table-head"),
        ("<p>x[^2]</p>", "note-missing"),
        ("<p>x [@nobody]</p>", "reference-missing"),
        ("<p>[figure none]</p>", "figure-missing"),
    ],
)
def test_error_is_found(body: str, key: str) -> None:
    assert (key, True) in found(body)


@pytest.mark.parametrize(
    ("body", "more", "key"),
    [
        ("<p>x</p>", {"footnotes": ["Unused"]}, "note-unused"),
        ("<p>[figure a]</p>", {"figures": [{**FIGURE, "alt": "C"}]}, "figure-alt-odd"),
        ('<p><a href="https://www.un.org/">here</a></p>', {}, "link-vague"),
        ("<table><tr><th>1</th></tr></table>", {}, "table-caption"),
    ],
)
def test_warning_is_found(body: str, more: dict[str, Any], key: str) -> None:
    assert found(body, **more) == [(key, False)]


def test_figures_need_words_and_a_paragraph_of_their_own() -> None:
    assert found("<p>[figure a]</p><p>Again.</p><p>[figure a]</p>", figures=[FIGURE]) == [("figure-twice", True)]
    assert found("<p>[figure a]</p>", figures=[{**FIGURE, "alt": " "}]) == [("figure-alt", True)]
    assert found("<p>[figure a]</p>", figures=[{**FIGURE, "caption": ""}]) == [("figure-caption", True)]
    assert found("<p>[figure a]</p>", figures=[{**FIGURE, "credit": ""}]) == [("figure-credit", True)]
    assert found("<p>[figure a]</p>", figures=[{**FIGURE, "licence": ""}]) == [("figure-licence", True)]
    assert found("<p>See [figure a] there</p>", figures=[FIGURE]) == [("figure-inline", True)]


def test_the_whole_is_checked_too() -> None:
    assert found(language="xx") == [("language", True)]
    assert found(title=" ", summary="", key_messages=[]) == [("title", True), ("summary", True), ("messages", True)]
    assert found(agencies=[]) == [("lead", True)]
    assert found(section={"heading": "", "agency": ""}) == [("no-heading", True), ("no-agency", True)]
    twice = [CONTENT["sections"][0], {**CONTENT["sections"][0], "anchor": "section-2"}]
    assert [finding.key for finding in findings_of({**CONTENT, "sections": twice})] == ["heading-twice:H"]
    assert [finding.key for finding in findings_of({**CONTENT, "sections": []})] == ["sections"]


def test_old_contents_without_figures_and_references_are_checked() -> None:
    assert found("<p>Text.</p>") == []


# --- the trial PDF ---


def made_pdf(*, lang: bool = True, title: bool = True, tags: bool = True) -> bytes:
    document = pikepdf.new()
    document.add_blank_page()
    if lang:
        document.Root.Lang = pikepdf.String("en")
    if tags:
        document.Root.MarkInfo = pikepdf.Dictionary(Marked=True)
        heads = [pikepdf.Dictionary(S=pikepdf.Name(name)) for name in ("/H1", "/H3", "/Figure")]
        document.Root.StructTreeRoot = pikepdf.Dictionary(K=pikepdf.Array(heads))
    if title:
        document.docinfo["/Title"] = "T"
        document.Root.ViewerPreferences = pikepdf.Dictionary(DisplayDocTitle=True)
    target = BytesIO()
    document.save(target)
    return target.getvalue()


def test_pdf_is_looked_into() -> None:
    assert pdf_problems(made_pdf()) == (1, [["headings", "H1 → H3"], ["alt", ""]])
    assert pdf_problems(made_pdf(lang=False, title=False, tags=False)) == (1, [["language", ""], ["tags", ""], ["title", ""]])
    assert pdf_problems(b"no PDF")[1][0][0] == "failed"


@pytest.mark.django_db
def test_trial_renders_the_text_as_it_stands_in_a_job(cast: Cast) -> None:
    brief = brief_by()
    job = try_pdf(brief=brief, by=cast.focal_undp)
    assert try_pdf(brief=brief, by=cast.secretariat) == job
    assert [item.finding.key for item in checklist_of(brief).errors] == ["pdf-trial"]
    run_job(job_id=str(job.pk))
    trial = TrialRender.objects.get()
    assert (trial.sha256, trial.problems, trial.pages > 0) == (text_hash(brief), [], True)
    assert checklist_of(brief).lets_publish
    assert not Edition.objects.exists()
    assert Job.objects.get(pk=job.pk).result == {"url": f"/briefs/{brief.slug}/checklist/"}


@pytest.mark.django_db
def test_failed_trial_is_an_error_and_can_be_tried_again(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    brief = brief_by()

    def fails(edition: Edition, field: str) -> bytes:
        raise RenderFailed("a picture cannot be read")

    monkeypatch.setattr("briefs.services.checklist.documents.edition_pdf", fails)
    run_trial(brief=brief, report=lambda done, total: None)
    (item,) = checklist_of(brief).errors
    assert "a picture cannot be read" in item.finding.what
    assert try_pdf(brief=brief, by=cast.secretariat) is not None
    assert not TrialRender.objects.exists()


# --- publishing ---


def with_footnotes(**more: Any) -> Brief:
    """A cleared brief with a note that nothing points to."""
    brief = brief_by(footnotes=["A source.", "Unused."], **more)
    clear_all(brief)
    Brief.objects.filter(pk=brief.pk).update(state=BriefState.CLEARED)
    return Brief.objects.get(pk=brief.pk)


@pytest.mark.django_db
def test_nothing_is_published_while_an_error_stands(cast: Cast) -> None:
    brief = brief_by()
    brief.sections.filter(organization__code="fao").update(body="<h4>Deep</h4>")
    clear_all(brief)
    Brief.objects.update(state=BriefState.CLEARED)
    with pytest.raises(Refused, match="1 error to put right first: In “Part of fao” the heading “Deep” skips a level"):
        publish_brief(brief=brief, by=cast.secretariat)
    assert not Edition.objects.exists()


@pytest.mark.django_db
def test_warning_must_be_looked_at_before_publishing(cast: Cast) -> None:
    brief = with_footnotes()
    with pytest.raises(Refused, match="Nobody has looked at 1 warning"):
        publish_brief(brief=brief, by=cast.secretariat)
    assert acknowledge_warnings(brief=brief, by=cast.secretariat, seen=text_hash(brief), keys=["note-unused:2", "other"]) == 1
    assert publish_brief(brief=brief, by=cast.secretariat).number == 1


@pytest.mark.django_db
def test_what_stands_nowhere_in_the_text_is_looked_at_before_publication(cast: Cast) -> None:
    brief = with_footnotes()
    Brief.objects.filter(pk=brief.pk).update(footnotes=["A source."])
    ReferenceFactory(brief=brief, key="never-cited")
    ChartFactory(brief=brief, key="never-shown", caption="Never shown")
    brief = Brief.objects.get(pk=brief.pk)
    clear_all(brief)
    assert [(item.finding.key, item.url) for item in checklist_of(brief, cast.secretariat).open_warnings] == [
        ("figure-unused:never-shown", f"/briefs/{brief.slug}/contents/figures/never-shown/"),
        ("reference-unused:never-cited", f"/briefs/{brief.slug}/contents/references/never-cited/"),
    ]
    with pytest.raises(Refused, match="Nobody has looked at 2 warnings"):
        publish_brief(brief=brief, by=cast.secretariat)


@pytest.mark.django_db
def test_acknowledging_is_for_this_text_for_staff_and_for_warnings_only(cast: Cast) -> None:
    brief = with_footnotes()
    with pytest.raises(Refused, match="edited after"):
        acknowledge_warnings(brief=brief, by=cast.secretariat, seen="0" * 64, keys=["note-unused:2"])
    with pytest.raises(Refused, match="Choose the warnings"):
        acknowledge_warnings(brief=brief, by=cast.secretariat, seen=text_hash(brief), keys=["pdf-trial"])
    for who in (cast.focal_undp, cast.drafter, cast.administrator):
        with pytest.raises(PermissionDenied):
            acknowledge_warnings(brief=brief, by=who, seen=text_hash(brief), keys=["note-unused:2"])
    acknowledge_warnings(brief=brief, by=cast.secretariat, seen=text_hash(brief), keys=["note-unused:2"])
    brief.summary = "Another"
    brief.save()
    assert [item.finding.key for item in checklist_of(brief).open_warnings] == ["note-unused:2"]


@pytest.mark.django_db
def test_page_shows_what_to_do_and_where(cast: Cast, sign_in: Any) -> None:
    brief = with_footnotes()
    section = brief.sections.get(organization__code="undp")
    brief.sections.filter(pk=section.pk).update(body='<p>x[^1] <a href="https://localhost/">a page</a></p>')
    page = f"/briefs/{brief.slug}/checklist/"
    text = sign_in(cast.focal_undp).get(page).content.decode()
    assert f'href="/briefs/{brief.slug}/sections/{section.pk}/"' in text
    assert "A link in “Part of undp” leads nowhere" in text
    assert "Let the chosen warnings stand" not in text
    assert sign_in(cast.focal_undp).post(f"{page}acknowledge/").status_code == 403
    staff = sign_in(cast.secretariat)
    assert "Let the chosen warnings stand" in staff.get(page).content.decode()
    seen = text_hash(Brief.objects.get(pk=brief.pk))
    assert staff.post(f"{page}acknowledge/", {"seen": seen, "key": ["note-unused:2"]}).status_code == 302
    assert AcknowledgedWarning.objects.get().by == cast.secretariat
    assert "/jobs/" in staff.post(f"{page}try/")["Location"]
    for act in ("acknowledge/", "try/"):
        assert staff.get(f"{page}{act}").status_code == 405


@pytest.mark.django_db
def test_findings_lead_to_the_place_where_the_reader_mends_them(cast: Cast) -> None:
    brief = brief_by(footnotes=["Used.", "Unused."], key_messages=[])
    PictureFactory(brief=brief, credit="", caption="A pump")
    fao = brief.sections.get(organization__code="fao")
    body = '<p>[figure pump]</p><p><a href="https://localhost/">a page</a></p>'
    Section.objects.filter(pk=fao.pk).update(body=body)
    contents = f"/briefs/{brief.slug}/contents/"

    def urls(by: Any) -> dict[str, str]:
        fresh = Brief.objects.get(pk=brief.pk)
        return {item.finding.key.partition(":")[0]: item.url for item in checklist_of(fresh, by).items}

    assert urls(cast.contributor_undp) == {
        "messages": f"{contents}words/",  # UNDP leads
        "link": f"/briefs/{brief.slug}/sections/{fao.pk}/comments/",  # and does not write the section of FAO
        "figure-credit": f"{contents}figures/pump/",
        "note-unused": f"{contents}footnotes/",
        "pdf-trial": contents,
    }
    of_fao = urls(cast.focal_fao)
    assert (of_fao["link"], of_fao["messages"]) == (f"/briefs/{brief.slug}/sections/{fao.pk}/", f"{contents}#words")
    assert urls(cast.drafter)["figure-credit"] == f"{contents}#figures"


@pytest.mark.django_db
def test_every_address_of_a_finding_opens_for_its_reader(cast: Cast, sign_in: Any) -> None:
    brief = brief_by(footnotes=["Used.", "Unused."], key_messages=[])
    PictureFactory(brief=brief, credit="", caption="A pump")
    Section.objects.filter(brief=brief, organization__code="fao").update(body="<h4>Deep</h4><p>[figure pump]</p>")
    for user in (cast.contributor_undp, cast.focal_fao, cast.drafter, cast.secretariat):
        client = sign_in(user)
        for item in checklist_of(Brief.objects.get(pk=brief.pk), user).items:
            assert client.get(item.url).status_code == 200, (user, item.finding.key, item.url)


@pytest.mark.django_db
@pytest.mark.parametrize("count", [1, 8])
def test_checklist_asks_the_database_the_same_for_small_and_large(
    cast: Cast, sign_in: Any, django_assert_num_queries: Any, count: int
) -> None:
    brief = brief_by(footnotes=["x"] * count)
    client, page = sign_in(cast.secretariat), f"/briefs/{brief.slug}/checklist/"
    client.get(page)
    with django_assert_num_queries(CHECKLIST_QUERIES):
        client.get(page)
    assert brief_content(brief)["footnotes"] == ["x"] * count


CHECKLIST_QUERIES = 28
