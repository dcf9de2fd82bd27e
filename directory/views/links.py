"""What a person reads who opens a single-use link that does not work."""

from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from directory.enums import LinkProblem
from directory.services.links import LinkRefused


def link_refused(request: HttpRequest, refusal: LinkRefused, **context: Any) -> HttpResponse:
    """One page for used, expired, withdrawn and forged links of every purpose.

    Args:
        context: `next_url` and `next_text` lead on where the portal knows where to.
    """
    status = HTTPStatus.NOT_FOUND if refusal.problem == LinkProblem.FORGED else HTTPStatus.GONE
    answer = render(
        request, "directory/link_refused.html", {"problem": refusal.problem, "words": str(refusal), **context}, status=status
    )
    answer["Cache-Control"] = "no-store"
    return answer
