"""Tokens of a title or name, and stable 64-bit keys for phrases.

Keys let the datasets carry what titles say about occupations without carrying
any title: a key is the first eight bytes of BLAKE2b of the normalised phrase.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from functools import lru_cache
from hashlib import blake2b

_NOT_WORD = re.compile(r"[^a-z0-9&+#]+")
_INITIALS = re.compile(r"\b([a-z])[./]\s?(?=[a-z]\b)")
_CODE = re.compile(r"\d{3,}|[a-z]+\d{2,}|\d+[a-z]{2,}\d*")
_KEEP_S = ("ss", "us", "is", "ics")
STOP_WORDS = frozenset("of the and for in a an to at on with by or & or us usa".split())
NOISE_WORDS = frozenset("remote hybrid onsite full part time contract contractor temporary temp bilingual fulltime parttime summer gs".split())


@lru_cache(maxsize=65536)
def stem(word: str) -> str:
    """The word without a plural s: 'sales' and 'sale' give one word."""
    if len(word) > 4 and word.endswith("s") and not word.endswith(_KEEP_S):
        return word[:-3] + "y" if word.endswith("ies") else word[:-1]
    return word


def plain(text: str) -> str:
    """Lower case, unaccented, single spaces between runs of letters, digits, & + #."""
    if not text.isascii():
        text = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    text = _INITIALS.sub(r"\1", text.lower().replace("'", ""))
    return _NOT_WORD.sub(" ", text).strip()


def spelling(text: str, expansions: Mapping[str, tuple[str, ...]]) -> str:
    """A title with abbreviations written out and every word kept as it is spelled."""
    return " ".join(" ".join(expansions.get(word, (word,))) for word in plain(text).split())


def tokens(text: str, expansions: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    """Stemmed words of a title with abbreviations written out and code-like words dropped."""
    found: list[str] = []
    for word in plain(text).split():
        if word in expansions:
            found.extend(stem(part) for part in expansions[word])
        elif word not in STOP_WORDS and word not in NOISE_WORDS and not _CODE.fullmatch(word):
            found.append(stem(word))
    return tuple(found)


@lru_cache(maxsize=262144)
def _key(phrase: str) -> int:
    return int.from_bytes(blake2b(phrase.encode(), digest_size=8).digest(), "big")


def phrase_key(words: Iterable[str]) -> int:
    """64-bit key of a phrase, the same in every process and release."""
    return _key(" ".join(words))
