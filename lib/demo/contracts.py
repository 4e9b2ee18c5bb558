"""The terms agreed with a customer, counted back from the notice deadline."""

from dataclasses import dataclass
from datetime import date

from lib.demo.days import Calendar, at, months_before
from lib.demo.ids import id_of
from lib.demo.roster import Client, Row


@dataclass(frozen=True, kw_only=True)
class Term:
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


def terms_of(client: Client, calendar: Calendar) -> tuple[Term, ...]:
    """Every term, the oldest first; the last one is in force."""
    dice = client.dice("contracts")
    ends_on = calendar.ago(-(client.deadline + client.notice))
    starts_on = months_before(ends_on, client.term)
    terms = [
        Term(
            starts_on=starts_on, ends_on=ends_on, months=client.term, seats=client.seats, price=client.price,
            discount=client.discount,
        )
    ]  # fmt: skip
    for _ in range(client.prior):
        later = terms[0]
        earlier = Term(
            starts_on=months_before(later.starts_on, 12), ends_on=later.starts_on, months=12,
            seats=max(5, round(later.seats * dice.choice((0.84, 0.93, 0.97, 1.0, 1.0, 1.0)))),
            price=round(later.price * 0.965),
            discount=min(30, max(0, later.discount + dice.choice((-2, 0, 0, 0, 2)))),
        )  # fmt: skip
        terms.insert(0, earlier)
    return tuple(terms)


def seats_on(terms: tuple[Term, ...], day: date) -> int | None:
    """Seats in force on `day`; None before the first term."""
    begun = [term.seats for term in terms if term.starts_on <= day]
    return begun[-1] if begun else None


def contract_rows(client: Client, terms: tuple[Term, ...]) -> list[Row]:
    return [
        {
            "id": id_of("contract", client.site, len(terms) - place), **client.keys,
            "starts_on": term.starts_on.isoformat(), "ends_on": term.ends_on.isoformat(), "term_months": term.months,
            "notice_days": client.notice, "auto_renews": client.auto_renews, "seats": term.seats,
            "annual_price_per_seat": term.price, "discount_percent": term.discount, "uplift_cap_percent": client.cap,
            "modules": client.modules, "created_at": at(term.starts_on, 9), "updated_at": at(term.starts_on, 9),
        }
        for place, term in enumerate(terms)
    ]  # fmt: skip


def customer_row(client: Client, since: date) -> Row:
    about = client.about
    return {
        "id": client.id, "company_id": client.keys["company_id"], "owner_id": client.owner_id, "name": client.name,
        "industry": about["industry"], "country": about["country"], "segment": client.segment,
        "customer_since": since.isoformat(), "time_zone": about["zone"], "summary": about["summary"],
        "competitor": about["competitor"], "status": about["status"] or "active", "created_at": at(since, 9),
        "updated_at": at(since, 9),
    }  # fmt: skip
