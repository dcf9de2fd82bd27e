"""The response matrix goes out as a file made by a worker, and comes back filled in: checked, looked at, then applied whole."""

from collections import Counter
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from common.access import Refused, may, require
from common.numbers import whole_number
from directory.models import Job
from directory.services.files import store_file
from directory.services.jobs import Report, start_job
from directory.services.organization_files import Sheet, read_sheet
from directory.services.state import locked
from strategy.documents.matrix import KEYS, answer_columns, matrix_docx, matrix_xlsx
from strategy.enums import Decision
from strategy.models import Comment, ConsultationRound, Disposition, MatrixImport
from strategy.selectors.made_files import held
from strategy.selectors.matrix import MatrixRow, fingerprint, matrix_rows
from strategy.services.batch_answers import Answer, completed, dispose_batch, problems_of

JOB = "strategy.matrix"
MOST_ROWS = 20_000
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
FORMATS = {"xlsx": XLSX, "docx": DOCX}


# --- Going out -------------------------------------------------------------------------------------------------------


def ask_for_matrix(*, consultation: ConsultationRound, by: Any, ending: str) -> Job:
    """Have the matrix made as the person may see it."""
    require(by, "strategy.view_consultationround", consultation)
    if ending not in FORMATS:
        raise Refused(_("The matrix is made as XLSX or as DOCX. Choose one of the two."))
    language = translation.get_language() or "en"
    arguments = {"round": consultation.pk, "ending": ending, "language": language}
    key = f"{consultation.pk} {by.pk} {ending} {language}"
    return start_job(kind=JOB, arguments=arguments, asked_by=by, key=key)


def make_matrix(*, job: Job, report: Report) -> dict[str, Any]:
    """Make the file that a job asks for; what the asker may see is asked again, since roles end."""
    consultation = ConsultationRound.objects.select_related("draft__strategy").get(pk=job.arguments["round"])
    require(job.asked_by, "strategy.view_consultationround", consultation)
    ending = job.arguments["ending"]
    with translation.override(job.arguments["language"]):
        rows = list(matrix_rows(job.asked_by, consultation))
        content = _written(rows, job.asked_by, consultation, ending, report)
    # As an archive, which the kernel deletes in time: it holds the words of agencies.
    kept = store_file(content=content, mime=FORMATS[ending])
    slug = consultation.draft.strategy.slug
    return {
        "archive": kept.pk,
        "url": reverse("strategy:matrix_file", args=[slug, job.pk]),
        **held((row.number, row.decision) for row in rows),
    }


def matrix_file(user: Any, consultation: ConsultationRound, ending: str, report: Report) -> bytes:
    """The matrix in the active language, of what `user` may see; a drafter's workbook can come back."""
    return _written(list(matrix_rows(user, consultation)), user, consultation, ending, report)


def _written(rows: list[MatrixRow], user: Any, consultation: ConsultationRound, ending: str, report: Report) -> bytes:
    draft = consultation.draft
    if ending == "docx":
        title = _("Response matrix: %(strategy)s") % {"strategy": draft.strategy.title}
        lead = _("%(draft)s. %(n)d comments, as of %(date)s.") % {
            "draft": draft.label, "n": len(rows), "date": f"{timezone.now():%Y-%m-%d %H:%M} UTC"
        }  # fmt: skip
        return matrix_docx(rows, title=title, lead=lead, report=report)
    with_keys = may(user, "strategy.answer_round", consultation)
    return matrix_xlsx(rows, title=_("Response matrix"), with_keys=with_keys, report=report)


# --- Coming back -----------------------------------------------------------------------------------------------------


def workbook_of(upload: UploadedFile) -> Sheet:
    """The first sheet of an uploaded workbook."""
    content = upload.read()
    if not content.startswith(b"PK\x03\x04"):
        raise Refused(_("This is not an Excel workbook (.xlsx). Fill in the file that you downloaded here and upload that."))
    return read_sheet(content=content, most_rows=MOST_ROWS)


@transaction.atomic
def read_matrix(*, consultation: ConsultationRound, upload: UploadedFile, by: Any) -> MatrixImport:
    """Read a matrix that came back and keep what it would do; no comment is answered yet.

    Raises:
        Refused: a file that cannot be read at all. Errors of single rows are kept with their row.
    """
    require(by, "strategy.answer_round", consultation)
    sheet = workbook_of(upload)
    given = _given(sheet)
    if not given:
        raise Refused(
            _("No row of the file differs from what you downloaded. Fill in dispositions, save it and upload it again.")
        )
    rows = _checked(given, consultation, by)
    return MatrixImport.objects.create(
        round=consultation,
        file_name=" ".join((upload.name or "").split())[-200:],
        rows=rows,
        problems=sum(bool(row["error"]) for row in rows),
        by=by,
    )


def _places(header: list[str]) -> dict[str, int]:
    """Where the cells of an answer and the hidden keys stand: drafters may move columns, and use any language."""
    known = {**answer_columns(), **{key: key for key in KEYS}}
    found = Counter(known[name.strip().casefold()] for name in header if name.strip().casefold() in known)
    wanted = [*KEYS, "decision", "duplicate_of", "reason", "resulting_text"]
    if any(found[name] != 1 for name in wanted):
        raise Refused(
            _("The file has lost columns of the matrix, hidden ones perhaps. Download the matrix again and fill in that file.")
        )
    return {known[name.strip().casefold()]: place for place, name in enumerate(header) if name.strip().casefold() in known}


def _given(sheet: Sheet) -> list[dict[str, Any]]:
    """The rows whose answer is another than the one that was written into the file."""
    places, decisions, given = _places(sheet.header), _decisions(), []
    for number, cells in sheet.rows:
        padded = [*cells, *[""] * (len(sheet.header) - len(cells))]
        values = {what: padded[place].replace("\r\n", "\n").replace("\r", "\n") for what, place in places.items()}
        decision = decisions.get(values["decision"].casefold(), values["decision"])
        original = whole_number(values["duplicate_of"])
        if fingerprint(decision, original, values["reason"], values["resulting_text"]) == values["as_exported"]:
            continue
        formula = any((number, places[what]) in sheet.formulas for what in places)
        given.append({"row": number, **values, "decision": decision, "formula": formula})
    return given


def _decisions() -> dict[str, str]:
    """What stands for each decision: its code, or its name in any language of the portal."""
    names = {str(one.value): str(one.value) for one in Decision}
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            names |= {str(one.label).casefold(): str(one.value) for one in Decision}
    return names


def _checked(given: list[dict[str, Any]], consultation: ConsultationRound, by: Any) -> list[dict[str, Any]]:
    """Each row with what is there now, what it would become, and why it cannot; what is so already is left out."""
    answers = {row["row"]: _answer(row) for row in given}
    keys = Counter(answer.comment for answer in answers.values())
    comments = {
        row.pk: row
        for row in Comment.objects.visible_to(by)
        .filter(round=consultation, pk__in=keys)
        .select_related("organization", "category")
    }
    present = {row.comment_id: row for row in Disposition.objects.visible_to(by).filter(comment__in=comments)}
    first: dict[int, int] = {}
    single = []
    for number, answer in answers.items():
        if first.setdefault(answer.comment, number) == number:
            single.append(answer)
    problems = problems_of(single, by=by, consultation=consultation)
    rows = []
    for row in given:
        answer = answers[row["row"]]
        comment, now = comments.get(answer.comment), present.get(answer.comment)
        answer = completed(answer, comment)
        if now and _is_so(now, answer):
            continue
        error = _error_of(row) or problems.get(answer.comment, "")
        if first[answer.comment] != row["row"]:
            error = _("Comment no. %(number)d is in row %(row)d too. Keep one of the two.") % {
                "number": answer.comment, "row": first[answer.comment]
            }  # fmt: skip
        rows.append({**row, "number": answer.comment, "error": error, "was": now.decision if now else "",
                     "agency": str(comment.speaker) if comment else "", "text": answer.resulting_text})  # fmt: skip
    return rows


def _is_so(now: Disposition, answer: Answer) -> bool:
    return fingerprint(now.decision, now.duplicate_of_id, now.reason, now.resulting_text) == fingerprint(
        answer.decision, answer.duplicate_of, answer.reason, answer.resulting_text
    )


def _error_of(row: dict[str, Any]) -> str:
    """What is wrong with a row by itself."""
    if row["formula"]:
        return _("Holds a formula. Paste the value instead.")
    if whole_number(row["id"]) is None:
        return _("The hidden number of the comment is missing. Do not add rows: download the matrix again and fill in that file.")
    if not row["decision"]:
        if row["answer_version"]:
            return _("The disposition was emptied. An answer is changed, not taken back: choose another disposition.")
        return _("Choose a disposition: a reason or a text alone is no answer.")
    if row["decision"] not in Decision.values:
        return _("“%(word)s” is no disposition. Choose one from the list of the cell.") % {"word": row["decision"][:60]}
    if row["duplicate_of"] and whole_number(row["duplicate_of"]) is None:
        return _("“%(word)s” is no number of a comment.") % {"word": row["duplicate_of"][:60]}
    if row["duplicate_of"] and row["decision"] != Decision.DUPLICATE_OF:
        return _("Only a duplicate names another comment. Empty that cell, or choose the disposition for duplicates.")
    return ""


def _answer(row: dict[str, Any]) -> Answer:
    return Answer(
        comment=-row["row"] if (key := whole_number(row["id"])) is None else key,
        decision=row["decision"],
        reason=row["reason"],
        resulting_text=row["resulting_text"],
        duplicate_of=whole_number(row["duplicate_of"]),
        seen=_moment(row["answer_version"]),
        words=row["text_version"],
    )


def _moment(text: str) -> datetime | None:
    try:
        return parse_datetime(text) if text else None
    except ValueError:
        return None


@transaction.atomic
def apply_matrix(*, record: MatrixImport, by: Any) -> int:
    """Give every answer of a file that was looked at, in one transaction; what changed since the preview stops all of them.

    Raises:
        Refused: applied before, rows with errors, or comments that were answered, changed or withdrawn since.
    """
    record = locked(record)
    consultation = ConsultationRound.objects.select_related("draft__strategy").get(pk=record.round_id)
    require(by, "strategy.answer_round", consultation)
    refuse_if_done(record)
    answers = [_answer(row) for row in record.rows]
    if not answers:
        raise Refused(_("Nothing is left to do: these answers are given already."))
    dispose_batch(answers=answers, by=by, consultation=consultation)
    record.applied_at, record.applied = timezone.now(), len(answers)
    record.save(update_fields=["applied_at", "applied"])
    return len(answers)


def refuse_if_done(record: MatrixImport) -> None:
    """Refuse a file that was applied, or that has rows with errors."""
    if record.applied_at:
        raise Refused(_("This file was applied already. To apply it again, upload it again."))
    if record.problems:
        raise Refused(_("Correct the rows with errors in the file and upload it again. Nothing was changed."))


@transaction.atomic
def check_again(*, record: MatrixImport, by: Any) -> None:
    """Make the preview new against the answers as they are now."""
    record = locked(record)
    require(by, "strategy.answer_round", record.round)
    if record.applied_at:
        return
    record.rows = _checked(record.rows, record.round, by)
    record.problems = sum(bool(row["error"]) for row in record.rows)
    record.save(update_fields=["rows", "problems"])
