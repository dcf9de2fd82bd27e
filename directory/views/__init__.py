"""Pages of the kernel."""

from directory.views.people import profile
from directory.views.work import job, job_progress

__all__ = ["job", "job_progress", "profile"]
