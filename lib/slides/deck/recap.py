"""What the other slides of a run were answered with, in the words of somebody reading it later."""

from collections.abc import Callable, Mapping
from typing import Any

from lib.slides import answers as read
from lib.slides import words
from lib.slides.deck import parts
from lib.slides.model import Cell, Column, SlideId, SlideInput, Table

Reader = Callable[[SlideInput, Any], str | None]
LONGEST = 300


def _said(_: SlideInput, value: Any) -> str | None:
    text = read.text(value)
    return words.plain(text[: 8 * LONGEST], most=LONGEST) if text else None


def _code(_: SlideInput, value: Any) -> str | None:
    return words.spoken(value) if isinstance(value, str) and value else None


def _amount(_: SlideInput, value: Any) -> str | None:
    number = read.number(value)
    return f"{words.money(number)} a year" if number is not None else None


def _date(_: SlideInput, value: Any) -> str | None:
    when = read.day(value)
    return words.day(when) if when else None


def _person(inp: SlideInput, value: Any) -> str | None:
    contact = parts.named(inp.account, value)
    return words.plain(contact.name, most=120) if contact else None


def _rows(key: str) -> Reader:
    def reader(_: SlideInput, value: Any) -> str | None:
        names = [words.plain(text, most=80) for row in read.rows(value) if (text := read.text(row.get(key)))]
        return words.cut(words.listed(names), LONGEST) if names else None

    return reader


def _list(_: SlideInput, value: Any) -> str | None:
    names = [words.plain(name, most=80) for name in read.texts(value)]
    return words.cut(words.listed(names), LONGEST) if names else None


RECAP: Mapping[SlideId, tuple[tuple[str, str, Reader], ...]] = {
    SlideId.GREETING: (("goal", "Goal for this run", _said), ("concern", "Worry at the start", _said)),
    SlideId.REVIEW_ACCOUNT: (("stands_out", "Stands out", _said), ("data_wrong", "Wrong in the data", _said)),
    SlideId.CONTRACT_TERMS: (
        ("notice_intention", "Heading", _code),
        ("signer", "Signs", _said),
        ("differences", "Not in the data", _said),
    ),
    SlideId.ASSESS_RISK: (("own_call", "Risk, your call", _code), ("reason", "Because", _said)),
    SlideId.PRICING_STRATEGY: (("chosen", "Scenario proposed", _said), ("walk_away", "Not below", _said)),
    SlideId.PREPARE_QUOTE: (
        ("lines", "Quote", _rows("item")),
        ("valid_until", "Valid until", _date),
        ("agreed_by", "Discount agreed by", _said),
    ),
    SlideId.ASSESS_DEPARTURE: (
        ("who", "Who left", _person),
        ("who_else", "Who left", _said),
        ("effect", "Effect on the decision", _code),
    ),
    SlideId.IDENTIFY_REPLACEMENT: (
        ("choice", "Person to win", _person),
        ("other", "Person to win", _said),
        ("first_step", "First step", _said),
        ("by", "By", _date),
    ),
    SlideId.STAKEHOLDER_MAP: (("gaps", "Gaps", _said), ("moves", "Next moves with", _rows("who"))),
    SlideId.SET_GOALS: (("goals", "Goals", _rows("goal")), ("agreed_with", "Agreed with", _said)),
    SlideId.GROWTH_PLAN: (
        ("modules", "Modules", _list),
        ("amount", "Amount planned with", _amount),
        ("why", "Why now", _said),
    ),
    SlideId.EXECUTIVE_BRIEF: (("headline", "Brief", _said), ("decision", "Decision needed", _said)),
    SlideId.DRAFT_EMAIL: (("to", "E-mail to", _said), ("subject", "Subject", _said)),
    SlideId.SCHEDULE_CALL: (("date", "Call on", _date), ("time", "At", _said), ("time_zone", "In", _said)),
}


def recap(inp: SlideInput, title: str) -> Table:
    """One row an answer, in the order above; long ones are cut."""
    rows: list[dict[str, Cell]] = []
    for slide, entries in RECAP.items():
        answers = read.of(inp, slide)
        for key, label, reader in entries:
            said = reader(inp, answers.get(key))
            if said is not None:
                rows.append({"about": label, "answer": said})
    return Table(
        title=title,
        columns=(Column(key="about", label="About"), Column(key="answer", label="Answer")),
        rows=tuple(rows),
        empty="Nothing has been answered yet.",
        source="Answers kept in this run.",
    )
