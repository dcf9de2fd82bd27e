"""Which addresses are one for a reader's eye, and which are not."""

import pytest

from common.addresses import address_key


@pytest.mark.parametrize(
    "twin",
    [
        "Amina@UNDP.org",
        " amina@undp.org ",
        "amına@undp.org",  # Turkish i without a dot
        "AMİNA@undp.org",  # Turkish I with a dot
        "аmina@undp.org",  # Cyrillic a
        "amina@undр.org",  # Cyrillic r
        "amina@ｕｎｄｐ.org",  # full width
        "amina@" + "undр".encode("idna").decode() + ".org",  # the same look-alike, spelled for machines
    ],
)
def test_addresses_that_look_alike_have_one_key(twin: str) -> None:
    assert address_key(twin) == address_key("amina@undp.org") == "amina@undp.org"


def test_both_spellings_of_an_international_domain_are_one() -> None:
    assert address_key("amina@müller.example") == address_key("amina@xn--mller-kva.example")


@pytest.mark.parametrize(
    "other", ["amina@undp.com", "amina1@undp.org", "arnina@undp.org", "a.mina@undp.org", "amina@mail.undp.org"]
)
def test_addresses_that_differ_to_the_eye_have_different_keys(other: str) -> None:
    assert address_key(other) != address_key("amina@undp.org")


@pytest.mark.parametrize(
    "odd", ["", "@", "nobody", "a@b..c", "a@xn--zzzz!.org", f"a@{'x' * 80}.org", "a@" + "\u0301" * 3 + ".org"]
)
def test_what_is_no_address_gives_a_key_all_the_same(odd: str) -> None:
    assert isinstance(address_key(odd), str)
    assert address_key(odd)
