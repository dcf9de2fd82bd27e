"""allauth's forms where the portal asks more of them."""

from typing import Any

from allauth.account.forms import SignupForm
from django.db import IntegrityError, transaction
from django.http import HttpRequest

from directory.models import User


class AccountSignupForm(SignupForm):
    """Takes an address that looks like a known one for that one: same answer, and a message to whom it belongs."""

    def validate_unique_email(self, value: str) -> str:
        value = super().validate_unique_email(value)
        if User.objects.known_by(value).exists():
            self.account_already_exists = True
        return value

    def try_save(self, request: HttpRequest) -> Any:
        try:
            with transaction.atomic():
                return super().try_save(request)
        except IntegrityError:
            # Somebody signed up with this address between our look and our insert.
            self.account_already_exists = True
            return super().try_save(request)
