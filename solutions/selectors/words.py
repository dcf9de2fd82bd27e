"""Words as the search sees them: without accents, case and signs, Chinese as pairs of characters.

The embedded PostgreSQL has no `unaccent`, so texts and queries are folded here, by the same function.
"""

import re
import unicodedata

AS_WRITTEN = "as_written"  # the words of all languages without any grammar
CHINESE = r"\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
chinese_run = re.compile(f"[{CHINESE}]+")

# Letters that Unicode does not take apart.
_LETTERS = str.maketrans(
    {
        "ø": "o",
        "ł": "l",
        "đ": "d",
        "ı": "i",
        "æ": "ae",
        "œ": "oe",
        "þ": "th",
        "ð": "d",
        "ё": "е",
        "ى": "ي",
        "ـ": "",
        "’": "'",
        "‘": "'",
    }
    | dict.fromkeys("“”„«»", '"')
)
_SIGNS = re.compile(r"[^\w\s\"'-]|_|(?<!\w)-|-(?!\w)")


def fold(text: str) -> str:
    """Return `text` in small letters without accents; signs become spaces, quotes, hyphens and apostrophes stay."""
    plain = text.casefold().translate(_LETTERS)
    letters = []
    for letter in unicodedata.normalize("NFC", plain):
        if letter == "й":  # a letter of its own, which NFKD would take for an accented и
            letters.append(letter)
            continue
        letters += (
            part
            for part in unicodedata.normalize("NFKD", letter)
            # Marks (accents, Arabic vowel signs) and format characters (writing direction, joiners) are no letters.
            if unicodedata.category(part) not in {"Mn", "Cf"}
        )
    return _SIGNS.sub(" ", "".join(letters)).replace("\x00", " ").strip()


def _pairs(run: str) -> list[str]:
    return [run[place : place + 2] for place in range(len(run) - 1)] or [run]


def folded_for_index(text: str, language: str) -> str:
    """What the search table keeps of `text`: every run of Chinese as its pairs, then its single characters."""
    folded = fold(text).replace('"', " ")
    if language != "zh_hans":
        return folded
    return chinese_run.sub(lambda found: f" {' '.join(_pairs(found[0]))} {' '.join(found[0])} ", folded)


def folded_for_query(words: str, language: str) -> str:
    """`words` for `websearch_to_tsquery`: every run of Chinese as the phrase of its pairs."""
    folded = fold(words)
    if language not in {"zh_hans", AS_WRITTEN} or not chinese_run.search(folded):
        return folded
    return chinese_run.sub(lambda found: f' "{" ".join(_pairs(found[0]))}" ', folded.replace('"', " "))


_EXCLUDED = re.compile(r'(?:^|(?<=\s))-("[^"]*"?|[^\s"]+)')


def split_exclusions(words: str) -> tuple[str, str]:
    """Take `-word` and `-"two words"` out: what is searched for, and what must not occur, as phrases joined by `or`."""
    straight = words.translate({ord(sign): '"' for sign in "“”„«»"})
    phrases = [found.strip('"') for found in _EXCLUDED.findall(straight)]
    excluded = " or ".join(f'"{phrase}"' for phrase in phrases if fold(phrase))
    return _EXCLUDED.sub(" ", straight).strip(), excluded


_LATIN = re.compile(r"[a-z0-9]")
_CYRILLIC = re.compile(r"[\u0400-\u04ff]")
_ARABIC = re.compile(r"[\u0600-\u06ff]")


def languages_of(words: str, reader: str) -> list[str]:
    """The languages in whose grammar to look for `words`, by their script and the reader's language.

    Words in Latin letters are taken for the reader's or English ones: by French grammar, "rice" would find Costa Rica.
    Words of other languages are found as they are written.
    """
    folded = fold(words)
    languages = []
    if _CYRILLIC.search(folded):
        languages.append("ru")
    if _ARABIC.search(folded):
        languages.append("ar")
    if chinese_run.search(folded):
        languages.append("zh_hans")
    if not languages or _LATIN.search(folded):
        languages = [*([reader] if reader in {"fr", "es"} else []), "en", *languages]
    return languages
