"""Who may come in, beyond the password: the second factor of those who can change much, and organizations' single sign-on."""

from collections.abc import Callable
from typing import Any

import requests
from allauth.account.models import EmailAddress
from allauth.account.signals import email_confirmed, user_signed_up
from allauth.account.stages import EmailVerificationStage, LoginStageController
from allauth.account.utils import user_email
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter, get_adapter
from allauth.socialaccount.helpers import render_authentication_error
from allauth.socialaccount.models import SocialLogin
from allauth.socialaccount.providers.base.constants import AuthProcess
from allauth.socialaccount.providers.openid_connect import views as openid_connect
from django.conf import settings
from django.contrib import messages
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django_htmx.http import HttpResponseClientRedirect

from directory.models import User
from directory.models.people import printable
from directory.rules import must_have_second_factor

# Pages that lead to a second factor, and out.
_OPEN_WITHOUT = ("account_", "mfa_", "usersessions_", "socialaccount_", "openid_connect_")
_ALWAYS = {"healthz", "readyz", "admin:logout"}


class SecondFactorMiddleware:
    """Send secretariat and administrators without a second factor to where they set one up, whatever they ask for."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, arguments: Any, keywords: Any) -> HttpResponse | None:
        """The way to the second factor, or nothing: then the page is shown."""
        # Public pages must not touch the session: a visitor without its cookie is nobody.
        if not settings.REQUIRE_SECOND_FACTOR or not request.session.session_key:
            return None
        name = request.resolver_match.view_name if request.resolver_match else ""
        if name.startswith(_OPEN_WITHOUT) or name in _ALWAYS or not must_have_second_factor(request.user):
            return None
        if is_mfa_enabled(request.user, [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]):
            return None
        messages.warning(request, _("Your role needs a second factor. Set one up here; then the portal opens for you."))
        if request.headers.get("HX-Request"):
            return HttpResponseClientRedirect(redirect("mfa_index").url)
        return redirect("mfa_index")


class SignOnAdapter(DefaultSocialAccountAdapter):
    """Accounts that come from an organization's single sign-on: only with an address that the organization has confirmed."""

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Refuse, with a page that says what to do, where an account would be made or taken over on the provider's word alone."""
        if sociallogin.is_existing or sociallogin.state.get("process") == AuthProcess.CONNECT:
            return
        address = user_email(sociallogin.user) or ""
        confirmed = any(one.verified and one.email == address for one in sociallogin.email_addresses)
        if not confirmed:
            self._refuse(request, sociallogin, "unconfirmed")
        if User.objects.known_by(address).exists():
            self._refuse(request, sociallogin, "known")

    def populate_user(self, request: HttpRequest, sociallogin: SocialLogin, data: dict[str, Any]) -> User:
        for one in sociallogin.email_addresses:
            # Some providers send the word; the word "false" is true to Python.
            one.verified = str(one.verified).lower() == "true"
        user = super().populate_user(request, sociallogin, data)
        first, _space, last = printable(str(data.get("name") or "")).partition(" ")
        user.given_name = printable(str(data.get("first_name") or first))[:120]
        user.family_name = printable(str(data.get("last_name") or last))[:120]
        user.language = get_language() or "en"
        return user

    @staticmethod
    def _refuse(request: HttpRequest, sociallogin: SocialLogin, why: str) -> None:
        context = {"provider": sociallogin.provider, "why": why, "email": user_email(sociallogin.user)}
        raise ImmediateHttpResponse(render(request, "socialaccount/refused.html", context, status=403))


def single_sign_on(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Send the person to their organization's sign-on.

    By a page of our own: the browser holds the answer to a form against our policy, which knows no other host. With
    the provider out of reach the page says so.
    """
    try:
        response = openid_connect.login(request, provider_id)
    except requests.RequestException as error:
        return render_authentication_error(request, get_adapter().get_provider(request, provider_id), exception=error)
    if isinstance(response, HttpResponseRedirect):
        provider = get_adapter().get_provider(request, provider_id)
        return render(request, "socialaccount/login_redirect.html", {"provider": provider.name, "redirect_to": response.url})
    return response


# Which account was made in this browser. A sign-up waits for its confirmation for days, allauth's own note a quarter of an hour.
_SIGNED_UP = "signed_up"


@receiver(user_signed_up)
def remember_sign_up(request: HttpRequest, user: User, **_rest: Any) -> None:
    """Note in the session who signed up in it."""
    request.session[_SIGNED_UP] = user.pk


def _knows_password_of(request: HttpRequest, user: User) -> bool:
    """Whether this browser made the account, or has just given its password and waits for the confirmation."""
    waiting = LoginStageController.enter(request, EmailVerificationStage.key)
    has_signed_in = waiting is not None and waiting.login.user is not None and waiting.login.user.pk == user.pk
    return request.session.pop(_SIGNED_UP, None) == user.pk or has_signed_in


@receiver(email_confirmed)
def forget_unproven_password(request: HttpRequest, email_address: EmailAddress, **_rest: Any) -> None:
    """Where an address is proven for the first time by somebody else than who signed up with it, void the password.

    By a code, or by the link in another browser: anybody can sign up with another's address, and whoever did would know
    the password of an account that is in use from now on.
    """
    view, user = request.resolver_match and request.resolver_match.view_name, email_address.user
    if view == "account_confirm_email":
        was_proven = EmailAddress.objects.filter(user=user, verified=True).exclude(pk=email_address.pk).exists()
        if was_proven or _knows_password_of(request, user):
            return
        messages.warning(
            request,
            _(
                "The account was made in another browser, so the password chosen there does not work any more. "
                "Sign in with a code that we send to you, or choose a new password."
            ),
        )
    elif view != "account_confirm_login_code":
        return
    user.set_unusable_password()
    user.save(update_fields=["password"])
