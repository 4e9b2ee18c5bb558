from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from lib.customers.model import Account
from lib.slides.template_variables import VARIABLES, VariableKind, VariableValue


class _AccountValues(Mapping[str, VariableValue]):
    """The variables of an account, each read when a template asks for it: a slide names a few of the forty."""

    def __init__(self, account: Account, person_name: str | None) -> None:
        self._account, self._person_name = account, person_name

    def __getitem__(self, name: str) -> VariableValue:
        return self._person_name if name == "person.name" else VARIABLES[name].read(self._account)

    def __iter__(self) -> Iterator[str]:
        return iter(VARIABLES)

    def __len__(self) -> int:
        return len(VARIABLES)


@dataclass(frozen=True)
class TemplateValues:
    """The values of all variables for one account: flat, read-only, all a template can see."""

    values: Mapping[str, VariableValue]

    @classmethod
    def for_account(cls, account: Account, *, person_name: str | None = None) -> "TemplateValues":
        return cls(_AccountValues(account, person_name))


SAMPLE_OF_KIND: Mapping[VariableKind, VariableValue] = {
    VariableKind.TEXT: "text",
    VariableKind.NUMBER: 1,
    VariableKind.MONEY: 1,
    VariableKind.PERCENT: 1,
    VariableKind.DAYS: 1,
    VariableKind.DATE: date(2027, 1, 31),
    VariableKind.YES_NO: True,
}
SAMPLE_VALUES = TemplateValues({name: SAMPLE_OF_KIND[variable.kind] for name, variable in VARIABLES.items()})
"""A value for every variable: templates are checked against these before any account."""
