"""Parses rows into records."""

from collections.abc import Mapping, Sequence

from lib.imports.cell_value_parser import Unknown, ValueRules, parse_cell_value
from lib.imports.code_words import normalize_word
from lib.imports.column_mapping import ColumnMapping, MappedColumn
from lib.imports.cross_field_rules import FieldProblem, Values, apply_cross_field_rules
from lib.imports.parsed_records import CellProblem, ParsedRecord, Rejection
from lib.imports.record_fields import FieldValue, RecordField, RecordValues
from lib.imports.record_kinds import FLAT_PARTS, ImportKind


class RecordParser:
    """Parses the rows of one file by its mapping. Made once for a file."""

    def __init__(self, mapping: ColumnMapping) -> None:
        self._mapping = mapping
        self._width = len(mapping.columns)
        self._columns = tuple(
            (place, column, _build_value_rules(mapping, column))
            for place, column in enumerate(mapping.columns)
            if isinstance(column, MappedColumn)
        )
        self._blank_values: Mapping[str, FieldValue] = {
            column.field: column.blank_value for column in mapping.list_mapped() if column.blank_value is not None
        }
        self._headers = {column.field: (place, column.header) for place, column, _ in self._columns}

    def parse_record(self, cells: Sequence[str]) -> ParsedRecord:
        """The values of a row, and every problem of it."""
        if len(cells) > self._width:
            return ParsedRecord(values={}, problems=(self._build_long_row_problem(cells),))
        values: dict[str, FieldValue] = {}
        problems, refused = [], set()
        for place, column, rules in self._columns:
            cell = cells[place] if place < len(cells) else ""
            value = parse_cell_value(cell, rules)
            if isinstance(value, Rejection):
                problems.append(_build_cell_problem(column.header, cell, value))
                refused.add(column.field)
            elif not isinstance(value, Unknown):
                values[column.field] = value
        kind, fixed = self._mapping.kind, _add_fixed_values(self._mapping.kind, self._mapping.fixed, values)
        given = _add_fixed_values(kind, self._blank_values, fixed)
        complete, disagreements = _apply_cross_field_rules_by_kind(kind, given)
        own = _apply_cross_field_rules_by_kind(kind, fixed)[0] if len(given) > len(fixed) else complete
        # What follows from a refused cell is said by that cell.
        problems += [
            self._locate_problem_cell(problem, cells) for problem in disagreements if problem[0] not in refused
        ]
        return ParsedRecord(values=complete, problems=tuple(problems), blank_fields=frozenset(complete) - set(own))

    def _locate_problem_cell(self, problem: FieldProblem, cells: Sequence[str]) -> CellProblem:
        name, rejection = problem
        place, header = self._headers.get(name, (None, self._find_field_label(name)))
        cell = cells[place] if place is not None and place < len(cells) else ""
        return _build_cell_problem(header, cell, rejection)

    def _find_field_label(self, name: str) -> str:
        field = self._mapping.find_field(name)
        return field.label if field else name

    def _build_long_row_problem(self, cells: Sequence[str]) -> CellProblem:
        return CellProblem(
            column=self._mapping.columns[-1].header if self._mapping.columns else "",
            cell=" | ".join(cells[self._width - 1 :]),
            reason=f"The row has {len(cells)} cells, the file {self._width} columns.",
            remedy="Put cells that hold a separator in quotes.",
        )


def parse_single_record(mapping: ColumnMapping, cells: Sequence[str]) -> ParsedRecord:
    """One row by itself, such as a row that was corrected by hand. For many, make a RecordParser."""
    return RecordParser(mapping).parse_record(cells)


def _build_value_rules(mapping: ColumnMapping, column: MappedColumn) -> ValueRules:
    field: RecordField | None = mapping.find_field(column.field)
    assert field is not None  # the mapping is validated
    is_usage_day = mapping.kind is ImportKind.USAGE_WEEKS and column.field == "week_starts_on"
    return ValueRules(
        kind=column.field.rpartition(".")[0] or mapping.kind,
        field=field,
        day_order=column.day_order,
        decimal_sign=column.decimal_sign,
        is_fraction=column.is_fraction,
        words={normalize_word(word): value for word, value in column.words.items()},
        currency=mapping.currency,
        period=mapping.usage_period if is_usage_day else None,
    )


def _add_fixed_values(kind: ImportKind, given: Mapping[str, FieldValue], values: Mapping[str, FieldValue]) -> Values:
    """The values, and those given that they lack. A flat row without a contact gets none of a contact."""
    if kind is not ImportKind.FLAT:
        return {**given, **values}
    parts = {name.partition(".")[0] for name in values} | {ImportKind.CUSTOMERS}
    return {**{name: value for name, value in given.items() if name.partition(".")[0] in parts}, **values}


def _apply_cross_field_rules_by_kind(
    kind: ImportKind, values: dict[str, FieldValue]
) -> tuple[RecordValues, Sequence[FieldProblem]]:
    if kind is not ImportKind.FLAT:
        return apply_cross_field_rules(kind, values)
    complete: dict[str, FieldValue] = {}
    found: list[FieldProblem] = []
    for part in FLAT_PARTS:
        prefix = f"{part}."
        own = {name.removeprefix(prefix): value for name, value in values.items() if name.startswith(prefix)}
        made, problems = apply_cross_field_rules(part, own)
        complete |= {prefix + name: value for name, value in made.items()}
        found += [(prefix + name, rejection) for name, rejection in problems]
    return complete, found


def _build_cell_problem(column: str, cell: str, rejection: Rejection) -> CellProblem:
    return CellProblem(column=column, cell=cell, reason=rejection.reason, remedy=rejection.remedy)
