"""What was recognised of a file, in sentences for the page."""

from dataclasses import dataclass

from lib.imports.charset_detection import ENCODING_LABELS
from lib.imports.column_mapping import ColumnMapping, DecimalSign, LeftOutColumn, UsagePeriod
from lib.imports.column_profile import TableProfile
from lib.imports.column_recognition import RecognizedTable
from lib.imports.csv_dialect import SEPARATOR_NAMES
from lib.imports.file_table import FileFormat, FileLayout
from lib.imports.mapping_questions import MappingQuestion, list_mapping_questions
from lib.imports.record_kinds import ImportKind

SOURCE_NAMES = {
    "hubspot": "HubSpot",
    "salesforce": "Salesforce",
    "gainsight": "Gainsight",
    "zendesk": "Zendesk",
    "intercom": "Intercom",
}
PERIOD_SENTENCES = {
    UsagePeriod.WEEK: "Each row is a week.",
    UsagePeriod.DAY: "Each row is a day; days are added up to weeks.",
    UsagePeriod.MONTH: "Each row is a month; it is divided over its weeks.",
}


@dataclass(frozen=True, kw_only=True)
class FileSummary:
    """`sentences` are short and whole; `questions` are what a person has to say before the import."""

    sentences: tuple[str, ...]
    questions: tuple[MappingQuestion, ...]


def summarize_file(layout: FileLayout, profile: TableProfile, found: RecognizedTable) -> FileSummary:
    """The summary of a file as it was recognised."""
    mapping = found.mapping
    sentences = [
        _describe_format(layout, profile),
        _describe_size(profile),
        _describe_kind(mapping),
        _describe_column_counts(mapping),
        *layout.notes,
    ]
    if profile.long_row_count:
        sentences.append(
            f"{_format_counted_noun(profile.long_row_count, 'row has', 'rows have')} more cells than columns."
        )
    if profile.footer_line_count:
        lines = _format_counted_noun(profile.footer_line_count, "line", "lines")
        sentences.append(f"{lines} of a report's footer left out.")
    if mapping.kind is ImportKind.USAGE_WEEKS:
        sentences.append(PERIOD_SENTENCES[mapping.usage_period])
    return FileSummary(sentences=tuple(sentences), questions=list_mapping_questions(mapping, profile))


def _describe_format(layout: FileLayout, profile: TableProfile) -> str:
    if layout.format is FileFormat.WORKBOOK:
        others = len(layout.sheets) - 1
        more = f", of {len(layout.sheets)} sheets" if others > 0 else ""
        return f"Workbook, sheet “{layout.sheet}”{more}."
    parts = [layout.format.value]
    if layout.separator:
        parts.append(f"separator {SEPARATOR_NAMES.get(layout.separator, layout.separator)}")
    if layout.encoding:
        parts.append(ENCODING_LABELS.get(layout.encoding, layout.encoding))
    if layout.format is FileFormat.CSV and (sign := profile.find_decimal_sign()):
        parts.append(f"decimal {'comma' if sign is DecimalSign.COMMA else 'point'}")
    return f"{', '.join(parts)}."


def _describe_size(profile: TableProfile) -> str:
    columns = _format_counted_noun(len(profile.columns), "column", "columns")
    return f"{_format_counted_noun(profile.row_count, 'row', 'rows')}, {columns}."


def _describe_kind(mapping: ColumnMapping) -> str:
    source = SOURCE_NAMES.get(mapping.source)
    return f"{mapping.record_schema.label}{f', as {source} exports them' if source else ''}."


def _describe_column_counts(mapping: ColumnMapping) -> str:
    left_out = sum(1 for column in mapping.columns if isinstance(column, LeftOutColumn))
    undecided = len(mapping.list_undecided())
    parts = [f"{_format_counted_noun(len(mapping.list_mapped()), 'column', 'columns')} recognised"]
    parts += [f"{left_out} left out"] if left_out else []
    parts += [f"{undecided} to decide"] if undecided else []
    return f"{', '.join(parts)}."


def _format_counted_noun(number: int, one: str, many: str) -> str:
    return f"{number:,} {one if number == 1 else many}"
