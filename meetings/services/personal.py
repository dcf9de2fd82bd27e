"""A person's part in meetings: for taking along, for erasure."""

from typing import Any

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from directory.models import User
from directory.page_versions import bump
from directory.services.erasure import erased_address, is_any_of
from directory.services.traces import Traces
from meetings.documents.calendar import registration_calendar
from meetings.enums import ENDED_REGISTRATIONS
from meetings.models import DelegationSubstitution, GroupMember, InvitationLetter, Registration, Speaker, VisaDetails
from meetings.services.registration import cancel_registration


def files_of_person(user: Any) -> dict[str, bytes]:
    """The calendar entries of the person's registrations, by file name."""
    rows = Registration.objects.filter(user=user).select_related("meeting__country")
    return {f"{row.meeting.slug}-{row.reference}.ics": registration_calendar(row) for row in rows}


def _registrations(user: User, traces: Traces) -> Any:
    return Registration.objects.filter(Q(user=user) | is_any_of("email", traces.addresses))


def traces_in_meetings(*, user: User, traces: Traces) -> Traces:
    """The traces with the names and addresses that the person registered under."""
    rows = list(_registrations(user, traces).values_list("given_name", "family_name", "email"))
    return traces.with_names([(given, family) for given, family, _email in rows], [email for *_names, email in rows])


def forget_attached(registrations: Any) -> None:
    """Empty what hangs on registrations and is about people: passports, initials of letters, names in substitutions."""
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
    organization and the part they had stay.
    """
    own = _registrations(user, traces)
    ahead = own.exclude(state__in=ENDED_REGISTRATIONS).filter(meeting__ends_at__gt=timezone.now())
    for registration in ahead.order_by("meeting", F("user").asc(nulls_last=True)):
        Registration.objects.filter(pk=registration.pk).update(user=user)  # also one made by address before the account
        cancel_registration(registration=registration, by=user)
    rows = list(own.values_list("pk", "reference"))
    for pk, reference in rows:
        Registration.objects.filter(pk=pk).update(
            email=erased_address(reference.lower()),
            given_name="",
            family_name="",
            affiliation="",
            function="",
            gender="",
            is_listed=False,
            access_needs="",
            answers={},
        )
    forget_attached(Registration.objects.filter(pk__in=[pk for pk, _reference in rows]))
    _forget_as_replaced(traces)
    if traces.names:
        _take_out_of_public_lists(user, traces)
    bump("meetings")


def _take_out_of_public_lists(user: User, traces: Traces) -> None:
    """Where organization or meeting show that it is the same person: others may have the same name."""
    named = Q(*(Q(name__icontains=name) for name in traces.names), _connector=Q.OR)
    served = user.memberships.values("organization")
    came = Registration.objects.filter(user=user)
    theirs = Q(organization__in=served) | Q(organization__in=came.values("organization"))
    Speaker.objects.filter(named).filter(theirs | Q(session__meeting__in=came.values("meeting"))).update(name="")
    for member in GroupMember.objects.filter(named).filter(theirs):
        nameless = GroupMember.objects.filter(group=member.group_id, organization=member.organization_id, name="")
        if nameless.exists():
            member.delete()  # the agency stays on the list by the other row
        else:
            GroupMember.objects.filter(pk=member.pk).update(name="")
