"""Erasing a person: what names them goes, what was done in an agency's name stays.

The roof (`ssc_portal.person`) calls the parts in order, in one transaction: `leave`, each app's own, `close_account`.
"""

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.db.models import F, Q, Value
from django.db.models.functions import Lower
from django.db.models.lookups import In
from django.utils import timezone
from django.utils.translation import gettext as _

from common.access import Refused, require
from directory.enums import InvitationState, Role
from directory.models import (
    Delegation,
    InternalAccessGrant,
    Invitation,
    Job,
    Membership,
    MembershipEvent,
    Organization,
    OrganizationImport,
    SingleUseLink,
    StateChange,
    StoredFile,
    User,
)
from directory.services.files import delete_file
from directory.services.memberships import write_end
from directory.services.state import change_state, locked
from directory.services.traces import Traces, take_out

ERASED_DOMAIN = "erased.invalid"


def erased_address(key: object) -> str:
    """An address that nobody has, different for every `key`."""
    return f"erased-{key}@{ERASED_DOMAIN}"


def is_any_of(field: str, addresses: frozenset[str]) -> Q:
    """Rows whose `field` is one of `addresses`, whatever their case; compared as indexes on addresses have it, in lower case."""
    return Q(In(Lower(F(field)), [Lower(Value(address)) for address in sorted(addresses)]))


def traces_of(user: User) -> Traces:
    """What the account itself says about the person."""
    addresses = {user.email, *EmailAddress.objects.filter(user=user).values_list("email", flat=True)}
    none = Traces(frozenset(), frozenset(), frozenset())
    return none.with_names([(user.given_name, user.family_name)], addresses)


def check_erasable(*, user: User, by: User, reason: str) -> None:
    """Refuse the last administrator, an account erased already, and another's account without a reason."""
    require(by, "directory.erase_person", user)
    if user.erased_at:
        raise Refused(_("This account is erased already."))
    if by.pk != user.pk and not reason.strip():
        raise Refused(_("Say who asked for the erasure and when: the reason is kept in the log."))
    administrators = User.objects.filter(is_superuser=True, is_active=True).select_for_update(of=("self",))
    if user.is_superuser and not any(other.pk != user.pk for other in administrators):
        raise Refused(_("This is the last administrator. Make somebody else an administrator first, then erase this account."))


def leave(*, user: User, traces: Traces) -> list[Organization]:
    """End the person's memberships, what was delegated with them and invitations to them.

    Returns:
        The organizations that have no focal point any more.
    """
    orphaned = []
    for membership in Membership.objects.ahead().filter(user=user).select_related("organization").order_by("organization", "pk"):
        organization = locked(membership.organization)
        membership = locked(membership)
        if membership.ended_at is None:  # a delegation that brought it may have ended it meanwhile
            write_end(membership=membership, by=None)
        serving = Membership.objects.in_force().filter(organization=organization, role=Role.FOCAL_POINT, user__is_active=True)
        if membership.role == Role.FOCAL_POINT and not serving.exclude(user=user).exists():
            orphaned.append(organization)
    for invitation in Invitation.objects.filter(is_any_of("email", traces.addresses)):
        invitation = locked(invitation)
        if invitation.state == InvitationState.SENT:
            change_state(invitation, to=InvitationState.WITHDRAWN, by=None)
        Invitation.objects.filter(pk=invitation.pk).update(email=erased_address(f"invitation-{invitation.pk}"))
    SingleUseLink.objects.filter(is_any_of("address", traces.addresses)).delete()
    return orphaned


def close_account(*, user: User, by: User, reason: str, traces: Traces) -> None:
    """Take the person out of the kernel's tables and make the account a number that nobody can sign in with."""
    _clean_jobs(user)
    _clean_sessions(user)
    EmailAddress.objects.filter(user=user).delete()
    Authenticator.objects.filter(user=user).delete()
    SocialAccount.objects.filter(user=user).delete()
    photo = user.photo
    user.email, user.given_name, user.family_name, user.family_name_first = erased_address(user.pk), "", "", False
    user.photo, user.language, user.time_zone = None, "en", "UTC"
    user.is_active = user.is_staff = user.is_superuser = False
    user.last_login, user.erased_at = None, timezone.now()
    user.set_unusable_password()
    user.save()
    user.groups.clear()
    user.user_permissions.clear()
    if photo:
        delete_file(photo)
    actor = by if by.pk != user.pk else user
    LogEntry.objects.create(
        user=actor,
        content_type=ContentType.objects.get_for_model(User),
        object_id=str(user.pk),
        object_repr=user.email,
        action_flag=CHANGE,
        change_message=f"Erased. {reason.strip()}".strip(),
    )
    LogEntry.objects.filter(content_type__model="user", object_id=str(user.pk)).update(object_repr=user.email)
    take_out_of_the_kernel(traces)


def _clean_jobs(user: User) -> None:
    for job in Job.objects.filter(asked_by=user):
        delete_archive(job)
    Job.objects.filter(asked_by=user).update(arguments={}, result={}, error="")


def _clean_sessions(user: User) -> None:
    keys = UserSession.objects.filter(user=user).values_list("session_key", flat=True)
    Session.objects.filter(session_key__in=list(keys)).delete()
    UserSession.objects.filter(user=user).delete()


def take_out_of_the_kernel(traces: Traces) -> None:
    """History, logs and frozen rows of the kernel, and the reasons of every state's history in every app."""
    for history in StateChange.__subclasses__():
        take_out(history._default_manager.all(), traces, "reason")
    take_out(MembershipEvent.objects.all(), traces, "detail", "reason")
    take_out(Delegation.objects.all(), traces, "reason")
    take_out(Invitation.objects.all(), traces, "note")
    take_out(InternalAccessGrant.objects.all(), traces, "reason")
    take_out(Job.objects.all(), traces, "arguments", "result", "error")
    take_out(OrganizationImport.objects.all(), traces, "file_name", "rows")
    take_out(LogEntry.objects.all(), traces, "object_repr", "change_message")


# --- Files of a person -----------------------------------------------------------------------------------------------


def delete_archive(job: Job) -> None:
    """Delete the archive that a job made of a person's data."""
    for row in StoredFile.objects.filter(pk=job.result.get("archive") or 0):
        delete_file(row)
