"""Tokens and cost by day and workflow: one's own, or the team's for its leaders."""

from collections.abc import Sequence
from decimal import Decimal

import streamlit as st

from lib.auth.model import Person
from lib.chat.chat_search import DailyUsage
from lib.chat.service import ChatService
from lib.content.model import Chart, ChartKind, Column, ColumnKind, Point, Series, Table
from lib.errors import ZenError
from lib.text.format import MONTH_NAMES, format_cost, format_count, humanize_code
from lib.ui import charts, empty_and_error_states, page_cache, tables
from lib.ui.safe_text import draw_text
from lib.ui.session_keys import CONVERSATIONS_DAYS, CONVERSATIONS_USAGE

PERIODS_DAYS = (7, 30, 90)
USAGE_SOURCE = (
    "Answers by a model or the built-in assistant, by day and workflow. Sums of tokens and cost as stored: the model's"
    " server reported them, and the sums do not check who wrote an answer."
)
NOT_REPORTED = "not reported"
NO_USAGE = "No model answers in this period."


def draw_token_usage(chat: ChatService, person: Person) -> None:
    days = st.segmented_control(
        "Period", PERIODS_DAYS, default=30, required=True, key=CONVERSATIONS_DAYS,
        format_func=lambda days: f"{days} days", label_visibility="collapsed",
        on_change=page_cache.invalidate, args=(CONVERSATIONS_USAGE,),
    )  # fmt: skip
    try:
        usage = page_cache.load_for_page(
            CONVERSATIONS_USAGE, lambda: chat.search.fetch_daily_usage(int(days or 30)), skeleton_height=300
        )
    except ZenError as error:
        empty_and_error_states.draw_error(
            error, retry=lambda: page_cache.invalidate(CONVERSATIONS_USAGE), key="conversations_use"
        )
        return
    rows = usage.value
    if not rows:
        empty_and_error_states.draw_empty_state(
            "No model was used", "Tokens and cost appear here from the first answer on."
        )
        return
    whose = "the team's" if person.role.leads_team else "your own"
    draw_text(describe_token_usage(rows, whose, int(days or 30)))
    if any(row.input_tokens or row.output_tokens for row in rows):
        charts.draw_chart(build_token_usage_chart(rows), key="conversations_tokens")
    tables.draw_table(build_token_usage_table(rows, with_person=person.role.leads_team), key="conversations_use_rows")
    page_cache.draw_refresh_footer(CONVERSATIONS_USAGE, usage, time_zone=person.time_zone)


def describe_token_usage(rows: Sequence[DailyUsage], whose: str, days: int) -> str:
    """The totals in one or two sentences."""
    answers, not_reported = sum(row.answers for row in rows), sum(row.not_reported for row in rows)
    tokens = [value for row in rows for value in (row.input_tokens, row.output_tokens) if value is not None]
    costs = [row.cost_usd for row in rows if row.cost_usd is not None]
    used = format_count(sum(tokens), "token") if tokens else "Tokens not reported"
    cost = format_cost(sum(costs, Decimal(0))) if costs else "cost not known"
    text = f"{format_count(answers, 'answer')} in {days} days, {whose}. {used}, {cost}, as stored."
    if not_reported:
        text += f" No usage reported for {format_count(not_reported, 'answer')}; the built-in assistant uses no tokens."
    return text


def build_token_usage_table(rows: Sequence[DailyUsage], *, with_person: bool) -> Table:
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
                "workflow": humanize_code(row.workflow_id).capitalize(),
                "person": row.person_name,
                "answers": row.answers,
                "read": _format_tokens(row.input_tokens),
                "written": _format_tokens(row.output_tokens),
                "cost": NOT_REPORTED if row.cost_usd is None else format_cost(row.cost_usd).removeprefix("$"),
                "silent": row.not_reported,
            }
            for row in rows
        ),
        empty=NO_USAGE,
        source=USAGE_SOURCE,
    )


def build_token_usage_chart(rows: Sequence[DailyUsage]) -> Chart:
    """Tokens a day, stacked by workflow."""
    days = {day: f"{day.day} {MONTH_NAMES[day.month - 1]}" for day in sorted({row.day for row in rows})}
    workflows = sorted({row.workflow_id for row in rows})
    tokens = {(row.workflow_id, row.day): 0 for row in rows}
    for row in rows:
        tokens[row.workflow_id, row.day] += (row.input_tokens or 0) + (row.output_tokens or 0)
    return Chart(
        title="Tokens a day",
        kind=ChartKind.STACKED_BAR,
        series=tuple(
            Series(
                name=humanize_code(workflow).capitalize(),
                points=tuple(Point(x=label, y=tokens.get((workflow, day), 0)) for day, label in days.items()),
            )
            for workflow in workflows
        ),
        x_label="Day",
        y_label="Tokens, read and written",
        empty=NO_USAGE,
        source=USAGE_SOURCE,
    )


def _format_tokens(tokens: int | None) -> str:
    return NOT_REPORTED if tokens is None else format_count(tokens)
