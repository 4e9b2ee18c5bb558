from html import escape as html

from lib.slides import answers as read
from lib.slides import words
from lib.slides.context import SlideContext
from lib.slides.deck import parts
from lib.slides.deck.recap import recap
from lib.slides.files import filename
from lib.slides.filling import filled, question
from lib.slides.model import (
    Answers,
    Callout,
    Document,
    Fact,
    Facts,
    Field,
    FieldKind,
    Form,
    Section,
    Slide,
    SlideCategory,
    SlideId,
    SlideInput,
    Table,
    Text,
    Tone,
)

HEADLINE = "{{ customer.name }}: where we stand and what we ask"
SITUATION = """{{ customer.name }} has been a customer since {{ customer.since }}.
{% if usage.percent %}{{ usage.percent }} of the seats are in use.{% endif %}"""
PARTS = (("situation", "Situation"), ("asks", "What we ask"), ("decision", "Decision needed"))


def figures(inp: SlideInput) -> Facts:
    """Health is for us: it is shown here, and is not on the page."""
    return Facts(title="Figures", items=(*_figures(inp), parts.health_fact(inp.account)))


def answers_so_far(inp: SlideInput) -> Table:
    return recap(inp, "What this run has found so far")


def form(inp: SlideInput) -> Form:
    context = inp.context
    return Form(
        title="One page",
        fields=(
            Field(
                key="headline",
                label="Headline",
                kind=FieldKind.TEXT,
                default=words.plain(filled(inp, context.subject or HEADLINE, ""), most=300),
                required=True,
            ),
            Field(
                key="situation",
                label="Situation",
                kind=FieldKind.LONG_TEXT,
                default=filled(inp, context.body or SITUATION, ""),
                required=True,
                help="Four lines an executive reads standing.",
            ),
            Field(
                key="asks",
                label=question(inp, "What do you ask of them?"),
                kind=FieldKind.LONG_TEXT,
                required=True,
                help="One a line.",
            ),
            Field(key="decision", label="Decision needed, by whom and when", kind=FieldKind.TEXT),
            Field(
                key="with_figures",
                label="Put our figures on the page?",
                kind=FieldKind.YES_NO,
                default=False,
                help="ARR, notice deadline and seats in use: for a reader of our own.",
            ),
        ),
    )


def page(inp: SlideInput, answers: Answers) -> tuple[Section, ...]:
    """The page as it will read, then, beside the button, what is not on it."""
    blocks = [f"### {words.escape(headline)}"] if (headline := read.text(answers.get("headline"))) else []
    blocks += [f"**{label}**\n\n{words.escape_lines(words.cut(text, 8000))}" for label, text in _written(answers)]
    sections: list[Section] = [Text(markdown="\n\n".join(blocks))] if blocks else []
    if _has_figures(answers):
        sections.append(Facts(title="Figures on the page", items=_figures(inp)))
    missing = _missing(answers)
    if missing:
        text = f"Not written yet, and so not on the page: {words.listed(missing)}."
        sections.append(Callout(text=text, tone=Tone.WARNING))
    return tuple(sections)


def documents(inp: SlideInput, answers: Answers) -> tuple[Document, ...]:
    """The page as HTML that prints on one sheet and fetches nothing. What is not written is not on it."""
    headline = read.text(answers.get("headline"))
    if not headline:
        return ()
    shown = [f"<h1>{_html(headline)}</h1>"]
    for label, text in _written(answers):
        shown.append(f"<h2>{label}</h2><p>{'<br>'.join(_html(line) for line in text.splitlines())}</p>")
    if _has_figures(answers):
        rows = "".join(
            f"<tr><th>{fact.label}</th><td>{_html(fact.value or words.NO_DATA)}</td></tr>" for fact in _figures(inp)
        )
        shown.append(f"<h2>Figures</h2><table>{rows}</table>")
    content = PAGE.format(title=_html(headline), body="".join(shown), day=words.day(inp.account.today))
    name = filename("brief", inp.account.customer.name, "html")
    return (Document(filename=name, media_type="text/html", content=content.encode(), label="Download the brief"),)


PAGE = (
    '<!doctype html><html lang="en"><meta charset="utf-8"><title>{title}</title>'
    "<style>body{{font:11pt/1.45 system-ui,sans-serif;max-width:42rem;margin:2rem auto;color:#1c1c1a}}"
    "h1{{font-size:1.3rem}}h2{{font-size:1rem;margin-bottom:0}}p{{margin-top:.2rem}}"
    "th{{text-align:left;font-weight:500;padding-right:2rem}}</style>"
    "{body}<p>As of {day}.</p></html>"
)


def _written(answers: Answers) -> list[tuple[str, str]]:
    """Heading and text of every part there is something to read in."""
    return [(label, text) for key, label in PARTS if (text := read.text(answers.get(key)))]


def _missing(answers: Answers) -> list[str]:
    parts_of_it = (("headline", "Headline"), *PARTS)
    return [label for key, label in parts_of_it if not read.text(answers.get(key))]


def _has_figures(answers: Answers) -> bool:
    """Only when asked for: the reader is a customer, and these are ours."""
    return answers.get("with_figures") is True


def _figures(inp: SlideInput) -> tuple[Fact, ...]:
    account = inp.account
    return (
        parts.arr_fact(account),
        parts.notice_fact(account),
        parts.usage_fact(account),
    )


def _html(text: str) -> str:
    return html(words.plain(text, most=8000))


SLIDE = Slide(
    id=SlideId.EXECUTIVE_BRIEF,
    title="Executive brief",
    short="Brief",
    category=SlideCategory.STRATEGY,
    purpose="One page for somebody with five minutes.",
    sections=(figures, answers_so_far),
    form=form,
    results=page,
    documents=documents,
    defaults=SlideContext(
        lead="One page, one decision. Everything that does not lead to it goes.",
        subject=HEADLINE,
        body=SITUATION,
        minutes=10,
    ),
)
