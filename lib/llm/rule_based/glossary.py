"""Words for the same in the nine languages that records are written in, for a search by words."""

import re
from functools import lru_cache

from lib.llm.rule_based.vocabulary import build_stem_pattern, fold_letters

# Each line is one meaning.
GLOSSARY: tuple[str, ...] = (
    "training schulung formation szkolenie 研修 formacion formacao opplaering",
    "seats seat sitze platze places miejsca 席追加 空き席 席数 puestos asientos lugares plasser plaatsen",
    "price prices preis prix cena 価格 見積もり precio precios preco pris priser prijs",
    "contract vertrag contrat umowa 契約 contrato kontrakt overeenkomst",
    "budget 予算 presupuesto orcamento budsjett budzet",
    "invoice rechnung facture faktura 請求 factura fatura factuur",
    "holiday vacation urlaub conge conges urlop 休暇 vacaciones ferias ferie vakantie",
    "council betriebsrat",
    "works betriebsrat",
    "audit prufpfad",
    "trail prufpfad",
    "meeting reunion reuniao spotkanie 定例 mote vergadering besprechung",
    "headquarters siege zentrale",
    "figures numbers zahlen chiffres liczby 数字",
    "satisfied happy zufrieden content contente contents zadowolony 満足 contentos contento fornoyd tevreden",
    "mobile movil mobil mobilen 携帯",
    "harvest vindima vendimia vendange",
    "approval approvals freigabe 承認 aprobacion aprovacao",
    "quote offer angebot devis oferta 見積もり tilbud offerte",
    "mistake typo coquille fehler",
    "spreadsheet arkusz tabelle tableur 表計算",
    "board tablica 取締役会",
    "export eksport exportation",
    "calendar calendrier kalender kalendarz",
    "storm stormvakta",
    "night nacht nuit noc 夜勤 natt noche noite",
)


def translate_words(text: str) -> tuple[str, ...]:
    """Words of other languages for what stands in `text`, for a search in records."""
    folded = fold_letters(text)
    return tuple(
        dict.fromkeys(word for line, pattern in _compile_glossary() if pattern.search(folded) for word in line)
    )


@lru_cache(maxsize=1)
def _compile_glossary() -> tuple[tuple[tuple[str, ...], re.Pattern[str]], ...]:
    lines = tuple(tuple(line.split()) for line in GLOSSARY)
    return tuple((line, re.compile("|".join(build_stem_pattern(f"{word}_") for word in line))) for line in lines)
