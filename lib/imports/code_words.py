"""Words of other systems for our codes, in several languages. A mapping's own table of words stands before these.

Sources: the default values of HubSpot, Salesforce, Gainsight, Zendesk and Intercom, and what people write in sheets.
"""

from collections.abc import Mapping
from functools import cache, lru_cache

CODE_WORDS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "segment": {
        "smb": (
            *("small", "small business", "small and medium business", "sme", "s", "startup", "starter", "kmu", "klein"),
            *("kleinunternehmen", "pme", "tpe", "petite entreprise", "pyme", "pequeña empresa", "pmi", "mkb"),
        ),
        "mid": (
            *("mid market", "midmarket", "medium", "medium business", "m", "growth", "mittelstand", "mittel"),
            *("eti", "moyenne entreprise", "mediana empresa", "media impresa", "midden"),
        ),
        "enterprise": (
            *("ent", "large", "large enterprise", "l", "xl", "corporate", "strategic", "key account", "konzern"),
            *("grossunternehmen", "großunternehmen", "großkunde", "grand compte", "grande entreprise"),
            *("gran empresa", "grande impresa", "grootbedrijf"),
        ),
    },
    "customers.status": {
        "active": (
            *("customer", "live", "current", "aktiv", "bestandskunde", "kunde", "actif", "client", "activo", "cliente"),
            *("attivo", "ativo", "actief", "onboarding", "adopting", "renewed", "established", "yes", "true", "1"),
        ),
        "churned": (
            *("churn", "lost", "former", "former customer", "ex customer", "inactive", "cancelled", "canceled"),
            *("terminated", "gekündigt", "ehemaliger kunde", "verloren", "inaktiv", "inactif", "résilié", "perdu"),
            *("inactivo", "baja", "perdido", "perso", "inativo", "inactief", "no", "false", "0"),
        ),
    },
    "role": {
        "economic_buyer": (
            *("buyer", "budget holder", "decision maker", "business decision maker", "entscheider", "budget"),
            *("budgetverantwortlicher", "décideur", "decisor", "decisore", "beslisser", "executive decision maker"),
        ),
        "champion": (
            "promoter",
            "advocate",
            "internal champion",
            "fürsprecher",
            "ambassadeur",
            "promotor",
            "evangelist",
        ),
        "executive_sponsor": (
            *("sponsor", "exec sponsor", "executive", "schirmherr", "sponsor exécutif", "patrocinador"),
        ),
        "admin": (
            *("administrator", "system admin", "it admin", "technical", "technical buyer", "technical contact"),
            *("administrateur", "administrador", "amministratore", "beheerder", "project manager", "implementation"),
        ),
        "detractor": ("blocker", "critic", "opponent", "gegner", "kritiker", "détracteur", "detrattore"),
        "procurement": (
            "purchasing",
            "buying",
            "einkauf",
            "achats",
            "compras",
            "acquisti",
            "inkoop",
            "billing",
            "finance",
        ),
        "legal": ("legal and compliance", "recht", "rechtsabteilung", "juridique", "jurídico", "legale", "juridisch"),
        "user": (
            *("end user", "enduser", "power user", "member", "influencer", "other", "contact", "endnutzer", "nutzer"),
            *("anwender", "utilisateur", "usuario", "utente", "gebruiker", "evaluator", "primary contact"),
        ),
    },
    "sentiment": {
        "positive": ("good", "happy", "promoter", "green", "positiv", "positif", "positivo", "positief"),
        "neutral": ("passive", "yellow", "mixed", "ok", "neutre", "neutro", "neutraal"),
        "negative": ("bad", "unhappy", "detractor", "red", "negativ", "négatif", "negativo", "negatief"),
    },
    "contacts.status": {
        "active": ("current", "aktiv", "actif", "activo", "attivo", "ativo", "actief", "yes", "true", "1"),
        "left": (
            *("inactive", "gone", "former", "no longer with company", "departed", "left company", "ausgeschieden"),
            *("verlassen", "inaktiv", "parti", "partie", "inactif", "se fue", "inactivo", "uscito", "vertrokken"),
            *("no", "false", "0", "no longer works there"),
        ),
        "unknown": ("unconfirmed", "unbekannt", "inconnu", "desconocido", "sconosciuto", "onbekend"),
    },
    "priority": {
        "p1": (
            *("urgent", "critical", "blocker", "highest", "very high", "1", "sev1", "sev 1", "s1", "priority 1"),
            *("dringend", "kritisch", "sehr hoch", "urgente", "critique", "crítica", "critico", "spoed"),
        ),
        "p2": (
            *(
                "high",
                "major",
                "2",
                "sev2",
                "sev 2",
                "s2",
                "priority 2",
                "hoch",
                "haute",
                "élevée",
                "alta",
                "hoog",
                "priority",
            ),
        ),
        "p3": (
            *("normal", "medium", "minor", "3", "sev3", "sev 3", "s3", "priority 3", "mittel", "normale", "moyenne"),
            *("media", "normaal", "not priority"),
        ),
        "p4": (
            *("low", "lowest", "trivial", "question", "4", "5", "sev4", "sev 4", "s4", "priority 4", "niedrig"),
            *("gering", "basse", "faible", "baja", "bassa", "baixa", "laag"),
        ),
    },
    "tickets.status": {
        "open": (
            *("new", "in progress", "working", "escalated", "reopened", "submitted", "offen", "neu", "ouvert"),
            *("nouveau", "en cours", "abierto", "nuevo", "aperto", "aberto", "in bearbeitung", "waiting on us"),
        ),
        "pending": (
            *("waiting", "waiting on customer", "waiting on contact", "waiting for customer", "on hold", "hold"),
            *("snoozed", "awaiting reply", "wartend", "zurückgestellt", "en attente", "pendiente", "in attesa"),
            *("waiting on you", "pendente"),
        ),
        "solved": (
            *("closed", "resolved", "done", "complete", "completed", "gelöst", "geschlossen", "erledigt", "résolu"),
            *("fermé", "clos", "resuelto", "cerrado", "risolto", "chiuso", "resolvido", "opgelost", "gesloten"),
        ),
    },
    "kind": {
        "note": ("notes", "comment", "notiz", "remarque", "nota", "notitie", "update", "other", "task", "milestone"),
        "call": ("phone", "phone call", "telephone", "anruf", "telefonat", "appel", "llamada", "chiamata", "gesprek"),
        "meeting": (
            *("in person meeting", "web meeting", "demo", "visit", "qbr", "ebr", "event", "treffen", "termin"),
            *("besprechung", "réunion", "reunión", "riunione", "vergadering", "zoom", "video call"),
        ),
        "email": ("e mail", "mail", "incoming email", "outgoing email", "courriel", "correo", "list email"),
    },
}
"""Field, with its kind where two kinds have one of that name -> code -> words, spelled as `normalize_word` has them."""

YES_WORDS = frozenset(
    {"true", "yes", "y", "1", "x", "on", "✓", "✔", "ja", "j", "wahr", "oui", "o", "vrai", "sí", "si", "s", "verdadero"}
    | {
        "sì",
        "vero",
        "sim",
        "verdadeiro",
        "waar",
        "good",
        "good with comment",
        "satisfied",
        "auto renew",
        "automatic",
        "auto",
    }
    | {"automatisch", "tacite reconduction", "evergreen", "amazing", "great"}
)
NO_WORDS = frozenset(
    {"false", "no", "n", "0", "off", "✗", "✘", "nein", "falsch", "non", "faux", "falso", "não", "nao", "nee", "onwaar"}
    | {"bad", "bad with comment", "dissatisfied", "unsatisfied", "manual", "manually", "manuell", "terrible"}
)
# Zendesk's rating that was asked for and not given.
NO_ANSWER_WORDS = frozenset({"offered", "unoffered", "not offered", "not rated"})


def normalize_word(text: str) -> str:
    """A word without case and signs: "Mid-Market" is "mid market"."""
    return " ".join(text.casefold().replace("-", " ").replace("_", " ").replace("/", " ").replace(":", " ").split())


@lru_cache(maxsize=10_000)
def find_code_of_word(kind: str, field: str, codes: tuple[str, ...], text: str) -> str | None:
    """The code a word stands for, also of "1 - Critical". None for an unknown word."""
    word = normalize_word(text)
    known = _index_codes_by_word(f"{kind}.{field}") or _index_codes_by_word(field)
    by_code = {normalize_word(code): code for code in codes}
    for candidate in (word, *_split_doubled_code_word(word)):
        code = by_code.get(candidate) or known.get(candidate)
        if code in codes:
            return code
    return None


def list_code_words(kind: str, field: str, code: str) -> tuple[str, ...]:
    """Words that stand for a code beside the code itself."""
    known = CODE_WORDS.get(f"{kind}.{field}") or CODE_WORDS.get(field) or {}
    return known.get(code, ())


def _split_doubled_code_word(word: str) -> tuple[str, ...]:
    """Halves of "p2 high", which says the same thing twice. Either half will do."""
    first, _, rest = word.replace("(", " ").replace(")", " ").strip().partition(" ")
    return (rest.strip(), first) if len(first) <= 2 and any(letter.isdigit() for letter in first) else ()


@cache
def _index_codes_by_word(key: str) -> Mapping[str, str]:
    return {word: code for code, words in CODE_WORDS.get(key, {}).items() for word in words}
