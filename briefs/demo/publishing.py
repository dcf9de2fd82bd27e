"""Demo data of publishing: a plan, an embargo with its readers, a correction, a withdrawal, a translation in the making."""

from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone

from briefs.enums import BriefState, NoticeKind, Opened
from briefs.models import Brief, BriefStateChange, EmbargoOpening, EmbargoReader, PlannedPublication, TrialRender
from briefs.selectors import text_hash
from briefs.services import acknowledge_warnings, checklist_of, plan_publication, start_language_edition
from briefs.services.notices import add_notice
from common.place_time import moment_at
from directory.models import User

EMBARGOED, PLANNED = "seeds-that-find-their-way-home", "a-register-that-fishers-trust"
CORRECTED, WITHDRAWN, TRANSLATED = "warnings-that-cross-borders", "what-a-cargo-bike-carries", "warnings-that-cross-borders"
NEW_YORK = "America/New_York"
CORRECTION = (
    "In the first section, the time between the warning and the storm was given without saying that it is counted from the "
    "first bulletin. It is."
)
REASON = (
    "The counts of the two cities were not made in the same weeks, as the note says, so that they cannot be compared. "
    "A new count is under way."
)


def load(staff: User) -> None:
    """Give the briefs of `demo_content/publishing.json` what publishing adds to them."""
    briefs = {row.slug: row for row in Brief.objects.filter(slug__in={EMBARGOED, PLANNED, CORRECTED, WITHDRAWN})}
    _plan(briefs[PLANNED], staff, days=12, embargo=False)
    _readers(_plan(briefs[EMBARGOED], staff, days=9, embargo=True), staff)
    corrected = briefs[CORRECTED].edition
    add_notice(
        edition=corrected,
        kind=NoticeKind.CORRECTION,
        text=CORRECTION,
        by=staff,
        at=corrected.published_at + timedelta(days=1, hours=6),
    )
    _withdraw(briefs[WITHDRAWN], staff)
    start_language_edition(
        brief=briefs[TRANSLATED],
        by=staff,
        language="ar",
        title="إنذارات تعبر الحدود",
        summary="كيف تتقاسم البلدان الإنذارات قبل أن تصل العاصفة.",
    )


def _plan(brief: Brief, staff: User, *, days: int, embargo: bool) -> PlannedPublication:
    """Ten in the morning in New York, some days ahead: the demo begins anew on the day it is set up."""
    day = timezone.now().astimezone(ZoneInfo(NEW_YORK)).date() + timedelta(days=days)
    at = moment_at(datetime.combine(day, time(10, 0)), ZoneInfo(NEW_YORK))
    _checked(brief, staff)
    return plan_publication(brief=brief, by=staff, at=at, time_zone=NEW_YORK, under_embargo=embargo)


def _checked(brief: Brief, staff: User) -> None:
    """The checklist as the secretariat left it: the PDF tried, every warning looked at."""
    digest = text_hash(brief)
    TrialRender.objects.create(brief=brief, sha256=digest, pages=4)
    keys = [item.finding.key for item in checklist_of(brief).open_warnings]
    if keys:
        acknowledge_warnings(brief=brief, by=staff, seen=digest, keys=keys)


def _readers(plan: PlannedPublication, staff: User) -> None:
    named: list[dict[str, Any]] = [
        {"user": User.objects.get(email="participant@demo.example")},
        {"email": "newsroom@press.example", "name": "Ana Ruiz Ferreira", "language": "es"},
    ]
    readers = [EmbargoReader.objects.create(plan=plan, added_by=staff, **who) for who in named]
    EmbargoOpening.objects.create(plan=plan, reader=readers[1], what=Opened.PAGE)
    EmbargoOpening.objects.create(plan=plan, reader=readers[1], what=Opened.SCREEN)


def _withdraw(brief: Brief, staff: User) -> None:
    at = brief.edition.published_at + timedelta(days=5, hours=3)
    change = BriefStateChange.objects.create(
        subject=brief, old=BriefState.PUBLISHED, new=BriefState.WITHDRAWN, by=staff, reason=REASON
    )
    BriefStateChange.objects.filter(pk=change.pk).update(at=at)
    Brief.objects.filter(pk=brief.pk).update(state=BriefState.WITHDRAWN)
    add_notice(edition=brief.edition, kind=NoticeKind.WITHDRAWAL, text=REASON, by=staff, at=at)
