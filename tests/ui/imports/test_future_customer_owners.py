"""Owners of an import in a sentence."""

from lib.imports.import_overview import ImportOwner
from lib.ui.imports.future_customer_owners import MAX_NAMED, describe_future_owners


def make_owners(count: int) -> list[ImportOwner]:
    return [ImportOwner(email=f"p{n}@acme.test", name=None, customers=1) for n in range(count)]


def test_few_owners_are_all_named():
    assert describe_future_owners(make_owners(2)) == "p0@acme.test (1 customer) and p1@acme.test (1 customer)"


def test_of_many_owners_the_others_are_counted():
    text = describe_future_owners(make_owners(MAX_NAMED + 3))
    assert text.endswith(f"p{MAX_NAMED - 1}@acme.test (1 customer) and 3 other owners")
