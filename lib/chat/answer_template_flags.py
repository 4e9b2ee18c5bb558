"""What in a template still tells of the customer its answer was about: names, figures and days, each for a decision.

A passage that a placeholder of the account says too is offered it: where two say the same, where it is too short to be
sure, where it is written in another way ("2027-03-12"). The rest stays as text until somebody rewords it: the database
publishes no names and figures of a customer (`private.promoted_answer_errors`). Pure.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from lib.chat.answer_template import (
    PlaceholderValue,
    blank_template_parts,
    build_passage_pattern,
    list_placeholder_values,
    map_bare_text,
)
from lib.chat.written_figures import MONTHS, parse_written_days, parse_written_number
from lib.customers.model import Account
from lib.errors import InvalidInput
from lib.slides import template
from lib.slides.template_values import TemplateValues
from lib.slides.template_variables import VariableKind

MIN_NAME_PART = 3
MAX_FLAGS = 40

# As the database does: the numbers of a list and names such as P1 or Q3 are no figures.
_NO_FIGURE = re.compile(r"(?:^|\n)\s*\d{1,2}[.)]\s|[^\W\d]+\d(?!\w)")
_DAY = (
    rf"\d{{4}}-\d\d?-\d\d?|\d\d?[./]\d\d?[./]\d{{4}}|\d\d?\.?\s(?:{MONTHS})\.?,?\s\d{{4}}"
    rf"|(?:{MONTHS})\.?\s\d\d?(?:st|nd|rd|th)?,?\s\d{{4}}"
)
_NUMBER = (
    r"(?:[A-Z]{0,2}[$€£¥]\s?|(?:USD|EUR|GBP|CHF)\s)?\d(?:[\d.,:/'’\u00a0\u202f-]*\d)?"
    r"(?:\s?(?:%|percent\b|[kKmM]\b|million\b|bn\b))?(?:\s?(?:€|£|USD\b|EUR\b|GBP\b|CHF\b))?"
)
_FIGURE = re.compile(rf"(?<!\w)(?:{_DAY})(?!\w)|{_NUMBER}", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """A placeholder a passage may stand for, as it is written in a template, and what it reads for the customer."""

    placeholder: str
    meaning: str
    shown: str


@dataclass(frozen=True, kw_only=True)
class Flag:
    """A passage that tells of the customer. Without `candidates` no placeholder says it."""

    passage: str
    is_name: bool = False
    candidates: tuple[Candidate, ...] = field(default=())

    @property
    def sentence(self) -> str:
        """What it is and what to do, for a person."""
        if self.is_name:
            if not self.candidates:
                return "a name at this customer that no placeholder gives. Reword it."
            return "a name at this customer. Choose the placeholder that is meant."
        match self.candidates:
            case ():
                return "not a figure of the account. Reword it, or keep it if it is right for every customer."
            case (Candidate(shown=shown),) if shown == self.passage:
                return "may be a figure of the account. Choose it if that is meant."
            case (Candidate(shown=shown),):
                return f"is a figure of the account written otherwise: it would read “{shown}”."
            case _:
                return "several figures of the account are the same. Choose which is meant."


def find_flags(text: str, account: Account, values: TemplateValues) -> tuple[Flag, ...]:
    """Every passage between the placeholders that tells of the account's customer, in order, each once."""
    known = list_placeholder_values(values)
    bare = blank_template_parts(text)
    found = [*_find_names(bare, account, known), *_find_figures(bare, known, values)]
    by_place = sorted(found, key=lambda each: (each[0], -len(each[1].passage)))
    kept: dict[str, Flag] = {}
    end = -1
    for place, flag in by_place:
        if place >= end:
            kept.setdefault(flag.passage, flag)
            end = place + len(flag.passage)
    return tuple(kept.values())[:MAX_FLAGS]


def apply_candidate(text: str, passage: str, candidate: Candidate) -> str:
    """`text` with the placeholder wherever the passage stands alone outside of placeholders."""
    pattern = build_passage_pattern(passage)
    return map_bare_text(text, lambda bare: pattern.sub(lambda _: candidate.placeholder, bare))


def _find_names(bare: str, account: Account, known: Sequence[PlaceholderValue]) -> Iterator[tuple[int, Flag]]:
    """The customer's name in any case, contacts by full name, first name or last name, and the owner's name."""
    names = {account.customer.name: account.customer.name}
    owner = account.customer.owner_name
    if owner and any(each.name == "owner.name" for each in known):
        names.setdefault(owner, owner)
    for contact in account.contacts:
        names.setdefault(contact.name, contact.name)
        for part in _WORD.findall(contact.name):
            if len(part) >= MIN_NAME_PART:
                names.setdefault(part, contact.name)
    for name, of in names.items():
        pattern = re.compile(rf"(?<!\w){re.escape(name)}(?!\w)", re.IGNORECASE if name == account.customer.name else 0)
        candidates = tuple(_make_candidate(each) for each in known if _is_name_of(each, name, of))
        for match in pattern.finditer(bare) if name.strip() else ():
            yield match.start(), Flag(passage=match[0], is_name=True, candidates=candidates)


def _is_name_of(each: PlaceholderValue, name: str, of: str) -> bool:
    """A first name is offered for itself, anything else the full name."""
    if each.name.endswith(".first_name"):
        return each.shown == name and name != of
    return each.name.endswith(".name") and each.shown == of


def _find_figures(bare: str, known: Sequence[PlaceholderValue], values: TemplateValues) -> Iterator[tuple[int, Flag]]:
    readable = _NO_FIGURE.sub(lambda match: " " * len(match[0]), bare)
    for match in _FIGURE.finditer(readable):
        passage = match[0].strip()
        candidates = tuple(_list_candidates(passage, known, values))
        yield match.start() + match[0].index(passage), Flag(passage=passage, candidates=candidates)


def _list_candidates(passage: str, known: Sequence[PlaceholderValue], values: TemplateValues) -> Iterator[Candidate]:
    days = parse_written_days(passage)
    number = None if days else parse_written_number(passage)
    for each in known:
        if each.shown == passage or (each.kind is VariableKind.DATE and each.value in days):
            yield _make_candidate(each)
        elif number is not None and number.may_be(each.value, each.kind):
            # "50" of "50 days": the placeholder alone would say the unit twice.
            is_bare = number.is_bare and each.kind is not VariableKind.NUMBER
            yield _make_candidate(each, "|number" if is_bare else "", values)


def _make_candidate(
    each: PlaceholderValue, template_filter: str = "", values: TemplateValues | None = None
) -> Candidate:
    placeholder = f"{{{{ {each.name}{template_filter} }}}}"
    shown = each.shown
    if template_filter and values is not None:
        try:
            shown = template.render_template_as_text(placeholder, values)
        except InvalidInput:
            placeholder = f"{{{{ {each.name} }}}}"
    return Candidate(placeholder=placeholder, meaning=each.meaning, shown=shown)
