"""Headers people give to the fields of usage, tickets, survey answers and notes, in several languages."""

from collections.abc import Mapping

ACTIVITY_HEADERS: Mapping[str, tuple[str, ...]] = {
    "week_starts_on": (
        *("week", "week start", "week starting", "week of", "date", "day", "month", "period", "woche", "kw", "datum"),
        *("tag", "monat", "semaine", "jour", "mois", "semana", "día", "fecha", "mes", "settimana", "giorno", "mese"),
        *("data", "timestamp", "week begin", "periode"),
    ),
    "active_users": (
        *("active users", "mau", "dau", "wau", "users active", "monthly active users", "daily active users"),
        *("weekly active users", "aktive nutzer", "aktive benutzer", "utilisateurs actifs", "usuarios activos"),
        *("utenti attivi", "usuários ativos", "actieve gebruikers", "active seats", "unique users"),
    ),
    "logins": (
        *("logins", "sign ins", "signins", "sessions", "visits", "web sessions", "anmeldungen", "sitzungen"),
        *("connexions", "inicios de sesión", "sesiones", "accessi", "aanmeldingen", "log ins"),
    ),
    "key_actions": (
        *("key actions", "actions", "events", "core actions", "key events", "usage count", "kernaktionen", "aktionen"),
        *("ereignisse", "actions clés", "événements", "acciones clave", "eventos", "azioni chiave", "eventi"),
    ),
    "tickets.number": (
        *("number", "ticket", "ticket number", "ticket no", "case number", "case", "ticket id", "id", "ticketnummer"),
        *("ticket nr", "vorgang", "fallnummer", "numéro de ticket", "numéro", "número de ticket", "numero ticket"),
        *("issue key", "conversation id", "nummer", "request id"),
    ),
    "tickets.title": (
        *(
            "title",
            "subject",
            "ticket name",
            "summary",
            "topic",
            "betreff",
            "titel",
            "titre",
            "sujet",
            "objet",
            "asunto",
        ),
        *("oggetto", "assunto", "onderwerp", "conversation title", "ticket subject", "description"),
    ),
    "priority": ("priority", "severity", "urgency", "priorität", "dringlichkeit", "priorité", "prioridad", "priorità"),
    "tickets.status": (
        *("status", "ticket status", "state", "conversation state", "conversation status", "case status", "statut"),
        *("estado", "stato", "zustand"),
    ),
    "opened_on": (
        *("opened", "opened on", "created", "created at", "create date", "created date", "date opened", "open date"),
        *("date/time opened", "opened date", "conversation started at", "conversation created at", "erstellt am"),
        *("erstellt", "eröffnet", "eröffnet am", "angelegt am", "créé le", "date de création", "ouvert le", "creado"),
        *("fecha de creación", "creato il", "data creazione", "criado em", "aangemaakt op", "ticket created date"),
    ),
    "solved_on": (
        *(
            "solved",
            "solved at",
            "solved on",
            "closed",
            "closed at",
            "close date",
            "closed date",
            "resolved",
            "resolved at",
        ),
        *("date/time closed", "date closed", "conversation closed at", "last closed at", "gelöst am", "geschlossen am"),
        *("résolu le", "fermé le", "date de résolution", "resuelto", "fecha de cierre", "risolto il", "chiuso il"),
        *("opgelost op", "ticket solved date", "resolution date"),
    ),
    "satisfied": (
        *("satisfied", "satisfaction", "satisfaction score", "csat", "satisfaction rating", "zufrieden"),
        *("zufriedenheit", "satisfait", "satisfacción", "soddisfazione", "conversation rating", "rating"),
    ),
    "contact_email": (
        *("contact email", "requester email", "requester", "email", "e mail", "respondent email", "user email"),
        *("web email", "author email of contact", "respondent", "e mail adresse", "courriel", "correo electrónico"),
        *("contact e mail", "email address", "kontakt e mail"),
    ),
    "score": (
        "score",
        "nps",
        "nps score",
        "rating",
        "answer",
        "punkte",
        "bewertung",
        "note",
        "puntuación",
        "punteggio",
    ),
    "comment": (
        *("comment", "comments", "feedback", "reason", "nps comment", "verbatim", "kommentar", "begründung"),
        *("commentaire", "comentario", "commento", "comentário", "opmerking", "nps feedback", "survey comment"),
    ),
    "responded_on": (
        *("responded on", "responded at", "response date", "answered on", "date", "submitted at", "completed at"),
        *("survey date", "datum", "beantwortet am", "date de réponse", "fecha de respuesta", "data risposta"),
        *("responded date", "timestamp", "created at", "submission date"),
    ),
    "author_email": (
        *("author", "author email", "created by", "logged by", "written by", "activity assigned to", "verfasser"),
        *("autor", "auteur", "autore", "erstellt von", "owner", "assigned to"),
    ),
    "notes.kind": ("kind", "type", "activity type", "note type", "art", "typ", "type d activité", "tipo", "soort"),
    "body": (
        *("body", "note", "notes", "text", "content", "note body", "description", "comments", "notiz", "notizen"),
        *("inhalt", "texte", "contenu", "nota", "notas", "contenuto", "notitie", "full comments", "notes plain text"),
    ),
    "happened_on": (
        *("date", "day", "activity date", "happened on", "created date", "created at", "due date", "datum", "tag"),
        *("am", "fecha", "data", "date d activité", "note date", "create date", "timestamp"),
    ),
}
