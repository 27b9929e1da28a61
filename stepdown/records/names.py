"""Names as people type them: folded, sounded, and held against each other letter by letter.

Pure: no database, no clock. What is kept of a name to find it again (:func:`keys`) is
worked out here and nowhere else, and the same for what somebody types.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum

SHORTEST = 2
"""Letters a word has at least, to be looked for."""

BEGINNING = 3
"""Letters of the beginning of a name that find it; fewer find only a name that is that short."""

SHORT = 3
"""Letters of a word so short that a slip may leave neither its beginning nor its end."""

LONG = 8
"""From so many letters on, two slips are forgiven; before, one."""

EDGE = 2
"""Letters at either end of a word, one end of which a single slip leaves as it was."""

MOST_WORDS = 6
"""Words of what was typed that are read; nobody's name is told apart by a seventh."""

LONGEST = 40
"""Letters of a word that are kept and compared."""

# Letters that are one of their own and not an accent on another.
_SPELLED = str.maketrans(
    {"ł": "l", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ħ": "h"}
)
_INSIDE = re.compile(r"['`\u2018\u2019\u02bc]")
_BOUND = re.compile(r"[-\u2010-\u2015]")


def folded(name: str) -> str:
    """A name without accents and capitals: people spell theirs, others type it.

    >>> folded("Łukasz Muñoz-Peña")
    'lukasz munoz-pena'
    """
    plain = unicodedata.normalize("NFKD", name.casefold().translate(_SPELLED))
    return "".join(each for each in plain if not unicodedata.combining(each))


def words(name: str) -> tuple[str, ...]:
    """The words of a name, folded, of at least two letters, each once, in their order.

    >>> words("O\u2019Neill, Anne-Marie")
    ('oneill', 'anne', 'marie')
    """
    plain = _INSIDE.sub("", folded(name))
    split = "".join(each if each.isalnum() else " " for each in plain).split()
    return tuple(dict.fromkeys(part[:LONGEST] for part in split if len(part) >= SHORTEST))


def kept_words(*names: str) -> tuple[str, ...]:
    """Every word a person may be found by: those of their names, and what is written as one too.

    >>> kept_words("Maria de la Cruz-Gil")
    ('maria', 'de', 'la', 'cruz', 'gil', 'cruzgil', 'delacruz', 'lacruz')
    >>> kept_words("O'Neill")
    ('oneill', 'neill')
    """
    found: dict[str, None] = {}
    for name in names:
        plain = folded(name)
        joined = [*words(name)]
        for compound in plain.split():
            joined += words(_BOUND.sub("", compound))
            joined += words(_INSIDE.sub(" ", compound))
        parts = [*words(plain)]
        for place, part in enumerate(parts[:-1]):
            if len(part) > SHORT:
                continue
            run = part
            for following in parts[place + 1 :]:
                run += following
                if len(following) > SHORT:
                    joined.append(run[:LONGEST])
                    break
        found |= dict.fromkeys(joined)
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Key:
    """A word of a name and what finds it again when it is typed with a slip.

    Of one slip (a letter more, less, other, or two swapped) at least one is left of:
    the first two letters, the last two, the letters in their alphabet's order.
    """

    word: str
    head: str
    tail: str
    letters: str
    sound: str

    @classmethod
    def of(cls, word: str) -> Key:
        """The key of one folded word."""
        return cls(word, word[:EDGE], word[-EDGE:], "".join(sorted(word)), sound(word))


def keys(*names: str) -> tuple[Key, ...]:
    """The keys of everything a person may be found by."""
    return tuple(Key.of(word) for word in kept_words(*names))


# Spellings of one sound, longest first; then letters of one class. Rough on purpose: English and
# Spanish names as they are heard on a telephone, not the phonetics of either.
_SPELLINGS = (
    ("sch", "s"), ("tch", "s"), ("ght", "t"), ("ph", "f"), ("gh", "g"), ("ck", "k"), ("sh", "s"),
    ("ch", "s"), ("th", "t"), ("dg", "j"), ("dt", "t"), ("kn", "n"), ("wr", "r"), ("qu", "k"),
    ("ll", "l"), ("x", "ks"),
)  # fmt: skip
_CLASSES = str.maketrans("bcdgqvz", "pktkkfs")
_SOFT = re.compile(r"c(?=[eiy])")
_GENTLE = re.compile(r"g(?=[eiy])")
_VOWELS = re.compile(r"[aeiouyhw]")
_TWICE = re.compile(r"(.)\1+")
_AT_FIRST = (("x", "s"), ("ps", "s"), ("pf", "f"))


def sound(word: str) -> str:
    """Roughly what a word sounds like: its consonants by class, and a vowel it begins with.

    >>> sound("catherine") == sound("kathryn")
    True
    >>> sound("stephen") == sound("steven"), sound("gonzales") == sound("gonzalez")
    (True, True)
    >>> sound("smith") == sound("smart")
    False
    """
    heard = word
    for begins, becomes in _AT_FIRST:
        if heard.startswith(begins):
            heard = becomes + heard[len(begins) :]
    heard = _GENTLE.sub("j", _SOFT.sub("s", heard))
    for spelled, becomes in _SPELLINGS:
        heard = heard.replace(spelled, becomes)
    begins = heard[:1]
    first = "w" if begins == "w" else "a" if begins in tuple("aeiouy") else ""
    return first + _TWICE.sub(r"\1", _VOWELS.sub("", heard.translate(_CLASSES)))


def slips(typed: str, word: str, most: int) -> int:
    """Slips between two words: a letter more, less, other, or two neighbours swapped.

    Returns at most ``most`` + 1: beyond that nobody asks how many there are.

    >>> slips("gonzalez", "gonzales", 2), slips("maria", "maira", 2), slips("ann", "bob", 1)
    (1, 1, 2)

    Source: optimal string alignment distance (Damerau 1964, restricted).
    """
    if typed == word:
        return 0
    if abs(len(typed) - len(word)) > most:
        return most + 1
    before: list[int] = []
    above = list(range(len(word) + 1))
    for i, one in enumerate(typed, start=1):
        row = [i]
        for j, other in enumerate(word, start=1):
            cost = min(above[j] + 1, row[j - 1] + 1, above[j - 1] + (one != other))
            if i > 1 and j > 1 and one == word[j - 2] and typed[i - 2] == other:
                cost = min(cost, before[j - 2] + 1)
            row.append(cost)
        if min(row) > most:
            return most + 1
        before, above = above, row
    return min(above[-1], most + 1)


class Likeness(IntEnum):
    """How a typed word fits a word of a name, the best first."""

    SAME = 0
    BEGINS = 1
    ONE_SLIP = 2
    SOUNDS = 3
    TWO_SLIPS = 4


def forgiven(typed: str) -> int:
    """How many slips are forgiven in a typed word.

    >>> forgiven("anna"), forgiven("gonzalez")
    (1, 2)
    """
    return 2 if len(typed) >= LONG else 1


def likeness(typed: str, word: str, *, alone: bool = False) -> Likeness | None:
    """How a typed word fits one word of a name; None where it does not.

    Args:
        alone: it is all that was typed; then a short word is not forgiven a slip. Nor is one
            of two letters beside others, but by a name that is short itself.

    >>> likeness("cath", "catherine"), likeness("katherine", "catherine")
    (<Likeness.BEGINS: 1>, <Likeness.ONE_SLIP: 2>)
    >>> likeness("jon", "joe", alone=True) is None
    True
    """
    if typed == word:
        return Likeness.SAME
    if len(typed) >= BEGINNING and word.startswith(typed):
        return Likeness.BEGINS
    most = forgiven(typed)
    if len(typed) <= SHORT and (alone or len(typed) < SHORT < len(word)):
        most = 0
    made = slips(typed, word, most) if _could_be(typed, word, most) else most + 1
    if made == 1 and made <= most:
        return Likeness.ONE_SLIP
    if len(typed) >= BEGINNING and len(word) >= BEGINNING and _same_sound(typed, word):
        return Likeness.SOUNDS
    return Likeness.TWO_SLIPS if made <= most else None


def _could_be(typed: str, word: str, most: int) -> bool:
    """Quickly no, where too many letters differ; each slip changes two at most."""
    return most > 0 and len(set(typed) ^ set(word)) <= 2 * most


def _same_sound(typed: str, word: str) -> bool:
    heard = sound(typed)
    return len(heard) > 1 and heard == sound(word)


def best(typed: str, theirs: Iterable[str], *, alone: bool = False) -> tuple[Likeness, str] | None:
    """The best fit of a typed word among somebody's, and which word that is."""
    fits = [
        (fit, word) for word in theirs if (fit := likeness(typed, word, alone=alone)) is not None
    ]
    return min(fits) if fits else None
