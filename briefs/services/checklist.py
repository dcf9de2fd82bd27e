"""The checklist before publication: what a machine can check, it does; a trial PDF is made by a worker."""

from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from briefs import documents
from briefs.enums import FindingLevel
from briefs.models import AcknowledgedWarning, Brief, Edition, TrialRender
from briefs.selectors import brief_content, text_hash
from briefs.selectors.findings import Finding, findings_of, findings_of_unused
from briefs.selectors.matter import uncited_references, unplaced_figures
from briefs.selectors.references import reference_text
from common.access import Refused, may, require
from common.pdf import AssetRefused, RenderFailed
from directory.enums import JobState
from directory.models import Job
from directory.services.jobs import start_job
from directory.services.state import locked, refuse_if_changed

TRIAL_JOB = "briefs.trial_render"


@dataclass(frozen=True)
class Item:
    """A finding with where to go and, for a warning, who lets it stand."""

    finding: Finding
    url: str
    acknowledged: AcknowledgedWarning | None = None

    @property
    def stands(self) -> bool:
        """Whether it keeps the brief from being published."""
        return self.acknowledged is None


@dataclass(frozen=True)
class Checklist:
    """Everything found in a brief's text as it stands."""

    sha256: str
    items: list[Item]
    trial: TrialRender | None
    is_being_tried: bool

    @property
    def errors(self) -> list[Item]:
        return [item for item in self.items if item.finding.is_error]

    @property
    def warnings(self) -> list[Item]:
        return [item for item in self.items if not item.finding.is_error]

    @property
    def open_warnings(self) -> list[Item]:
        return [item for item in self.warnings if item.stands]

    @property
    def lets_publish(self) -> bool:
        return not self.errors and not self.open_warnings


def checklist_of(brief: Brief, by: Any = None) -> Checklist:
    """Check a brief's text as it stands.

    Args:
        by: who reads it: each finding then leads to the place where they can put it right, or see it.
    """
    digest = text_hash(brief)
    content = brief_content(brief)
    trial = TrialRender.objects.filter(brief=brief, sha256=digest).first()
    state = "" if trial else _state_of_trial(brief, digest)
    unused = findings_of_unused(
        figures={row.key: row.caption for row in unplaced_figures(brief)},
        references={row.key: reference_text(row.csl) for row in uncited_references(brief)},
    )
    found = [*findings_of(content), *unused, *_findings_of_trial(trial, state)]
    known = {row.key: row for row in AcknowledgedWarning.objects.filter(brief=brief, sha256=digest).select_related("by")}
    places = _Places(brief, by) if by else None
    items = [
        Item(finding, places.of(finding) if places else "", None if finding.is_error else known.get(finding.key))
        for finding in sorted(found, key=lambda finding: not finding.is_error)
    ]
    return Checklist(digest, items, trial, state in {JobState.WAITING, JobState.RUNNING})


# For each part of a brief's contents the page where it is changed, and who may.
_PARTS = {
    "words": ("briefs:edit_brief", "briefs.change_words"),
    "agencies": ("briefs:agencies", "briefs.change_brief"),
    "sections": ("briefs:new_part", "briefs.change_brief"),
    "footnotes": ("briefs:footnotes", "briefs.change_matter"),
}


class _Places:
    """Where somebody puts findings right. Whoever may not is led to where it stands and can be talked about."""

    def __init__(self, brief: Brief, by: Any) -> None:
        self.brief, self.by = brief, by
        self.contents = reverse("briefs:contents", args=[brief.slug])
        self.sections = list(brief.sections.all())
        for section in self.sections:
            section.brief = brief
        self.may = {name: may(by, name, brief) for name in ("briefs.change_words", "briefs.change_brief", "briefs.change_matter")}

    def of(self, finding: Finding) -> str:
        slug = self.brief.slug
        if finding.section is not None and finding.section < len(self.sections):
            section = self.sections[finding.section]
            is_own = may(self.by, "briefs.save_section", section)
            return reverse("briefs:section" if is_own else "briefs:section_comments", args=[slug, section.pk])
        for kind, key in (("figure", finding.figure), ("reference", finding.reference)):
            if key:
                may_change = self.may["briefs.change_matter"]
                return reverse(f"briefs:{kind}", args=[slug, key]) if may_change else f"{self.contents}#{kind}s"
        if finding.part:
            page, permission = _PARTS[finding.part]
            return reverse(page, args=[slug]) if self.may[permission] else f"{self.contents}#{finding.part}"
        return self.contents


def _state_of_trial(brief: Brief, digest: str) -> str:
    jobs = Job.objects.filter(kind=TRIAL_JOB, key=_key(brief, digest)).order_by("-created_at")
    return jobs.values_list("state", flat=True).first() or ""


def _key(brief: Brief, digest: str) -> str:
    return f"{brief.pk} {digest}"


def _findings_of_trial(trial: TrialRender | None, state: str) -> list[Finding]:
    if trial is None:
        what = _("The PDF of this text has not been tried yet.")
        todo = _("Have the trial PDF made; it takes a minute at most.")
        if state in {JobState.WAITING, JobState.RUNNING}:
            what, todo = _("The PDF of this text is being tried."), _("Load the page again in a moment.")
        elif state == JobState.FAILED:
            what, todo = _("The trial of the PDF was interrupted."), _("Have the trial PDF made again.")
        return [Finding("pdf-trial", FindingLevel.ERROR, what, todo)]
    return [_finding_of_pdf(code, detail) for code, detail in trial.problems]


def _finding_of_pdf(code: str, detail: str) -> Finding:
    todo = _("Correct the text where it says so; if nothing there looks wrong, tell the secretariat's technicians these words.")
    words = {
        "failed": _("The PDF cannot be made: %(detail)s"),
        "language": _("The PDF does not say in which language it is written."),
        "tags": _("The PDF has no structure for screen readers."),
        "title": _("The PDF does not show its title."),
        "alt": _("A figure in the PDF has no alternative text."),
        "headings": _("The headings in the PDF are out of order: %(detail)s"),
        "empty": _("The PDF has no page."),
    }
    return Finding(f"pdf-{code}", FindingLevel.ERROR, words[code] % {"detail": detail}, todo)


# --- Trial ---------------------------------------------------------------------------------------------------------------


def start_trial(*, brief: Brief, asked_by: Any) -> Job | None:
    """Have the PDF of the text as it stands tried by a worker, unless that was done for this very text."""
    digest = text_hash(brief)
    if TrialRender.objects.filter(brief=brief, sha256=digest).exists():
        return None
    return start_job(kind=TRIAL_JOB, arguments={"brief": brief.pk}, asked_by=asked_by, key=_key(brief, digest))


@transaction.atomic
def try_pdf(*, brief: Brief, by: Any) -> Job | None:
    """Ask for the trial PDF, for somebody who works on the brief. One that failed is tried again."""
    require(by, "briefs.check_brief", brief)
    TrialRender.objects.filter(brief=brief, sha256=text_hash(brief), problems__contains=[["failed"]]).delete()
    return start_trial(brief=brief, asked_by=by)


def run_trial(*, brief: Brief, report: Callable[[int, int], None]) -> TrialRender:
    """Render the text as it stands and keep what is wrong with the PDF, not the PDF. Safe to run twice."""
    report(0, 2)
    now = timezone.now()
    with transaction.atomic():
        brief = locked(brief)  # nobody edits between the hash and the content: the trial is of the text that it names
        digest = text_hash(brief)
        number = (brief.editions.order_by("-number").values_list("number", flat=True).first() or 0) + 1
        content = {**brief_content(brief), "edition": number, "published_at": now.isoformat()}
    edition = Edition(
        brief=brief, number=number, published_at=now, title=brief.title, summary=brief.summary, content=content, sha256=digest
    )
    try:
        pages, problems = pdf_problems(documents.edition_pdf(edition, "screen_pdf"))
    except (AssetRefused, RenderFailed) as error:
        pages, problems = 0, [["failed", str(error)[:500]]]
    report(2, 2)
    trial, _made = TrialRender.objects.update_or_create(
        brief=brief, sha256=digest, defaults={"pages": pages, "problems": problems, "at": now}
    )
    return trial


def pdf_problems(pdf: bytes) -> tuple[int, list[list[str]]]:
    """Number of pages, and what a PDF lacks of what makes it accessible, as pairs of a code and a detail."""
    import pikepdf

    problems: list[list[str]] = []
    try:
        document = pikepdf.open(BytesIO(pdf))
    except pikepdf.PdfError as error:
        return 0, [["failed", str(error)[:500]]]
    with document:
        root: Any = document.Root
        if not str(root.get("/Lang", "")):
            problems.append(["language", ""])
        marked = root.get("/MarkInfo", pikepdf.Dictionary()).get("/Marked", False)
        if not marked or "/StructTreeRoot" not in root:
            problems.append(["tags", ""])
        if not root.get("/ViewerPreferences", pikepdf.Dictionary()).get("/DisplayDocTitle", False) or not str(
            document.docinfo.get("/Title", "")
        ):
            problems.append(["title", ""])
        if not document.pages:
            problems.append(["empty", ""])
        if "/StructTreeRoot" in root:
            problems += _problems_of_structure(root.StructTreeRoot)
        return len(document.pages), problems


def _problems_of_structure(tree: Any) -> list[list[str]]:
    """Walk the structure tree: figures have alternative texts, headings skip no level."""
    problems: list[list[str]] = []
    level = 0
    for element in _elements(tree):
        kind = str(element.get("/S", ""))
        if kind == "/Figure" and not str(element.get("/Alt", "")).strip() and ["alt", ""] not in problems:
            problems.append(["alt", ""])
        if kind in {"/H1", "/H2", "/H3", "/H4", "/H5", "/H6"}:
            found = int(kind[2])
            if found > level + 1:
                problems.append(["headings", f"H{level} → H{found}"])
            level = found
    return problems


def _elements(tree: Any) -> list[Any]:
    """The structure elements of a tree in reading order."""
    import pikepdf

    found, waiting = [], [tree]
    while waiting:
        node = waiting.pop()
        if not isinstance(node, pikepdf.Dictionary):
            continue
        found.append(node)
        children: Any = node.get("/K", [])
        listed = list(children) if isinstance(children, pikepdf.Array) else [children]
        waiting.extend(reversed([child for child in listed if isinstance(child, pikepdf.Dictionary)]))
    return found


# --- Letting warnings stand, and refusing ------------------------------------------------------------------------------------


@transaction.atomic
def acknowledge_warnings(*, brief: Brief, by: Any, seen: str, keys: list[str]) -> int:
    """Let warnings stand for the text whose hash is `seen`. Returns how many are newly let stand."""
    brief = locked(brief)
    require(by, "briefs.acknowledge_warning", brief)
    refusal = _("The text was edited after you opened this page. Read the warnings again before you let them stand.")
    refuse_if_changed(seen=seen, present=text_hash(brief), refusal=refusal)
    open_keys = {item.finding.key for item in checklist_of(brief).open_warnings}
    wanted = [key for key in dict.fromkeys(keys) if key in open_keys]
    if not wanted:
        raise Refused(_("Choose the warnings that you have looked at. Errors cannot be let stand: they must be put right."))
    now = timezone.now()
    rows = [AcknowledgedWarning(brief=brief, key=key, sha256=seen, by=by, at=now) for key in wanted]
    return len(AcknowledgedWarning.objects.bulk_create(rows, ignore_conflicts=True))


def refuse_open_findings(brief: Brief) -> None:
    """Refuse to publish a locked brief while an error stands or a warning was not looked at."""
    checklist = checklist_of(brief)
    errors, warnings = checklist.errors, checklist.open_warnings
    if errors:
        words = ngettext(
            "The checklist shows %(n)d error to put right first: %(first)s Open the checklist to see where.",
            "The checklist shows %(n)d errors to put right first. One of them: %(first)s Open the checklist to see where.",
            len(errors),
        )
        raise Refused(words % {"n": len(errors), "first": errors[0].finding.what})
    if warnings:
        words = ngettext(
            "Nobody has looked at %(n)d warning of the checklist. Open it and let the warning stand, or correct the text.",
            "Nobody has looked at %(n)d warnings of the checklist. Open it and let them stand, or correct the text.",
            len(warnings),
        )
        raise Refused(words % {"n": len(warnings)})
