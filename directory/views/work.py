"""The progress of long work."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from directory.enums import JobState
from directory.models import Job


def _job_words(found: Job) -> str:
    if found.state == JobState.FAILED:
        return _("This could not be finished: %(error)s") % {"error": found.error}
    if found.total:
        return _("%(done)d of %(total)d done") % {"done": found.done, "total": found.total}
    return found.get_state_display()


@login_required
@require_safe
def job_progress(request: HttpRequest, job_id: UUID) -> JsonResponse:
    """The progress of one's own job for the page's script."""
    found = get_object_or_404(Job.objects.visible_to(request.user), pk=job_id)
    share = 100 if found.state == JobState.DONE else 100 * found.done // found.total if found.total else 0
    return JsonResponse(
        {"progress": share, "state": found.state, "message": _job_words(found), "result_url": found.result.get("url", "")}
    )


@login_required
@require_safe
def job(request: HttpRequest, job_id: UUID) -> HttpResponse:
    """Progress of one's own job and what came of it."""
    found = get_object_or_404(Job.objects.visible_to(request.user), pk=job_id)
    share = 100 * found.done // found.total if found.total else 0
    return render(request, "directory/job.html", {"job": found, "words": _job_words(found), "share": share})
