"""Language editions: started from what is published, beside their source, honest about lagging behind."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client

from briefs.documents import edition_html
from briefs.enums import BriefState
from briefs.models import Brief, CitedParagraph, Edition, LanguageEdition
from briefs.services import publish_brief, render_edition, start_language_edition, take_newer_source
from common.access import Refused
from common.pdf_apart import Rendered
from tests.conftest import Cast
from tests.factories.briefs import (
    PUBLISHED_AT,
    ChartFactory,
    PictureFactory,
    ReferenceFactory,
    brief_by,
    clear_all,
    in_state,
    publish_without_verbs,
)
from tests.factories.strategy import ParagraphFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def first(cast: Cast) -> Brief:
    return brief_by(state=BriefState.PUBLISHED, slug="pumps", title="Pumps")


def started(cast: Cast, first: Brief, language: str = "ar", title: str = "المضخات") -> Brief:
    return start_language_edition(brief=first, by=cast.secretariat, language=language, title=title)


def second_edition(brief: Brief) -> None:
    section = brief.sections.get(position=1)
    section.body = "<p>Because it did.</p>"
    section.save()
    edition = publish_without_verbs(brief, PUBLISHED_AT + timedelta(days=30))
    Brief.objects.filter(pk=brief.pk).update(current_edition=edition)


def test_translation_copies_agencies_and_structure_and_no_words(cast: Cast, first: Brief) -> None:
    made = started(cast, first)
    assert (made.slug, made.language, made.translation_of, made.number, made.series) == (
        "pumps-ar",
        "ar",
        first,
        first.number,
        first.series,
    )
    assert [(row.organization.code, row.is_lead) for row in made.agencies.all()] == [("undp", True), ("fao", False)]
    assert [(row.heading, row.organization.code, row.body, row.source.place) for row in made.sections.all()] == [
        ("Part of undp", "undp", "", 1),
        ("Part of fao", "fao", "", 2),
    ]
    assert LanguageEdition.objects.get(brief=made).source == first.current_edition
    assert [change.new for change in made.state_changes.all()] == ["drafting"]


@pytest.mark.parametrize("who", ["focal_undp", "drafter", "outsider", "administrator"])
def test_only_secretariat_staff_start_one(cast: Cast, first: Brief, who: str) -> None:
    with pytest.raises(PermissionDenied):
        start_language_edition(brief=first, by=getattr(cast, who), language="fr", title="Pompes")


@pytest.mark.parametrize(
    ("language", "title", "sentence"),
    [
        ("en", "Pumps", "one of the other languages"),
        ("xx", "Pumps", "one of the other languages"),
        ("fr", " ", "Give the title"),
        ("ar", "المضخات", "an edition in this language already"),
    ],
)
def test_start_is_refused_with_what_to_do(cast: Cast, first: Brief, language: str, title: str, sentence: str) -> None:
    started(cast, first)
    with pytest.raises(Refused, match=sentence):
        started(cast, first, language, title)


def test_only_a_published_original_is_translated(cast: Cast, first: Brief) -> None:
    made = started(cast, first)
    for brief in (made, brief_by(state=BriefState.CLEARED)):
        with pytest.raises(Refused, match="from a published brief in its first language"):
            started(cast, brief, "fr", "Pompes")
    with pytest.raises(Refused, match="is withdrawn"):
        started(cast, in_state(first, BriefState.WITHDRAWN), "fr", "Pompes")


def test_page_shows_the_source_beside_the_text(cast: Cast, sign_in: Any, first: Brief) -> None:
    client = sign_in(cast.secretariat)
    assert client.get("/briefs/pumps/translate/").status_code == 200
    response = client.post("/briefs/pumps/translate/", {"language": "ar", "title": "المضخات"})
    assert response["Location"] == "/briefs/pumps-ar/source/"
    page = sign_in(cast.focal_undp).get("/briefs/pumps-ar/source/").content.decode()
    assert "Because it does." in page
    assert "Not translated yet." in page
    made = Brief.objects.get(slug="pumps-ar")
    assert f"/briefs/pumps-ar/sections/{made.sections.get(position=1).pk}/" in page
    assert sign_in(cast.outsider).get("/briefs/pumps-ar/source/").status_code == 404
    assert sign_in(cast.focal_undp).get("/briefs/pumps/source/").status_code == 404


def test_section_is_written_with_its_source_on_the_page(cast: Cast, sign_in: Any, first: Brief) -> None:
    made = started(cast, first)
    section = made.sections.get(position=1)
    page = sign_in(cast.focal_undp).get(f"/briefs/pumps-ar/sections/{section.pk}/").content.decode()
    assert "Because it does." in page


def test_published_translation_says_which_edition_it_is_of_and_that_it_lags(cast: Cast, first: Brief, client: Client) -> None:
    made = started(cast, first)
    made.sections.update(body="<p>نص.[^1]</p>")
    clear_all(made)
    edition = publish_brief(brief=in_state(made, BriefState.CLEARED), by=cast.secretariat)
    assert edition.content["source"] == {"slug": "pumps", "language": "en", "edition": 1}
    sentence = "The source of this translation has a newer edition"
    assert sentence not in client.get("/briefs/pumps-ar/").content.decode()
    second_edition(first)
    client.cookies.clear()
    page = client.get("/briefs/pumps-ar/?fresh").content.decode()
    assert sentence in page
    assert sentence not in client.get("/briefs/pumps/?fresh").content.decode()


def test_language_editions_name_each_other_for_search_engines(cast: Cast, first: Brief, client: Client) -> None:
    made = brief_by(state=BriefState.PUBLISHED, slug="pompes", language="fr", translation_of=first)
    page = client.get("/briefs/pumps/").content.decode()
    assert f'hreflang="fr" href="{made.public_address}"' in page
    assert f'hreflang="en" href="{first.public_address}"' in page
    assert "Français" in page
    assert "/briefs/pompes/" in client.get("/ar/briefs/pumps/").content.decode()


def test_translation_takes_over_a_newer_source_and_sees_what_changed(cast: Cast, sign_in: Any, first: Brief) -> None:
    made = started(cast, first)
    with pytest.raises(Refused, match="follows the newest edition already"):
        take_newer_source(brief=made, by=cast.secretariat)
    second_edition(first)
    client = sign_in(cast.secretariat)
    page = client.get("/briefs/pumps-ar/source/").content.decode()
    assert "Follow edition 2 from now on" in page
    assert "Changed in the newer edition" in page
    client.post("/briefs/pumps-ar/source/")
    assert LanguageEdition.objects.get().source.number == 2
    assert "Because it did." in client.get("/briefs/pumps-ar/source/").content.decode()


def test_translation_that_is_not_drafted_keeps_its_source(cast: Cast, first: Brief) -> None:
    made = started(cast, first)
    second_edition(first)
    with pytest.raises(Refused, match="being drafted"):
        take_newer_source(brief=in_state(made, BriefState.IN_CLEARANCE), by=cast.secretariat)
    with pytest.raises(Refused, match="not a translation"):
        take_newer_source(brief=first, by=cast.secretariat)
    with pytest.raises(PermissionDenied):
        take_newer_source(brief=made, by=cast.focal_undp)


def test_number_that_another_brief_has_in_that_language_is_refused(cast: Cast, first: Brief) -> None:
    brief_by(series=first.series, number=first.number, language="ar")
    with pytest.raises(Refused, match="already has a brief of this number in this language"):
        started(cast, first)
    assert not first.translations.exists()


def test_translation_has_the_matter_of_its_source_and_its_own_files(
    cast: Cast, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Pictures, charts, references, cited paragraphs: what the marks of the source mean, they mean in the translation."""
    first = brief_by(slug="pumps", title="Pumps")
    picture, reference = PictureFactory(brief=first), ReferenceFactory(brief=first)
    ChartFactory(brief=first)
    paragraph = ParagraphFactory()
    CitedParagraph.objects.create(brief=first, paragraph=paragraph)
    section = first.sections.get(position=1)
    box = "<aside class='box'><h3>A box</h3><p>Apart.</p></aside>"
    section.body = f"<p>It does.[@badea-2016]</p>{box}<p>[figure pump]</p><p>[figure hours]</p>"
    section.save()
    edition = publish_without_verbs(first)
    Brief.objects.filter(pk=first.pk).update(state=BriefState.PUBLISHED, current_edition=edition)
    made = started(cast, Brief.objects.get(pk=first.pk))
    assert [(row.key, row.kind, row.file, row.rows, row.licence) for row in made.figures.order_by("key")] == [
        (row.key, row.kind, row.file, row.rows, row.licence) for row in first.figures.order_by("key")
    ]
    assert [(row.key, row.csl) for row in made.references.all()] == [(reference.key, reference.csl)]
    assert [row.paragraph for row in made.cited_paragraphs.all()] == [paragraph]
    # The translator keeps the marks; the box is words, and stands in the source beside the section.
    own = made.sections.get(position=1)
    own.body = section.body.replace("It does", "نعم").replace("A box", "إطار")
    own.save()
    made.sections.filter(position=2).update(body="<p>نص.[^1]</p>")
    translated = publish_without_verbs(made)
    Brief.objects.filter(pk=made.pk).update(state=BriefState.PUBLISHED, current_edition=translated)
    content = translated.content
    assert [(row["key"], row["number"]) for row in content["figures"]] == [("pump", 1), ("hours", 2)]
    assert [row["key"] for row in content["references"]] == ["badea-2016"]
    assert "إطار" in content["sections"][0]["body"]
    assert "<aside" in content["sections"][0]["body"]
    assert [row["number"] for row in content["paragraphs"]] == [paragraph.number]
    shown = client.get("/briefs/pumps-ar/editions/1/figures/pump/")
    with picture.file.file.open("rb") as kept:
        assert b"".join(shown.streaming_content) == kept.read()

    def edition_files(edition: Edition, fields: list[str]) -> Rendered:
        return Rendered([f"%PDF {edition.brief.slug} {field}".encode() for field in fields], 1.0)

    monkeypatch.setattr("briefs.services.rendering.documents.edition_files", edition_files)
    for one in (edition, translated):
        render_edition(edition=one, report=lambda done, total: None)
    assert client.get("/briefs/pumps/pdf/").getvalue() == b"%PDF pumps screen_pdf"
    assert client.get("/briefs/pumps-ar/pdf/").getvalue() == b"%PDF pumps-ar screen_pdf"
    html = edition_html(translated)
    assert '<html lang="ar" dir="rtl">' in html
    # Each page names the other, and itself, to search engines; in any language of the portal.
    others = {
        "/briefs/pumps/": "/briefs/pumps-ar/",
        "/briefs/pumps-ar/": "/briefs/pumps/",
        "/fr/briefs/pumps/": "/fr/briefs/pumps-ar/",
    }
    for address, other in others.items():
        page = client.get(address).content.decode()
        assert f'<link rel="alternate" hreflang="en" href="{first.public_address}">' in page, address
        assert f'<link rel="alternate" hreflang="ar" href="{made.public_address}">' in page, address
        assert f'href="{other}"' in page, address
    page = client.get("/briefs/pumps-ar/").content.decode()
    assert 'lang="ar" dir="rtl"' in page
