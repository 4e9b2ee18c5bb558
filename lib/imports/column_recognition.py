"""Recognises the kind of a file and the fields of its columns. Headers come first, then content."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from lib.imports.code_words import NO_WORDS, YES_WORDS, find_code_of_word, normalize_word
from lib.imports.column_formats import detect_column_formats
from lib.imports.column_mapping import (
    ColumnMapping,
    ColumnUse,
    LeftOutColumn,
    MappedColumn,
    UndecidedColumn,
    normalize_header,
)
from lib.imports.column_profile import ColumnProfile, TableProfile
from lib.imports.crm_export_presets import CRM_PRESETS, FLAT_PRESETS
from lib.imports.export_preset import ExportPreset
from lib.imports.header_names import find_fields_of_header
from lib.imports.record_fields import FieldUse, RecordField, ValueType
from lib.imports.record_kinds import RECORD_SCHEMAS, ImportKind, list_missing_fields
from lib.imports.reference_fields import CUSTOMER_REFERENCE_NAMES
from lib.imports.support_export_presets import SUPPORT_PRESETS

_NAMELESS = re.compile(r"Column \d+")
LEAST_SCORE = 0.3
PRESET_SCORE = 2.0
PRESET_BONUS = 4.0
MISSING_COST = 0.8
# A flat file has the fields of every other kind: it has to explain clearly more columns than the best of them.
FLAT_COST = 0.15
CONTENT_SCORE = 0.45
# The header says so, the cells do not: still mapped where nothing else fits, and the cells are refused one by one.
UNLIKELY = 0.35
MOST_CODES = 40


@dataclass(frozen=True, kw_only=True)
class RecognizedTable:
    """The likeliest mapping, and how well each kind fits, best first.

    `preset` is the export it was recognised as. Every format the cells show is set; the rest is for a person to say.
    """

    mapping: ColumnMapping
    kinds: tuple[tuple[ImportKind, float], ...]
    preset: ExportPreset | None = None


def recognize_table(profile: TableProfile, kind: ImportKind | None = None, currency: str = "USD") -> RecognizedTable:
    """Proposes a mapping for a file, of one kind if it is known. The same for any order of rows."""
    kinds = (kind,) if kind else tuple(RECORD_SCHEMAS)
    found = sorted((_propose_mapping(profile, each) for each in kinds), key=lambda proposal: -proposal.score)
    best = found[0]
    mapping = ColumnMapping(
        kind=best.kind,
        source=best.preset.source if best.preset else "file",
        columns=best.columns,
        currency=currency,
    )
    return RecognizedTable(
        mapping=detect_column_formats(mapping, profile),
        kinds=tuple((proposal.kind, round(proposal.score, 2)) for proposal in found),
        preset=best.preset,
    )


@dataclass(frozen=True, kw_only=True)
class _MappingProposal:
    kind: ImportKind
    score: float
    columns: tuple[ColumnUse, ...]
    preset: ExportPreset | None


def _propose_mapping(profile: TableProfile, kind: ImportKind) -> _MappingProposal:
    preset = _find_export_preset(kind, [column.header for column in profile.columns])
    scored = sorted(
        (
            (score, place, name)
            for place, column in enumerate(profile.columns)
            for name, score in _score_fields_of_column(kind, column, preset)
        ),
        key=lambda item: (-item[0], item[1]),
    )
    fields: dict[int, str] = {}
    total = 0.0
    for score, place, name in scored:
        if place not in fields and (name == "" or name not in fields.values()):
            fields[place] = name
            total += score * _weigh_field(kind, name)
    fields |= _propose_fallback_columns(profile, preset, fields)
    missing = list(list_missing_fields(kind, frozenset(fields.values())))
    total += PRESET_BONUS * bool(preset) - MISSING_COST * len(missing)
    return _MappingProposal(
        kind=kind,
        score=total - abs(total) * (FLAT_COST if kind is ImportKind.FLAT else 0.0),
        columns=tuple(_build_column_use(column, fields.get(place)) for place, column in enumerate(profile.columns)),
        preset=preset,
    )


def _propose_fallback_columns(
    profile: TableProfile, preset: ExportPreset | None, fields: Mapping[int, str]
) -> dict[int, str]:
    """Columns for fields of the preset that no other column gives."""
    names = {normalize_header(header): field for header, field in preset.fallbacks.items()} if preset else {}
    return {
        place: names[key]
        for place, column in enumerate(profile.columns)
        if (key := normalize_header(column.header)) in names and column.filled and names[key] not in fields.values()
    }


def _find_export_preset(kind: ImportKind, headers: Sequence[str]) -> ExportPreset | None:
    present = {normalize_header(header) for header in headers}
    for preset in (*CRM_PRESETS, *FLAT_PRESETS, *SUPPORT_PRESETS):
        if preset.kind is kind and any(present.issuperset(map(normalize_header, signs)) for signs in preset.signs):
            return preset
    return None


def _build_column_use(column: ColumnProfile, name: str | None) -> ColumnUse:
    """A column without a cell is left out: there is nothing to decide about."""
    if name:
        return MappedColumn(header=column.header, field=name)
    if name == "" or not column.filled:
        return LeftOutColumn(header=column.header)
    return UndecidedColumn(header=column.header)


def _weigh_field(kind: ImportKind, name: str) -> float:
    field = RECORD_SCHEMAS[kind].find_field(name)
    if field is None:
        return 0.0
    if name in CUSTOMER_REFERENCE_NAMES:
        # Any file of the company's data names customers; that says nothing about its kind.
        return 0.3
    return 1.0 if field.is_required or field.use in (FieldUse.KEY, FieldUse.REFERENCE) else 0.8


def _score_fields_of_column(
    kind: ImportKind, column: ColumnProfile, preset: ExportPreset | None
) -> Iterator[tuple[str, float]]:
    """Fields a column may be, with scores; "" to leave it out."""
    own = _index_preset_fields(preset).get(normalize_header(column.header))
    if own is not None:
        yield own, PRESET_SCORE
        return
    schema = RECORD_SCHEMAS[kind]
    named = list(find_fields_of_header(kind, column.header))
    for name, score in named:
        field = schema.find_field(name)
        if field and (rated := score * rate_cells_for_field(kind, field, column)) >= LEAST_SCORE:
            yield name, rated
    if not named and column.filled:
        yield from (
            (field.name, CONTENT_SCORE) for field in schema.fields if _do_cells_identify_field(kind, field, column)
        )


def _index_preset_fields(preset: ExportPreset | None) -> Mapping[str, str]:
    return {normalize_header(header): field for header, field in preset.fields.items()} if preset else {}


def rate_cells_for_field(kind: ImportKind, field: RecordField, column: ColumnProfile) -> float:
    """How well the cells of a column suit a field, 0 to 1."""
    if not column.judged:
        return 0.6
    match field.type:
        case ValueType.DAY:
            return 1.0 if column.compute_type_share(ValueType.DAY) >= 0.5 or _has_weeks_or_months(column) else UNLIKELY
        case ValueType.WHOLE | ValueType.MONEY | ValueType.PERCENT:
            return 1.0 if column.compute_type_share(ValueType.MONEY) >= 0.5 else UNLIKELY
        case ValueType.EMAIL:
            is_name = field.name.endswith(("owner_email", "author_email"))
            return 1.0 if column.compute_type_share(ValueType.EMAIL) >= 0.5 else 0.8 if is_name else UNLIKELY
        case ValueType.DOMAIN:
            return (
                1.0
                if column.compute_type_share(ValueType.DOMAIN) + column.compute_type_share(ValueType.EMAIL) >= 0.5
                else UNLIKELY
            )
        case ValueType.CODE:
            return 0.6 + 0.4 * _share_of_codes(kind, field, column) if len(column.values) <= MOST_CODES else UNLIKELY
        case ValueType.BOOLEAN:
            return 1.0 if _share_of_booleans(column) >= 0.5 else 0.4
        case ValueType.TEXT if field.use is FieldUse.COLUMN or field.name.endswith("name"):
            other = max(column.compute_type_share(ValueType.DAY), column.compute_type_share(ValueType.EMAIL))
            return 0.3 if other >= 0.9 and not field.is_multiline else 1.0
    return 1.0


def _do_cells_identify_field(kind: ImportKind, field: RecordField, column: ColumnProfile) -> bool:
    """True if the cells alone say what a column is. Addresses, domains, codes, and days without a header do."""
    name = field.name.rpartition(".")[2]
    match field.type:
        case ValueType.EMAIL:
            return name in ("email", "contact_email") and column.compute_type_share(ValueType.EMAIL) >= 0.9
        case ValueType.DOMAIN:
            return column.compute_type_share(ValueType.DOMAIN) >= 0.9
        case ValueType.CODE:
            few = 2 <= len(column.values) <= MOST_CODES
            return (
                few and column.compute_type_share(ValueType.MONEY) < 0.5 and _share_of_codes(kind, field, column) >= 0.9
            )
        case ValueType.DAY:
            is_nameless = _NAMELESS.fullmatch(column.header) is not None
            return field.is_required and is_nameless and column.compute_type_share(ValueType.DAY) >= 0.9
    return False


def _has_weeks_or_months(column: ColumnProfile) -> bool:
    """True for weeks and months, such as "KW 9/2026" and "2026-03"."""
    return all(any(character.isdigit() for character in text) for text in list(column.values)[:50])


def _share_of_codes(kind: ImportKind, field: RecordField, column: ColumnProfile) -> float:
    owner, _, name = field.name.rpartition(".")
    known = sum(1 for text in column.values if find_code_of_word(owner or kind, name, field.codes, text))
    return known / len(column.values) if column.values else 0.0


def _share_of_booleans(column: ColumnProfile) -> float:
    known = sum(1 for text in column.values if normalize_word(text) in YES_WORDS | NO_WORDS)
    return known / len(column.values) if column.values else 0.0
