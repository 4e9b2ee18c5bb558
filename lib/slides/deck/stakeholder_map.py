from collections import defaultdict

from lib.accounts.model import Contact
from lib.accounts.reading import KEY_ROLES, remaining
from lib.slides import words
from lib.slides.context import SlideContext
from lib.slides.deck import parts
from lib.slides.filling import question
from lib.slides.model import (
    Chart,
    ChartKind,
    Column,
    ColumnKind,
    Fact,
    Facts,
    Field,
    FieldKind,
    Form,
    Point,
    Series,
    Slide,
    SlideCategory,
    SlideId,
    SlideInput,
    Table,
    Tone,
)

SENTIMENTS = {"negative": Tone.BAD, "neutral": Tone.NEUTRAL, "positive": Tone.GOOD}
NAMES_SHOWN = 4
MOVES = (
    Column(key="who", label="Person", required=True),
    Column(key="move", label="Next move", required=True),
    Column(key="by", label="By", kind=ColumnKind.DATE),
)


def key_roles(inp: SlideInput) -> Facts:
    return Facts(title="The three one needs", items=tuple(_role(inp, role) for role in KEY_ROLES))


def map_of_people(inp: SlideInput) -> Chart:
    """Everybody with influence and sentiment known; people of one spot share a mark, so that names stay readable."""
    spots: defaultdict[tuple[str, int], list[str]] = defaultdict(list)
    for contact in remaining(inp.account):
        if _is_placed(contact):
            spots[str(contact.sentiment), contact.influence or 0].append(words.plain(contact.name, most=40))
    return Chart(
        title="Influence and sentiment",
        kind=ChartKind.SCATTER,
        series=tuple(
            Series(
                name=sentiment.capitalize(),
                tone=tone,
                points=tuple(
                    Point(x=sentiment, y=float(influence), label=_names(names), size=float(len(names)), tone=tone)
                    for (where, influence), names in sorted(spots.items())
                    if where == sentiment
                ),
            )
            for sentiment, tone in SENTIMENTS.items()
        ),
        x_label="Sentiment towards us",
        y_label="Influence, 1 (none) to 5 (decides)",
        y_scale=(1, 5),
        empty="Nobody's influence and sentiment are both known: no data.",
        takeaway=_takeaway(inp),
        source=f"Contacts on record as of {words.day(inp.account.today)}.",
    )


def not_on_the_map(inp: SlideInput) -> Table:
    missing = [contact for contact in remaining(inp.account) if not _is_placed(contact)]
    return parts.contacts_table("Not on the map yet", missing, "Everybody on record is on the map.")


def form(inp: SlideInput) -> Form:
    return Form(
        title="Gaps and next moves",
        fields=(
            Field(
                key="gaps",
                label=question(inp, "Who is missing, or who do we only think we know?"),
                kind=FieldKind.LONG_TEXT,
                required=True,
            ),
            Field(
                key="moves",
                label="Next moves",
                kind=FieldKind.ROWS,
                columns=MOVES,
                default=[],
                help="One line a person: what you do, by when.",
            ),
        ),
    )


def _is_placed(contact: Contact) -> bool:
    return contact.influence is not None and contact.sentiment in SENTIMENTS and contact.status == "active"


def _names(names: list[str]) -> str:
    more = len(names) - NAMES_SHOWN
    return ", ".join(names[:NAMES_SHOWN]) + (f" and {more} more" if more > 0 else "")


def _role(inp: SlideInput, role: str) -> Fact:
    contact, label = inp.account.contact(role), words.spoken(role).capitalize()
    if contact is None:
        return Fact(label=label, value=None, note="Nobody active on record.", tone=Tone.WARNING)
    last = words.day(contact.last_contact_on) if contact.last_contact_on else "never"
    note = f"{contact.sentiment or 'sentiment not known'}; last contact {last}"
    return Fact(label=label, value=words.plain(contact.name, most=120), note=note)


def _takeaway(inp: SlideInput) -> str | None:
    powerful = [contact for contact in remaining(inp.account) if (contact.influence or 0) >= 4 and _is_placed(contact)]
    against = [contact for contact in powerful if contact.sentiment == "negative"]
    if not powerful:
        return "Nobody of influence 4 or 5 is on the map."
    people = words.count(len(powerful), "person", "people")
    if not against:
        return f"{people} of influence 4 or 5 on the map, none of them negative."
    return (
        f"{people} of influence 4 or 5 on the map; negative: {_names([words.plain(c.name, most=60) for c in against])}."
    )


SLIDE = Slide(
    id=SlideId.STAKEHOLDER_MAP,
    title="Stakeholder map",
    short="People",
    category=SlideCategory.STRATEGY,
    purpose="Who decides, how they stand towards us, and who is missing.",
    sections=(key_roles, map_of_people, not_on_the_map),
    form=form,
    defaults=SlideContext(
        lead="A map with empty corners is worth more than a full one that is guessed.",
        minutes=10,
    ),
)
