"""The press kit of an edition: cover, words to quote, citation and PDF in one archive, made by a worker."""

import io
import zipfile
from datetime import timedelta

from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from briefs.models import Edition, PressKit
from briefs.selectors.citations import Source, citation_file
from common.pdf_pictures import first_page_png
from directory.enums import JobState
from directory.models import Job
from directory.page_versions import bump
from directory.services.files import store_file
from directory.services.jobs import start_job

KIT_JOB = "briefs.press_kit"
COVER_WIDTH = 1240  # an A4 page at 150 dots per inch
MOST_AT_ONCE = 20
# A kit that could not be made is tried again the next day.
PAUSE = timedelta(days=1)


def press_kit_files(edition: Edition) -> dict[str, bytes]:
    """What is in the press kit, by name."""
    assert edition.screen_pdf is not None, "the kit holds the screen PDF"
    content = edition.content
    source = Source(content, slug=edition.brief.slug, edition=edition.number)
    with edition.screen_pdf.file.open("rb") as file:
        pdf = file.read()
    with translation.override(content["language"]):
        summary = [source.title, "", content["summary"].strip(), "", source.url, ""]
        messages = [_("Key messages"), "", *(f"{place}. {text}" for place, text in enumerate(content["key_messages"], 1)), ""]
    return {
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


def press_kit_bytes(edition: Edition) -> bytes:
    """The archive. The same edition gives the same bytes: names in order, no clock."""
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w") as archive:
        for name, content in press_kit_files(edition).items():
            entry = zipfile.ZipInfo(f"{edition.brief.slug}/{name}", date_time=edition.published_at.timetuple()[:6])
            entry.external_attr = 0o644 << 16
            packed = name.endswith((".txt", ".bib", ".ris"))
            archive.writestr(entry, content, zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED)
    return kept.getvalue()


def make_press_kit(*, edition: Edition) -> PressKit:
    """Make the press kit of an edition and keep it by its hash. Safe to run twice, also at once."""
    kept = PressKit.objects.filter(edition=edition).first()
    if kept:
        return kept
    file = store_file(content=press_kit_bytes(edition), mime="application/zip")
    with transaction.atomic():
        kit, is_new = PressKit.objects.get_or_create(edition=edition, defaults={"file": file})
        if is_new:
            bump("briefs")
    return kit


def start_missing_press_kits() -> int:
    """Have the kits of editions made whose PDF is there and had no notice since; return how many were asked for."""
    waiting = Edition.objects.filter(screen_pdf__isnull=False, press_kit__isnull=True, notices__isnull=True).order_by("-pk")
    keys = [str(pk) for pk in waiting.values_list("pk", flat=True)[: 10 * MOST_AT_ONCE]]
    failed = Job.objects.filter(
        kind=KIT_JOB, key__in=keys, state=JobState.FAILED, finished_at__gt=timezone.now() - PAUSE
    ).values_list("key", flat=True)
    started = [key for key in keys if key not in set(failed)][:MOST_AT_ONCE]
    for key in started:
        start_job(kind=KIT_JOB, arguments={"edition": int(key)}, key=key)
    return len(started)
