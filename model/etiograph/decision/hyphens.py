"""Where a long English word may be broken: between syllables, by the letters alone.

A single consonant between two vowels begins the next syllable; of several, the longest ending that an
English syllable begins with does (the principle of maximal onset, Kahn 1976). A silent "e" at the end is
no syllable. No word list: a rare break is not where a dictionary has it, but none is in the midst of "th".
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import pairwise

SOFT = "\u00ad"
LEAST = 10
"""Letters of the shortest word that is broken."""
FIRST, LAST = 2, 3
"""Letters that stay together at the beginning and at the end of a word."""
ONSETS = frozenset({"bl", "br", "ch", "cl", "cr", "dr", "fl", "fr", "gl", "gr", "ph", "pl", "pr", "qu", "sc",
                    "sh", "sk", "sl", "sp", "st", "th", "tr", "tw", "str", "spr", "scr"})  # fmt: skip
"""Groups of consonants that a syllable begins with."""
PREFIXES = ("over", "under", "hyper", "inter", "super")
_SILENT = re.compile(r"(?<=[^aeiouy])e(?:$|(?<![td]e)d$)", re.IGNORECASE)
_VOWELS = re.compile(r"[aeiouyæœ]+", re.IGNORECASE)


def syllables(word: str) -> tuple[str, ...]:
    """The pieces a word may be broken into; the word alone if it is short or no plain word.

    Examples
    --------
    >>> syllables("hypothyroidism")
    ('hy', 'po', 'thy', 'roi', 'dism')
    >>> syllables("cramps")
    ('cramps',)
    """
    if len(word) < LEAST or not word.isalpha():
        return (word,)
    low = word.casefold()
    start = next((len(each) for each in PREFIXES if low.startswith(each)), 0)
    silent = _SILENT.search(low)
    end = silent.start() if silent else len(low)
    groups = [found.span() for found in _VOWELS.finditer(low, start, end)]
    heads = [_head(low[end:begin]) for (_, end), (begin, _) in pairwise(groups)]
    cuts = [start, *(begin - head for (begin, _), head in zip(groups[1:], heads, strict=True))]
    ends = [0, *(cut for cut in cuts if FIRST <= cut <= len(word) - LAST), len(word)]
    return tuple(word[a:b] for a, b in pairwise(ends))


def _head(between: str) -> int:
    """How many of the consonants between two vowels begin the next syllable."""
    if len(between) == 2 and between[0] == "s":
        return 2 if between[1] == "h" else 1
    return next((k for k in (3, 2) if between[-k:] in ONSETS and len(between) >= k), 1)


@lru_cache(maxsize=4096)
def soft(text: str) -> str:
    """A text with soft hyphens where its long words may be broken."""
    return re.sub(r"[^\W\d_]+", lambda found: SOFT.join(syllables(found[0])), text)


def broken(word: str, letters: int) -> tuple[str, ...]:
    """A word in pieces of at most so many letters, each but the last with its hyphen."""
    if len(word) <= letters:
        return (word,)
    pieces = [""]
    for syllable in syllables(word):
        if pieces[-1] and len(pieces[-1]) + len(syllable) >= letters:
            pieces.append("")
        pieces[-1] += syllable
    return (*(f"{piece}-" for piece in pieces[:-1]), pieces[-1])
