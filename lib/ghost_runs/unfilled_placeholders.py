"""Which placeholders of a text have no value for an account."""

from collections.abc import Iterator, Mapping

from lib.errors import InvalidInput
from lib.slides import template
from lib.slides.template_values import TemplateValues
from lib.slides.template_variables import VARIABLES, VariableValue
from lib.text.format import NO_DATA


class _MissingValueRecorder(Mapping[str, VariableValue]):
    """The values of an account, noting each that was asked for and is missing."""

    def __init__(self, values: Mapping[str, VariableValue]) -> None:
        self._values = values
        self.missing: dict[str, None] = {}

    def __getitem__(self, name: str) -> VariableValue:
        value = self._values[name]
        if value is None:
            self.missing[name] = None
        return value

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)


def find_unfilled_placeholders(source: str, values: TemplateValues) -> tuple[str, ...]:
    """The meanings of placeholders that read "no data", or why the text cannot be filled in.

    A text that asks whether there is a value, and reads well without it, has none.
    """
    if "{" not in source:
        return ()
    noted = _MissingValueRecorder(values.values)
    try:
        if NO_DATA not in template.render_template_as_text(source, values):
            return ()
        template.render_template_as_text(source, TemplateValues(noted, values.own))
    except InvalidInput as error:
        return (error.message,)
    # A ghost run has no answers: what is only not answered yet is no fault of the text.
    return tuple(VARIABLES[name].meaning for name in noted.missing if name in VARIABLES)
