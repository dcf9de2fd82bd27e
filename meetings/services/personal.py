"""A person's part in meetings: for taking along, for erasure."""

from typing import Any

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from directory.models import User
from directory.page_versions import bump
from directory.services.erasure import erased_address, is_any_of
from directory.services.traces import Traces, take_out
from meetings.documents.calendar import registration_calendar
from meetings.enums import ENDED_REGISTRATIONS
from meetings.models import (
    ActionItem,
    AgendaItem,
    Attendance,
    BulkAct,
    Confirmation,
    Decision,
    DelegationSubstitution,
    GroupMember,
    InvitationLetter,
    MinutesVersion,
    Registration,
    RegistrationEdit,
    RegistrationFile,
    RegistrationImport,
    SeatMove,
    Speaker,
    TermsVersion,
    VisaDetails,
)
from meetings.services.files import delete_files_of
from meetings.services.programme_personal import erase_from_programmes
from meetings.services.registration import cancel_registration

# What a registration loses with its person; what statistics need stays.
EMPTIED: dict[str, Any] = {
    "given_name": "",
    "family_name": "",
    "affiliation": "",
    "function": "",
    "gender": "",
    "is_listed": False,
    "access_needs": "",
    "answers": {},
}


def files_of_person(user: Any) -> dict[str, bytes]:
    """The calendar entries of the person's registrations and the files that were handed in, by file name."""
    rows = Registration.objects.filter(user=user).select_related("meeting__country")
    files = {f"{row.meeting.slug}-{row.reference}.ics": registration_calendar(row) for row in rows}
    for row in RegistrationFile.objects.filter(registration__in=rows).select_related("file", "registration__meeting"):
        assert row.registration
        with row.file.file.open("rb") as content:
            files[f"{row.registration.meeting.slug}-{row.registration.reference}-{row.pk}-{row.name}"] = content.read()
    return files


def _registrations(user: User, traces: Traces) -> Any:
    return Registration.objects.filter(Q(user=user) | is_any_of("email", traces.addresses))


def traces_in_meetings(*, user: User, traces: Traces) -> Traces:
    """The traces with the names and addresses that the person registered under."""
    rows = list(_registrations(user, traces).values_list("given_name", "family_name", "email"))
    return traces.with_names([(given, family) for given, family, _email in rows], [email for *_names, email in rows])


def forget_attached(registrations: Any) -> None:
    """Empty what hangs on registrations and is about people: files, changes, passports, initials of letters, substitutions."""
    delete_files_of(registrations)
    RegistrationEdit.objects.filter(registration__in=registrations).update(before={}, after={}, note="")
    VisaDetails.objects.filter(registration__in=registrations).delete()
    InvitationLetter.objects.filter(registration__in=registrations).update(initials="")
    nameless = {"old_name": "", "old_email": "", "new_name": "", "reason": ""}
    DelegationSubstitution.objects.filter(registration__in=registrations).update(**nameless)


def _forget_as_replaced(traces: Traces) -> None:
    """Where somebody else came in the person's place, and where the person had come in another's before."""
    left = DelegationSubstitution.objects.filter(is_any_of("old_email", traces.addresses))
    came = DelegationSubstitution.objects.filter(new_reference__in=list(left.values_list("old_reference", flat=True)))
    came.update(new_name="", reason="")
    left.update(old_name="", old_email="", reason="")


@transaction.atomic
def erase_person(*, user: User, traces: Traces) -> None:
    """Cancel what lies ahead (the seat goes to who waits) and empty every registration but for what statistics need.

    Speakers and members of groups that carry the very name, for an organization of the person's, lose the name; the
    organization and the part they had stay. Minutes and the other texts of groups keep their words around the omission.
    """
    own = _registrations(user, traces)
    ahead = own.exclude(state__in=ENDED_REGISTRATIONS).filter(meeting__ends_at__gt=timezone.now())
    for registration in ahead.order_by("meeting", F("user").asc(nulls_last=True)):
        Registration.objects.filter(pk=registration.pk).update(user=user)  # also one made by address before the account
        cancel_registration(registration=registration, by=user)
    erase_from_programmes(user=user, traces=traces, registrations=own)
    forget_attached(Registration.objects.filter(pk__in=list(own.values_list("pk", flat=True))))
    for pk, reference in own.values_list("pk", "reference"):
        Registration.objects.filter(pk=pk).update(email=erased_address(reference.lower()), **EMPTIED)
    Speaker.objects.filter(user=user).update(name="", user=None)
    take_out(RegistrationEdit.objects.all(), traces, "before", "after", "note")
    take_out(RegistrationImport.objects.all(), traces, "file_name", "rows")
    take_out(BulkAct.objects.all(), traces, "reason", "results")
    take_out(SeatMove.objects.all(), traces, "reason")
    RegistrationFile.objects.filter(by=user).update(by=None)
    _forget_as_replaced(traces)
    if traces.names:
        _take_out_of_public_lists(user, traces)
    _take_out_of_groups(user, traces)
    bump("meetings")


def _take_out_of_public_lists(user: User, traces: Traces) -> None:
    """Where organization or meeting show that it is the same person: others may have the same name."""
    named = Q(*(Q(name__icontains=name) for name in traces.names), _connector=Q.OR)
    served = user.memberships.values("organization")
    came = Registration.objects.filter(user=user)
    theirs = Q(organization__in=served) | Q(organization__in=came.values("organization"))
    Speaker.objects.filter(named).filter(theirs | Q(session__meeting__in=came.values("meeting"))).update(name="")


def _take_out_of_groups(user: User, traces: Traces) -> None:
    """Terms stay with their agency and dates, without name and address; so do agendas, lists of who came and minutes."""
    theirs = Q(user=user) | is_any_of("email", traces.addresses)
    if traces.names:
        named = Q(*(Q(name__icontains=name) for name in traces.names), _connector=Q.OR)
        theirs |= named & Q(organization__in=user.memberships.values("organization"))
    GroupMember.objects.filter(theirs).update(name="", email="")
    if not traces.needles:
        return
    take_out(TermsVersion.objects.all(), traces, "text", "note")
    take_out(Decision.objects.all(), traces, "title", "text")
    take_out(ActionItem.objects.all(), traces, "text")
    take_out(AgendaItem.objects.all(), traces, "title", "text", "introducer")
    take_out(Attendance.objects.all(), traces, "people")
    take_out(MinutesVersion.objects.all(), traces, "text", "note")
    take_out(Confirmation.objects.all(), traces, "text")
