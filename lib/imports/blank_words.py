"""How files write that something is unknown."""

# Also of texts. "NA" is not one of them: it is a country, and a region.
BLANK_TEXTS = frozenset(
    {"-", "--", "---", "–", "—", "n/a", "#n/a", "n.a.", "n. a.", "null", "(null)", "\\n", "(blank)", "(empty)"}
    | {"(none)", "(no value)", "<null>", "k.a.", "k. a.", "keine angabe", "s/o", "n/d", "n.d."}
)
BLANK_VALUES = BLANK_TEXTS | {
    *("na", "nan", "none", "nil", "unknown", "?", "tbd", "tba", "not set", "no value", "not available", "undefined"),
    *("unbekannt", "leer", "inconnu", "inconnue", "aucun", "aucune", "vide", "desconocido", "ninguno"),
    *("sconosciuto", "nessuno", "desconhecido", "nenhum", "onbekend", "geen"),
}
"""Of days, numbers, codes and addresses."""


def is_blank_text(text: str) -> bool:
    return not text or text.casefold() in BLANK_TEXTS


def is_blank_value(text: str) -> bool:
    return not text or text.casefold() in BLANK_VALUES
