"""Forms about people and agencies."""

from directory.forms.access import InternalAccessForm
from directory.forms.people import ProfileForm, SignupForm

__all__ = ["InternalAccessForm", "ProfileForm", "SignupForm"]
