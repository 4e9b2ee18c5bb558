"""Accounts to try slides on: one with everything, one with nothing, one that means harm or is merely odd."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from lib.customers.model import (
    Account,
    Contact,
    Contract,
    Customer,
    Health,
    HealthBand,
    HealthPart,
    Note,
    PastRun,
    Priority,
    PriorityReason,
    ProductModule,
    Signal,
    SurveyResponse,
    Ticket,
    UsageWeek,
)
from tests.support.company_rules import STOCK_RULES

TODAY = date(2026, 11, 23)
NASTY = (
    "<b>Zoë</b> **Łukasz** [click](http://evil.example) ![i](https://evil.example/x.png) `code` $x^2$ :red[hot] "
    ":material/face: www.evil.example {{ customer.name }} {% if %} 株式会社 "
    "\u202egnp.exe\u202c\u200b\ufeff\x00\x07\n# Title\n- item\n1. one\n> quote | "
    "cell ~~gone~~ <script>alert(1)</script> &lt;b&gt; ='=cmd()'"
)


def full_account() -> Account:
    """A healthy customer 75 days from the notice deadline, with every kind of data."""
    return Account(
        rules=STOCK_RULES,
        today=TODAY,
        company_name="Northwind Software",
        customer=Customer(
            id="c-1",
            name="Obsidian Black",
            owner_id="p-1",
            owner_name="Zoë Okafor",
            segment="enterprise",
            customer_since=date(2023, 2, 1),
            time_zone="America/New_York",
            industry="Logistics",
            country="United States",
            summary="Plans routes for 40 depots.",
            competitor="Rivalis",
        ),
        health=Health(score=62, band=HealthBand.YELLOW, parts=_sample_health_parts()),
        priority=Priority(
            score=71,
            reasons=(
                PriorityReason(kind="deadline", points=28, sentence="The notice deadline is in 75 days."),
                PriorityReason(kind="arr", points=29, sentence="$284,400 of ARR."),
                PriorityReason(
                    kind="sponsor_left", points=14, sentence="Łukasz Nowak, executive sponsor, left 18 days ago."
                ),
            ),
        ),
        signals=(
            Signal(kind="sponsor_left", points=25, sentence="Łukasz Nowak, executive sponsor, left 18 days ago."),
            Signal(kind="p1_open", points=10, sentence="1 P1 ticket is open."),
        ),
        contract=_sample_contract(),
        contacts=_sample_contacts(),
        usage=_sample_usage(),
        tickets=(
            Ticket(number="T-9", title="Export fails", priority="p1", status="open", opened_on=date(2026, 11, 20)),
            Ticket(number="T-7", title="SSO question", priority="p3", status="pending", opened_on=date(2026, 10, 2)),
            Ticket(
                number="T-1",
                title="Old",
                priority="p2",
                status="solved",
                opened_on=date(2026, 8, 1),
                solved_on=date(2026, 8, 3),
            ),
        ),
        surveys=(
            SurveyResponse(score=9, responded_on=date(2026, 9, 1), contact_name="Aiko Tanaka"),
            SurveyResponse(score=4, responded_on=date(2026, 6, 1)),
        ),
        notes=(Note(id="n-1", kind="call", body="Spoke with Aiko.", author_name="Zoë", happened_on=date(2026, 11, 2)),),
        price_list=(
            ProductModule(name="Core", annual_price_per_seat=Decimal(490)),
            ProductModule(name="Analytics", annual_price_per_seat=Decimal(120)),
            ProductModule(name="Audit log", annual_price_per_seat=Decimal("35.50")),
        ),
        past_runs=(
            PastRun(
                id="r-1",
                workflow_name="Standard renewal",
                status="completed",
                finished_on=date(2025, 12, 1),
                outcome_code="renewed",
                outcome_reason="Happy with the service.",
            ),
        ),
    )


def bare_account() -> Account:
    """A customer of whom nothing is known but the name."""
    return Account(
        rules=STOCK_RULES,
        today=TODAY,
        company_name="Northwind Software",
        customer=Customer(
            id="c-2",
            name="Kiln",
            owner_id="p-1",
            owner_name="Zoë Okafor",
            segment="smb",
            customer_since=TODAY,
            time_zone="UTC",
        ),
        health=Health(score=None, band=None, parts=()),
        priority=Priority(score=0, reasons=()),
    )


def drop_cjk(account: Account) -> Account:
    """The account with names that a machine without further fonts can print."""
    company, name = (text.replace("株式会社", "") for text in (account.company_name, account.customer.name))
    return replace(account, company_name=company, customer=replace(account.customer, name=name))


def nasty_account() -> Account:
    """Markup, invisible characters and template words in every text; dates at both ends of the calendar; huge notes."""
    account = full_account()
    customer = replace(
        account.customer,
        name=NASTY,
        owner_name=NASTY,
        industry=NASTY,
        country=NASTY,
        summary=NASTY * 40,
        competitor=NASTY,
        time_zone="Mars/Phobos",
        customer_since=date.min,
    )
    return replace(
        account,
        company_name=NASTY,
        customer=customer,
        health=Health(
            score=0, band=HealthBand.RED, parts=tuple(replace(part, sentence=NASTY) for part in _sample_health_parts())
        ),
        priority=Priority(score=100, reasons=tuple(replace(r, sentence=NASTY) for r in account.priority.reasons)),
        signals=tuple(replace(signal, sentence=NASTY) for signal in account.signals),
        contract=replace(
            _sample_contract(),
            starts_on=date.min,
            ends_on=date.max,
            notice_deadline=date.min,
            seats=2_000_000_000,
            annual_price_per_seat=Decimal("9999999999.99"),
            arr=Decimal(99999999999999),
            discount_percent=Decimal(100),
            uplift_cap_percent=Decimal(0),
            modules=(NASTY,),
        ),
        contacts=tuple(
            replace(c, name=NASTY, title=NASTY, email=NASTY, last_contact_on=date.min if place % 2 else date.max)
            for place, c in enumerate(_sample_contacts())
        ),
        usage=(
            UsageWeek(week_starts_on=date(1970, 1, 1), active_users=0, seats=1, logins=0, key_actions=0),
            UsageWeek(week_starts_on=TODAY, active_users=9_999_999, seats=3, logins=0, key_actions=0),
        ),
        tickets=tuple(replace(t, title=NASTY, number=NASTY, opened_on=date.min) for t in account.tickets),
        surveys=(SurveyResponse(score=0, responded_on=date.min, contact_name=NASTY, comment=NASTY),),
        notes=(Note(id="n", kind="note", body=NASTY * 500, author_name=NASTY, happened_on=date.max),),
        price_list=(ProductModule(name=NASTY, annual_price_per_seat=Decimal(0)), *account.price_list),
        past_runs=(PastRun(id="r", workflow_name=NASTY, status="skipped", finished_on=date.min, outcome_reason=NASTY),),
    )


def _sample_health_parts() -> tuple[HealthPart, ...]:
    return (
        HealthPart(key="usage", points=21, out_of=40, sentence="312 of 600 seats in use (52%) in the last 28 days."),
        HealthPart(key="engagement", points=20, out_of=25, sentence="Last contact 21 days ago."),
        HealthPart(key="support", points=14, out_of=20, sentence="2 tickets opened in the last 30 days; 1 open P1."),
        HealthPart(key="voice", points=None, out_of=15, sentence="No survey answers in the last 180 days."),
    )


def _sample_contract() -> Contract:
    return Contract(
        starts_on=date(2026, 4, 8),
        ends_on=date(2027, 4, 8),
        notice_deadline=TODAY + timedelta(days=75),
        notice_days=61,
        term_months=12,
        auto_renews=True,
        seats=600,
        annual_price_per_seat=Decimal("490.00"),
        discount_percent=Decimal("12.50"),
        arr=Decimal(257250),
        uplift_cap_percent=Decimal("4.00"),
        modules=("Core",),
    )


def _sample_contacts() -> tuple[Contact, ...]:
    return (
        Contact(
            id="k-1",
            name="Łukasz Nowak",
            role="executive_sponsor",
            status="left",
            title="COO",
            influence=5,
            sentiment="positive",
            last_contact_on=date(2026, 10, 1),
            left_on=date(2026, 11, 5),
        ),
        Contact(
            id="k-2",
            name="Aiko Tanaka",
            role="champion",
            status="active",
            title="Head of Planning",
            email="aiko.tanaka@obsidian.example",
            influence=3,
            sentiment="positive",
            last_contact_on=date(2026, 11, 2),
        ),
        Contact(
            id="k-3",
            name="Renée D’Arcy",
            role="economic_buyer",
            status="active",
            title="CFO",
            email="renee@obsidian.example",
            influence=5,
            sentiment="neutral",
            last_contact_on=date(2026, 5, 2),
        ),
        Contact(id="k-4", name="Sam Poe", role="admin", status="unknown"),
    )


def _sample_usage() -> tuple[UsageWeek, ...]:
    """26 weeks, two of them missing."""
    first = TODAY - timedelta(weeks=26)
    return tuple(
        UsageWeek(
            week_starts_on=first + timedelta(weeks=week),
            active_users=420 - 4 * week,
            seats=600,
            logins=900 - 12 * week,
            key_actions=300,
        )
        for week in range(26)
        if week not in (10, 11)
    )
