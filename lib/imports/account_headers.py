"""Headers people give to the fields of customers, contacts, contracts and the price list, in several languages."""

from collections.abc import Mapping

ACCOUNT_HEADERS: Mapping[str, tuple[str, ...]] = {
    "external_id": (
        *("id", "external id", "record id", "uuid", "guid", "reference", "externe id", "identifiant", "identificador"),
        *("datensatz id", "datensatznummer", "identificativo", "sys id", "key"),
    ),
    "customers.external_id": (
        *("account id", "company id", "customer id", "organization id", "organisation id", "kundennummer", "kunden id"),
        *("kundennr", "debitorennummer", "debitor", "customer number", "account number", "client id", "numéro client"),
        *("code client", "id cliente", "código de cliente", "codice cliente", "klantnummer", "gsid", "company gsid"),
    ),
    "contacts.external_id": ("contact id", "person id", "user id", "kontakt id", "id contacto", "id contact"),
    "contracts.external_id": ("contract id", "deal id", "opportunity id", "subscription id", "vertrags id"),
    "tickets.external_id": ("ticket id", "case id", "conversation id"),
    "customers.name": (
        *("name", "company", "company name", "account", "account name", "customer", "customer name", "client"),
        *(
            "client name",
            "organization",
            "organisation",
            "organization name",
            "organisation name",
            "firma",
            "firmenname",
        ),
        *("kunde", "kundenname", "unternehmen", "unternehmensname", "entreprise", "société", "raison sociale"),
        *("nom du client", "nom de l entreprise", "empresa", "cliente", "nombre de la empresa", "nombre del cliente"),
        *("razón social", "azienda", "ragione sociale", "nome cliente", "nome da empresa", "bedrijf", "bedrijfsnaam"),
        *("klant", "klantnaam", "company/account"),
    ),
    "domain": (
        *("domain", "company domain name", "company domain", "website", "website url", "web site", "url", "homepage"),
        *("webseite", "internetseite", "domäne", "site web", "site internet", "sitio web", "página web", "sito web"),
        *("dominio", "domaine", "domain names", "company website", "account domain"),
    ),
    "owner_email": (
        *("owner", "owner email", "account owner", "company owner", "csm", "csm email", "csm name", "account manager"),
        *("customer success manager", "responsible", "betreuer", "kundenbetreuer", "verantwortlich", "inhaber"),
        *("zuständig", "propriétaire", "responsable", "gestionnaire de compte", "propietario", "proprietario"),
        *("account owner email", "owner e mail", "accountmanager", "gestor", "eigenaar", "company csm"),
    ),
    "industry": ("industry", "sector", "vertical", "branche", "industrie", "secteur", "industria", "settore", "setor"),
    "country": (
        *("country", "country/region", "billing country", "billing country/territory", "land", "pays", "país"),
        *("paese", "country region", "shipping country", "hq country", "mailing country"),
    ),
    "segment": (
        *("segment", "customer segment", "tier", "size", "company size", "plan tier", "kundensegment", "segmento"),
        *("segmento cliente", "größe", "klasse", "taille", "account tier", "customer tier"),
    ),
    "customer_since": (
        *("customer since", "became a customer date", "original contract date", "start date", "customer start date"),
        *("since", "kunde seit", "client depuis", "cliente desde", "cliente dal", "klant sinds", "onboarded on"),
        *("first contract", "first closed won date", "signup date", "signed up", "vertragsbeginn", "go live date"),
    ),
    "time_zone": ("time zone", "timezone", "zeitzone", "fuseau horaire", "zona horaria", "fuso orario", "tijdzone"),
    "summary": (
        *("description", "summary", "about us", "about", "beschreibung", "zusammenfassung", "descripción", "résumé"),
        *("descrizione", "descrição", "use case", "account description"),
    ),
    "competitor": (
        "competitor",
        "competitors",
        "wettbewerber",
        "konkurrent",
        "concurrent",
        "competidor",
        "concorrente",
    ),
    "customers.status": ("status", "customer status", "account status", "stage", "statut", "estado", "stato"),
    "customer_external_id": (
        *("account id", "company id", "customer id", "organization id", "organisation id", "client id", "kundennummer"),
        *("kunden id", "associated company ids", "associated company id", "company ids", "numéro client", "id cliente"),
        *("kundennr", "company gsid", "klantnummer", "customer number", "account number", "debitor", "customer ref"),
        *("associated company ids primary", "code client"),
    ),
    "customer_domain": (
        *("customer domain", "company domain", "account domain", "domain", "company domain name", "website"),
        *("requester domain",),
    ),
    "customer_name": (
        *("customer", "customer name", "company", "company name", "account", "account name", "organization"),
        *("organisation", "organization name", "client", "client name", "associated company", "kunde", "kundenname"),
        *("firma", "unternehmen", "entreprise", "société", "empresa", "cliente", "azienda", "bedrijf", "klant"),
        *("primary company", "ticket organization name", "requester organization", "tenant", "workspace", "companies"),
    ),
    "contacts.name": (
        *("name", "full name", "contact", "contact name", "person", "person name", "ansprechpartner", "kontakt"),
        *("vollständiger name", "nom complet", "contacto", "nombre completo", "referente", "contactpersoon"),
    ),
    "first_name": (
        *("first name", "firstname", "given name", "forename", "vorname", "prénom", "nombre", "nome", "voornaam"),
    ),
    "last_name": (
        *("last name", "lastname", "surname", "family name", "nachname", "familienname", "nom", "nom de famille"),
        *("apellido", "apellidos", "cognome", "sobrenome", "achternaam"),
    ),
    "title": (
        *("title", "job title", "position", "jobtitle", "titel", "funktion", "berufsbezeichnung", "poste", "fonction"),
        *("cargo", "puesto", "ruolo aziendale", "functie"),
    ),
    "email": (
        *("email", "e mail", "email address", "mail", "e mail adresse", "email adresse", "courriel", "adresse e mail"),
        *("correo", "correo electrónico", "posta elettronica", "indirizzo email", "e mailadres", "work email"),
    ),
    "role": (
        *(
            "role",
            "buying role",
            "contact role",
            "rolle",
            "rôle",
            "rol",
            "ruolo",
            "papel",
            "persona",
            "stakeholder role",
        ),
    ),
    "influence": ("influence", "influence level", "einfluss", "influencia", "influenza", "power"),
    "sentiment": ("sentiment", "attitude", "stimmung", "haltung", "sentimiento", "sentimento"),
    "last_contact_on": (
        *("last contact", "last contacted", "last activity", "last activity date", "last touch", "letzter kontakt"),
        *("letzte aktivität", "dernier contact", "último contacto", "ultimo contatto", "last engagement date"),
    ),
    "contacts.status": ("status", "contact status", "active", "is active", "statut", "estado", "stato"),
    "left_on": ("left on", "left date", "leaving date", "departed", "ausgeschieden am", "parti le", "fecha de salida"),
    "replaced_by_email": ("replaced by", "successor", "successor email", "nachfolger", "remplacé par", "sucesor"),
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
