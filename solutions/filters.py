"""Reading what is asked of the catalogue from the parameters of an address. Never refuses: what is unknown is named."""

import unicodedata

from django.http import QueryDict

from solutions.enums import Dimension
from solutions.selectors.facets import Vocabulary
from solutions.selectors.query import LONGEST_QUERY, Query

MOST_VALUES = 20
_LONGEST_VALUE = 60


def plain_line(text: str) -> str:
    """`text` in one line without control and direction characters; PostgreSQL knows no NUL in text."""
    kept = (" " if unicodedata.category(sign) == "Cc" else sign for sign in text if unicodedata.category(sign) != "Cf")
    return " ".join("".join(kept).split())


def read_query(parameters: QueryDict, vocabulary: Vocabulary, language: str = "en") -> Query:
    """The query that `?q=&kind=&sdg=&country=&region=&modality=` asks. Two values of one parameter mean either.

    `language` is the reader's: in its grammar, and in that of English, words in Latin letters are looked for.
    """
    # Cut before looking at every character: somebody may send ten thousand.
    typed = parameters.get("q", "")
    words = plain_line(typed[: 2 * LONGEST_QUERY])
    chosen: dict[Dimension, tuple[tuple[str, int], ...]] = {}
    ignored: list[str] = []
    for dimension in Dimension:
        values: dict[str, int] = {}
        for raw in parameters.getlist(dimension.parameter)[:MOST_VALUES]:
            value = plain_line(raw[:_LONGEST_VALUE])
            if not value:
                continue
            known = vocabulary.read(dimension, value)
            if known:
                values[known[0]] = known[1]
            else:
                ignored.append(f"{dimension.label}: {value}")
        if values:
            chosen[dimension] = tuple(values.items())
    return Query(
        words=words[:LONGEST_QUERY].strip(),
        chosen=chosen,
        ignored=tuple(ignored),
        reader=language,
        is_cut=len(words) > LONGEST_QUERY or len(typed) > 2 * LONGEST_QUERY,
    )


def read_cursor(parameters: QueryDict) -> str:
    return parameters.get("after", "")[:40]
