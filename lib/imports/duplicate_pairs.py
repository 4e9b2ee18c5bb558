"""Pairs of customers, or of contacts of a customer, that may be the same. A person decides."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, groupby
from typing import Any

from rapidfuzz import fuzz
from rapidfuzz.utils import default_process

from lib.imports.company_name_similarity import KnownName, find_like_names

Record = Mapping[str, Any]

# 90: "Lee, Ann" and "Ann Lee" yes, "Ann Lee" and "Ann Leigh" no.
LEAST_LIKENESS_OF_PEOPLE = 90
FIELDS: Mapping[str, Mapping[str, str]] = {
    "customers": {
        "name": "Name",
        "owner_id": "Owner",
        "domain": "Domain",
        "industry": "Industry",
        "country": "Country",
        "segment": "Segment",
        "customer_since": "Customer since",
        "time_zone": "Time zone",
        "summary": "Summary",
        "competitor": "Competitor",
        "status": "Status",
    },
    "contacts": {
        "name": "Name",
        "title": "Title",
        "email": "Email",
        "role": "Role",
        "influence": "Influence",
        "sentiment": "Sentiment",
        "last_contact_on": "Last contact",
        "status": "Status",
    },
}
"""What one chooses between, with its label; as `private.merge_columns` has it, which a test compares."""


@dataclass(frozen=True, kw_only=True)
class SimilarPair:
    """Two records of a table that may be one, with their columns of FIELDS; `reason` says in words what is alike."""

    table_name: str
    first: Record
    second: Record
    reason: str

    @property
    def id(self) -> str:
        return f"{self.first['id']}.{self.second['id']}"

    def list_differences(self) -> tuple[str, ...]:
        """The columns in which they differ."""
        return tuple(name for name in FIELDS[self.table_name] if self.first[name] != self.second[name])


def pair_similar_customers(customers: Sequence[Record]) -> tuple[SimilarPair, ...]:
    """Each pair once, the likest first. The one that comes first in `customers` is `first`."""
    by_id = {str(row["id"]): row for row in customers}
    order = {key: place for place, key in enumerate(by_id)}
    known = [KnownName(key=key, name=row["name"], domain=row["domain"] or "") for key, row in by_id.items()]
    found: dict[tuple[str, str], tuple[int, str]] = {}
    for key, candidates in find_like_names(known, known).items():
        for candidate in candidates:
            if candidate.key != key:
                first, second = sorted((key, candidate.key), key=order.__getitem__)
                found[first, second] = candidate.likeness, candidate.reason
    ranked = sorted(found.items(), key=lambda item: (-item[1][0], order[item[0][0]], order[item[0][1]]))
    return tuple(
        SimilarPair(table_name="customers", first=by_id[first], second=by_id[second], reason=reason)
        for (first, second), (_, reason) in ranked
    )


def pair_similar_contacts(contacts: Sequence[Record]) -> tuple[SimilarPair, ...]:
    """Pairs of one customer with the same address or like names, in the order of `contacts`, which is by customer."""
    pairs = []
    for _, group in groupby(contacts, key=lambda row: row["customer_id"]):
        for first, second in combinations(group, 2):
            if reason := _compare_contacts(first, second):
                pairs.append(SimilarPair(table_name="contacts", first=first, second=second, reason=reason))
    return tuple(pairs)


def _compare_contacts(first: Record, second: Record) -> str | None:
    if first["email"] and second["email"]:
        same = first["email"].strip().casefold() == second["email"].strip().casefold()
        return f"same address: {first['email']}" if same else None
    likeness = fuzz.token_sort_ratio(first["name"], second["name"], processor=default_process)
    return "like names" if likeness >= LEAST_LIKENESS_OF_PEOPLE else None
