"""allauth's forms where the portal asks more of them."""

from typing import Any

from allauth.account.forms import RequestLoginCodeForm, ResetPasswordForm, SignupForm
from django.contrib.auth.hashers import make_password
from django.db import IntegrityError, transaction
from django.http import HttpRequest

from directory.models import User
from directory.services.addresses import owns_address


class AccountSignupForm(SignupForm):
    """Takes an address that looks like a known one for that one: same answer in the same time, and a message to its owner."""

    def validate_unique_email(self, value: str) -> str:
        value = super().validate_unique_email(value)
        if User.objects.known_by(value).exists():
            self.account_already_exists = True
        return value

    def try_save(self, request: HttpRequest) -> Any:
        if self.account_already_exists:
            # Most of the time of a sign-up goes into this: without it the clock would tell which addresses are known.
            make_password(self.cleaned_data["password1"])
        try:
            with transaction.atomic():
                return super().try_save(request)
        except IntegrityError:
            # Somebody signed up with this address between our look and our insert.
            self.account_already_exists = True
            return super().try_save(request)


def _is_of(user: Any, address: str) -> bool:
    """Whether `address` is that of the account, or one that its owner has confirmed; not one only asked for.

    Otherwise somebody could give a stranger's address as their new one, and the stranger would sign in to their account.
    """
    return user.email.lower() == address.lower() or owns_address(user, address)


class SignInCodeForm(RequestLoginCodeForm):
    """Sends a code for an account to its own addresses only."""

    _user: User | None

    def clean_email(self) -> str:
        email = super().clean_email()
        if self._user and not _is_of(self._user, email):
            self._user = None
        return email


class NewPasswordForm(ResetPasswordForm):
    """Sends the link for a new password to an account's own addresses only."""

    users: list[User]

    def clean_email(self) -> str:
        email = super().clean_email()
        self.users = [user for user in self.users if _is_of(user, email)]
        return email
