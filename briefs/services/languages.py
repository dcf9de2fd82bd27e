"""Language editions: a brief of its own, linked to the one that it translates."""

from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from briefs.enums import BriefState, ChartKind, FigureKind, Licence, SectionKind
from briefs.models import (
    Brief,
    BriefAgency,
    CitedParagraph,
    CitedSolution,
    EditionFile,
    Figure,
    LanguageEdition,
    Reference,
    Section,
    SourceSection,
)
from briefs.services.writing import start_brief
from common.access import Refused, require
from directory.services.state import locked

LONGEST_SLUG = 120


@transaction.atomic
def start_language_edition(*, brief: Brief, by: Any, language: str, title: str, summary: str = "") -> Brief:
    """Start the translation of a published brief: the same agencies, sections and sources, with the words still to be written.

    The source stands beside each section as long as it is being translated.
    """
    brief = locked(brief)
    require(by, "briefs.add_brief", brief)
    first = brief.translation_of or brief
    if first.current_edition is None or brief.pk != first.pk:
        raise Refused(
            _("Language editions are made from a published brief in its first language. Open that one, then start again.")
        )
    if first.state == BriefState.WITHDRAWN:
        raise Refused(_("This brief is withdrawn: it is not translated any more."))
    name = dict(settings.LANGUAGES).get(language)
    if name is None or language == first.language:
        raise Refused(_("Choose one of the other languages."))
    if first.translations.filter(language=language).exists():
        raise Refused(_("There is an edition in this language already. Open it to work on it."))
    if Brief.objects.filter(series=first.series_id, number=first.number, language=language).exists():
        raise Refused(_("This series already has a brief of this number in this language."))
    title = title.strip()
    if not title:
        raise Refused(_("Give the title in the language of the translation."))
    made = Brief.objects.create(
        slug=_free_slug(first.slug, language),
        series=first.series,
        number=first.number,
        language=language,
        translation_of=first,
        title=title,
        summary=summary.strip() or first.current_edition.summary,
        key_messages=first.current_edition.content["key_messages"],
        footnotes=first.current_edition.content["footnotes"],
    )
    made.themes.set(first.themes.all())
    made.sdgs.set(first.sdgs.all())
    _copy_structure(first, made)
    LanguageEdition.objects.create(brief=made, source=first.current_edition, started_by=by)
    start_brief(brief=made, by=by)
    return made


def _copy_structure(first: Brief, made: Brief) -> None:
    BriefAgency.objects.bulk_create(
        BriefAgency(brief=made, organization_id=agency.organization_id, is_lead=agency.is_lead) for agency in first.agencies.all()
    )
    CitedSolution.objects.bulk_create(
        CitedSolution(brief=made, solution_id=cited.solution_id) for cited in first.cited_solutions.all()
    )
    # As published, not as it is being written: what is translated is what readers have.
    owners = {agency.organization.short_name: agency.organization_id for agency in first.agencies.select_related("organization")}
    lead = first.agencies.get(is_lead=True).organization_id
    content = first.edition.content
    sections = Section.objects.bulk_create(
        Section(
            brief=made,
            position=place,
            kind=row.get("kind", SectionKind.SECTION),
            heading=row["heading"],
            organization_id=owners.get(row["agency"], lead),
        )
        for place, row in enumerate(content["sections"], 1)
    )
    SourceSection.objects.bulk_create(SourceSection(section=row, place=row.position) for row in sections)
    _copy_matter(first, made)


def _copy_matter(first: Brief, made: Brief) -> None:
    """Figures, references and cited paragraphs, so that the marks of the source mean the same in the translation.

    They come as readers have them: captions are translated there, pictures, numbers and sources stay.
    """
    edition = first.edition
    charts = dict(first.figures.filter(kind=FigureKind.CHART).values_list("key", "chart"))
    pictures = dict(EditionFile.objects.filter(edition=edition).values_list("key", "file"))
    with translation.override(first.language):
        terms = {str(label): value for value, label in Licence.choices}
    Figure.objects.bulk_create(
        Figure(
            brief=made,
            key=row["key"],
            kind=row["kind"],
            **{name: row[name] for name in ("caption", "alt", "credit", "width", "height", "rows")},
            # An edition keeps terms as words. Words that are no term any more are left empty: the checklist asks for them.
            licence=terms.get(row["licence"], ""),
            chart=charts.get(row["key"], ChartKind.BAR) if row["kind"] == FigureKind.CHART else "",
            file_id=pictures.get(row["key"]),
        )
        for row in edition.content.get("figures", [])
    )
    Reference.objects.bulk_create(
        Reference(brief=made, key=row["key"], csl={name: value for name, value in row["csl"].items() if name != "id"})
        for row in edition.content.get("references", [])
    )
    CitedParagraph.objects.bulk_create(
        CitedParagraph(brief=made, paragraph_id=cited.paragraph_id) for cited in first.cited_paragraphs.all()
    )


def _free_slug(slug: str, language: str) -> str:
    base = f"{slug[: LONGEST_SLUG - 12]}-{language}"
    taken = set(Brief.objects.filter(slug__startswith=base).values_list("slug", flat=True))
    return next(name for name in (base, *(f"{base}-{number}" for number in range(2, 1000))) if name not in taken)


@transaction.atomic
def take_newer_source(*, brief: Brief, by: Any) -> LanguageEdition:
    """Let a translation that is being written follow the newest edition of its source."""
    brief = locked(brief)
    require(by, "briefs.add_brief", brief)
    translated = LanguageEdition.objects.select_for_update(of=("self",)).filter(brief=brief).first()
    newest = brief.translation_of.current_edition if brief.translation_of else None
    if newest is None:
        raise Refused(_("This brief is not a translation of a published one."))
    if brief.state != BriefState.DRAFTING:
        raise Refused(_("Only a translation that is being drafted takes over a newer source. Open it for a new edition first."))
    if translated is None:
        translated = LanguageEdition.objects.create(brief=brief, source=newest, started_by=by)
        _pair_sections(brief, len(newest.content["sections"]))
        return translated
    if translated.source_id == newest.pk:
        raise Refused(_("The translation follows the newest edition already."))
    translated.source = newest
    translated.save(update_fields=["source"])
    return translated


def _pair_sections(brief: Brief, places: int) -> None:
    SourceSection.objects.bulk_create(
        SourceSection(section=section, place=place) for place, section in enumerate(brief.sections.all(), 1) if place <= places
    )
