"""Work of strategies that runs in a worker."""

import logging
from typing import Any

from directory.models import Job
from directory.services.jobs import Report, job_handler
from strategy.services import matrix

log = logging.getLogger(__name__)


@job_handler(matrix.JOB)
def matrix_job(job: Job, report: Report) -> dict[str, Any]:
    """The response matrix of a round, as the person who asked may see it."""
    result = matrix.make_matrix(job=job, report=report)
    log.info("response matrix made", extra={"data": {"job": str(job.pk), "round": job.arguments["round"]}})
    return result
