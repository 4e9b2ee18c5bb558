"""Refusals as people read them: fields by the labels of the page, not by their columns in the database."""

from dataclasses import replace

from lib.imports.model import Refusal
from lib.imports.record_kinds import RECORD_SCHEMAS, ImportKind

MISSING_VALUE = "A new record needs "
"""How the database begins the reason for a field that is missing."""
RECORD_NOUNS = {ImportKind.USAGE_WEEKS: "week of usage", ImportKind.MODULES: "module", ImportKind.FLAT: "customer"}


def label_refusal(kind: str, refusal: Refusal) -> Refusal:
    """The refusal with the label of its field: "A new contract needs “Seats”."."""
    field = RECORD_SCHEMAS[ImportKind(kind)].find_field(refusal.field or "")
    if field is None or not refusal.reason.startswith(MISSING_VALUE):
        return refusal
    return replace(refusal, field=None, reason=f"A new {get_record_noun(kind)} needs “{field.label}”.")


def get_record_noun(kind: str) -> str:
    """What one record of a kind is called: "survey answer"."""
    known = ImportKind(kind)
    return RECORD_NOUNS.get(known) or RECORD_SCHEMAS[known].label.lower().removesuffix("s")
