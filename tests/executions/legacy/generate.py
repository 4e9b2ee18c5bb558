"""Makes `executions.json`: 200 runs as an earlier system may have left them, broken ones among them.

`python -m tests.executions.legacy.generate` writes the file anew; the same every time, as a test holds.
"""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

FOLDER = Path(__file__).parent
FILE = FOLDER / "executions.json"
NAME = "Meadowbrook Systems"
CUSTOMERS = (
    "Aldgate Foods", "Birch & Sons", "Corvane Metals", "Dovetail Homes", "Eastmere Clinics", "Fen Logistics",
    "Gantry Works", "Hawksmoor Hotels", "Ilex Gardens", "Juniper Print", "Kilnbrook Ceramics", "Łąka Meble",
    "Moorland Energy", "Northgate Labs", "Orrery Instruments", "Pannier Bikes", "Quayside Cranes", "Rowan Dental",
    "Selkirk Wool", "Tern Aviation", "Umber Paints", "Verge Rail", "Wren Security", "東雲産業",
)  # fmt: skip
PEOPLE = ("amoreau", "lzielinski", "mara.lindqvist")
FLOWS = {
    "RenewalWorkflow": ("intro", "account_review", "terms", "risk", "pricing", "quote", "email", "call", "wrap_up"),
    "ExecLostWorkflow": ("intro", "what_happened", "org_chart", "successor", "wrap_up"),
    "AccountPlanFlow": ("intro", "targets", "whitespace", "wrap_up"),
    "OnboardingReview": ("hello", "health_check", "wrap_up"),
}
OUTCOMES = {
    "RenewalWorkflow": (("Won", 48_000), ("Won", 112_500.5), ("Upsell", 96_000), ("Lost", None), ("Downsell", 30_000)),
    "ExecLostWorkflow": (("Replaced", None), ("Accepted", None)),
    "AccountPlanFlow": (("Agreed", None), ("Nothing", None)),
    "OnboardingReview": (("Agreed", None),),
}
TEXTS = (
    "Steady, two teams carry it.", "They ask for a date, not for a discount.", "Nobody above the champion has met us.",
    "Kündigungsfrist beachten: drei Monate.", "L'équipe achats décide en mars.", "Żadnych uwag.", "更新は四月です。",
)  # fmt: skip
NASTY = "<script>alert(1)</script> ** [x](http://evil.example) \u202egnp.exe \x00 \ud800 '; drop table x; -- {{ 7*7 }}"
START = datetime(2024, 1, 8, 9, 0, tzinfo=UTC)


class LegacyRunGenerator:
    def __init__(self) -> None:
        self.dice = Random("meadowbrook")
        self.number = 0
        self.open: set[tuple[str, str]] = set()

    def run(self, status: str = "completed", flow: str | None = None, **changes: Any) -> dict[str, Any]:
        """A sound run, but for `changes`."""
        dice, self.number = self.dice, self.number + 1
        flow = flow or dice.choice([*FLOWS][:3])
        steps, customer = FLOWS[flow], self._customer(flow, status)
        started = START + timedelta(hours=5 * self.number + dice.randint(0, 4), minutes=dice.randint(0, 59))
        ended = started + timedelta(days=dice.randint(2, 40), hours=dice.randint(0, 8))
        reached = len(steps) if status == "completed" else dice.randint(1, len(steps) - 2)
        row: dict[str, Any] = {
            "execution_id": f"exec-{self.number:04}", "workflow_config_id": flow, "customer": customer,
            "user": dice.choice(PEOPLE), "status": status, "current_step": self._step(steps, reached),
            "step_data": {step: self._fill_in_step(step) for step in steps[: reached + (status != "completed")]},
            "started_at": started.isoformat(), "updated_at": ended.isoformat(),
        }  # fmt: skip
        return row | self._end(flow, status, ended) | changes

    def _customer(self, flow: str, status: str) -> str:
        taken = self.open if status in ("in_progress", "snoozed") else set()
        name = self.dice.choice([name for name in CUSTOMERS if (name, flow) not in taken])
        if status in ("in_progress", "snoozed"):
            self.open.add((name, flow))
        return f"CUST-{CUSTOMERS.index(name) + 100}" if self.number % 3 == 0 else name

    def _step(self, steps: tuple[str, ...], reached: int) -> int | str | None:
        """Older releases kept the index, later ones the name, and some nothing."""
        if self.number % 5 == 0:
            return None
        return reached if self.number % 2 or reached == len(steps) else steps[reached]

    def _fill_in_step(self, step: str) -> dict[str, Any]:
        text = self.dice.choice(TEXTS)
        return {
            "intro": {"objective": text, "mood": self.dice.randint(1, 5)},
            "account_review": {"observations": text, "csat": 4.5, "reviewed_by": "system"},
            "terms": {"terms_checked": True, "decision_maker": "R. D'Arcy", "intent": "RENEW"},
            "risk": {"risk_level": self.dice.choice(("HIGH", "MEDIUM", "LOW")), "why": text},
            "pricing": {"floor": text, "spreadsheet_url": "https://files.example/q.xlsx"},
            "quote": {"valid_until": "2025-06-30", "remarks": text, "total": 48_000},
            "email": {"recipient": "buyer@example.com", "subject": "Your year with us", "body": text},
            "call": {"agenda": text, "date": "2025-05-12", "time": "10:30", "duration": 30},
            "what_happened": {"influence": self.dice.randint(1, 5), "story": text},
            "org_chart": {"gaps": text, "image": "orgchart.png"},
            "successor": {"next_step": text, "deadline": "2025-04-01", "contact_ref": 8812},
            "targets": {"agreed_with": "R. D'Arcy", "objectives": [{"goal": text, "owner": "R. D'Arcy"}]},
            "whitespace": {"extra_seats": self.dice.randint(1, 60), "why": text},
            "health_check": {"observations": text},
        }.get(step, {"comment": text})  # fmt: skip

    def _end(self, flow: str, status: str, ended: datetime) -> dict[str, Any]:
        match status:
            case "completed":
                outcome, amount = self.dice.choice(OUTCOMES[flow])
                money = {"amount": str(amount) if self.number % 4 == 0 else amount} if amount else {}
                told = {"completed_at": ended.isoformat(), "outcome": outcome, "notes": self.dice.choice(TEXTS)}
                return told | money | {"reason": self.dice.choice(TEXTS)}
            case "snoozed":
                return {"snoozed_until": "2027-02-01T08:00:00+01:00", "snooze_reason": self.dice.choice(TEXTS)}
            case "skipped" | "cancelled":
                return {"outcome": "not needed", "reason": self.dice.choice(TEXTS)}
        return {"assigned_team": "EMEA"}


def sound_runs(maker: LegacyRunGenerator) -> Iterator[dict[str, Any]]:
    """150 runs that can be imported."""
    for number in range(108):
        yield maker.run("completed" if number % 9 else "skipped")
    for number in range(30):
        yield maker.run("snoozed" if number % 4 == 0 else "in_progress")
    for _ in range(8):
        yield maker.run("cancelled")
    yield maker.run(notes="A long call. " * 8_000)
    yield maker.run(notes=NASTY, step_data={"intro": {"objective": NASTY, NASTY: NASTY}}, odd={NASTY: [None, 1e300]})
    yield maker.run(step_data={"intro": {"objective": ["not", "a", "text"]}, "account_review": "free text"})
    yield maker.run(updated_at="2023-01-01T00:00:00Z", amount="a lot")


def runs_needing_mapping(maker: LegacyRunGenerator) -> Iterator[dict[str, Any]]:
    """17 that a fuller mapping makes whole."""
    for _ in range(10):
        yield maker.run(flow="OnboardingReview")
    for _ in range(3):
        yield maker.run("in_progress") | {"status": "on_hold"}
    for _ in range(4):
        row = maker.run()
        yield row | {key: row[key].removesuffix("+00:00") for key in ("started_at", "updated_at", "completed_at")}


def broken_runs(maker: LegacyRunGenerator) -> Iterator[Any]:
    """29 that no mapping makes whole."""
    for name in ("Nobody & Co", "CUST-999", "", None, 17):
        yield maker.run(customer=name)
    for name in ("who.left", "nobody@example.com", None, ["amoreau"]):
        yield maker.run(user=name)
    for step in (99, -1, "9999", "no such step", 3.5, True):
        yield maker.run("in_progress", current_step=step)
    yield maker.run(completed_at="2020-01-01T00:00:00Z", updated_at="2020-01-01T00:00:00Z")
    yield maker.run(started_at="2060-01-01T00:00:00Z")
    yield maker.run(started_at="yesterday")
    yield maker.run(started_at="0001-01-01T00:00:00+14:00")
    yield maker.run("in_progress", completed_at="2024-06-01T00:00:00Z")
    yield maker.run(outcome="Asc\x00ended\ud800", flow="RenewalWorkflow", odd=True)
    yield maker.run(outcome="Replaced", flow="RenewalWorkflow")
    yield maker.run(outcome=None)
    yield maker.run("snoozed", snoozed_until=None)
    yield maker.run(step_data="[object Object]")
    yield maker.run(execution_id=None)
    yield maker.run(execution_id="x" * 5000)
    yield "exec-0190"
    yield None


def all_rows() -> list[Any]:
    """All of them, in an order of their own; duplicates at the end."""
    maker = LegacyRunGenerator()
    found = [*sound_runs(maker), *runs_needing_mapping(maker), *broken_runs(maker)]
    Random("order").shuffle(found)
    whole = [row for row in found if isinstance(row, dict) and row["execution_id"] in ("exec-0001", "exec-0005")]
    again = next(row for row in found if isinstance(row, dict) and row["execution_id"] == "exec-0110")
    return [*found, *whole, whole[0] | {"notes": "Another."}, again | {"execution_id": "exec-again"}]


def export_text() -> str:
    """The file: a run a line."""
    lines = ",\n".join(json.dumps(row, ensure_ascii=isinstance(row, dict) and "odd" in row) for row in all_rows())
    head = f'{{\n"format": "zen-legacy-executions/1",\n"company": {json.dumps(NAME)},\n"executions": [\n'
    return f"{head}{lines}\n]\n}}\n"


if __name__ == "__main__":
    FILE.write_text(export_text(), encoding="utf-8")
