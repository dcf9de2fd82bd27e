"""The drafters at their queue: who answers what, what is carried forward, and a matrix that came back with a conflict."""

from io import BytesIO
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import translation
from openpyxl import load_workbook

from directory.demo import content
from strategy.demo.consultation import Rows, answer
from strategy.demo.history import Cast, Clock, dated
from strategy.models import Assignment, CarryForward, CommentPin, ConsultationRound, Draft, MatrixImport
from strategy.services.lineage import omit_paragraph
from strategy.services.matrix import XLSX, matrix_file, read_matrix


def load(consultation: ConsultationRound, draft: Draft, comments: Rows, cast: Cast, at: Clock) -> None:
    """Let the drafters have begun to answer the open round while they write `draft`."""
    plan = content("strategy", "answering")
    for email, names in plan["assigned"].items():
        for name in names:
            Assignment.objects.create(comment=comments[name], drafter=cast.people[email], by=cast.drafter)
    for row in plan["carried"]:
        carried = CarryForward.objects.create(
            comment=comments[row["comment"]], draft=draft, reason=row["reason"], by=cast.drafter
        )
        dated(carried, at=at(row["at"]))
    for name, number in plan["pinned"].items():
        CommentPin.objects.create(comment=comments[name], paragraph=draft.paragraphs.get(number=number), by=cast.drafter)
    for number in plan["left_out"]:
        omit_paragraph(draft=draft, by=cast.drafter, paragraph=consultation.draft.paragraphs.get(number=number).pk)
    _return_matrix(consultation, plan["returned"], comments, cast, at)


def _return_matrix(consultation: ConsultationRound, told: dict[str, Any], comments: Rows, cast: Cast, at: Clock) -> MatrixImport:
    """A drafter filled in the matrix at home; a colleague answered one of its comments meanwhile, so that row conflicts."""
    with translation.override("en"):
        exported = matrix_file(cast.drafter, consultation, "xlsx", lambda _done, _total: None)
        answer(comments[told["meanwhile"]["comment"]], told["meanwhile"], comments, cast.second_drafter, at)
        filled = _filled(exported, {comments[name].pk: row for name, row in told["rows"].items()})
        upload = SimpleUploadedFile(told["file"], filled, content_type=XLSX)
        returned = read_matrix(consultation=consultation, upload=upload, by=cast.drafter)
    dated(returned, created_at=at(told["at"]))
    return returned


def _filled(workbook: bytes, answers: dict[int, dict[str, str]]) -> bytes:
    """The workbook with dispositions and reasons entered in the rows of these comments."""
    book = load_workbook(BytesIO(workbook))
    sheet = book.active
    header, *rows = list(sheet.iter_rows())  # type: ignore[union-attr]
    places = {cell.value: place for place, cell in enumerate(header)}
    for row in rows:
        given = answers.get(row[places["No."]].value)
        if given:
            row[places["Disposition"]].value = given["decision"]
            row[places["Reason"]].value = given["reason"]
    buffer = BytesIO()
    book.save(buffer)
    return buffer.getvalue()
