"""Options of a field by what people call them: a model and a person say names, forms store ids and codes."""

import re
from collections.abc import Sequence
from typing import Any

from lib.errors import InvalidInput
from lib.forms.model import Field, FieldKind, Option
from lib.text.format import join_names
from lib.text.search_terms import fold_text
from lib.text.truncate import single_line

MAX_NAMES = 20
_ID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}|[A-Z]\w+(?:/[\w+-]+)+")


def find_option(options: Sequence[Option], said: str) -> str:
    """The value of the one option that is called `said`: its value, its label or the label's first part.

    Raises InvalidInput, with the names there are, if none or several are.
    """
    asked = fold_text(said.strip())
    for names in (_list_whole_names, _list_short_names):
        found = {option.value for option in options if asked in names(option)}
        if len(found) == 1:
            return found.pop()
        if found:
            raise InvalidInput(f"“{single_line(said, max_length=80)}” is the name of several: give it in full.")
    known = join_names(option.label for option in options[:MAX_NAMES])
    raise InvalidInput(f"“{single_line(said, max_length=80)}” is none of the choices. There are: {known}.")


def resolve_option_names(field: Field, answer: Any) -> Any:
    """An answer to a question with options, its names replaced by values. Raises InvalidInput for an unknown one."""
    if field.kind is FieldKind.CHOICE and isinstance(answer, str) and answer.strip():
        return find_option(field.options, answer)
    if field.kind is FieldKind.MULTI and isinstance(answer, list):
        return [find_option(field.options, each) if isinstance(each, str) else each for each in answer]
    return answer


def list_option_names(field: Field) -> tuple[str, ...]:
    """What a model calls the options: codes as they are, people and time zones by name."""
    return tuple(option.label if _ID.fullmatch(option.value) else option.value for option in field.options)


def format_option_answer(field: Field | None, answer: Any) -> Any:
    """An answer with the labels of its options in place of their values; any other as it is."""
    if field is None or field.kind not in (FieldKind.CHOICE, FieldKind.MULTI):
        return answer
    labels = {option.value: option.label for option in field.options}
    if isinstance(answer, list):
        return join_names(str(labels.get(each, each)) for each in answer)
    return labels.get(answer, answer) if isinstance(answer, str) else answer


def _list_whole_names(option: Option) -> tuple[str, ...]:
    return fold_text(option.value), fold_text(option.label)


def _list_short_names(option: Option) -> tuple[str, ...]:
    """ "hugh bassett" of "Hugh Bassett, CFO"; "berlin" of "Berlin, Europe"; "critical" of "Critical: within a day"."""
    return (fold_text(re.split(r"[,:(]", option.label)[0].strip()),)
