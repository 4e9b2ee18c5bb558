"""How a run ended, and what happened in it: who did what when, in the person's own time zone."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date

import streamlit as st

from lib.auth.model import Person
from lib.executions.model import Event, ExecutionStatus, Outcome
from lib.slides.deck.summary import LABELS
from lib.slides.model import Tone
from lib.slides.words import day, escape, money, spoken
from lib.ui.links import TODAY
from lib.ui.run.sitting import Sitting
from lib.ui.theme import TONE_ICONS, local, stamp


def notices(sitting: Sitting, person: Person) -> None:
    """What one must know before reading the slide: it has ended, it is a colleague's, a newer version exists."""
    run = sitting.execution
    if not run.is_open:
        _ending(sitting, person)
    elif not run.may_write:
        text = f"This run belongs to {escape(run.owner_name)}. You can read it; a manager can change it."
        st.info(text, icon=":material/visibility:")
    elif run.status in (ExecutionStatus.SNOOZED, ExecutionStatus.ESCALATED):
        st.info(f"This run is {run.status.value}. What you answer is kept as usual.", icon=TONE_ICONS[Tone.NEUTRAL])
    if run.is_open and run.latest_version > run.version.version:
        st.caption(
            f":material/history: Version {run.latest_version} of this workflow is published. "
            f"This run stays on version {run.version.version}, with which it began."
        )


def _ending(sitting: Sitting, person: Person) -> None:
    """A calm word at the end: what was recorded, and where to go."""
    run = sitting.execution
    when = stamp(run.ended_at, person.time_zone) if run.ended_at else ""
    with st.container(border=True, key="run_ending"):
        st.markdown(f"### :material/check_circle: {run.status.value.capitalize()} on {when}")
        if run.outcome is not None:
            st.markdown("  \n".join(_outcome(run.outcome)))
        st.markdown("Everything in it stays readable, and nothing can be changed any more.")
        st.page_link(TODAY, label="Back to Today", icon=":material/wb_twilight:")


def _outcome(outcome: Outcome) -> Iterator[str]:
    amount = f", {escape(money(outcome.amount))} a year" if outcome.amount is not None else ""
    yield f"**{escape(LABELS.get(outcome.code, spoken(outcome.code)))}**{amount}"
    if outcome.reason:
        yield f"Why: {escape(outcome.reason)}"
    if outcome.notes:
        yield f"Notes: {escape(outcome.notes)}"


def timeline(sitting: Sitting, person: Person) -> None:
    """The latest events, newest first, by day."""
    run = sitting.execution
    with st.expander("What happened in this run", type="compact"):
        lines = []
        before: date | None = None
        for event in run.events:
            there = local(event.created_at, person.time_zone)
            if there.date() != before:
                lines.append(f"**{day(there.date())}**")
                before = there.date()
            lines.append(f":gray[{there:%H:%M}]  {sentence(event, sitting)}")
        st.markdown("\n\n".join(lines) if lines else ":gray[Nothing yet.]")
        if len(run.events) == 50:
            st.caption("The latest 50 events.")


def sentence(event: Event, sitting: Sitting) -> str:
    """An event in words, as Markdown: "Alice saved “Contract terms”"."""
    who = escape(event.actor_name or "Zen")
    slide = sitting.workflow.slide(event.slide_id) if event.slide_id else None
    title = escape(sitting.title(slide)) if slide else ""
    say = SENTENCES.get(event.kind)
    return f"{who} {say(title, event.payload)}" if say else f"{who}: {escape(spoken(event.kind))}"


def _completed(_: str, payload: Mapping[str, object]) -> str:
    code = str(payload.get("outcome_code") or "")
    return f"completed the run: {escape(LABELS.get(code, spoken(code)).lower())}"


SENTENCES: Mapping[str, Callable[[str, Mapping[str, object]], str]] = {
    "started": lambda _, payload: "started the run",
    "step_saved": lambda title, _: f"saved “{title}”",
    "step_done": lambda title, _: f"finished “{title}”",
    "step_skipped": lambda title, _: f"skipped “{title}”",
    "status_changed": lambda _, payload: f"set it to {escape(spoken(str(payload.get('to') or '')))}",
    "reassigned": lambda _, payload: "gave the run to somebody else",
    "completed": _completed,
}
