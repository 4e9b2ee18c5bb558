"""What an answer of a model says and nothing it was given does, each with the fact that is closest to it."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from lib.chat.claims.claim_parser import find_claims
from lib.chat.claims.days import DayClaim
from lib.chat.claims.derived_figures import Arithmetic
from lib.chat.claims.figures import Figure, FigureKind
from lib.chat.claims.known_facts import KnownFacts
from lib.chat.claims.names import NameClaim, is_common_word, is_person_name
from lib.content.block_json import Block
from lib.content.model import MAX_UNKNOWN_CLAIMS, ClaimKind, Code, Text, UnknownClaim
from lib.text.html import markdown_to_text
from lib.text.truncate import single_line

MAX_SMALL_COUNT = 12
"""Numbers up to this may be counted: the contacts in a list, the weeks of a plan."""
MAX_SMALL_TIME = 2
MAX_EXPLAINED = 400
"""Figures beyond these are looked up, but no arithmetic is tried on them: an answer of 100 kB takes no longer."""
MAX_SAID_LENGTH = 120
PROSE_LANGUAGES = frozenset({"text", "markdown"})

_SENTENCE_END = re.compile(r"[.!?](?=\s|$)|[;\n。！？]")
_JARGON = (
    "upsell upsells cross-sell onboarding churn stakeholder stakeholders playbook roadmap dashboard workflow kickoff"
    " takeaway takeaways upside downside email emails timeline checklist benchmark zen renewals signoff"
)
JARGON = frozenset(_JARGON.split())


@dataclass(frozen=True)
class _Found:
    place: int
    kind: ClaimKind
    said: str


def mark_unknown_claims(blocks: Sequence[Block], facts: KnownFacts) -> tuple[Block, ...]:
    """The blocks of an answer with the claims marked that `facts` do not hold; tables and charts are not a model's."""
    arithmetic = Arithmetic(facts)
    return tuple(_mark_block(block, facts, arithmetic) for block in blocks)


def list_unknown_claims(text: str, facts: KnownFacts, arithmetic: Arithmetic | None = None) -> tuple[UnknownClaim, ...]:
    """The claims of a plain text that `facts` do not hold, in order, each once."""
    told: dict[tuple[ClaimKind, str], UnknownClaim] = {}
    for found in sorted(_find_unknown(text, facts, arithmetic or Arithmetic(facts)), key=lambda each: each.place):
        said = single_line(found.said, max_length=MAX_SAID_LENGTH)
        if (found.kind, said) not in told and len(told) < MAX_UNKNOWN_CLAIMS:
            nearest = facts.find_nearest_fact(found.kind, said, _cut_sentence(text, found.place))
            told[found.kind, said] = UnknownClaim(kind=found.kind, said=said, nearest=nearest)
    return tuple(told.values())


def _mark_block(block: Block, facts: KnownFacts, arithmetic: Arithmetic) -> Block:
    if isinstance(block, Text):
        found = list_unknown_claims(markdown_to_text(block.markdown), facts, arithmetic)
    elif isinstance(block, Code) and block.language in PROSE_LANGUAGES:
        found = list_unknown_claims(block.code, facts, arithmetic)
    else:
        return block
    return replace(block, unknown_claims=(*block.unknown_claims, *found)[:MAX_UNKNOWN_CLAIMS])


def _find_unknown(text: str, facts: KnownFacts, arithmetic: Arithmetic) -> Iterator[_Found]:
    claims = find_claims(text)
    yield from (
        _Found(name.start, ClaimKind.NAME, name.text) for name in claims.names if _is_unknown_name(name, text, facts)
    )
    tried = 0
    in_order: Iterable[Figure | DayClaim] = sorted((*claims.figures, *claims.days), key=lambda claim: claim.start)
    for claim in in_order:
        may_try = tried < MAX_EXPLAINED
        if isinstance(claim, DayClaim):
            if any(map(facts.has_day, claim.readings)) or _is_year_at_hand(claim, facts):
                continue
            tried += 1
            if not (may_try and any(map(arithmetic.explains_day, claim.readings))):
                yield _Found(claim.start, ClaimKind.DAY, claim.text)
            continue
        if facts.figures.has_figure(claim):
            arithmetic.remember(claim)
            continue
        if _is_small(claim):
            continue
        tried += 1
        before, after = text[max(0, claim.start - 40) : claim.start], text[claim.end : claim.end + 40]
        if may_try and arithmetic.explains_figure(claim, before, after):
            arithmetic.remember(claim)
        else:
            yield _Found(claim.start, ClaimKind.FIGURE, claim.text)


def _is_small(figure: Figure) -> bool:
    """True for a number one counts, or for a proposal such as half an hour or two weeks."""
    if figure.kind is FigureKind.COUNT:
        return figure.value <= MAX_SMALL_COUNT
    if figure.kind is FigureKind.DURATION:
        return figure.unit in ("minute", "hour") or figure.value <= MAX_SMALL_TIME
    return figure.value == 0 or (figure.kind is FigureKind.PERCENT and figure.value == 100)


def _is_year_at_hand(claim: DayClaim, facts: KnownFacts) -> bool:
    """True for this year, the last and the next alone."""
    return any(
        reading.year is not None
        and reading.month is reading.day is reading.quarter is None
        and abs(reading.year - facts.today.year) <= 1
        for reading in claim.readings
    )


def _is_unknown_name(name: NameClaim, text: str, facts: KnownFacts) -> bool:
    if name.is_common:
        return False
    if not facts.has_name_together(name):
        return True
    unknown = [word for word in facts.list_unknown_words(name) if word.casefold() not in JARGON]
    if len(name.words) == 1 and _begins_line_or_sentence(text, name.start):
        unknown = [word for word in unknown if is_person_name(word) or facts.has_similar_name(word)]
    return any(is_person_name(word) or not is_common_word(word) for word in unknown)


def _begins_line_or_sentence(text: str, place: int) -> bool:
    before = text[max(0, place - 6) : place].rstrip(" \t\"'“”‘(*#->")
    return not before or before[-1] in ".!?:\n|•–—" or place == 0


def _cut_sentence(text: str, place: int) -> str:
    """The sentence around a place, at most 300 characters to each side."""
    start, end = max(0, place - 300), min(len(text), place + 300)
    before = [found.end() for found in _SENTENCE_END.finditer(text, start, place)]
    after = _SENTENCE_END.search(text, place, end)
    return text[before[-1] if before else start : after.start() if after else end]
