"""What a person did for policy briefs, for taking along. Nothing there names them: erasure has nothing to do here."""

from typing import Any

from briefs.models import BriefAgency, BriefStateChange, EmbargoOpening, EmbargoReader, Section


def data_of_person(user: Any) -> dict[str, Any]:
    """Sections last written, clearances given and states changed."""
    return {
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
        "read_under_embargo": [
            {"brief": row.plan.brief.slug, "named": row.added_at.isoformat()}
            for row in EmbargoReader.objects.filter(user=user).select_related("plan__brief").defer("plan__content").order_by("pk")
        ],
        "opened_under_embargo": [
            {"brief": row.plan.brief.slug, "what": row.what, "at": row.at.isoformat()}
            for row in EmbargoOpening.objects.filter(user=user)
            .select_related("plan__brief")
            .defer("plan__content")
            .order_by("pk")
        ],
        "acts": [
            {"brief": row.subject.slug, "from": row.old, "to": row.new, "at": row.at.isoformat(), "reason": row.reason}
            for row in BriefStateChange.objects.filter(by=user).select_related("subject").order_by("pk")
        ],
    }
