"""Forms about people and agencies."""

from directory.forms.people import ProfileForm, SignupForm

__all__ = ["ProfileForm", "SignupForm"]
