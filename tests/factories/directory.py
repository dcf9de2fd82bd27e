"""People and organizations for tests."""

import factory
from allauth.account.models import EmailAddress
from factory.django import DjangoModelFactory

from directory.enums import Role
from directory.models import Country, Membership, Organization, Region, SDGGoal, StakeholderCategory, Theme, User


class CategoryFactory(DjangoModelFactory):
    class Meta:
        model = StakeholderCategory
        django_get_or_create = ["code"]

    code = "un-entity"
    name = factory.LazyAttribute(lambda row: row.code.replace("-", " ").title())


class RegionFactory(DjangoModelFactory):
    class Meta:
        model = Region
        django_get_or_create = ["code"]

    code = "061"
    name = "Polynesia"


class CountryFactory(DjangoModelFactory):
    class Meta:
        model = Country
        django_get_or_create = ["iso2"]

    iso2 = "WS"
    iso3 = factory.LazyAttribute(lambda row: f"{row.iso2}X")
    m49 = factory.Sequence(lambda number: f"{number % 1000:03d}")
    name = factory.LazyAttribute(lambda row: {"WS": "Samoa", "BR": "Brazil", "KE": "Kenya"}.get(row.iso2, row.iso2))
    region = factory.SubFactory(RegionFactory)
    latitude = -13.8
    longitude = -171.8


class GoalFactory(DjangoModelFactory):
    class Meta:
        model = SDGGoal
        django_get_or_create = ["number"]

    number = 2
    title = factory.LazyAttribute(lambda row: f"Goal {row.number}")
    colour = "#dda63a"


class ThemeFactory(DjangoModelFactory):
    class Meta:
        model = Theme
        django_get_or_create = ["code"]

    code = "overarching"
    name = "Role of South-South cooperation"


class OrganizationFactory(DjangoModelFactory):
    class Meta:
        model = Organization
        django_get_or_create = ["code"]

    code = factory.Sequence(lambda number: f"agency-{number}")
    acronym = factory.LazyAttribute(lambda row: row.code.upper())
    name = factory.LazyAttribute(lambda row: f"Organization {row.code}")
    category = factory.SubFactory(CategoryFactory)
    is_agency = True


class UserFactory(DjangoModelFactory):
    class Meta:
        model = User
        skip_postgeneration_save = True

    email = factory.Sequence(lambda number: f"person{number}@test.example")
    given_name = "Amina"
    family_name = factory.Sequence(lambda number: f"Person {number}")
    password = factory.django.Password("a-long-test-password")


class MembershipFactory(DjangoModelFactory):
    class Meta:
        model = Membership

    user = factory.SubFactory(UserFactory)
    organization = factory.SubFactory(OrganizationFactory)
    role = Role.FOCAL_POINT


def person(role: str | None = None, organization: str = "undp", **fields: object) -> User:
    """A person; with a role, a member of the organization of that code (unossc is the secretariat)."""
    user = UserFactory(**fields)
    if role:
        body = OrganizationFactory(code=organization, is_secretariat=organization == "unossc")
        MembershipFactory(user=user, organization=body, role=role)
    return user


def proven(user: User) -> User:
    """The same person, their address proven as by the link in a message."""
    EmailAddress.objects.update_or_create(user=user, email=user.email, defaults={"verified": True, "primary": True})
    return user
