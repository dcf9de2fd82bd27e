"""The press kit of an edition: cover, words to quote, citation, PDF and corrections in one archive, made by a worker."""

import io
import zipfile
from datetime import timedelta

from django.db import transaction
from django.db.models import F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from briefs.enums import NoticeKind
from briefs.models import Edition, HeadNotice, PressKit
from briefs.selectors.citations import Source, citation_file
from briefs.selectors.publishing import with_notices
from common.pdf_pictures import first_page_png
from directory.enums import JobState
from directory.models import Job
from directory.page_versions import bump
from directory.services.files import delete_file, store_file
from directory.services.jobs import start_job

KIT_JOB = "briefs.press_kit"
COVER_WIDTH = 1240  # an A4 page at 150 dots per inch
MOST_AT_ONCE = 20
# A kit that could not be made is tried again the next day.
PAUSE = timedelta(days=1)


def press_kit_files(edition: Edition, notice: HeadNotice | None = None) -> dict[str, bytes]:
    """What is in the press kit, by name: with a notice, the PDF and the words that carry the corrections up to it."""
    stored = (notice or edition).screen_pdf
    assert stored is not None, "the kit holds the screen PDF"
    notices = edition.notices.filter(number__lte=notice.number) if notice else []
    content = with_notices(edition.content, notices)
    source = Source(content, slug=edition.brief.slug, edition=edition.number)
    with stored.file.open("rb") as file:
        pdf = file.read()
    with translation.override(content["language"]):
        summary = [source.title, "", content["summary"].strip(), "", source.url, ""]
        messages = [_("Key messages"), "", *(f"{place}. {text}" for place, text in enumerate(content["key_messages"], 1)), ""]
        corrections = [source.title, "", *(f"{text}\n" for text in source.corrections)]
    return {
        # First in the archive: whoever opens it must not miss it.
        **({"corrections.txt": _words(corrections)} if source.corrections else {}),
        "cover.png": first_page_png(pdf, width=COVER_WIDTH),
        "summary.txt": _words(summary),
        "key-messages.txt": _words(messages),
        "citation.txt": _words([citation_file(source, "text").strip(), ""]),
        "citation.bib": citation_file(source, "bibtex").encode(),
        "citation.ris": citation_file(source, "ris").encode(),
        f"{edition.brief.slug}.pdf": pdf,
    }


def _words(lines: list[str]) -> bytes:
    # With a mark of its encoding and lines that end as editors of press offices expect it.
    return "\r\n".join("\r\n".join(line.splitlines()) for line in lines).encode("utf-8-sig")


def press_kit_bytes(edition: Edition, notice: HeadNotice | None = None) -> bytes:
    """The archive. The same edition with the same corrections gives the same bytes: names in order, no clock."""
    kept = io.BytesIO()
    at = notice.at if notice else edition.published_at
    with zipfile.ZipFile(kept, "w") as archive:
        for name, content in press_kit_files(edition, notice).items():
            entry = zipfile.ZipInfo(f"{edition.brief.slug}/{name}", date_time=at.timetuple()[:6])
            entry.external_attr = 0o644 << 16
            packed = name.endswith((".txt", ".bib", ".ris"))
            archive.writestr(entry, content, zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED)
    return kept.getvalue()


def make_press_kit(*, edition: Edition) -> PressKit | None:
    """Make the press kit of an edition as it stands, with every correction so far. Safe to run twice, also at once.

    The kit before a correction is thrown away: a newsroom must not quote what was corrected.

    Returns:
        None for a withdrawn edition, which goes to no press, and as long as the PDF with the newest correction is not made.
    """
    notice = edition.notices.order_by("-number").first()
    if (notice and notice.kind == NoticeKind.WITHDRAWAL) or (notice or edition).screen_pdf_id is None:
        return None
    kept = PressKit.objects.filter(edition=edition, notice=notice).first()
    if kept:
        return kept
    file = store_file(content=press_kit_bytes(edition, notice), mime="application/zip")
    with transaction.atomic():
        kits = PressKit.objects.select_for_update(of=("self",))
        kit, is_new = kits.get_or_create(edition=edition, defaults={"file": file, "notice": notice})
        if not is_new and _number(kit.notice) < _number(notice):
            before, kit.file, kit.notice = kit.file, file, notice
            kit.save(update_fields=["file", "notice", "made_at"])
            delete_file(before)
        bump("briefs")
    return kit


def _number(notice: HeadNotice | None) -> int:
    return notice.number if notice else 0


def start_missing_press_kits() -> int:
    """Have the kits made of editions whose PDF, with their newest correction, is there; return how many were asked for."""
    newest = HeadNotice.objects.filter(edition=OuterRef("pk")).order_by("-number")
    lacking = (
        Edition.objects.annotate(notice=Subquery(newest.values("pk")[:1]))
        .alias(
            kind=Subquery(newest.values("kind")[:1]),
            noticed_pdf=Subquery(newest.values("screen_pdf")[:1]),
            in_kit=Coalesce("press_kit__notice", 0),
        )
        .filter(
            Q(notice__isnull=True, screen_pdf__isnull=False, press_kit__isnull=True)
            | Q(Q(press_kit__isnull=True) | ~Q(in_kit=F("notice")), kind=NoticeKind.CORRECTION, noticed_pdf__isnull=False)
        )
        .order_by("-pk")
    )
    keys = {
        f"{pk} {notice}" if notice else str(pk): pk for pk, notice in lacking.values_list("pk", "notice")[: 10 * MOST_AT_ONCE]
    }
    failed = Job.objects.filter(
        kind=KIT_JOB, key__in=keys, state=JobState.FAILED, finished_at__gt=timezone.now() - PAUSE
    ).values_list("key", flat=True)
    started = [key for key in keys if key not in set(failed)][:MOST_AT_ONCE]
    for key in started:
        start_job(kind=KIT_JOB, arguments={"edition": keys[key]}, key=key)
    return len(started)
