from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from types import MappingProxyType

from lib.customers.model import Account
from lib.slides.template_variables import VARIABLES, VariableKind, VariableValue


class _AccountValues(Mapping[str, VariableValue]):
    """The variables of an account, each read when a template asks for it: a slide names a few of the many."""

    def __init__(self, account: Account, person_name: str | None, own_values: Mapping[str, VariableValue]) -> None:
        self._account, self._person_name, self._own_values = account, person_name, own_values
        self._read: dict[str, VariableValue] = {}

    def __getitem__(self, name: str) -> VariableValue:
        if name not in self._read:
            self._read[name] = self._read_variable(name)
        return self._read[name]

    def _read_variable(self, name: str) -> VariableValue:
        with suppress(KeyError):
            return self._own_values[name]
        return self._person_name if name == "person.name" else VARIABLES[name].read(self._account)

    def __iter__(self) -> Iterator[str]:
        return iter(VARIABLES.keys() | self._own_values.keys())

    def __len__(self) -> int:
        return len(VARIABLES.keys() | self._own_values.keys())


OwnVariables = tuple[tuple[str, VariableKind], ...]
"""Variables a workflow adds, by name: what its own questions were answered with."""

TemplatePart = tuple[str, bool]
"""A piece of a text that was filled in, and whether it is a value and not the author's words."""


@dataclass(frozen=True)
class TemplateValues:
    """The values of all variables for one account: flat, read-only, all a template can see.

    `own` are the variables a workflow adds. `is_sample`: a value of each kind, to check a template before any account.
    `filled` are the texts that were filled in with these values, by source.
    """

    values: Mapping[str, VariableValue]
    own: OwnVariables = ()
    is_sample: bool = False
    filled: dict[str, tuple[TemplatePart, ...]] = field(default_factory=dict, init=False, compare=False, repr=False)

    @classmethod
    def for_account(
        cls,
        account: Account,
        *,
        person_name: str | None = None,
        own: OwnVariables = (),
        own_values: Mapping[str, VariableValue] = MappingProxyType({}),
    ) -> "TemplateValues":
        return cls(_AccountValues(account, person_name, own_values), own)

    def find_kind(self, name: str) -> VariableKind | None:
        """The kind of a variable; None if there is no such variable."""
        if name in VARIABLES:
            return VARIABLES[name].kind
        return next((kind for own, kind in self.own if own == name), None)


SAMPLE_OF_KIND: Mapping[VariableKind, VariableValue] = {
    VariableKind.TEXT: "text",
    VariableKind.NUMBER: 1,
    VariableKind.MONEY: 1,
    VariableKind.PERCENT: 1,
    VariableKind.DAYS: 1,
    VariableKind.DATE: date(2027, 1, 31),
    VariableKind.YES_NO: True,
}


@lru_cache(maxsize=256)
def build_sample_values(own: OwnVariables = ()) -> TemplateValues:
    """A value for every variable: templates are checked against these before any account."""
    kinds = {name: variable.kind for name, variable in VARIABLES.items()} | dict(own)
    return TemplateValues({name: SAMPLE_OF_KIND[kind] for name, kind in kinds.items()}, own, is_sample=True)
