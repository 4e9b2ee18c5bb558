"""Lists the demo runs: renewals follow from contracts, the others come from `data/history.json`."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from lib.demo import data_files
from lib.demo.contacts import build_contacts
from lib.demo.contracts import ContractTerm
from lib.demo.customers import DemoCustomer
from lib.demo.demo_calendar import DemoCalendar
from lib.demo.ids import derive_demo_id

_STOCK = Path(__file__).resolve().parents[2] / "supabase" / "stock"
_NEEDS_AMOUNT = ("renewed", "expanded", "downgraded")


@dataclass(frozen=True, kw_only=True)
class StatusChange:
    """A change of a run's status; `details` holds what belongs to it: until when, how severe, to whom."""

    day: int
    to: str
    reason: str
    details: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class DemoRun:
    """A run before it is rows. Days are counted back; `ended` is None while it is open. `tag` tells it from others.

    `slides` is how many were done; with `draft` the next one was begun. `term` is the contract it was about. `skips`
    has the slides left out, with the code and the words; `skip_reason` is the code of a run that was.
    """

    customer: DemoCustomer
    tag: str
    workflow: str
    version: int
    started: int
    ended: int | None
    touched: int
    status: str
    slides: int
    draft: bool
    outcome: str | None
    reason: str | None
    notes: str | None
    term: ContractTerm
    status_changes: tuple[StatusChange, ...] = ()
    skips: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    skip_reason: str | None = None

    @property
    def amount(self) -> int | None:
        return self.term.arr if self.outcome in _NEEDS_AMOUNT else None


def derive_run_id(run: DemoRun) -> str:
    return derive_demo_id("run", run.customer.site, run.workflow, run.tag)


@cache
def read_stock_workflow_name(workflow: str, version: int) -> str:
    """The name of a stock version, as it is seeded."""
    stored = json.loads((_STOCK / f"{workflow}.v{version}.json").read_text(encoding="utf-8"))
    return str(stored["name"])


@cache
def read_stock_slide_sequence(workflow: str, version: int) -> tuple[str, ...]:
    """The slides of a stock version, as it is seeded."""
    stored = json.loads((_STOCK / f"{workflow}.v{version}.json").read_text(encoding="utf-8"))
    return tuple(stored["slide_sequence"])


def build_demo_runs(
    customers: tuple[DemoCustomer, ...], terms: Mapping[str, tuple[ContractTerm, ...]], calendar: DemoCalendar
) -> Iterator[DemoRun]:
    """All runs of both companies."""
    told, by_site = data_files.read_data_file("history"), {customer.site: customer for customer in customers}
    sites = {line["site"] for line in told["runs"] if line["workflow"] == "standard-renewal"}
    for line in told["runs"]:
        yield _parse_demo_run(by_site[line["site"]], line, terms[line["site"]][-1])
    for customer in customers:
        if customer.site in told["renewals"]["skip"] or customer.site in sites - _SITES_WITH_TWO_RENEWALS:
            continue
        if run := _derive_renewal_run(customer, terms[customer.site], calendar):
            yield run
    for customer in customers:
        if run := _derive_succession_run(customer, terms[customer.site][-1]):
            yield run


_SITES_WITH_TWO_RENEWALS = frozenset({"orchard-vale", "straub-optik"})
"""Customers with an open run now and a finished one a year ago."""


def _parse_demo_run(customer: DemoCustomer, line: Mapping[str, Any], term: ContractTerm) -> DemoRun:
    ended = line.get("ended")
    return DemoRun(
        customer=customer,
        tag=f"told {line['started']}",
        workflow=line["workflow"],
        version=line["version"],
        started=line["started"],
        ended=ended,
        touched=line.get("touched", ended if ended is not None else line["started"]),
        status=line["status"],
        slides=line.get("slides", len(read_stock_slide_sequence(line["workflow"], line["version"]))),
        draft=line.get("draft", False),
        outcome=line.get("outcome"),
        reason=line.get("reason"),
        notes=line.get("notes"),
        term=term,
        status_changes=tuple(
            StatusChange(day=d, to=to, reason=why, details=more) for d, to, why, more in line.get("turns", ())
        ),
        skips={slide: (code, why) for slide, code, why in line.get("skips", ())},
        skip_reason=line.get("skip"),
    )


def _derive_renewal_run(
    customer: DemoCustomer, terms: tuple[ContractTerm, ...], calendar: DemoCalendar
) -> DemoRun | None:
    """The renewal run behind the current term, if that began within the year; its outcome follows from the terms."""
    begun = (calendar.today - terms[-1].starts_on).days
    if len(terms) < 2 or customer.term != 12 or not 3 <= begun <= 330:
        return None
    rng, told = customer.seeded_random("renewal"), data_files.read_data_file("history")
    ended = begun + rng.randint(3, 24)
    started = ended + rng.randint(18, 46)
    change = terms[-1].arr / terms[-2].arr - 1
    reason = told["renewals"]["reasons"].get(customer.site)
    outcome = "downgraded" if reason else "expanded" if change > 0.1 else "renewed"
    return DemoRun(
        customer=customer,
        tag="renewal",
        workflow="standard-renewal",
        version=2 if started < told["v2_days_ago"] else 1,
        started=started,
        ended=ended,
        touched=ended,
        status="completed",
        slides=9,
        draft=False,
        outcome=outcome,
        reason=reason,
        notes=rng.choice(told["texts"]["notes"]),
        term=terms[-1],
    )


def _derive_succession_run(customer: DemoCustomer, term: ContractTerm) -> DemoRun | None:
    """The run that found the champion's successor, where there is one."""
    gone = next((person.left_days_ago for person in build_contacts(customer) if person.replaced_by), None)
    rng = customer.seeded_random("succession")
    if gone is None or rng.random() < 0.8:
        return None
    started = gone - rng.randint(2, 8)
    ended = started - rng.randint(16, 40)
    return DemoRun(
        customer=customer,
        tag="succession",
        workflow="executive-contact-lost",
        version=1,
        started=started,
        ended=ended,
        touched=ended,
        status="completed",
        slides=9,
        draft=False,
        outcome="contact_secured",
        reason=None,
        notes=rng.choice(data_files.read_data_file("history")["texts"]["notes"]),
        term=term,
    )
