"""The account of a person."""

import unicodedata
import zoneinfo
from collections.abc import Iterable
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from common.addresses import address_key

if TYPE_CHECKING:
    from directory.models.organizations import Membership, Organization


def validate_time_zone(name: str) -> None:
    """Refuse a name that is not in the IANA time zone database."""
    if name not in zoneinfo.available_timezones():
        raise ValidationError(
            _("%(name)s is not a time zone. Choose one from the list, such as Pacific/Apia."), params={"name": name}
        )


# Joiners that Persian and Indic names are written with; everything else of their kind is invisible or turns the line round.
_JOINERS = "\u200c\u200d"
# Postgres' own words for what `unprintable` finds: controls, line and paragraph separators, marks that turn the line round.
_UNPRINTABLE = r"[\u0001-\u001F\u007F-\u009F\u200E\u200F\u2028-\u202E\u2066-\u2069]"


def unprintable(text: str) -> list[str]:
    """The characters of `text` that no name has: line breaks, controls, marks that hide letters or turn their order round."""
    return [one for one in text if unicodedata.category(one) in {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"} and one not in _JOINERS]


def printable(text: str) -> str:
    """`text` without the characters that no name has, in one line; for names that another system gives us."""
    return " ".join("".join(" " if one in unprintable(text) else one for one in text).split())


def validate_name(name: str) -> None:
    """Refuse a name with line breaks or invisible characters: it could write lines of its own into a mail."""
    if unprintable(name):
        raise ValidationError(
            _("A name cannot have line breaks or invisible characters. Type it again instead of pasting it."), code="unprintable"
        )


class UserQuerySet(models.QuerySet["User"]):
    """Keeps the key of an address beside it, however rows are written."""

    def bulk_create(self, objs: Iterable[Any], *args: Any, **kwargs: Any) -> list[Any]:  # type: ignore[override]
        people = list(objs)
        for person in people:
            person.email_key = address_key(person.email)
        return super().bulk_create(people, *args, **kwargs)

    def update(self, **fields: Any) -> int:
        if isinstance(fields.get("email"), str):
            fields["email_key"] = address_key(fields["email"])
        return super().update(**fields)

    def known_by(self, address: str) -> "UserQuerySet":
        """The account of `address`, or of one that a reader would take for it (see `common.addresses`); one at most."""
        return self.filter(email_key=address_key(address))


class UserManager(BaseUserManager["User"].from_queryset(UserQuerySet)):  # type: ignore[misc]
    """Makes accounts; an e-mail address names a person whatever its case."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        user = self.model(email=self.normalize_email(email).strip(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, email: str | None) -> "User":
        # As the constraint has it, whose index then finds the row: Django's own comparison writes UPPER().
        return self.alias(lower_email=Lower("email")).get(lower_email=Lower(models.Value(email)))


class User(AbstractBaseUser, PermissionsMixin):
    """A person with an account. Roles are memberships; `is_staff` only opens the admin."""

    email = models.EmailField(_("e-mail address"), max_length=254)
    email_key = models.CharField(
        _("what the address is known by"),
        max_length=1000,
        editable=False,
        help_text=_("Its case and look-alike letters evened out."),
    )
    given_name = models.CharField(_("given name"), max_length=120, blank=True, validators=[validate_name])
    family_name = models.CharField(_("family name"), max_length=120, blank=True, validators=[validate_name])
    family_name_first = models.BooleanField(_("family name comes first"), default=False)
    photo = models.ForeignKey(
        "directory.StoredFile", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("photo")
    )
    language = models.CharField(_("language of messages"), max_length=10, default="en")
    time_zone = models.CharField(_("time zone"), max_length=64, default="UTC", validators=[validate_time_zone])
    is_staff = models.BooleanField(_("may open the administration"), default=False)
    is_active = models.BooleanField(_("active"), default=True)
    date_joined = models.DateTimeField(_("joined"), default=timezone.now, editable=False)
    erased_at = models.DateTimeField(_("erased at"), null=True, blank=True, editable=False)

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = []

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        ordering = ["family_name", "given_name", "email"]
        constraints = [
            models.UniqueConstraint(Lower("email"), name="user_email_once_whatever_its_case"),
            models.UniqueConstraint(fields=["email_key"], name="user_email_once_whatever_its_letters"),
            models.CheckConstraint(condition=~Q(email_key=""), name="user_email_has_its_key"),
            models.CheckConstraint(
                condition=~Q(given_name__regex=_UNPRINTABLE) & ~Q(family_name__regex=_UNPRINTABLE),
                name="user_name_has_no_control_characters",
            ),
        ]

    def __str__(self) -> str:
        return self.full_name or self.email

    def clean(self) -> None:
        """Refuse an address that another account has, or one that a reader would take for it."""
        super().clean()
        key = address_key(self.email)
        if key != self.email_key and User.objects.filter(email_key=key).exclude(pk=self.pk).exists():
            message = _(
                "Another account has this address, or one that looks like it. Find that account, or give another address."
            )
            raise ValidationError({"email": ValidationError(message, code="look_alike")})

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.email_key = address_key(self.email)
        if kwargs.get("update_fields") and "email" in kwargs["update_fields"]:
            kwargs["update_fields"] = {*kwargs["update_fields"], "email_key"}
        super().save(*args, **kwargs)

    def get_full_name(self) -> str:
        return self.full_name

    @property
    def full_name(self) -> str:
        """Given and family name in the order the person's record has them; empty if neither is known.

        Whoever was erased has words instead, in the reader's language.
        """
        if self.erased_at:
            return gettext("A former member")
        parts = [self.family_name, self.given_name] if self.family_name_first else [self.given_name, self.family_name]
        return " ".join(parts).strip()

    @cached_property
    def current_memberships(self) -> "list[Membership]":
        """Memberships in force today, with their organizations; read once for the life of this object."""
        return list(self.memberships.in_force().select_related("organization"))

    @property
    def main_organization(self) -> "Organization | None":
        """The organization shown beside the person's name: that of the oldest membership in force."""
        return self.current_memberships[0].organization if self.current_memberships else None
