"""The terms agreed with a customer, counted back from the notice deadline."""

from dataclasses import dataclass
from datetime import date

from lib.demo.customers import DemoCustomer, Row
from lib.demo.demo_calendar import DemoCalendar, format_utc_moment
from lib.demo.ids import derive_demo_id
from lib.text.calendar_months import add_months


@dataclass(frozen=True, kw_only=True)
class ContractTerm:
    """One contract. `price` is USD per seat and year before the discount in percent."""

    starts_on: date
    ends_on: date
    months: int
    seats: int
    price: int
    discount: int

    @property
    def arr(self) -> int:
        return (self.seats * self.price * (100 - self.discount) + 50) // 100


def build_contract_terms(customer: DemoCustomer, calendar: DemoCalendar) -> tuple[ContractTerm, ...]:
    """Every term, the oldest first; the last one is in force."""
    rng = customer.seeded_random("contracts")
    ends_on = calendar.days_ago(-(customer.deadline + customer.notice))
    starts_on = add_months(ends_on, -customer.term)
    terms = [
        ContractTerm(
            starts_on=starts_on,
            ends_on=ends_on,
            months=customer.term,
            seats=customer.seats,
            price=customer.price,
            discount=customer.discount,
        )
    ]
    for _ in range(customer.prior):
        later = terms[0]
        earlier = ContractTerm(
            starts_on=add_months(later.starts_on, -12),
            ends_on=later.starts_on,
            months=12,
            seats=max(5, round(later.seats * rng.choice((0.84, 0.93, 0.97, 1.0, 1.0, 1.0)))),
            price=round(later.price * 0.965),
            discount=min(30, max(0, later.discount + rng.choice((-2, 0, 0, 0, 2)))),
        )
        terms.insert(0, earlier)
    return tuple(terms)


def find_contract_seats_on_day(terms: tuple[ContractTerm, ...], day: date) -> int | None:
    """Seats in force on `day`; None before the first term."""
    begun = [term.seats for term in terms if term.starts_on <= day]
    return begun[-1] if begun else None


def build_contract_rows(customer: DemoCustomer, terms: tuple[ContractTerm, ...]) -> list[Row]:
    return [
        {
            "id": derive_demo_id("contract", customer.site, len(terms) - place),
            **customer.key_columns,
            "starts_on": term.starts_on.isoformat(),
            "ends_on": term.ends_on.isoformat(),
            "term_months": term.months,
            "notice_days": customer.notice,
            "auto_renews": customer.auto_renews,
            "seats": term.seats,
            "annual_price_per_seat": term.price,
            "discount_percent": term.discount,
            "uplift_cap_percent": customer.cap,
            "modules": customer.modules,
            "created_at": format_utc_moment(term.starts_on, 9),
            "updated_at": format_utc_moment(term.starts_on, 9),
        }
        for place, term in enumerate(terms)
    ]


def build_customer_row(customer: DemoCustomer, since: date) -> Row:
    about = customer.about
    return {
        "id": customer.id,
        "company_id": customer.key_columns["company_id"],
        "owner_id": customer.owner_id,
        "name": customer.name,
        "industry": about["industry"],
        "country": about["country"],
        "segment": customer.segment,
        "customer_since": since.isoformat(),
        "time_zone": about["zone"],
        "summary": about["summary"],
        "competitor": about["competitor"],
        "status": about["status"] or "active",
        "created_at": format_utc_moment(since, 9),
        "updated_at": format_utc_moment(since, 9),
    }
