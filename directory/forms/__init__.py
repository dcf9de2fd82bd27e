"""Forms about people and agencies."""

from directory.forms.access import InternalAccessForm
from directory.forms.agencies import (
    DelegationForm,
    EndForm,
    ImportForm,
    InvitationForm,
    MemberForm,
    MembershipForm,
    NewAccountForm,
    OrganizationFilter,
    OrganizationForm,
)
from directory.forms.people import PhotoForm, ProfileForm, SignupForm

__all__ = [
    "DelegationForm",
    "EndForm",
    "ImportForm",
    "InternalAccessForm",
    "InvitationForm",
    "MemberForm",
    "MembershipForm",
    "NewAccountForm",
    "OrganizationFilter",
    "OrganizationForm",
    "PhotoForm",
    "ProfileForm",
    "SignupForm",
]
