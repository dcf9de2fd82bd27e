"""Files of the compilation text: made by a worker, as the person who asks may see it."""

from typing import Any

from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from common.access import Refused, require
from common.document_files import DOCX, PDF
from directory.models import Job
from directory.services.files import store_file
from directory.services.jobs import Report, start_job
from strategy.documents.compilation_word import bracketed_docx, revisions_docx
from strategy.documents.draft_pdf import draft_pdf
from strategy.models import ConsultationRound, Draft
from strategy.selectors.compilation import Compilation, compile_draft
from strategy.selectors.made_files import held

JOB = "strategy.compilation"
# What a person asks for: what kind of file it is, and how its name ends.
FORMATS = {
    "brackets": (DOCX, "compilation.docx"),
    "revisions": (DOCX, "compilation-tracked-changes.docx"),
    "pdf": (PDF, "compilation.pdf"),
}
# A PDF is set page by page, some hundred brackets in a second: longer than a minute is longer than a worker should be kept.
MOST_IN_PDF = 5000


def ask_for_compilation(*, draft: Draft, only: ConsultationRound | None, by: Any, form: str) -> Job:
    """Have the compilation text made as the person may see it."""
    require(by, "strategy.view_compilation", draft)
    if form not in FORMATS:
        raise Refused(_("The file is made as Word with brackets, as Word with tracked changes or as PDF. Choose one of them."))
    arguments = {"draft": draft.pk, "round": only.pk if only else None, "form": form}
    return start_job(kind=JOB, arguments=arguments, asked_by=by, key=f"{draft.pk} {arguments['round']} {by.pk} {form}")


def make_compilation(*, job: Job, report: Report) -> dict[str, Any]:
    """Make the file that a job asks for; what the asker may see is asked again, since roles end."""
    draft = Draft.objects.select_related("strategy").filter(pk=job.arguments["draft"]).first()
    if draft is None:
        raise Refused(_("This draft was discarded meanwhile: there is nothing to make."))
    require(job.asked_by, "strategy.view_compilation", draft)
    only = None
    if job.arguments["round"]:
        only = ConsultationRound.objects.visible_to(job.asked_by).get(pk=job.arguments["round"], draft=draft)
    form = job.arguments["form"]
    with translation.override(draft.language):
        compilation = compile_draft(job.asked_by, draft, only=only)
        content = _content(compilation, form, report)
    # As an archive, which the kernel deletes in time: it holds the words of agencies.
    kept = store_file(content=content, mime=FORMATS[form][0])
    return {
        "archive": kept.pk,
        "url": reverse("strategy:compilation_file", args=[draft.strategy.slug, draft.number, job.pk]),
        **held((voice.number, voice.decision) for _place, voice in compilation.voices()),
    }


def _content(compilation: Compilation, form: str, report: Report) -> bytes:
    if form == "brackets":
        return bracketed_docx(compilation, report=report)
    if form == "revisions":
        return revisions_docx(compilation, report=report)
    figures = compilation.figures
    if figures.total + figures.notes > MOST_IN_PDF:
        raise Refused(_("This is too much for a PDF. Take the Word file, or the compilation text of one round."))
    return draft_pdf(compilation.draft, compilation)
