"""Pages of the kernel."""

from directory.views.people import change_photo, photo, profile, remove_photo
from directory.views.work import job, job_progress

__all__ = ["change_photo", "job", "job_progress", "photo", "profile", "remove_photo"]
