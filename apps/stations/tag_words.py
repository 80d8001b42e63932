"""What a tag of a station may be. Pure: free words, compared without case."""

import unicodedata
from collections.abc import Iterable, Iterator

from apps.domain.texts import is_one_line

LONGEST = 40  # characters
MOST = 20  # of one station


def key_of(word: str) -> str:
    """What two spellings of one tag have in common."""
    return unicodedata.normalize("NFKC", " ".join(word.split())).casefold()


def cleaned(words: Iterable[str]) -> list[str]:
    """Each tag once, in the spelling that came first, without empty ones; sorted by their keys."""
    found: dict[str, str] = {}
    for word in words:
        if key := key_of(word):
            found.setdefault(key, " ".join(word.split()) if is_one_line(word) else word)
    return [found[key] for key in sorted(found)]


def problems_of(words: list[str]) -> Iterator[str]:
    """Why a station cannot have these tags, which are ``cleaned``."""
    if len(words) > MOST:
        yield f"A station has {MOST} tags at most."
    for word in words:
        if not is_one_line(word):
            yield "A tag is one line, without control characters."
        elif "," in word:
            yield "A tag has no comma: commas stand between tags."
        elif len(word) > LONGEST:
            yield f"A tag has {LONGEST} characters at most."
