"""What a person follows of programmes and asked to say, for taking along."""

from typing import Any

from meetings.models import CalendarToken, FloorRequest, ProgrammeFollow, SessionStar


def programmes_of_person(user: Any) -> dict[str, Any]:
    """Starred sessions, choices of news, the calendar's address (when made), requests for the floor."""
    stars = SessionStar.objects.filter(user=user).select_related("meeting")
    follows = ProgrammeFollow.objects.filter(user=user).select_related("meeting")
    requests = FloorRequest.objects.filter(registration__user=user).select_related("floor_list__meeting")
    return {
        "starred": [{"meeting": row.meeting.slug, "session": row.code, "at": row.at.isoformat()} for row in stars],
        "news": [{"meeting": row.meeting.slug, "of": row.news} for row in follows],
        "calendar_address_made": [row.made_at.isoformat() for row in CalendarToken.objects.filter(user=user)],
        "floor": [
            {
                "meeting": row.floor_list.meeting.slug,
                "session": row.floor_list.code,
                "for": row.body,
                "state": row.state,
                "asked": row.requested_at.isoformat(),
                "seconds": row.used_seconds,
            }
            for row in requests
        ],
    }
