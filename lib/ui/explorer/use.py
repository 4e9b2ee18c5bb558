"""Tokens and cost by day and workflow: one's own, for those who lead the team's. What was not reported is said so."""

from collections.abc import Sequence
from decimal import Decimal

import streamlit as st

from lib.auth.model import Person
from lib.chat.explorer import Usage
from lib.chat.service import ChatService
from lib.errors import ZenError
from lib.slides.model import Chart, ChartKind, Column, ColumnKind, Point, Series, Table
from lib.slides.words import MONTHS, count, spoken
from lib.ui import charts, kept, states, tables
from lib.ui.keys import EXPLORER_DAYS, EXPLORER_USAGE

PERIODS = (7, 30, 90)
SOURCE = (
    "Answers of a model or of the built-in assistant, by day (UTC) and workflow, as the model's server reported them."
)
NOT_REPORTED = "not reported"
NONE = "No answer of a model in this time."


def draw(chat: ChatService, person: Person) -> None:
    days = st.segmented_control(
        "Period", PERIODS, default=30, required=True, key=EXPLORER_DAYS, format_func=lambda days: f"{days} days",
        label_visibility="collapsed", on_change=kept.forget, args=(EXPLORER_USAGE,),
    )  # fmt: skip
    try:
        with states.loading(height=300):
            used = kept.keep(EXPLORER_USAGE, lambda: chat.chat_usage(int(days or 30)))
    except ZenError as error:
        states.problem(error, retry=lambda: kept.forget(EXPLORER_USAGE), key="explorer_use")
        return
    rows = used.value
    if not rows:
        states.empty("Nothing was asked of a model", "Tokens and cost are counted here from the first answer on.")
        return
    whose = "the team's" if person.role.leads_team else "your own"
    st.markdown(summary(rows, whose, int(days or 30)))
    if any(row.input_tokens or row.output_tokens for row in rows):
        charts.draw(chart(rows), key="explorer_tokens")
    tables.draw_table(table(rows, with_person=person.role.leads_team), key="explorer_use_rows")
    kept.draw_as_of(EXPLORER_USAGE, used, time_zone=person.time_zone)


def summary(rows: Sequence[Usage], whose: str, days: int) -> str:
    """The sum in a sentence or two, as Markdown."""
    answers, silent = sum(row.answers for row in rows), sum(row.not_reported for row in rows)
    said = f"{count(answers, 'answer')} in {days} days, {whose}. "
    tokens = [value for row in rows for value in (row.input_tokens, row.output_tokens) if value is not None]
    costs = [row.cost_usd for row in rows if row.cost_usd is not None]
    said += f"{count(sum(tokens), 'token')}" if tokens else "Tokens were not reported"
    said += f", {cost_of(sum(costs, Decimal(0)))}. " if costs else ", cost not known. "
    if silent:
        said += f"For {count(silent, 'answer')} nothing was reported; the built-in assistant uses no tokens."
    return said.strip()


def cost_of(cost: Decimal) -> str:
    """USD, as Markdown; what is less than a cent is no nothing."""
    return "less than \\$0.01" if 0 < cost < Decimal("0.005") else f"\\${cost:.2f}"


def table(rows: Sequence[Usage], *, with_person: bool) -> Table:
    people = (Column(key="person", label="Person"),) if with_person else ()
    return Table(
        title="By day and workflow",
        columns=(
            Column(key="day", label="Day", kind=ColumnKind.DATE),
            Column(key="workflow", label="Workflow"),
            *people,
            Column(key="answers", label="Answers", kind=ColumnKind.NUMBER),
            Column(key="read", label="Tokens read"),
            Column(key="written", label="Tokens written"),
            Column(key="cost", label="Cost, USD"),
            Column(key="silent", label="Not reported", kind=ColumnKind.NUMBER),
        ),
        rows=tuple(
            {
                "day": row.day,
                "workflow": spoken(row.workflow_id).capitalize(),
                "person": row.person_name,
                "answers": row.answers,
                "read": _told(row.input_tokens),
                "written": _told(row.output_tokens),
                "cost": NOT_REPORTED if row.cost_usd is None else f"{row.cost_usd:.4f}",
                "silent": row.not_reported,
            }
            for row in rows
        ),
        empty=NONE,
        source=SOURCE,
    )


def chart(rows: Sequence[Usage]) -> Chart:
    """Tokens a day, stacked by workflow."""
    days = {day: f"{day.day} {MONTHS[day.month - 1]}" for day in sorted({row.day for row in rows})}
    workflows = sorted({row.workflow_id for row in rows})
    tokens = {(row.workflow_id, row.day): 0 for row in rows}
    for row in rows:
        tokens[row.workflow_id, row.day] += (row.input_tokens or 0) + (row.output_tokens or 0)
    return Chart(
        title="Tokens a day",
        kind=ChartKind.STACKED_BAR,
        series=tuple(
            Series(
                name=spoken(workflow).capitalize(),
                points=tuple(Point(x=said, y=tokens.get((workflow, day), 0)) for day, said in days.items()),
            )
            for workflow in workflows
        ),
        x_label="Day",
        y_label="Tokens, read and written",
        empty=NONE,
        source=SOURCE,
    )


def _told(tokens: int | None) -> str:
    return NOT_REPORTED if tokens is None else count(tokens)
