"""Changes of registrations: at once, or after the secretariat has agreed, with the seat kept meanwhile."""

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

from common.access import Refused
from meetings.enums import ChangeState
from meetings.enums import RegistrationState as S
from meetings.models import CategoryQuota, Question, Registration, RegistrationEdit
from meetings.services.edits import decide_change, edit_registration, move_registration, withdraw_change
from meetings.services.registration import cancel_registration, give_seat_beyond, reinstate_registration
from meetings.services.seats import seats_taken
from notifications.models import Notification
from tests.conftest import Cast
from tests.factories.meetings import RegistrationFactory, registrant


def fresh(row: Registration) -> Registration:
    return Registration.objects.get(pk=row.pk)


def fill(quota: CategoryQuota, state: str, count: int) -> list[Registration]:
    return [RegistrationFactory(meeting=quota.meeting, category=quota.category, state=state) for _ in range(count)]


def test_what_does_not_matter_is_saved_at_once_and_recorded(academia: CategoryQuota) -> None:
    row = registrant(academia.meeting, state=S.APPROVED)
    assert edit_registration(registration=row, by=row.user, access_needs="Captions", function="Dean") is None
    assert (fresh(row).access_needs, fresh(row).function) == ("Captions", "Dean")
    edit = RegistrationEdit.objects.get()
    assert (edit.state, edit.before, edit.after) == (
        ChangeState.MADE, {"access_needs": "", "function": ""}, {"access_needs": "Captions", "function": "Dean"},
    )  # fmt: skip


@pytest.mark.parametrize("state", [S.ENDORSED, S.WAITLISTED, S.OFFERED, S.APPROVED])
def test_what_matters_waits_while_the_seat_is_kept(academia: CategoryQuota, cast: Cast, state: str) -> None:
    row = registrant(academia.meeting, state=state)
    before = seats_taken(academia)
    edit = edit_registration(registration=row, by=row.user, given_name="Aminata", function="Dean")
    assert edit
    assert (fresh(row).given_name, fresh(row).function, fresh(row).state) == ("Amina", "Dean", state)
    assert seats_taken(academia) == before
    assert Notification.objects.filter(kind="meetings.change_to_review", recipient=cast.secretariat).count() == 1
    decide_change(edit=edit, by=cast.secretariat, accept=True)
    assert (fresh(row).given_name, fresh(row).state) == ("Aminata", state)
    assert Notification.objects.filter(kind="meetings.change_accepted").count() == 1


def test_before_a_decision_everything_is_saved_at_once(ngo: CategoryQuota) -> None:
    row = registrant(ngo.meeting, category=ngo.category)
    assert edit_registration(registration=row, by=row.user, given_name="Aminata") is None
    assert fresh(row).given_name == "Aminata"


def test_answers_marked_for_review_wait_and_others_do_not(academia: CategoryQuota) -> None:
    for number, reviewed in enumerate((True, False)):
        Question.objects.create(
            meeting=academia.meeting, code=f"q{number}", label_en="Q", kind="text", needs_review=reviewed, position=number
        )
    row = registrant(academia.meeting, state=S.APPROVED, answers={"q0": "a", "q1": "a"})
    edit = edit_registration(registration=row, by=row.user, answers={"q0": "b", "q1": "b"})
    assert edit
    assert edit.after == {"answer:q0": "b"}
    assert fresh(row).answers == {"q0": "a", "q1": "b"}


def test_declining_a_change_needs_a_reason_and_leaves_all_as_it_was(academia: CategoryQuota, cast: Cast) -> None:
    row = registrant(academia.meeting, state=S.APPROVED)
    edit = edit_registration(registration=row, by=row.user, given_name="Aminata")
    assert edit
    with pytest.raises(Refused, match="Say why"):
        decide_change(edit=edit, by=cast.secretariat, accept=False)
    decide_change(edit=edit, by=cast.secretariat, accept=False, reason="Your passport says otherwise.")
    assert (fresh(row).given_name, fresh(row).state) == ("Amina", S.APPROVED)
    with pytest.raises(Refused, match="No change waits"):
        decide_change(edit=edit, by=cast.secretariat, accept=True)


def test_a_newer_request_takes_the_place_of_the_earlier_one(academia: CategoryQuota, cast: Cast) -> None:
    row = registrant(academia.meeting, state=S.APPROVED)
    first = edit_registration(registration=row, by=row.user, given_name="Aminata")
    second = edit_registration(registration=row, by=row.user, given_name="Aminatou")
    assert first
    assert second
    with pytest.raises(Refused, match="has changed the request"):
        decide_change(edit=first, by=cast.secretariat, accept=True)
    withdraw_change(registration=row, by=row.user)
    assert list(RegistrationEdit.objects.order_by("pk").values_list("state", flat=True)) == ["withdrawn", "withdrawn"]


def test_only_the_registrant_and_staff_edit_and_only_staff_decide(academia: CategoryQuota, cast: Cast) -> None:
    row = registrant(academia.meeting, state=S.APPROVED)
    edit = edit_registration(registration=row, by=row.user, given_name="Aminata")
    assert edit
    for who in (cast.outsider, cast.focal_undp, cast.drafter, cast.administrator):
        with pytest.raises(PermissionDenied):
            edit_registration(registration=row, by=who, function="X")
    for who in (cast.outsider, row.user, cast.drafter):
        with pytest.raises(PermissionDenied):
            decide_change(edit=edit, by=who, accept=True)


def test_staff_change_everything_at_once_with_a_record(academia: CategoryQuota, cast: Cast) -> None:
    row = registrant(academia.meeting, state=S.APPROVED)
    assert edit_registration(registration=row, by=cast.secretariat, given_name="Aminata", reason="By telephone.") is None
    edit = RegistrationEdit.objects.get()
    assert (fresh(row).given_name, edit.by, edit.note) == ("Aminata", cast.secretariat, "By telephone.")


# --- Another category ------------------------------------------------------------------------------------------------


def test_an_approved_change_of_category_takes_a_seat_there_and_frees_one_here(
    academia: CategoryQuota, ngo: CategoryQuota, cast: Cast
) -> None:
    row = registrant(academia.meeting, state=S.APPROVED)
    fill(academia, S.APPROVED, 1)
    waiting = fill(academia, S.WAITLISTED, 1)[0]
    edit = edit_registration(registration=row, by=row.user, category=ngo.category)
    assert edit
    assert (fresh(row).category, seats_taken(academia), seats_taken(ngo)) == (academia.category, 2, 0)
    decide_change(edit=edit, by=cast.secretariat, accept=True)
    assert (fresh(row).category, fresh(row).state, fresh(waiting).state) == (ngo.category, S.APPROVED, S.APPROVED)
    assert (seats_taken(academia), seats_taken(ngo)) == (2, 1)


def test_no_seat_there_refuses_the_change_unless_an_override_says_why(
    academia: CategoryQuota, ngo: CategoryQuota, cast: Cast
) -> None:
    row = registrant(academia.meeting, state=S.APPROVED)
    fill(ngo, S.APPROVED, 2)
    with pytest.raises(Refused, match="No seat is free under"):
        move_registration(registration=row, category=ngo.category, by=cast.secretariat)
    assert (fresh(row).category, fresh(row).state) == (academia.category, S.APPROVED)
    with pytest.raises(Refused, match="Say why"):
        move_registration(registration=row, category=ngo.category, by=cast.secretariat, beyond=True)
    move_registration(registration=row, category=ngo.category, by=cast.secretariat, beyond=True, reason="The chair asked.")
    assert fresh(row).is_beyond_quota
    assert seats_taken(ngo) == 3


def test_who_waits_gets_a_free_seat_of_the_new_category_or_waits_at_its_end(
    academia: CategoryQuota, ngo: CategoryQuota, cast: Cast
) -> None:
    fill(academia, S.APPROVED, 2)
    first, second, third = fill(academia, S.WAITLISTED, 3)
    fill(ngo, S.APPROVED, 1)
    assert move_registration(registration=first, category=ngo.category, by=cast.secretariat).state == S.APPROVED
    assert move_registration(registration=second, category=ngo.category, by=cast.secretariat).state == S.WAITLISTED
    assert fresh(second).waitlisted_at > third.waitlisted_at


# --- Taken back, beyond the quota ------------------------------------------------------------------------------------


def test_a_reinstated_registration_gets_no_seat_that_is_not_there(academia: CategoryQuota, cast: Cast) -> None:
    row = registrant(academia.meeting, state=S.APPROVED)
    fill(academia, S.APPROVED, 1)
    cancel_registration(registration=row, by=row.user)
    fill(academia, S.APPROVED, 1)
    assert reinstate_registration(registration=row, by=cast.secretariat, reason="A mistake.").state == S.WAITLISTED
    assert seats_taken(academia) == 2
    with pytest.raises(Refused, match="has not ended"):
        reinstate_registration(registration=row, by=cast.secretariat, reason="A mistake.")


def test_reinstating_needs_a_reason_and_no_other_registration(academia: CategoryQuota, cast: Cast) -> None:
    row = registrant(academia.meeting, state=S.CANCELLED)
    with pytest.raises(Refused, match="Say why"):
        reinstate_registration(registration=row, by=cast.secretariat, reason="")
    RegistrationFactory(meeting=academia.meeting, user=row.user, email=row.email)
    with pytest.raises(Refused, match="another registration"):
        reinstate_registration(registration=row, by=cast.secretariat, reason="A mistake.")
    assert fresh(row).state == S.CANCELLED


def test_a_seat_beyond_the_quota_is_given_with_a_reason_and_marked(academia: CategoryQuota, cast: Cast) -> None:
    fill(academia, S.APPROVED, 2)
    row = registrant(academia.meeting, state=S.WAITLISTED)
    with pytest.raises(Refused, match="Say why"):
        give_seat_beyond(registration=row, by=cast.secretariat, reason="")
    with pytest.raises(PermissionDenied):
        give_seat_beyond(registration=row, by=row.user, reason="Me")
    give_seat_beyond(registration=row, by=cast.secretariat, reason="The minister comes herself.")
    assert (fresh(row).state, fresh(row).is_beyond_quota, seats_taken(academia)) == (S.APPROVED, True, 3)
    assert row.state_changes.get().reason == "The minister comes herself."
    with pytest.raises(Refused, match="waits for no seat"):
        give_seat_beyond(registration=row, by=cast.secretariat, reason="Again")


# --- Pages -----------------------------------------------------------------------------------------------------------


def test_pages_of_a_change(academia: CategoryQuota, cast: Cast, sign_in: Any) -> None:
    row = registrant(academia.meeting, state=S.APPROVED)
    data = {
        "category": academia.pk,
        "given_name": "Aminata",
        "family_name": row.family_name,
        "affiliation": row.affiliation,
        "language": "en",
    }
    own, staff = sign_in(row.user), sign_in(cast.secretariat)
    answer = own.post(f"/registrations/{row.reference}/edit/", data, follow=True)
    assert "waits for it" in answer.content.decode()
    assert "Aminata" in staff.get("/meetings/antalya/registration/changes/").content.decode()
    page = f"/registrations/{row.reference}/change/"
    assert own.get(page).status_code == 403
    assert staff.post(page, {"decision": "decline", "reason": ""}).status_code == 400
    assert staff.post(page, {"decision": "accept"}).status_code == 302
    assert fresh(row).given_name == "Aminata"
    assert staff.get(page).status_code == 302
    assert own.post(f"/registrations/{row.reference}/edit/", {**data, "given_name": ""}).status_code == 400
    own.post(f"/registrations/{row.reference}/edit/", {**data, "given_name": "Awa"})
    assert (
        "taken the change back"
        in own.post(f"/registrations/{row.reference}/edit/", {"act": "withdraw"}, follow=True).content.decode()
    )


def test_pages_that_ask_for_a_reason(academia: CategoryQuota, cast: Cast, sign_in: Any) -> None:
    staff = sign_in(cast.secretariat)
    row = registrant(academia.meeting, state=S.CANCELLED)
    assert staff.post(f"/registrations/{row.reference}/reinstate/", {"reason": ""}).status_code == 400
    assert staff.post(f"/registrations/{row.reference}/reinstate/", {"reason": "A mistake."}).status_code == 302
    assert fresh(row).state == S.APPROVED
    waiting = registrant(academia.meeting, state=S.WAITLISTED)
    assert staff.post(f"/registrations/{waiting.reference}/offer-a-seat/", {}).status_code == 302
    assert fresh(waiting).state == S.OFFERED
    last = registrant(academia.meeting, state=S.WAITLISTED)
    assert staff.post(f"/registrations/{last.reference}/offer-a-seat/", {}).status_code == 400
    assert staff.post(f"/registrations/{last.reference}/beyond/", {"reason": "The minister."}).status_code == 302
    assert fresh(last).is_beyond_quota
