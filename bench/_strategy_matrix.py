"""The response matrix of a round with 10,000 comments, as a worker makes it: `matrix_s` is the slower of XLSX and DOCX.

A process of its own does the job, as a worker does: it reads from the database, writes the file and stores it. Then the workbook
comes back with an answer in every row: `matrix_read_s` until the preview is kept, `matrix_apply_s` until all answers are given.
"""

import io
import json
import os
import subprocess
import sys
import time
from typing import Any

ROWS = 10_000


def answered(consultation: Any, drafter: Any) -> None:
    """Answer two of three comments of the round, so that the matrix is filled as at the end of a consultation."""
    from django.utils import timezone

    from strategy.models import Disposition

    keys = list(consultation.comments.order_by("pk").values_list("pk", flat=True))
    if len(keys) != ROWS:
        raise SystemExit(f"The round has {len(keys)} comments instead of {ROWS}.")
    reason = "The text follows the agreed language of the General Assembly; the proposal is reflected in the chapeau."
    Disposition.objects.bulk_create(
        [
            Disposition(comment_id=key, decision="not_accepted", reason=reason, by=drafter, decided_at=timezone.now())
            for place, key in enumerate(keys)
            if place % 3
        ],
        batch_size=1000,
    )


def matrix(consultation: Any, drafter: Any) -> dict[str, float]:
    """Seconds for both files."""
    answered(consultation, drafter)
    command = [sys.executable, "-m", "bench._strategy_matrix", str(consultation.pk), drafter.email]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, env=os.environ)
    times = json.loads(done.stdout.splitlines()[-1])
    return {"matrix_s": max(times["xlsx"], times["docx"]), **{f"matrix_{what}_s": seconds for what, seconds in times.items()}}


def work(consultation_key: int, email: str) -> None:
    """What the worker does: each file as a job, by the clock."""
    import django

    django.setup()
    from importlib import import_module

    from directory.models import User
    from directory.services.jobs import run_job
    from strategy.models import ConsultationRound
    from strategy.services.matrix import ask_for_matrix

    import_module("strategy.tasks")  # as the worker does
    consultation, drafter, times = ConsultationRound.objects.get(pk=consultation_key), User.objects.get(email=email), {}
    for ending in ("xlsx", "docx"):
        job = ask_for_matrix(consultation=consultation, by=drafter, ending=ending)
        began = time.perf_counter()
        run_job(job_id=str(job.pk))
        times[ending] = time.perf_counter() - began
        job.refresh_from_db()
        if job.state != "done" or job.total != ROWS:
            raise SystemExit(f"The matrix was not made: {job.state}, {job.total} rows. {job.error}")
    print(json.dumps(times | bring_back(consultation, drafter)))


def bring_back(consultation: Any, drafter: Any) -> dict[str, float]:
    """Another answer in every row of the workbook: read, then applied."""
    from django.core.files.uploadedfile import SimpleUploadedFile

    from strategy.services.matrix import apply_matrix, matrix_file, read_matrix

    content = filled(matrix_file(drafter, consultation, "xlsx", lambda _done, _total: None))
    began = time.perf_counter()
    record = read_matrix(consultation=consultation, upload=SimpleUploadedFile("matrix.xlsx", content), by=drafter)
    read = time.perf_counter()
    if len(record.rows) != ROWS or record.problems:
        raise SystemExit(f"{len(record.rows)} rows of the matrix came back, {record.problems} with errors.")
    apply_matrix(record=record, by=drafter)
    return {"read": read - began, "apply": time.perf_counter() - read}


def filled(content: bytes) -> bytes:
    """The workbook with a disposition and a reason in every row."""
    from openpyxl import load_workbook

    book = load_workbook(io.BytesIO(content))
    sheet = book.worksheets[0]
    places = {cell.value: place for place, cell in enumerate(sheet[1], start=1)}
    for row in range(2, sheet.max_row + 1):
        sheet.cell(row, places["Disposition"]).value = "Noted"
        sheet.cell(row, places["Reason"]).value = f"The secretariat takes note ({row})."
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


if __name__ == "__main__":
    work(int(sys.argv[1]), sys.argv[2])
