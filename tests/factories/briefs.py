"""Briefs for tests."""

from datetime import UTC, datetime
from typing import Any

import factory
from factory.django import DjangoModelFactory

from briefs.enums import BriefState, Clearance
from briefs.models import Brief, BriefAgency, Edition, Section, Series, TrialRender
from briefs.selectors import text_hash
from briefs.services import freeze_edition
from directory.models import User
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
