"""Briefs for tests."""

import io
from datetime import UTC, datetime
from typing import Any

import factory
from factory.django import DjangoModelFactory
from PIL import Image

from briefs.enums import BriefState, ChartKind, Clearance, FigureKind, Licence
from briefs.models import Brief, BriefAgency, Edition, Figure, Reference, Section, Series, TrialRender
from briefs.selectors import text_hash
from briefs.services import freeze_edition
from directory.models import User
from directory.services.files import store_file
from tests.factories.directory import OrganizationFactory, person

PUBLISHED_AT = datetime(2018, 2, 1, 15, 0, tzinfo=UTC)


class SeriesFactory(DjangoModelFactory):
    class Meta:
        model = Series
        django_get_or_create = ["slug"]

    slug = "policy-briefs"
    title = "Policy Briefs"
    description = "Short and to the point."


class BriefFactory(DjangoModelFactory):
    """A brief of UNDP (lead) and FAO, one section each, being drafted."""

    class Meta:
        model = Brief

    slug = factory.Sequence(lambda number: f"brief-{number}")
    series = factory.SubFactory(SeriesFactory)
    number = factory.Sequence(lambda number: number % 30000 + 1)
    title = factory.LazyAttribute(lambda row: f"Brief {row.slug}")
    summary = "What this is about."
    key_messages = ["Do this first.", "Then that."]
    footnotes = ["A source."]


class AgencyFactory(DjangoModelFactory):
    class Meta:
        model = BriefAgency

    brief = factory.SubFactory(BriefFactory)
    organization = factory.SubFactory(OrganizationFactory, code="undp")


class SectionFactory(DjangoModelFactory):
    class Meta:
        model = Section

    brief = factory.SubFactory(BriefFactory)
    position = 1
    heading = "Why it matters"
    organization = factory.SubFactory(OrganizationFactory, code="undp")
    body = "<p>Because it does.[^1]</p>"


class ChartFactory(DjangoModelFactory):
    """A chart of three numbers."""

    class Meta:
        model = Figure

    brief = factory.SubFactory(BriefFactory)
    key = "hours"
    kind = FigureKind.CHART
    caption = "Hours at each step"
    alt = "Three bars: 3, 6 and 4 hours."
    credit = "Desk exercise of the agencies"
    licence = Licence.CC_BY_IGO
    chart = ChartKind.BAR
    rows = [["Step", "Hours"], ["Forecast", "3"], ["Message", "6"], ["Decision", "4"]]


class PictureFactory(DjangoModelFactory):
    """A picture that is kept."""

    class Meta:
        model = Figure

    brief = factory.SubFactory(BriefFactory)
    key = "pump"
    kind = FigureKind.IMAGE
    caption = "A pump at work"
    alt = "A woman opens a valve beside two panels."
    credit = "Photo: FAO"
    licence = Licence.AGENCY
    file = factory.LazyFunction(lambda: store_file(content=picture_bytes(), mime="image/png"))
    width = 300
    height = 200


class ReferenceFactory(DjangoModelFactory):
    """A report that can be cited as [@badea-2016]."""

    class Meta:
        model = Reference

    brief = factory.SubFactory(BriefFactory)
    key = "badea-2016"
    csl = {
        "type": "report",
        "title": "Pumps that last",
        "author": [{"family": "Badea", "given": "Ana Maria"}],
        "issued": {"date-parts": [[2016]]},
        "publisher": "FAO",
        "DOI": "10.1000/pumps",
    }


def picture_bytes(form: str = "PNG", size: tuple[int, int] = (300, 200)) -> bytes:
    """The bytes of a plain picture."""
    kept = io.BytesIO()
    Image.new("RGB", size, "#0b4c54").save(kept, form)
    return kept.getvalue()


def brief_by(*codes: str, state: str = BriefState.DRAFTING, **fields: Any) -> Brief:
    """A brief of agencies (UNDP and FAO without any), the first leading, one section each, moved to `state` without its verbs."""
    brief = BriefFactory(**fields)
    for place, code in enumerate(codes or ("undp", "fao")):
        agency = AgencyFactory(brief=brief, organization=OrganizationFactory(code=code), is_lead=not place)
        SectionFactory(brief=brief, position=place + 1, heading=f"Part of {code}", organization=agency.organization)
    if state in {BriefState.CLEARED, BriefState.PUBLISHED, BriefState.WITHDRAWN}:
        clear_all(brief)
    if state in {BriefState.PUBLISHED, BriefState.WITHDRAWN}:
        edition = publish_without_verbs(brief)
        Brief.objects.filter(pk=brief.pk).update(current_edition=edition)
    Brief.objects.filter(pk=brief.pk).update(state=state)
    return Brief.objects.get(pk=brief.pk)


def clear_all(brief: Brief, by: User | None = None) -> None:
    """Write the clearance of every agency for the text as it stands."""
    by = by or person()
    digest = text_hash(Brief.objects.get(pk=brief.pk))
    brief.agencies.update(clearance=Clearance.CLEARED, cleared_by=by, cleared_at=PUBLISHED_AT, cleared_hash=digest)
    try_without_worker(brief)


def try_without_worker(brief: Brief) -> None:
    """Write that the PDF of the text as it stands was tried and is in order."""
    digest = text_hash(Brief.objects.get(pk=brief.pk))
    TrialRender.objects.get_or_create(brief=brief, sha256=digest, defaults={"pages": 4})


def publish_without_verbs(brief: Brief, at: datetime = PUBLISHED_AT) -> Edition:
    """Freeze an edition and put it in force."""
    return freeze_edition(brief=Brief.objects.get(pk=brief.pk), at=at)


def in_state(brief: Brief, state: str) -> Brief:
    """The same brief moved to another state without its verbs."""
    Brief.objects.filter(pk=brief.pk).update(state=state)
    return Brief.objects.get(pk=brief.pk)
