"""Headers people give to the fields of contracts and of the price list, in several languages."""

from collections.abc import Mapping

CONTRACT_HEADERS: Mapping[str, tuple[str, ...]] = {
    "contracts.number": (
        *("contract number", "contract no", "contract", "agreement number", "vertragsnummer", "vertragsnr", "vertrag"),
        *("numéro de contrat", "n° de contrat", "número de contrato", "numero contratto", "contractnummer"),
        *("order number", "subscription number", "deal name", "contract name", "po number"),
    ),
    "starts_on": (
        *("start", "start date", "contract start", "contract start date", "term start", "subscription start date"),
        *("begin", "begin date", "vertragsbeginn", "beginn", "startdatum", "laufzeitbeginn", "gültig ab", "début"),
        *("date de début", "début du contrat", "inicio", "fecha de inicio", "inizio", "data inizio", "data de início"),
        *("effective date", "ingangsdatum", "von"),
    ),
    "ends_on": (
        *("renewal", "renewal date", "next renewal date", "renews on", "verlängerung", "verlängerungsdatum"),
        *("date de renouvellement", "fecha de renovación", "data di rinnovo", "data de renovação", "verlengingsdatum"),
    ),
    "last_day_on": (
        *("end", "end date", "contract end", "contract end date", "term end", "subscription end date", "expiry date"),
        *("expiration date", "expires", "vertragsende", "ende", "enddatum", "laufzeitende", "gültig bis", "fin"),
        *("date de fin", "fin du contrat", "fecha de fin", "fecha de finalización", "fine", "data fine", "scadenza"),
        *("data de término", "einddatum", "bis", "valid until"),
    ),
    "term_months": (
        *("term", "term months", "contract term", "contract term months", "term in months", "duration", "laufzeit"),
        *("laufzeit monate", "laufzeit in monaten", "durée", "durée en mois", "duración", "plazo meses", "durata"),
        *("contract length", "looptijd"),
    ),
    "notice_days": (
        *(
            "notice",
            "notice days",
            "notice period",
            "notice period days",
            "owner expiration notice",
            "cancellation notice",
        ),
        *(
            "kündigungsfrist",
            "kündigungsfrist tage",
            "préavis",
            "préavis jours",
            "preaviso",
            "preavviso",
            "opzegtermijn",
        ),
        *("días de preaviso",),
    ),
    "auto_renews": (
        *("auto renews", "auto renew", "auto renewal", "autorenew", "automatic renewal", "renewal type"),
        *("automatische verlängerung", "verlängert automatisch", "autom verlängerung", "tacite reconduction"),
        *("renouvellement automatique", "renovación automática", "rinnovo automatico", "renovação automática"),
    ),
    "seats": (
        *("seats", "licenses", "licences", "licensed users", "quantity", "number of seats", "seat count", "plätze"),
        *("lizenzen", "anzahl lizenzen", "nutzer lizenzen", "sièges", "nombre de licences", "utilisateurs", "puestos"),
        *("licencias", "licenze", "posti", "licenças", "aantal licenties", "users", "purchased seats", "menge"),
    ),
    "annual_price_per_seat": (
        *("price per seat", "list price", "unit price", "annual price per seat", "price per user", "listenpreis"),
        *("preis pro platz", "preis pro lizenz", "einzelpreis", "stückpreis", "prix unitaire", "prix par siège"),
        *("precio por puesto", "precio unitario", "prezzo unitario", "preço unitário", "stukprijs", "sales price"),
        *("prix catalogue", "precio de lista"),
    ),
    "modules.annual_price_per_seat": ("price", "preis", "prix", "precio", "prezzo", "preço", "prijs", "annual price"),
    "annual_amount": (
        *("arr", "annual recurring revenue", "annual amount", "annual contract value", "acv", "annual value", "amount"),
        *("contract value", "jahreswert", "jahresumsatz", "vertragswert", "jahresbetrag", "revenu annuel", "montant"),
        *(
            "montant annuel",
            "importe anual",
            "importe",
            "valore annuo",
            "valor anual",
            "jaarbedrag",
            "betrag",
            "volumen",
        ),
    ),
    "discount_percent": (
        *("discount", "discount percent", "discount %", "rabatt", "rabatt %", "remise", "remise %", "descuento"),
        *("sconto", "desconto", "korting", "nachlass"),
    ),
    "uplift_cap_percent": (
        *("uplift cap", "price cap", "cap on increase", "max uplift", "preisobergrenze", "max preiserhöhung"),
        *("plafond d augmentation", "tope de subida", "price increase cap", "renewal cap"),
    ),
    "modules": ("modules", "products", "product", "module", "produkte", "produkt", "produits", "productos", "prodotti"),
    "modules.name": (
        *("name", "module", "product", "product name", "item", "sku name", "produkt", "modul", "produit", "producto"),
        *("prodotto", "produto", "bezeichnung", "artikel"),
    ),
}
