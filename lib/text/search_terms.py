"""The words of a text as a search compares them: folded, stemmed, without those that say nothing."""

import re
import unicodedata
from functools import lru_cache
from itertools import takewhile

import snowballstemmer

_WORD = re.compile(r"[^\W_]+")
_NO_BLANKS = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")

# Words of a question that say nothing about what it is about.
_COMMON = (
    "a about again all also am an and any anybody anyone anything are as ask asked at be been before "
    "being but by can could customer customers did do does doing done for from had has have he her here "
    "him his how i if in into is it its just know last latest let me mention mentioned more most my new "
    "newest no not note notes now of on one or our out over please record records recent recently said "
    "say says she should show so some something tell than that the their them then there these they thing "
    "things this those to told up us very was we were what when where which who whom whose why will with "
    "would wrote you your"
)
STOP_WORDS = frozenset(_COMMON.split())


def list_word_beginnings(text: str) -> list[str]:
    """The beginnings that words of `text` share with their stems, each once; letters in scripts without blanks."""
    found: dict[str, None] = {}
    for word in split_folded_words(text):
        if _NO_BLANKS.search(word):
            found |= dict.fromkeys(word)
        elif word not in STOP_WORDS and (len(word) > 1 or word.isdigit()):
            found[_shorten_to_stem(word)] = None
    return list(found)


def _shorten_to_stem(word: str) -> str:
    """What a word has in common with its stem: "happ" of "happy" and "happi"."""
    pairs = zip(word, stem_word(word), strict=False)
    return "".join(letter for letter, _ in takewhile(lambda pair: pair[0] == pair[1], pairs)) or word


def split_folded_words(text: str) -> list[str]:
    """The words of a text, in lower case and without accents."""
    return _WORD.findall(fold_text(text))


def fold_text(text: str) -> str:
    """A text in lower case and without accents."""
    folded = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(sign for sign in folded if not unicodedata.combining(sign))
    return unicodedata.normalize("NFC", plain)


def is_without_blanks(text: str) -> bool:
    """True if some of it is in a script that puts no blanks between words."""
    return _NO_BLANKS.search(text) is not None


def extract_search_terms(text: str) -> list[str]:
    """A text's terms: stemmed, without stop words; pairs of characters in scripts without blanks."""
    found: list[str] = []
    for word in split_folded_words(text):
        if _NO_BLANKS.search(word):
            found += [word[place : place + 2] for place in range(max(1, len(word) - 1))]
        elif word not in STOP_WORDS and (len(word) > 1 or word.isdigit()):
            found.append(stem_word(word))
    return found


# A stemmer has state, so threads do not share one. Stemming takes 0.1 ms a word; words come again and again.
@lru_cache(maxsize=20_000)
def stem_word(word: str) -> str:
    return str(snowballstemmer.stemmer("english").stemWord(word))
