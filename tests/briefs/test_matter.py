"""What a brief is made of: a change voids clearances, leaves a trace and overwrites nothing unseen."""

from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied, ValidationError

from briefs.enums import BriefState, Clearance
from briefs.models import Brief, Figure, Reference, Section, validate_issn
from briefs.selectors import brief_content, text_hash
from briefs.selectors.matter import next_issue_due, next_number, uncited_references, unplaced_figures, version_of_order
from briefs.services import matter
from briefs.services.figures import add_figure, change_figure, remove_figure
from briefs.services.leases import release_lease, take_lease
from briefs.services.publishing import freeze_edition
from briefs.services.references import add_reference, import_references, remove_reference
from common.access import Refused
from common.bibliography import Understood
from directory.models import Organization
from tests.conftest import Cast
from tests.factories.briefs import (
    PUBLISHED_AT,
    ChartFactory,
    PictureFactory,
    ReferenceFactory,
    SectionFactory,
    SeriesFactory,
    brief_by,
)
from tests.factories.directory import GoalFactory

pytestmark = pytest.mark.django_db
CHART = {
    "caption": "Hours",
    "alt": "Two bars, 3 and 4.",
    "credit": "Us",
    "licence": "cc0-1.0",
    "chart": "bar",
    "rows": [["a", "b"], ["x", "3"], ["y", "4"]],
}


@pytest.fixture
def cleared(cast: Cast) -> Brief:
    return brief_by(state=BriefState.CLEARED)


def write(section: Section, body: str) -> None:
    section.body = body
    section.save()


def fresh(brief: Brief) -> Brief:
    return Brief.objects.get(pk=brief.pk)


# --- content and hash ---


def test_content_numbers_figures_and_references_by_first_mention_and_leaves_out_the_others(cast: Cast) -> None:
    brief = brief_by()
    ChartFactory(brief=brief)
    PictureFactory(brief=brief)
    ChartFactory(brief=brief, key="unused")
    for key in ("one", "two", "three"):
        ReferenceFactory(brief=brief, key=key)
    first, second = brief.sections.all()
    write(first, "<p>So [@two; @one].</p><p>[figure pump]</p><p>Not here: [figure hours].</p>")
    write(second, "<p>And [@one] [@gone].</p><p>[figure hours]</p>")
    SectionFactory(brief=brief, kind="annex", position=1 + 5, heading="Method")
    content = brief_content(fresh(brief))
    assert content["format"] == 2
    assert [(row["key"], row["number"], row["kind"]) for row in content["figures"]] == [
        ("pump", 1, "image"),
        ("hours", 2, "chart"),
    ]
    assert content["figures"][0]["file"] == str(Figure.objects.get(key="pump").file_id)
    assert content["figures"][1]["svg"].startswith("<svg")
    assert content["figures"][1]["rows"][1] == ["Forecast", "3"]
    assert [(row["key"], row["number"]) for row in content["references"]] == [("two", 1), ("one", 2)]
    assert content["references"][0]["text"] == "Badea, A. M. (2016). Pumps that last. FAO. https://doi.org/10.1000/pumps"
    assert [(row["kind"], row["anchor"]) for row in content["sections"]] == [
        ("section", "section-1"),
        ("section", "section-2"),
        ("annex", "annex-1"),
    ]
    assert [row.key for row in unplaced_figures(fresh(brief))] == ["unused"]
    assert [row.key for row in uncited_references(fresh(brief))] == ["three"]


def test_hash_covers_what_is_shown_and_not_what_is_unused(cast: Cast) -> None:
    brief = brief_by()
    chart, reference = ChartFactory(brief=brief), ReferenceFactory(brief=brief)
    before = text_hash(fresh(brief))
    Figure.objects.update(alt="Other words")
    Reference.objects.update(csl={"title": "Other"})
    assert text_hash(fresh(brief)) == before
    write(brief.sections.first(), f"<p>[@{reference.key}]</p><p>[figure {chart.key}]</p>")
    seen = {text_hash(fresh(brief))}
    for change in (
        lambda: Figure.objects.update(alt="x"),
        lambda: Figure.objects.update(rows=[["a", "b"], ["c", "1"]]),
        lambda: Figure.objects.update(licence="un"),
        lambda: Reference.objects.update(csl={"title": "Third"}),
        lambda: brief.sdgs.add(GoalFactory(number=6)),
        lambda: brief.agencies.filter(is_lead=True).update(is_lead=False),
        lambda: brief.sections.filter(position=2).update(kind="annex"),
        lambda: Brief.objects.update(footnotes=["Another."]),
    ):
        change()
        digest = text_hash(fresh(brief))
        assert digest not in seen
        seen.add(digest)


def test_edition_keeps_its_picture_when_the_figure_goes(cast: Cast) -> None:
    brief = brief_by()
    figure = PictureFactory(brief=brief)
    write(brief.sections.first(), "<p>[figure pump]</p>")
    edition = freeze_edition(brief=fresh(brief), at=PUBLISHED_AT)
    write(brief.sections.first(), "<p>Nothing.</p>")
    remove_figure(figure=figure, by=cast.focal_undp)
    assert edition.pictures.get().file_id == figure.file_id


# --- changes void clearances, and leave a trace ---


def test_change_of_key_messages_voids_clearances_with_a_sentence(cleared: Brief, cast: Cast) -> None:
    values = {"title": cleared.title, "summary": cleared.summary, "key_messages": ["New."], "themes": [], "sdgs": []}
    matter.change_brief(brief=cleared, by=cast.secretariat, seen=None, values=values)
    cleared.refresh_from_db()
    assert cleared.state == BriefState.DRAFTING
    assert set(cleared.agencies.values_list("clearance", flat=True)) == {Clearance.PENDING}
    assert "key messages" in cleared.state_changes.latest("pk").reason
    trace = cleared.matter_changes.get()
    assert (trace.by, trace.on_behalf_of, trace.kept["key_messages"]) == (
        cast.secretariat,
        None,
        ["Do this first.", "Then that."],
    )


def test_unused_figure_voids_nothing_and_saving_the_same_leaves_no_trace(cleared: Brief, cast: Cast) -> None:
    add_figure(brief=cleared, by=cast.contributor_undp, kind="chart", key="hours", values=CHART)
    assert fresh(cleared).state == BriefState.CLEARED
    assert cleared.matter_changes.get().on_behalf_of.code == "undp"
    values = {"title": cleared.title, "summary": cleared.summary, "key_messages": cleared.key_messages, "themes": [], "sdgs": []}
    matter.change_brief(brief=cleared, by=cast.secretariat, seen=None, values=values)
    assert cleared.matter_changes.count() == 1


def test_section_is_added_moved_given_away_and_removed_with_its_text_kept(cast: Cast) -> None:
    brief = brief_by()
    fao = Organization.objects.get(code="fao")
    added = matter.add_section(brief=brief, by=cast.secretariat, kind="section", heading=" Third ", organization=fao)
    matter.move_section(section=added, by=cast.secretariat, seen=None, up=True)
    assert [row.heading for row in brief.sections.all()] == ["Part of undp", "Third", "Part of fao"]
    undp = Organization.objects.get(code="undp")
    matter.change_section(section=added, by=cast.secretariat, seen=None, kind="annex", heading="Method", organization=undp)
    assert [(row.heading, row.kind, row.organization) for row in brief.sections.all()][-1] == ("Method", "annex", undp)
    gone = brief.sections.get(heading="Part of fao")
    matter.remove_section(section=gone, by=cast.secretariat, version=1, reason="Said twice")
    trace = brief.matter_changes.first()
    assert (trace.kept["body"], trace.kept["reason"]) == ("<p>Because it does.[^1]</p>", "Said twice")


def test_agencies_change_and_a_writing_agency_stays(cast: Cast) -> None:
    brief = brief_by()
    undp, fao, who = (Organization.objects.get(code=code) for code in ("undp", "fao", "who"))
    with pytest.raises(Refused, match="still writes the section"):
        matter.change_agencies(brief=brief, by=cast.secretariat, seen=None, agencies=[undp, who], lead=undp)
    with pytest.raises(Refused, match="one of the agencies"):
        matter.change_agencies(brief=brief, by=cast.secretariat, seen=None, agencies=[undp], lead=fao)
    matter.change_agencies(brief=brief, by=cast.secretariat, seen=None, agencies=[undp, fao, who], lead=fao)
    assert [(row.organization.code, row.is_lead) for row in brief.agencies.select_related("organization")] == [
        ("fao", True),
        ("undp", False),
        ("who", False),
    ]


def test_footnotes_keep_their_numbers(cast: Cast) -> None:
    brief = brief_by()  # both sections point to note 1
    matter.change_footnotes(brief=brief, by=cast.contributor_undp, seen=None, footnotes=["A source.", "Another.", ""])
    assert fresh(brief).footnotes == ["A source.", "Another."]
    with pytest.raises(Refused, match="Note 1 is empty"):
        matter.change_footnotes(brief=brief, by=cast.contributor_undp, seen=None, footnotes=["", "Another."])
    with pytest.raises(Refused, match="Note 1 is mentioned in"):
        matter.change_footnotes(brief=brief, by=cast.contributor_undp, seen=None, footnotes=[])


def test_used_figure_and_cited_reference_are_not_removed(cast: Cast) -> None:
    brief = brief_by()
    figure, reference = ChartFactory(brief=brief), ReferenceFactory(brief=brief)
    write(brief.sections.first(), "<p>[@badea-2016]</p><p>[figure hours]</p>")
    with pytest.raises(Refused, match="shows this figure"):
        remove_figure(figure=figure, by=cast.focal_undp)
    with pytest.raises(Refused, match="cites this reference"):
        remove_reference(reference=reference, by=cast.focal_undp)


def test_nobody_overwrites_what_they_have_not_seen(cast: Cast) -> None:
    brief = brief_by()
    seen = version_of_order(brief)
    section = brief.sections.last()
    matter.move_section(section=section, by=cast.secretariat, seen=seen, up=True)
    with pytest.raises(Refused, match="Nothing of yours is lost"):
        matter.move_section(section=section, by=cast.secretariat, seen=seen, up=False)
    figure = ChartFactory(brief=brief)
    with pytest.raises(Refused, match="Nothing of yours is lost"):
        change_figure(figure=figure, by=cast.focal_undp, seen="0" * 64, values={"alt": "Mine"})
    with pytest.raises(Refused, match="Somebody saved this section"):
        matter.remove_section(section=section, by=cast.secretariat, version=9, reason="x")


def test_published_brief_keeps_its_parts(cast: Cast) -> None:
    brief = brief_by(state=BriefState.PUBLISHED)
    with pytest.raises(Refused, match="open it for a new edition"):
        add_figure(brief=brief, by=cast.focal_undp, kind="chart", key="hours", values=CHART)
    with pytest.raises(Refused, match="open it for a new edition"):
        add_reference(brief=brief, by=cast.focal_undp, key="x", csl={"title": "x"})


@pytest.mark.parametrize("who", ["outsider", "administrator", "focal_samoa", "focal_who"])
def test_parts_are_for_authors_and_secretariat(who: str, cast: Cast) -> None:
    brief, by = brief_by(), getattr(cast, who)
    ChartFactory(brief=brief)
    assert not Figure.objects.visible_to(by).exists()
    assert not Figure.objects.visible_to(AnonymousUser()).exists()
    with pytest.raises(PermissionDenied):
        add_figure(brief=brief, by=by, kind="chart", key="other", values=CHART)
    with pytest.raises(PermissionDenied):
        matter.add_section(
            brief=brief, by=cast.focal_undp, kind="section", heading="x", organization=Organization.objects.first()
        )


def test_imported_references_overwrite_none(cast: Cast) -> None:
    brief = brief_by()
    ReferenceFactory(brief=brief, key="doe-2019")
    entries = [Understood(1, "doe-2019", {"title": "Second"}), Understood(2, "roe", {"title": "Third"})]
    import_references(brief=brief, by=cast.focal_undp, entries=entries)
    assert sorted(brief.references.values_list("key", flat=True)) == ["doe-2019", "doe-2019-2", "roe"]
    with pytest.raises(Refused, match="at least one"):
        import_references(brief=brief, by=cast.focal_undp, entries=[])


# --- series ---


@pytest.mark.parametrize("value", ["2049-3630", "0317-8471", "1050-124X"])
def test_issn_with_its_check_digit(value: str) -> None:
    validate_issn(value)


@pytest.mark.parametrize("value", ["2049-3631", "20493630", "2049-363X", "ABCD-1234", "٢٠٤٩-3630"])
def test_wrong_issn_is_refused(value: str) -> None:
    with pytest.raises(ValidationError, match="ISSN"):
        validate_issn(value)


def test_next_issue_is_due_one_period_after_the_last(cast: Cast) -> None:
    series = SeriesFactory(periodicity="quarterly")
    assert (next_issue_due(series), next_number(series)) == (None, 1)
    brief_by(series=series, number=4, state=BriefState.PUBLISHED)
    assert (str(next_issue_due(series)), next_number(series)) == ("2018-05-01", 5)
    series.periodicity = "occasional"
    assert next_issue_due(series) is None


def test_new_brief_has_its_agencies_and_history(cast: Cast) -> None:
    undp, fao = (Organization.objects.get(code=code) for code in ("undp", "fao"))
    values: dict[str, Any] = {
        "series": SeriesFactory(),
        "number": 1,
        "language": "ar",
        "title": "x",
        "slug": "new-one",
        "summary": "y",
    }
    brief = matter.create_brief(by=cast.secretariat, agencies=[fao, undp], values=values)
    assert brief.agencies.get(is_lead=True).organization == fao
    assert brief.state_changes.get().new == BriefState.DRAFTING
    with pytest.raises(Refused, match="taken in the meantime"):
        matter.create_brief(by=cast.secretariat, agencies=[fao], values=values | {"slug": "other"})
    with pytest.raises(PermissionDenied):
        matter.create_brief(by=cast.focal_undp, agencies=[fao], values=values)


def test_section_in_which_somebody_writes_is_neither_removed_nor_given_away(cast: Cast) -> None:
    brief = brief_by()
    section = brief.sections.get(heading="Part of undp")
    fao = Organization.objects.get(code="fao")
    take_lease(section=section, by=cast.contributor_undp)
    given: dict[str, Any] = {"section": section, "by": cast.secretariat, "seen": None, "kind": "section", "organization": fao}
    with pytest.raises(Refused, match="is writing in this section"):
        matter.change_section(**given, heading=section.heading)
    with pytest.raises(Refused, match="is writing in this section"):
        matter.remove_section(section=section, by=cast.secretariat, version=1, reason="Said twice")
    release_lease(section=section, by=cast.contributor_undp)
    assert matter.change_section(**given, heading=section.heading).organization == fao


def test_another_heading_is_a_revision_of_the_section(cast: Cast) -> None:
    section = brief_by().sections.get(heading="Part of undp")
    matter.change_section(
        section=section, by=cast.secretariat, seen=None, kind="annex", heading="Renamed", organization=section.organization
    )
    assert list(section.revisions.values_list("version", "heading", "by")) == [
        (2, "Renamed", cast.secretariat.pk),
        (1, "Part of undp", None),
    ]
