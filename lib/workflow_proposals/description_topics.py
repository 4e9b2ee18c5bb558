"""What a description asks for, by its words in seven languages: the topics a workflow can be about.

A word counts if it begins with a stem, or has a stem of six letters or more within it, as German compounds do. Stems
are in lower case and without accents. Adding a topic costs an entry here and a description in the tests.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from enum import StrEnum

from lib.slides.model import SlideId
from lib.text.search_terms import split_folded_words
from lib.workflows.model import Category

MIN_INNER_STEM = 6
MIN_TYPO_LENGTH = 6
TYPO_SIMILARITY = 0.85
NEGATION_REACH = 2
"""Words after "without" that are not wanted: "without a quote", "ohne neues Angebot"."""
NEGATIONS = frozenset(
    ("without", "no", "not", "ohne", "kein", "keine", "keinen", "sans", "pas", "sin", "senza", "zonder", "geen", "sem")
)


class DescriptionTopic(StrEnum):
    DEPARTURE = "departure"
    RENEWAL = "renewal"
    PRICE = "price"
    RISK = "risk"
    GROWTH = "growth"
    PLAN = "plan"
    PEOPLE = "people"
    EXECUTIVE = "executive"
    EMAIL = "email"
    CALL = "call"


@dataclass(frozen=True, kw_only=True)
class DescriptionTopicRule:
    """A topic's slides and the stock workflow that shows how they read; `category` None decides nothing."""

    name: str
    stems: tuple[str, ...]
    slides: tuple[SlideId, ...]
    example: str | None = None
    category: Category | None = None


def _split(words: str) -> tuple[str, ...]:
    return tuple(words.split())


TOPICS: dict[DescriptionTopic, DescriptionTopicRule] = {
    DescriptionTopic.DEPARTURE: DescriptionTopicRule(
        name="somebody who left",
        stems=_split(
            "left leaves leaving departed departure gone quits resign successor replacement verlass verlaess verlie "
            "weggang ausgeschied ausscheid nachfolg wechselt abgang parti quitte depart succede successeur remplac "
            "salio dejo marcho sucesor sustitu reemplaz lasciat partit successore vertrok vertrek opvolger saiu deixou "
            "substitu"
        ),
        slides=(SlideId.ASSESS_DEPARTURE, SlideId.STAKEHOLDER_MAP, SlideId.IDENTIFY_REPLACEMENT),
        example="executive-contact-lost",
        category=Category.RISK,
    ),
    DescriptionTopic.RENEWAL: DescriptionTopicRule(
        name="a renewal",
        stems=_split(
            "renew contract notice expir verlanger vertrag erneuer kundigungsfrist laufzeit renouvel contrat echeance "
            "preavis renov vencimiento contrato rinnov contratto scadenza verleng opzegtermijn"
        ),
        slides=(SlideId.CONTRACT_TERMS, SlideId.ASSESS_RISK, SlideId.PRICING_STRATEGY),
        example="standard-renewal",
        category=Category.RENEWAL,
    ),
    DescriptionTopic.PRICE: DescriptionTopicRule(
        name="prices",
        stems=_split(
            "price pricing discount uplift quote offer budget preis rabatt angebot erhohung prix remise devis tarif "
            "augmentation precio descuento presupuesto oferta cotiza prezz sconto preventivo prijs korting offerte "
            "preco desconto orcamento"
        ),
        slides=(SlideId.PRICING_STRATEGY, SlideId.PREPARE_QUOTE),
        example="standard-renewal",
        category=Category.RENEWAL,
    ),
    DescriptionTopic.RISK: DescriptionTopicRule(
        name="a customer at risk",
        stems=_split(
            "risk churn unhappy dissatisf complain cancel escalat outage drop decline falling risiko unzufrieden "
            "kundig beschwer abwander ruckgang risque mecontent resili plainte baisse riesgo insatisf queja cancela "
            "rischio insoddisf reclam disdett risico ontevreden klacht opzeg risco insatisfeit queixa"
        ),
        slides=(SlideId.ASSESS_RISK,),
        example="standard-renewal",
        category=Category.RISK,
    ),
    DescriptionTopic.GROWTH: DescriptionTopicRule(
        name="growth",
        stems=_split(
            "expan upsell crosssell grow growth seats modules wachs erweiter ausbau lizenz platze module croissance "
            "extension agrand crecim expansion ampli licencia crescit espansion licenz groei uitbrei crescim licenca"
        ),
        slides=(SlideId.GROWTH_PLAN, SlideId.PRICING_STRATEGY, SlideId.PREPARE_QUOTE),
        example="expansion-opportunity-for-obsidian-black",
        category=Category.EXPANSION,
    ),
    DescriptionTopic.PLAN: DescriptionTopicRule(
        name="a plan with goals",
        stems=_split(
            "plan plans planning goal objective strateg quarterly qbr success ziel quartal erfolgsplan objectif "
            "trimestr objetivo estrateg obiettivo doel kwartaal"
        ),
        slides=(SlideId.STAKEHOLDER_MAP, SlideId.SET_GOALS, SlideId.EXECUTIVE_BRIEF),
        example="complete-strategic-account-plan-for-obsidian-black",
        category=Category.STRATEGY,
    ),
    DescriptionTopic.PEOPLE: DescriptionTopicRule(
        name="who is who there",
        stems=_split(
            "stakeholder champion sponsor contacts relationship ansprechpartner beziehung interlocuteur contactos "
            "patrocinador referent relaci relazion contactpersoon patrocin"
        ),
        slides=(SlideId.STAKEHOLDER_MAP,),
    ),
    DescriptionTopic.EXECUTIVE: DescriptionTopicRule(
        name="executives",
        stems=_split(
            "executive board ceo cfo cio cto vorstand geschaftsfuhr direction dirigeant direccion directivo dirigent "
            "directie bestuur diretor"
        ),
        slides=(SlideId.EXECUTIVE_BRIEF,),
        example="executive-engagement-with-obsidian-black",
    ),
    DescriptionTopic.EMAIL: DescriptionTopicRule(
        name="an email",
        stems=_split(
            "email mail mails letter schreib anschreiben courriel ecrire correo escrib scriver schrijv escrev"
        ),
        slides=(SlideId.DRAFT_EMAIL,),
    ),
    DescriptionTopic.CALL: DescriptionTopicRule(
        name="a call",
        stems=_split(
            "call calls meeting invite schedule workshop anruf termin gesprach treffen besprech appel rendez reunion "
            "llamada reuni chiamata riunion gesprek vergader afspraak chamada"
        ),
        slides=(SlideId.SCHEDULE_CALL,),
    ),
}

NO_SLIDES_FOR: dict[str, tuple[str, ...]] = {
    "onboarding and training": _split("onboard einfuhr schulung training formation formacion capacitac formazion"),
    "legal and security reviews": _split("legal lawyer security audit compliance gdpr dsgvo rgpd juristisch juridique"),
    "invoices and payments": _split("invoice payment overdue rechnung zahlung facture paiement factura pago fattura"),
    "surveys": _split("survey nps umfrage sondage encuesta sondaggio"),
    "messages by other ways than email": _split("whatsapp slack sms linkedin telegram textnachricht wechat"),
    "technical migrations": _split("migration migrat implementation integrat rollout umstellung"),
}
"""What the library has no slide for."""

SET_ELSEWHERE: dict[str, tuple[str, ...]] = {
    "It does not begin by itself: a manager sets that under “About this workflow”.": _split(
        "automatic automatisch automatique automatic automatico automat itself always whenever immer toujours siempre"
    ),
    "No question of the chat proposes to snooze, skip or escalate because of your words: add one under “Chat”.": _split(
        "snooz postpon pause skip escalat verschieb pausier eskal aplaz rinvia uitstel adia"
    ),
    "No slide depends on a condition yet: set “Shown when” at the end of a slide's texts.": _split(
        "if unless only depending wenn falls nur selon seulement solo siempre_que segment enterprise"
    ),
}
"""What is not in a slide, with where it is set."""


@dataclass(frozen=True, kw_only=True)
class DescriptionReading:
    """Topics that were asked for, the first named first, each with the word that says so; and what was not wanted."""

    topics: dict[DescriptionTopic, str]
    unwanted: dict[DescriptionTopic, str]
    without_slides: tuple[str, ...]
    set_elsewhere: tuple[str, ...]


def read_description(description: str) -> DescriptionReading:
    """The topics of a description. Pure; the same words give the same topics."""
    words = split_folded_words(description)
    topics: dict[DescriptionTopic, str] = {}
    unwanted: dict[DescriptionTopic, str] = {}
    for place, word in enumerate(words):
        before = words[max(0, place - NEGATION_REACH) : place]
        found = unwanted if NEGATIONS.intersection(before) else topics
        for topic in _find_topics(word):
            found.setdefault(topic, word)
    kept = {topic: word for topic, word in topics.items() if topic not in unwanted}
    return DescriptionReading(
        topics=kept,
        unwanted=unwanted,
        without_slides=tuple(name for name, stems in NO_SLIDES_FOR.items() if _has_stem(words, stems)),
        set_elsewhere=tuple(text for text, stems in SET_ELSEWHERE.items() if _has_stem(words, stems)),
    )


def _find_topics(word: str) -> list[DescriptionTopic]:
    exact = [topic for topic, rule in TOPICS.items() if _has_stem((word,), rule.stems)]
    if exact or len(word) < MIN_TYPO_LENGTH:
        return exact
    stems = [stem for rule in TOPICS.values() for stem in rule.stems if len(stem) >= MIN_TYPO_LENGTH - 1]
    near = {
        found
        for length in (len(word), len(word) - 1, len(word) - 2)
        for found in get_close_matches(word[:length], stems, n=1, cutoff=TYPO_SIMILARITY)
    }
    return [topic for topic, rule in TOPICS.items() if near.intersection(rule.stems)][:1]


def _has_stem(words: Iterable[str], stems: tuple[str, ...]) -> bool:
    return any(
        word.startswith(stem) or (len(stem) >= MIN_INNER_STEM and stem in word) for word in words for stem in stems
    )
