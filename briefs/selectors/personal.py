"""What a person did for policy briefs, for taking along.

Accounts are named by their row, which erasure empties; reviewers from outside are erased by `briefs.services.personal`.
"""

from typing import Any

from django.db.models import Q

from briefs.models import BriefAgency, BriefStateChange, Reviewer, ReviewPoint, Section


def data_of_person(user: Any) -> dict[str, Any]:
    """Sections last written, clearances given, states changed, reviews written and answered."""
    mine = Q(user=user) | Q(user=None, address__iexact=user.email)
    reviews = Reviewer.objects.filter(mine).select_related("round__brief").defer("round__content").prefetch_related("points")
    return {
        "reviews": [
            {
                "brief": row.round.brief.slug,
                "round": row.round.number,
                "state": row.state,
                "recommendation": row.decision,
                "points": [{"question": point.question, "text": point.text} for point in row.points.all()],
                "to_editors": row.to_editors,
                "draft": row.draft,
                "declined": row.decline_reason,
            }
            for row in reviews.order_by("pk")
        ],
        "answers_to_reviews": [
            {"brief": row.reviewer.round.brief.slug, "point": row.text, "answer": row.reply}
            for row in ReviewPoint.objects.filter(replied_by=user)
            .select_related("reviewer__round__brief")
            .defer("reviewer__round__content")
            .order_by("pk")
        ],
        "sections": [
            {
                "brief": row.brief.slug,
                "heading": row.heading,
                "agency": row.organization.code,
                "edited": row.edited_at.isoformat() if row.edited_at else None,
            }
            for row in Section.objects.filter(edited_by=user).select_related("brief", "organization").order_by("pk")
        ],
        "clearances": [
            {
                "brief": row.brief.slug,
                "agency": row.organization.code,
                "clearance": row.clearance,
                "reservation": row.reservation,
                "given": row.cleared_at.isoformat() if row.cleared_at else None,
            }
            for row in BriefAgency.objects.filter(cleared_by=user).select_related("brief", "organization").order_by("pk")
        ],
        "acts": [
            {"brief": row.subject.slug, "from": row.old, "to": row.new, "at": row.at.isoformat(), "reason": row.reason}
            for row in BriefStateChange.objects.filter(by=user).select_related("subject").order_by("pk")
        ],
    }
