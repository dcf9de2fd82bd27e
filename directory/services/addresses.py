"""Which addresses are a person's own, and whether anybody has proven it."""

from typing import Any

from allauth.account.models import EmailAddress
from django.db.models import Q

from common.addresses import address_key
from directory.models import User


def owns_address(user: Any, address: str) -> bool:
    """Whether the person has proven that `address` is theirs."""
    return EmailAddress.objects.filter(user=user, email__iexact=address, verified=True).exists()


def has_proven_address(user: User) -> bool:
    """Whether somebody has shown that the mailbox the account is known by is theirs.

    Anybody can sign up with another's address: until it is proven, the account may be a stranger's.
    """
    proven = EmailAddress.objects.filter(user=user, verified=True).values_list("email", flat=True)
    return address_key(user.email) in {address_key(address) for address in proven}


def is_of(user: User, address: str) -> bool:
    """Whether `address`, in any spelling, is one that the person has or has asked for."""
    own = EmailAddress.objects.filter(user=user).values_list("email", flat=True)
    return address_key(address) in {address_key(one) for one in [user.email, *own]}


def account_with(address: str) -> User | None:
    """The account that is known by this address, or has proven it as a second one."""
    proven = EmailAddress.objects.filter(email__iexact=address, verified=True).values("user")
    return User.objects.filter(Q(email_key=address_key(address)) | Q(pk__in=proven)).order_by("pk").first()
