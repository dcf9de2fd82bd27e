"""What the kernel holds about a person, for taking along."""

from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession

from directory.models import Invitation, Job, MembershipEvent, User


def data_of_person(user: User) -> dict[str, Any]:
    """The account, how it is signed in to, who the person serves and what they asked for. Nothing secret: no keys, no hashes."""
    memberships = user.memberships.select_related("organization").order_by("pk")
    return {
        "email": user.email,
        "addresses": [
            {"address": row.email, "verified": row.verified, "primary": row.primary}
            for row in EmailAddress.objects.filter(user=user).order_by("pk")
        ],
        "given_name": user.given_name,
        "family_name": user.family_name,
        "family_name_first": user.family_name_first,
        "language": user.language,
        "time_zone": user.time_zone,
        "joined": user.date_joined.isoformat(),
        "last_signed_in": user.last_login.isoformat() if user.last_login else None,
        "second_factors": [
            {
                "type": row.type,
                "since": row.created_at.isoformat(),
                "used": row.last_used_at.isoformat() if row.last_used_at else None,
            }
            for row in Authenticator.objects.filter(user=user).order_by("pk")
        ],
        "linked_accounts": [
            {"provider": row.provider, "since": row.date_joined.isoformat()}
            for row in SocialAccount.objects.filter(user=user).order_by("pk")
        ],
        "signed_in_at": [
            {"address": row.ip, "browser": row.user_agent, "since": row.created_at.isoformat()}
            for row in UserSession.objects.filter(user=user).order_by("pk")
        ],
        "memberships": [
            {
                "organization": row.organization.code,
                "role": row.role,
                "limited_to": row.scope,
                "from": row.starts_on.isoformat() if row.starts_on else None,
                "to": row.ends_on.isoformat() if row.ends_on else None,
                "history": [
                    {"act": event.act, "detail": event.detail, "at": event.at.isoformat()}
                    for event in MembershipEvent.objects.filter(membership=row)
                ],
            }
            for row in memberships
        ],
        "invitations_sent": [
            {"organization": row.organization.code, "to": row.email, "role": row.role, "at": row.created_at.isoformat()}
            for row in Invitation.objects.filter(invited_by=user).select_related("organization").order_by("pk")
        ],
        "jobs": [
            {"kind": row.kind, "state": row.state, "asked": row.created_at.isoformat()}
            for row in Job.objects.filter(asked_by=user).order_by("created_at")
        ],
    }
