"""The admin: from visible_to, states read-only, nothing deleted, pages renewed."""

from datetime import datetime
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from meetings.enums import MeetingState
from meetings.models import CategoryQuota, Meeting, Session
from meetings.services.quotas import move_seats
from meetings.services.seats import lock_quotas
from tests.conftest import Cast
from tests.factories.meetings import DocumentFactory, MeetingFactory, RegistrationFactory, RoomFactory, SessionFactory


def _staff(cast: Cast) -> Any:
    cast.secretariat.is_staff = True
    cast.secretariat.save()
    return cast.secretariat


def _filled(page: Any) -> dict[str, Any]:
    """What a browser sends when nothing on the page was changed."""
    data: dict[str, Any] = {}
    for bound in [
        page.context["adminform"].form,
        *(f for s in page.context["inline_admin_formsets"] for f in [s.formset.management_form, *s.formset.forms]),
    ]:
        for field in bound:
            value = field.value()
            if isinstance(value, datetime):
                data |= {f"{field.html_name}_0": value.strftime("%Y-%m-%d"), f"{field.html_name}_1": value.strftime("%H:%M:%S")}
            elif value is not None and value is not False:
                data[field.html_name] = value
    return data


def test_an_administrator_sees_no_registration_and_no_draft(academia: CategoryQuota, cast: Cast, sign_in: Any) -> None:
    row = RegistrationFactory(meeting=academia.meeting, family_name="Karadere")
    draft = MeetingFactory(title="Not announced", state=MeetingState.DRAFT)
    client = sign_in(cast.administrator)
    assert "Karadere" not in client.get("/admin/meetings/registration/").content.decode()
    assert client.get(f"/admin/meetings/registration/{row.pk}/change/").status_code == 302
    assert "Not announced" not in client.get("/admin/meetings/meeting/").content.decode()
    assert client.get(f"/admin/meetings/meeting/{draft.pk}/change/").status_code == 302
    assert client.get("/admin/meetings/meeting/add/").status_code == 403


def test_every_admin_page_opens_for_staff_and_deletes_nothing(academia: CategoryQuota, cast: Cast, sign_in: Any) -> None:
    client = sign_in(_staff(cast))
    for model in ("meeting", "session", "registration", "thematicevent", "voluntaryreport", "workinggroup"):
        assert client.get(f"/admin/meetings/{model}/").status_code == 200, model
    assert client.get(f"/admin/meetings/meeting/{academia.meeting_id}/change/").status_code == 200
    assert client.post(f"/admin/meetings/meeting/{academia.meeting_id}/delete/").status_code == 403
    row = RegistrationFactory(meeting=academia.meeting)
    assert client.post(f"/admin/meetings/registration/{row.pk}/change/", {"state": "approved"}).status_code == 403


def test_seats_are_shown_with_the_page_that_changes_them(academia: CategoryQuota, cast: Cast, sign_in: Any) -> None:
    client = sign_in(_staff(cast))
    path = f"/admin/meetings/meeting/{academia.meeting_id}/change/"
    page = client.get(path)
    assert 'name="quotas-0-seats"' not in page.content.decode()
    assert 'href="/meetings/antalya/registration/settings/of/academia/"' in page.content.decode()
    data = _filled(page) | {"quotas-0-seats": "3", "quotas-0-badge_colour": "#123456", "state": "cancelled"}
    response = client.post(path, data)
    assert response.status_code == 302, response.context["errors"]
    quota = CategoryQuota.objects.get()
    assert (quota.seats, quota.badge_colour) == (academia.seats, "#123456")
    assert Meeting.objects.get(pk=academia.meeting_id).state == MeetingState.PUBLISHED


def test_seats_moved_while_the_admin_saves_stay_moved(
    academia: CategoryQuota, ngo: CategoryQuota, cast: Cast, sign_in: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = sign_in(_staff(cast))
    path = f"/admin/meetings/meeting/{academia.meeting_id}/change/"
    data = _filled(client.get(path)) | {"quotas-0-badge_colour": "#123456", "quotas-1-badge_colour": "#123456"}

    def after_a_move(**names: Any) -> Any:
        # The rows of the page are read; now somebody else's move is there before its lock.
        move_seats(source=academia, target=ngo, count=1, by=cast.secretariat, reason="More are coming.")
        return lock_quotas(**names)

    monkeypatch.setattr("meetings.admin.meetings.lock_quotas", after_a_move)
    assert client.post(path, data).status_code == 302
    assert list(CategoryQuota.objects.order_by("pk").values_list("seats", "badge_colour")) == [
        (academia.seats - 1, "#123456"),
        (ngo.seats + 1, "#123456"),
    ]


def test_quotas_are_locked_before_anything_is_written(
    academia: CategoryQuota, ngo: CategoryQuota, cast: Cast, sign_in: Any
) -> None:
    client = sign_in(_staff(cast))
    path = f"/admin/meetings/meeting/{academia.meeting_id}/change/"
    data = _filled(client.get(path)) | {"quotas-0-badge_colour": "#123456", "quotas-1-badge_colour": "#123456"}
    with CaptureQueriesContext(connection) as queries:
        assert client.post(path, data).status_code == 302
    statements = [query["sql"] for query in queries.captured_queries]
    lock = next(place for place, sql in enumerate(statements) if "meetings_categoryquota" in sql and "FOR UPDATE" in sql)
    written = next(place for place, sql in enumerate(statements) if sql.startswith('UPDATE "meetings_'))
    assert lock < written
    assert f"IN ({academia.category_id}, {ngo.category_id})" in statements[lock]


def test_a_session_stays_in_its_meeting_with_its_room_and_documents(meeting: Meeting, cast: Cast, sign_in: Any) -> None:
    session = SessionFactory(meeting=meeting)
    elsewhere = RoomFactory(), DocumentFactory()
    client = sign_in(_staff(cast))
    path = f"/admin/meetings/session/{session.pk}/change/"
    page = client.get(path)
    fields = page.context["adminform"].form.fields
    assert "meeting" not in fields
    assert list(fields["room"].queryset) == [session.room]
    assert not fields["documents"].queryset.exists()
    unchanged = _filled(page) | {"interpretation": ""}
    response = client.post(path, unchanged | {"room": elsewhere[0].pk, "documents": [elsewhere[1].pk]})
    assert set(response.context["adminform"].form.errors) == {"room", "documents"}
    response = client.post(path, unchanged | {"meeting": elsewhere[0].meeting_id, "item": "C"})
    assert response.status_code == 302
    kept = Session.objects.get(pk=session.pk)
    assert (kept.meeting_id, kept.item) == (meeting.pk, "C")
    assert not {"room", "documents"} & set(client.get("/admin/meetings/session/add/").context["adminform"].form.fields)


def test_staff_choose_the_host_of_a_meeting(meeting: Meeting, cast: Cast, sign_in: Any) -> None:
    path = "/admin/autocomplete/?app_label=meetings&model_name=meeting&field_name=host&term=u"
    response = sign_in(_staff(cast)).get(path)
    assert response.status_code == 200
    assert str(meeting.host_id) in {row["id"] for row in response.json()["results"]}
