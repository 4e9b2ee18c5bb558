from collections import defaultdict

from lib.content.model import Chart, ChartKind, ColumnKind, Fact, Facts, Point, Series, Table, Tone
from lib.customers.account_rankings import DECISION_MAKER_ROLES, list_remaining_contacts
from lib.customers.model import Contact
from lib.forms.model import EditableColumn, Field, FieldKind, Form
from lib.slides import shared_sections
from lib.slides.model import Slide, SlideCategory, SlideId, SlideInput
from lib.slides.slide_context import SlideContext
from lib.slides.slide_texts import fill_slide_question
from lib.text.format import format_count, format_date, humanize_code
from lib.text.truncate import single_line

TONE_OF_SENTIMENT = {"negative": Tone.BAD, "neutral": Tone.NEUTRAL, "positive": Tone.GOOD}
NAMES_SHOWN = 4
MOVE_COLUMNS = (
    EditableColumn(key="who", label="Person", required=True),
    EditableColumn(key="move", label="Next move", required=True),
    EditableColumn(key="by", label="By", kind=ColumnKind.DATE),
)


def build_key_roles_facts(slide_input: SlideInput) -> Facts:
    return Facts(title="Key roles", items=tuple(_build_role_fact(slide_input, role) for role in DECISION_MAKER_ROLES))


def build_influence_chart(slide_input: SlideInput) -> Chart:
    """Contacts by influence and sentiment. Those in one spot share a mark, so that names stay readable."""
    spots: defaultdict[tuple[str, int], list[str]] = defaultdict(list)
    for contact in list_remaining_contacts(slide_input.account):
        if _has_chart_position(contact):
            spots[str(contact.sentiment), contact.influence or 0].append(single_line(contact.name, max_length=40))
    return Chart(
        title="Influence and sentiment",
        kind=ChartKind.SCATTER,
        series=tuple(
            Series(
                name=sentiment.capitalize(),
                tone=tone,
                points=tuple(
                    Point(
                        x=sentiment,
                        y=float(influence),
                        label=_shorten_contact_names(names),
                        size=float(len(names)),
                        tone=tone,
                    )
                    for (where, influence), names in sorted(spots.items())
                    if where == sentiment
                ),
            )
            for sentiment, tone in TONE_OF_SENTIMENT.items()
        ),
        x_label="Sentiment towards us",
        y_label="Influence, 1 (none) to 5 (decides)",
        y_scale=(1, 5),
        empty="No contact has both influence and sentiment on record: no data.",
        takeaway=_describe_influence_chart(slide_input),
        source=f"Contacts on record as of {format_date(slide_input.account.today)}.",
    )


def build_unplaced_contacts_table(slide_input: SlideInput) -> Table:
    missing = [contact for contact in list_remaining_contacts(slide_input.account) if not _has_chart_position(contact)]
    return shared_sections.build_contacts_table("Not on the map", missing, "All contacts are on the map.")


def build_stakeholder_form(slide_input: SlideInput) -> Form:
    return Form(
        title="Gaps and next moves",
        fields=(
            Field(
                key="gaps",
                label=fill_slide_question(slide_input, "Who is missing, or who do we only think we know?"),
                kind=FieldKind.LONG_TEXT,
                required=True,
            ),
            Field(
                key="moves",
                label="Next moves",
                kind=FieldKind.ROWS,
                columns=MOVE_COLUMNS,
                default=[],
                help="One line per person: the move and its date.",
            ),
        ),
    )


def _has_chart_position(contact: Contact) -> bool:
    return contact.influence is not None and contact.sentiment in TONE_OF_SENTIMENT and contact.status == "active"


def _shorten_contact_names(names: list[str]) -> str:
    more = len(names) - NAMES_SHOWN
    return ", ".join(names[:NAMES_SHOWN]) + (f" and {more} more" if more > 0 else "")


def _build_role_fact(slide_input: SlideInput, role: str) -> Fact:
    contact, label = slide_input.account.find_contact_by_role(role), humanize_code(role).capitalize()
    if contact is None:
        return Fact(label=label, value=None, note="No one active on record.", tone=Tone.WARNING)
    last = format_date(contact.last_contact_on) if contact.last_contact_on else "never"
    note = f"{contact.sentiment or 'sentiment unknown'}; last contact {last}"
    return Fact(label=label, value=single_line(contact.name, max_length=120), note=note)


def _describe_influence_chart(slide_input: SlideInput) -> str | None:
    powerful = [
        contact
        for contact in list_remaining_contacts(slide_input.account)
        if (contact.influence or 0) >= 4 and _has_chart_position(contact)
    ]
    against = [contact for contact in powerful if contact.sentiment == "negative"]
    if not powerful:
        return "No one with influence 4 or 5 is on the map."
    people = format_count(len(powerful), "person", "people")
    if not against:
        return f"{people} with influence 4 or 5 on the map, none of them negative."
    names = _shorten_contact_names([single_line(contact.name, max_length=60) for contact in against])
    return f"{people} with influence 4 or 5 on the map; negative: {names}."


SLIDE = Slide(
    id=SlideId.STAKEHOLDER_MAP,
    title="Stakeholder map",
    short="People",
    category=SlideCategory.STRATEGY,
    purpose="Who decides, their sentiment towards us, and who is missing.",
    sections=(build_key_roles_facts, build_influence_chart, build_unplaced_contacts_table),
    form=build_stakeholder_form,
    defaults=SlideContext(
        lead="An honest map with gaps beats a full one that is guesswork.",
        minutes=10,
    ),
)
