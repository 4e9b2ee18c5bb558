"""What the records of a file are, where they come from, and values that are the same in each record."""

import streamlit as st

from lib.errors import InvalidInput
from lib.imports import mapping_changes
from lib.imports.column_mapping import UsagePeriod
from lib.imports.fixed_values import parse_fixed_value
from lib.imports.missing_fields import describe_missing_fields
from lib.imports.parsed_records import Rejection
from lib.imports.record_fields import FieldUse, RecordField, ValueType
from lib.imports.record_kinds import RECORD_SCHEMAS, ImportKind
from lib.text.format import humanize_code
from lib.text.markdown_escape import escape_markdown
from lib.text.regional_format import list_currencies
from lib.ui.imports.import_draft import ImportDraft
from lib.ui.session_keys import import_field_key

PERIOD_LABELS = {UsagePeriod.WEEK: "A week", UsagePeriod.DAY: "A day", UsagePeriod.MONTH: "A month"}


def draw_record_kind_form(draft: ImportDraft) -> None:
    """Kind, system, and what only some kinds need: the currency of amounts, the period of usage."""
    with st.container(horizontal=True, gap="small"):
        _draw_kind_choice(draft)
        _draw_source_field(draft)
        if any(field.type is ValueType.MONEY for field in draft.mapping.record_schema.fields):
            _draw_mapping_setting(draft, "currency", "Currency of amounts without a sign", list_currencies())
        if draft.mapping.kind is ImportKind.USAGE_WEEKS:
            _draw_mapping_setting(draft, "usage_period", "A row is the usage of", tuple(UsagePeriod), PERIOD_LABELS)


def draw_fixed_values(draft: ImportDraft) -> None:
    """A field for each value new records need and no column gives: the same for all rows."""
    missing = draft.mapping.list_missing()
    fields = [field for name in draft.mapping.fixed if (field := draft.mapping.find_field(name))]
    fields += [field for names in missing if len(names) == 1 and (field := draft.mapping.find_field(names[0]))]
    keys = {name for names in draft.mapping.record_schema.natural_keys for name in names}
    offered = [field for field in fields if field.use is FieldUse.COLUMN and field.name not in keys]
    if offered:
        st.caption("No column gives these.")
        with st.container(horizontal=True, gap="small"):
            for field in offered:
                _draw_fixed_value(draft, field)


def draw_missing_fields(draft: ImportDraft) -> None:
    """What new records need and neither a column nor a value gives, before the check refuses their rows."""
    for sentence in describe_missing_fields(draft.mapping):
        st.markdown(f":orange[:material/warning:] {escape_markdown(sentence)}")


def _draw_kind_choice(draft: ImportDraft) -> None:
    key = import_field_key(draft.id, "kind")
    st.session_state[key] = draft.mapping.kind
    st.selectbox(
        "Each row is",
        list(RECORD_SCHEMAS),
        key=key,
        format_func=lambda kind: RECORD_SCHEMAS[kind].label,
        on_change=lambda: draft.change_kind(st.session_state[key]),
        disabled=draft.import_id is not None,
        width=240,
    )


def _draw_source_field(draft: ImportDraft) -> None:
    key = import_field_key(draft.id, "source")
    st.session_state[key] = draft.mapping.source
    st.text_input(
        "System it comes from",
        key=key,
        max_chars=100,
        help="IDs in the file are of this system. Name it the same next time, and its records are recognised.",
        on_change=lambda: _change_mapping_setting(draft, "source", st.session_state[key].strip() or "file"),
        disabled=draft.import_id is not None,
        width=240,
    )


def _draw_mapping_setting(
    draft: ImportDraft, name: str, label: str, options: tuple[str, ...], labels: dict[UsagePeriod, str] | None = None
) -> None:
    key, current = import_field_key(draft.id, name), getattr(draft.mapping, name)
    st.session_state[key] = current
    st.selectbox(
        label,
        list(dict.fromkeys((*options, current))),
        key=key,
        format_func=lambda option: labels[option] if labels else option,
        on_change=lambda: _change_mapping_setting(draft, name, st.session_state[key]),
        width=240,
    )


def _change_mapping_setting(draft: ImportDraft, name: str, value: str) -> None:
    """For callbacks."""
    draft.change_mapping(mapping_changes.set_mapping_setting, name, value)


def _draw_fixed_value(draft: ImportDraft, field: RecordField) -> None:
    key = import_field_key(draft.id, f"fixed.{field.name}")
    current = draft.mapping.fixed.get(field.name)
    match field.type:
        case ValueType.CODE:
            st.session_state[key] = current
            options, label = list(field.codes), lambda code: humanize_code(code).capitalize()
            st.selectbox(
                field.label, options, key=key, format_func=label, placeholder="Choose…",
                on_change=_set_typed_fixed_value, args=(draft, field, key), width=240,
            )  # fmt: skip
        case ValueType.BOOLEAN:
            st.session_state[key] = current
            st.selectbox(
                field.label, [True, False], key=key, format_func=lambda value: "Yes" if value else "No",
                placeholder="Choose…", on_change=_set_typed_fixed_value, args=(draft, field, key), width=240,
            )  # fmt: skip
        case _:
            st.session_state.setdefault(key, "" if current is None else str(current))
            st.text_input(
                field.label, key=key, max_chars=200, help=field.hint or None, on_change=_set_typed_fixed_value,
                args=(draft, field, key), width=240,
            )  # fmt: skip


def _set_typed_fixed_value(draft: ImportDraft, field: RecordField, key: str) -> None:
    """A callback. What cannot be read is told below the field."""
    value, draft.error = st.session_state[key], None
    if isinstance(value, str) and value.strip():
        parsed = parse_fixed_value(draft.mapping, field, value)
        if isinstance(parsed, Rejection):
            draft.error = InvalidInput(f"{field.label}: {parsed.reason}", hint=parsed.remedy)
            return
        value = parsed
    draft.change_mapping(mapping_changes.set_fixed_value, field.name, value if value != "" else None)
