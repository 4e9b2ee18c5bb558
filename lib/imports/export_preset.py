"""What is known of an export of another system."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from lib.imports.record_kinds import ImportKind


@dataclass(frozen=True, kw_only=True)
class ExportPreset:
    """An export of one system. `signs` are headers only this export has together; all of one set have to be there.

    `fields` says what a header means; "" leaves the column out. Other headers mean what they usually do.
    `fallbacks` are proposed for fields that no other column gives.
    """

    source: str
    kind: ImportKind
    signs: tuple[tuple[str, ...], ...]
    fields: Mapping[str, str] = field(default_factory=dict)
    fallbacks: Mapping[str, str] = field(default_factory=dict)
