"""Accounts: who may sign in and how, how often one may try, and the single sign-on of organizations."""

import json
from typing import Any
from urllib.parse import urlsplit

import environ

env = environ.Env()

AUTH_USER_MODEL = "directory.User"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "desk"
LOGOUT_REDIRECT_URL = "home"

ACCOUNT_ADAPTER = "notifications.account_mail.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_SIGNUP_FORM_CLASS = "directory.forms.SignupForm"
ACCOUNT_FORMS = {
    "signup": "directory.forms.accounts.AccountSignupForm",
    "request_login_code": "directory.forms.accounts.SignInCodeForm",
    "reset_password": "directory.forms.accounts.NewPasswordForm",
}
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_CONFIRM_EMAIL_ON_GET = False
ACCOUNT_LOGIN_ON_EMAIL_CONFIRMATION = True
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_SESSION_REMEMBER = None
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
# A session left open must not be enough to change the address or to link another account.
ACCOUNT_REAUTHENTICATION_REQUIRED = True
# allauth's own limits hold beside these. Stricter where each try sends a message: nobody's mailbox is filled from here.
ACCOUNT_RATE_LIMITS = {
    "reset_password": "20/m/ip,5/h/key",
    "request_login_code": "20/m/ip,3/m/key,15/h/key",
    # The link to a registration without an account; the limit for an address is kept with the links themselves.
    "registration_link": "10/m/ip,60/h/ip",
    # Addresses that could not be named for a delegation: trying them out would tell who is registered.
    "delegate_address": "10/h/user",
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "SSC Portal"
USERSESSIONS_TRACK_ACTIVITY = False

# Whether secretariat and administrators get no further than their account pages without a second factor.
REQUIRE_SECOND_FACTOR = env.bool("REQUIRE_SECOND_FACTOR", default=False)

# --- Single sign-on of organizations ---------------------------------------------------------------------------------

_WHAT_A_PROVIDER_NEEDS = {"id", "name", "issuer", "client_id", "client_secret"}


def sign_on_providers(text: str) -> dict[str, Any]:
    """allauth's settings for the OpenID Connect providers listed, as JSON, in `OIDC_PROVIDERS`; refuses what is incomplete."""
    try:
        listed = json.loads(text or "[]")
    except ValueError as error:
        raise environ.ImproperlyConfigured(f"OIDC_PROVIDERS is not JSON: {error}") from error
    if not isinstance(listed, list) or not all(isinstance(one, dict) for one in listed):
        raise environ.ImproperlyConfigured('OIDC_PROVIDERS must be a list: [{"id": "unite", "name": "Unite ID", …}]')
    apps = []
    for one in listed:
        lacking, odd = _WHAT_A_PROVIDER_NEEDS - set(one), set(one) - _WHAT_A_PROVIDER_NEEDS - {"trust_email"}
        if lacking or odd:
            problem = f"lacks {', '.join(sorted(lacking))}" if lacking else f"has unknown {', '.join(sorted(odd))}"
            raise environ.ImproperlyConfigured(f"OIDC_PROVIDERS: {one.get('id') or 'an entry'} {problem}")
        address = urlsplit(one["issuer"])
        if address.scheme != "https" and address.hostname not in {"127.0.0.1", "localhost"}:
            raise environ.ImproperlyConfigured(f"OIDC_PROVIDERS: the issuer of {one['id']} must begin with https://")
        apps.append(
            {
                "provider_id": one["id"],
                "name": one["name"],
                "client_id": one["client_id"],
                "secret": one["client_secret"],
                "settings": {
                    "server_url": one["issuer"],
                    # What the provider says of itself must not change who it is: its tokens are held against this.
                    "openid_configuration_overrides": {"issuer": one["issuer"]},
                    "oauth_pkce_enabled": True,
                    "email_authentication": bool(one.get("trust_email", False)),
                },
            }
        )
    return {"openid_connect": {"APPS": apps}} if apps else {}


SOCIALACCOUNT_ADAPTER = "directory.sign_in.SignOnAdapter"
SOCIALACCOUNT_PROVIDERS = sign_on_providers(env.str("OIDC_PROVIDERS", default=""))
# Only for a provider whose addresses are trusted, see above.
SOCIALACCOUNT_EMAIL_AUTHENTICATION_AUTO_CONNECT = True
SOCIALACCOUNT_REQUESTS_TIMEOUT = 10
