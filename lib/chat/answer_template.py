"""An answer about one customer as a template for all: what the account says of itself becomes placeholders. Pure.

Only what one placeholder reads exactly is replaced without asking, so that filling the template for the same customer
gives the answer back. What else tells of the customer is listed by `answer_template_flags`.
"""

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from lib.errors import InvalidInput
from lib.slides import template
from lib.slides.template_values import TemplateValues
from lib.slides.template_variables import VARIABLES, VariableKind, VariableValue
from lib.text.format import NO_DATA

MIN_LENGTH = 4
"""Characters. Shorter values, such as a count of 12, stand in a text for many things."""
MIN_SIGNED_LENGTH = 3
"""With a sign of their own, such as 38%."""
OURS = ("today", "company.name", "person.name")
SIGNED_KINDS = (VariableKind.MONEY, VariableKind.PERCENT)

_TEMPLATE_PART = re.compile(r"\{\{.*?\}\}|\{%.*?%\}", re.DOTALL)
_OPENING = re.compile(r"\{(?=[{%#])")


@dataclass(frozen=True, kw_only=True)
class PlaceholderValue:
    """A placeholder of the account, and what it reads there without a filter."""

    name: str
    shown: str
    value: VariableValue
    kind: VariableKind

    @property
    def meaning(self) -> str:
        return VARIABLES[self.name].meaning

    @property
    def is_certain(self) -> bool:
        """True where nothing else is likely meant by the same characters."""
        is_short_enough = self.kind in SIGNED_KINDS or self.name.endswith(".first_name")
        return len(self.shown) >= (MIN_SIGNED_LENGTH if is_short_enough else MIN_LENGTH)


def list_placeholder_values(values: TemplateValues) -> tuple[PlaceholderValue, ...]:
    """What tells one customer from another: its name, its people, its figures and days. Those with data."""
    listed = (
        PlaceholderValue(
            name=name,
            shown=template.render_template_as_text(f"{{{{ {name} }}}}", values),
            value=values.values.get(name),
            kind=variable.kind,
        )
        for name, variable in VARIABLES.items()
        if identifies_customer(name, variable.kind)
    )
    return tuple(each for each in listed if each.shown and each.shown != NO_DATA)


def identifies_customer(name: str, kind: VariableKind) -> bool:
    is_person_or_customer = name.endswith((".name", ".first_name"))
    return name not in OURS and (kind not in (VariableKind.TEXT, VariableKind.YES_NO) or is_person_or_customer)


def replace_by_placeholders(text: str, values: TemplateValues) -> str:
    """`text`, a template, with placeholders in place of what exactly one of them reads. Never ambiguous.

    A text that would not read the same for this customer stays as it is.
    """
    known = list_placeholder_values(values)
    readings = Counter(each.shown for each in known)
    certain = {each.shown: each.name for each in known if readings[each.shown] == 1 and each.is_certain}
    if not certain:
        return text
    pattern = build_passage_pattern(*certain)
    replaced = map_bare_text(text, lambda bare: pattern.sub(lambda found: f"{{{{ {certain[found[0]]} }}}}", bare))
    return replaced if _reads_alike(text, replaced, values) else text


def build_passage_pattern(*passages: str) -> re.Pattern[str]:
    """Passages where they stand alone: not within a word, a longer figure or a decimal. The longest comes first."""
    longest_first = sorted(passages, key=len, reverse=True)
    return re.compile(rf"(?<![\w$€£¥.,])(?:{'|'.join(map(re.escape, longest_first))})(?![\w%])(?![.,]\d)")


def map_bare_text(text: str, change: Callable[[str], str]) -> str:
    """`text` with its placeholders and conditions as they are, and `change` applied to what stands between them."""
    parts: list[str] = []
    end = 0
    for part in _TEMPLATE_PART.finditer(text):
        parts += [change(text[end : part.start()]), part[0]]
        end = part.end()
    return "".join((*parts, change(text[end:])))


def blank_template_parts(text: str) -> str:
    """`text` with blanks in place of its placeholders and conditions, as long as before."""
    return _TEMPLATE_PART.sub(lambda part: " " * len(part[0]), text)


def escape_as_template(text: str) -> str:
    """`text` with nothing in it that a template would fill in or leave out."""
    return _OPENING.sub("{ ", text.replace("\r\n", "\n").replace("\r", "\n"))


def _reads_alike(text: str, replaced: str, values: TemplateValues) -> bool:
    try:
        before, after = (template.render_template_as_text(each, values) for each in (text, replaced))
    except InvalidInput:
        return False
    return before == after
