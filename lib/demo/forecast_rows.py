"""The forecast of the demo: calls of the CSMs and the manager, and weekly snapshots with one week missed."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta

from lib.demo.contracts import ContractTerm
from lib.demo.customers import DemoCustomer, Row
from lib.demo.demo_calendar import DemoCalendar, format_utc_moment
from lib.demo.ids import build_person_placeholder, derive_company_id, derive_demo_id
from lib.demo.people import DEMO_PEOPLE, VENDOR
from lib.text.calendar_months import add_months

SNAPSHOT_WEEKS = (5, 4, 2, 1, 0)
"""Mondays counted back, before today; in the third week the worker did not run."""
MANAGER = next(person for person in DEMO_PEOPLE if person.company == VENDOR and person.role == "manager")
REASONS = {
    "commit": "They confirmed it in the last review.",
    "likely": "The champion expects no change.",
    "doubtful": "The budget is under review.",
    "lost": "They gave notice.",
}
Terms = Mapping[str, tuple[ContractTerm, ...]]


def build_forecast_rows(
    customers: Sequence[DemoCustomer], terms: Terms, runs: Sequence[Row], calendar: DemoCalendar
) -> dict[str, list[Row]]:
    """Calls and snapshots of the vendor of the demo."""
    mine = [customer for customer in customers if customer.owner.company == VENDOR]
    calls = [
        row for customer in mine for row in _build_forecast_call_rows(customer, terms[customer.site], runs, calendar)
    ]
    snapshots: list[Row] = []
    rows: list[Row] = []
    for back in SNAPSHOT_WEEKS:
        monday = calendar.today - timedelta(days=calendar.today.weekday() + 7 * back)
        if monday == calendar.today:  # the worker takes that one
            continue
        snapshot = {
            "id": derive_demo_id("forecast snapshot", back),
            "company_id": derive_company_id(VENDOR),
            "week_starts_on": monday.isoformat(),
            "day": monday.isoformat(),
            "taken_at": format_utc_moment(monday, 0, 5),
        }
        snapshots.append(snapshot)
        for customer in mine:
            rows.extend(_build_snapshot_rows(customer, terms[customer.site], calls, snapshot["id"], monday, back))
    return {"forecast_calls": calls, "forecast_snapshots": snapshots, "forecast_snapshot_rows": rows}


def derive_contract_id(customer: DemoCustomer, terms: Sequence[ContractTerm], place: int) -> str:
    return derive_demo_id("contract", customer.site, len(terms) - place)


def _build_forecast_call_rows(
    customer: DemoCustomer, terms: Sequence[ContractTerm], runs: Sequence[Row], calendar: DemoCalendar
) -> Iterator[Row]:
    """Calls on the term in force, and on the one before where a run decided it."""
    rng = customer.seeded_random("forecast calls")
    past = [run for run in runs if run["customer_id"] == customer.id and run["outcome_code"] and run["ended_at"]]
    past = [run for run in past if run["workflow_id"] == "standard-renewal"]
    if past and len(terms) > 1:
        ended = date.fromisoformat(str(past[0]["ended_at"])[:10])
        category = rng.choice(("commit", "commit", "likely", "doubtful"))
        yield _build_forecast_call_row(customer, terms, len(terms) - 2, "csm", 1, category, ended - timedelta(days=20))
        yield _build_forecast_call_row(
            customer, terms, len(terms) - 2, "leader", 1, "likely", ended - timedelta(days=15)
        )
    if customer.about["status"] == "churned" or not 0 <= customer.deadline + customer.notice <= 250:
        return
    first = rng.choice(("commit", "likely", "likely", "doubtful"))
    place = len(terms) - 1
    yield _build_forecast_call_row(customer, terms, place, "csm", 1, first, calendar.days_ago(48))
    if rng.random() < 0.3:
        days = rng.choice((1, 9, 16, 30))
        second = {"commit": "likely", "likely": "doubtful", "doubtful": "likely"}[first]
        yield _build_forecast_call_row(customer, terms, place, "csm", 2, second, calendar.days_ago(days))
    if rng.random() < 0.7:
        judged = rng.choice((first, "likely", "doubtful"))
        yield _build_forecast_call_row(
            customer, terms, place, "leader", 1, judged, calendar.days_ago(rng.choice((1, 12, 40)))
        )


def _build_forecast_call_row(
    customer: DemoCustomer,
    terms: Sequence[ContractTerm],
    place: int,
    level: str,
    revision: int,
    category: str,
    day: date,
) -> Row:
    contract = derive_contract_id(customer, terms, place)
    return {
        "id": derive_demo_id("forecast call", contract, level, revision),
        "company_id": customer.key_columns["company_id"],
        "customer_id": customer.id,
        "contract_id": contract,
        "level": level,
        "revision": revision,
        "category": category,
        "amount": terms[place].arr * 6 // 10 if category == "doubtful" else None,
        "reason": REASONS[category],
        "unmet": [],
        "called_by": customer.owner_id if level == "csm" else build_person_placeholder(MANAGER.email),
        "called_at": format_utc_moment(day, 0, 10),
    }


def _build_snapshot_rows(
    customer: DemoCustomer, terms: Sequence[ContractTerm], calls: Sequence[Row], snapshot: str, monday: date, back: int
) -> Iterator[Row]:
    """Its renewals of four quarters from that week's on, as they stood."""
    first = date(monday.year, monday.month - (monday.month - 1) % 3, 1)
    until = add_months(first, 12)
    for place, term in enumerate(terms):
        following = terms[place + 1] if place + 1 < len(terms) else None
        is_open = following is None and customer.about["status"] != "churned"
        due_on = max(term.ends_on, monday) if is_open else term.ends_on
        is_new = back > 0 and customer.site.startswith("m")  # a few came in later, so that something is new
        if not first <= due_on < until or (is_open and is_new):
            continue
        contract = derive_contract_id(customer, terms, place)
        rose = is_open and back == 0 and customer.site.startswith("s")  # a few were edited since
        arr = term.arr * 95 // 100 if rose else term.arr
        share = _find_benchmark_share(arr)
        kept = None if is_open else following.arr if following else 0
        outcome = None if kept is None else _name_renewal_outcome(term.arr, kept)
        row = {
            "id": derive_demo_id("forecast snapshot row", snapshot, contract),
            "company_id": customer.key_columns["company_id"],
            "snapshot_id": snapshot,
            "contract_id": contract,
            "customer_id": customer.id,
            "owner_id": customer.owner_id,
            "segment": customer.segment,
            "renews_on": term.ends_on.isoformat(),
            "arr": arr,
            "outcome": outcome,
            "band": None,
            "share": share,
            "computed": round(arr * share) if kept is None else kept,
        }
        yield row | _find_forecast_calls(contract, calls, monday, arr, kept)


def _find_forecast_calls(contract: str, calls: Sequence[Row], monday: date, arr: int, kept: int | None) -> Row:
    """The latest call of each level before a week, and what it counted for."""
    found: Row = {}
    for level in ("csm", "leader"):
        own = [row for row in calls if row["contract_id"] == contract and row["level"] == level]
        own = [row for row in own if str(row["called_at"])[:10] < monday.isoformat()]
        latest = max(own, key=lambda row: int(row["revision"]), default=None)
        category, amount = (latest["category"], latest["amount"]) if latest else (None, None)
        value = {"commit": amount or arr, "likely": amount or arr, "doubtful": amount or 0, "lost": 0, None: None}
        found |= {f"{level}_category": category, f"{level}_amount": amount}
        found[level] = kept if kept is not None else value[category]
    return found


def _find_benchmark_share(arr: int) -> float:
    """As `private.benchmark_share`."""
    return 0.90 if arr < 25_000 else 0.92 if arr < 50_000 else 0.93


def _name_renewal_outcome(before: int, after: int) -> str:
    if after == 0:
        return "churned"
    return "expanded" if after > before else "downgraded" if after < before else "renewed"
