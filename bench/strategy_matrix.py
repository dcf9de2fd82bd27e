"""The response matrix of a round with 10,000 comments, as a worker makes it: `matrix_s` is the slower of XLSX and DOCX."""

import time
from typing import Any


def matrix(consultation: Any, drafter: Any) -> dict[str, float]:
    """Seconds for both files, read from the database and written out; called by `bench.strategy`."""
    from strategy.services.matrix import matrix_file

    times = {}
    for ending in ("xlsx", "docx"):
        began = time.perf_counter()
        matrix_file(drafter, consultation, ending, lambda _done, _total: None)
        times[ending] = time.perf_counter() - began
    return {"matrix_s": max(times.values()), "matrix_xlsx_s": times["xlsx"], "matrix_docx_s": times["docx"]}
