"""What a person did for policy briefs, for taking along. Nothing there names them: erasure has nothing to do here."""

from typing import Any

from briefs.models import BriefAgency, BriefStateChange, MatterChange, Section, Series


def data_of_person(user: Any) -> dict[str, Any]:
    """Sections last written, clearances given, states and parts changed, series edited."""
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
        "changes": [
            {"brief": row.brief.slug, "act": row.act, "at": row.at.isoformat()}
            for row in MatterChange.objects.filter(by=user).select_related("brief").order_by("pk")
        ],
        "series_edited": list(Series.objects.filter(editors=user).order_by("pk").values_list("slug", flat=True)),
        "acts": [
            {"brief": row.subject.slug, "from": row.old, "to": row.new, "at": row.at.isoformat(), "reason": row.reason}
            for row in BriefStateChange.objects.filter(by=user).select_related("subject").order_by("pk")
        ],
    }
