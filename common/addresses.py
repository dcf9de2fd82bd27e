"""When two e-mail addresses are one for a reader's eye: case, width, look-alike letters, the two spellings of a domain."""

import unicodedata
from functools import cache

import idna
from confusable_homoglyphs import confusables


@cache
def _plain(letter: str) -> str:
    """The ASCII letter or digit that `letter` looks like; itself if there is none."""
    if letter.isascii():
        return letter
    alike = {row["c"].lower() for row in confusables.confusables_data.get(letter, [])}
    candidates = sorted(
        (one for one in alike if len(one) == 1 and one.isascii() and one.isalnum()), key=lambda c: (c.isdigit(), c)
    )
    return candidates[0] if candidates else letter


def _folded(text: str) -> str:
    # Folding a letter may open a composed form and composing may close one: so both, twice.
    text = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    # The Turkish capital İ folds to an i with a dot above, which nobody sees.
    return "".join(map(_plain, text.replace("i\u0307", "i")))


def _label(label: str) -> str:
    try:
        return idna.decode(label) if label.lower().startswith("xn--") else label
    except idna.IDNAError:
        return label


def _ascii(label: str) -> str:
    try:
        return idna.encode(label, uts46=True).decode() if label else label
    except idna.IDNAError:
        return label


def address_key(address: str) -> str:
    """What an address is known by: equal for addresses that differ only in case or in letters that look alike.

    Different for ASCII addresses that differ in more than case: letters of ASCII are not taken for one another.
    """
    name, _at, domain = unicodedata.normalize("NFKC", address.strip()).rpartition("@")
    labels = [_ascii(_folded(_label(label))) for label in domain.split(".")]
    return f"{_folded(name)}@{'.'.join(labels)}"
