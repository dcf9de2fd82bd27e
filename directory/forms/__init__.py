"""Forms about people and agencies."""

from directory.forms.access import InternalAccessForm
from directory.forms.people import PhotoForm, ProfileForm, SignupForm

__all__ = ["InternalAccessForm", "PhotoForm", "ProfileForm", "SignupForm"]
