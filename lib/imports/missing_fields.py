"""What new records need and a mapping does not give, in sentences for the page."""

from collections.abc import Iterable, Iterator

from lib.imports.column_mapping import ColumnMapping, join_field_labels
from lib.text.format import join_names


def describe_missing_fields(mapping: ColumnMapping) -> tuple[str, ...]:
    """ "Seats and List price are needed for new records. …", and which value would give another."""
    sets = mapping.list_missing()
    single = [names[0] for names in sets if len(names) == 1]
    sentences = []
    if single:
        verb = "is" if len(single) == 1 else "are"
        sentences.append(
            f"{_join_missing_labels(mapping, single)} {verb} needed for new records. "
            "Set one value for all rows, or map a column."
        )
    sentences += _describe_derivable_fields(mapping, single)
    alternatives = [join_field_labels(mapping.record_schema, names) for names in sets if len(names) > 1]
    return (*sentences, *(f"New records need {labels}: map a column." for labels in alternatives))


def _describe_derivable_fields(mapping: ColumnMapping, missing: list[str]) -> Iterator[str]:
    """Which missing field follows from columns once another missing one is set: the list price from ARR and seats."""
    given = {column.field for column in mapping.list_mapped()} | set(mapping.fixed)
    for name in missing:
        field = mapping.find_field(name)
        for parts in field.made_from if field else ():
            needed, known = [part for part in parts if part not in given], [part for part in parts if part in given]
            if field and known and set(needed) <= set(missing):
                labels = _join_missing_labels(mapping, needed)
                yield f"With {labels} set, {field.label} is taken from {_join_missing_labels(mapping, known)}."


def _join_missing_labels(mapping: ColumnMapping, names: Iterable[str]) -> str:
    return join_names(join_field_labels(mapping.record_schema, (name,)) for name in names)
