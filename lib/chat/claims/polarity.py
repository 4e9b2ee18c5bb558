"""Whether a sentence says yes where its source says no, clause by clause."""

import re
from collections.abc import Sequence

from lib.text.search_terms import extract_search_terms, split_folded_words

_CLAUSE_ENDS = re.compile(
    r"[,;:–—.!?。、！？]\s*|\s+(?:and|but|because|while|although|though|whereas|if|unless|so|und|aber|weil|et|mais|pero|y)\s+"
    r"|\s+(?=(?:before|until|when|which|who)\s)",
    re.IGNORECASE,
)
_CONTRACTED = re.compile(r"n[’']t\b", re.IGNORECASE)
_NEGATIVE_ENDINGS = re.compile(r"ません|ない|なかった|ずに")
_NEGATORS_TEXT = (
    "not no never none nobody nothing neither nor without cannot nowhere unable nicht kein keine keinen "
    "keinem keiner keines nie niemals niemand ohne weder pas jamais aucun aucune sans rien nunca sin "
    "ningun ninguna nadie tampoco mai nessun nessuna senza nao nem nenhum sem niet geen nooit zonder inte "
    "ingen inget aldrig utan ikke nie bez"
)
NEGATORS = frozenset(_NEGATORS_TEXT.split())
# Words that say no by themselves: beside one of them a plain "not" in the other text is no contradiction.
SOFT_NEGATORS = frozenset(
    extract_search_terms(
        "refuse refused decline declined reject rejected deny denied fail failed lack lacks avoid prevent stop stopped"
        " unsatisfied dissatisfied unhappy unlimited uncapped impossible unless only away absent missing open pending"
        " untouched unchanged unused remain remains instead until freeze frozen"
    )
)
_OPPOSITES = (
    "accept approve agree|refuse reject decline deny",
    "rise increase grow grew rose up|fall decrease drop fell shrink down",
    "above over more higher|below under less lower fewer",
    "satisfied happy pleased|dissatisfied unhappy unsatisfied annoyed",
    "like love praise|dislike hate criticise criticize complain",
    "start begin open|end finish close",
    "win won|lose lost",
    "keep stay remain|lose leave left cancel drop",
    "allow permit|forbid ban freeze froze prohibit",
    "buy expand|sell cancel reduce",
    "before|after",
    "early|late",
    "cheap cheaper|expensive",
    "renew extend|cancel terminate",
    "success succeed work works|fail failed",
    "possible|impossible",
    "fast quick faster|slow slower",
    "first|last",
    "capped limited|uncapped unlimited",
    "enable|disable",
    "join joined|leave left",
    "optimistic|pessimistic",
    "solved closed resolved|open unsolved pending",
    "trust|distrust",
    "sceptical skeptical|convinced enthusiastic",
)


def _index_opposites() -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for pair in _OPPOSITES:
        one, other = (frozenset(_list_terms(side)) for side in pair.split("|"))
        for mine, theirs in ((one, other), (other, one)):
            for word in mine:
                found.setdefault(word, set()).update(theirs)
    return {word: frozenset(words) for word, words in found.items()}


def _list_terms(text: str) -> list[str]:
    """Terms as they are compared; words a search leaves out, such as "before", as they are."""
    return extract_search_terms(text) + [word for word in split_folded_words(text) if word in _SMALL_WORDS]


_SMALL_WORDS = frozenset(["before", "over", "more", "up", "about", "out"])
_OPPOSITE_TERMS = _index_opposites()


def is_contradicted(sentence: str, passage: str) -> bool:
    """True if a clause of `sentence` is negated and what `passage` says of the same is not, or the reverse."""
    clauses = [_Clause(text) for text in _split_clauses(passage)]
    said = frozenset(_list_terms(passage))
    return any(_is_clause_contradicted(_Clause(text), clauses, said) for text in _split_clauses(sentence))


class _Clause:
    """A clause with its terms, whether it is negated, and its words that say no by themselves."""

    def __init__(self, text: str) -> None:
        self.terms = frozenset(_list_terms(text))
        self.is_negated = _is_negated(text)
        self.soft_negators = self.terms & SOFT_NEGATORS


def _is_clause_contradicted(clause: _Clause, sources: Sequence[_Clause], said: frozenset[str]) -> bool:
    shared = [(len(clause.terms & source.terms), source) for source in sources]
    most = max((count for count, _ in shared), default=0)
    if not most:
        return False
    closest = [source for count, source in shared if 2 * count >= most]
    if clause.is_negated:
        is_backed = any(source.is_negated or source.soft_negators - clause.terms for source in closest)
        return not is_backed
    if not clause.soft_negators and _is_denied(clause, sources):
        return True
    opposed = frozenset().union(*(source.terms for count, source in shared if count == most))
    return any(_OPPOSITE_TERMS.get(word, frozenset()) & opposed for word in clause.terms - said)


def _is_denied(clause: _Clause, sources: Sequence[_Clause]) -> bool:
    """True if a word of the clause stands in negated clauses only."""
    negated = frozenset().union(*(source.terms for source in sources if source.is_negated))
    affirmed = frozenset().union(*(source.terms for source in sources if not source.is_negated))
    return bool(clause.terms & negated - affirmed)


def _split_clauses(text: str) -> tuple[str, ...]:
    parts: list[str] = []
    for part in _CLAUSE_ENDS.split(text):
        if not part.strip():
            continue
        # A piece without words of its own belongs to the one before it: "Frankly, no".
        if parts and not extract_search_terms(part):
            parts[-1] = f"{parts[-1]} {part}"
        else:
            parts.append(part)
    return tuple(parts)


def _is_negated(clause: str) -> bool:
    """True for an odd number of words that say no."""
    contracted = len(_CONTRACTED.findall(clause))
    plain = _CONTRACTED.sub(" ", clause)
    words = split_folded_words(plain.replace("n'", "ne ").replace("n’", "ne "))
    count = contracted + sum(word in NEGATORS for word in words) + len(_NEGATIVE_ENDINGS.findall(clause))
    # French says no twice: "n'a pas encore".
    return count % 2 == 1
