"""Run the provider: `python -m tests.directory.oidc_provider.serve PORT REDIRECT_URI`."""

import sys
from wsgiref.simple_server import make_server

import django
from django.core.management import call_command
from django.core.wsgi import get_wsgi_application

PASSWORD = "a-long-test-password"
# user name → address, whether the provider has confirmed it, given name, family name
PEOPLE = {
    "confirmed": ("amina@provider.example", True, "Amina", "Diallo"),
    "unconfirmed": ("fatou@provider.example", False, "Fatou", "Sow"),
    "twin": ("amına@test.example", True, "Amina", "Twin"),
    "broken": ("moussa@provider.example", True, "Moussa\r\nBcc: all@test.example", "Ba\u202e"),
    "nobody": ("", False, "", ""),
}
CLIENT_ID, CLIENT_SECRET = "portal", "secret-of-the-portal"


def make_rows(redirect_uri: str) -> None:
    """The people and the client; written once."""
    from allauth.account.models import EmailAddress
    from allauth.idp.oidc.models import Client
    from django.contrib.auth import get_user_model

    for name, (address, verified, given, family) in PEOPLE.items():
        user = get_user_model().objects.create_user(name, address, PASSWORD, first_name=given, last_name=family)
        if address:
            EmailAddress.objects.create(user=user, email=address, verified=verified, primary=True)
    client = Client(id=CLIENT_ID, name="Portal", scopes="openid\nprofile\nemail", redirect_uris=redirect_uri)
    client.set_secret(CLIENT_SECRET)
    client.save()


def main() -> None:
    django.setup()
    call_command("migrate", verbosity=0)
    make_rows(sys.argv[2])
    with make_server("127.0.0.1", int(sys.argv[1]), get_wsgi_application()) as server:
        server.serve_forever()


if __name__ == "__main__":
    main()
