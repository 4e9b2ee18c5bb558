from lib.imports.duplicate_pairs import FIELDS, pair_similar_contacts, pair_similar_customers
from tests.database.factories import fetch_value


def customer(key: str, name: str, domain: str | None = None) -> dict[str, str | None]:
    return dict.fromkeys(FIELDS["customers"]) | {"id": key, "name": name, "domain": domain}


def test_each_pair_is_found_once_the_likest_first():
    customers = [
        customer("1", "Acme GmbH"),
        customer("2", "Bolt", "b.test"),
        customer("3", "ACME Inc."),
        customer("4", "Lightning", "b.test"),
        customer("5", "Nobody else"),
    ]
    found = pair_similar_customers(customers)
    assert [pair.id for pair in found] == ["2.4", "1.3"]
    assert found[0].list_differences() == ("name",)
    assert found[0].reason == "same domain: b.test"


def test_the_fields_to_choose_from_are_those_of_the_database(sql):
    columns = {table: set(fetch_value(sql, "select private.merge_columns(%s)", table)) for table in FIELDS}
    with_status = {"left_on", "replaced_by"}  # they go with the status
    assert columns == {"customers": set(FIELDS["customers"]), "contacts": set(FIELDS["contacts"]) | with_status}


def contact(key: str, name: str, email: str | None = None, *, of: str = "1") -> dict[str, str | None]:
    return dict.fromkeys(FIELDS["contacts"]) | {"id": key, "customer_id": of, "name": name, "email": email}


def test_contacts_are_paired_by_address_or_name_and_only_of_one_customer():
    contacts = [
        contact("1", "Ann Lee", "Ann@acme.test"),
        contact("2", "A. Lee", "ann@acme.test "),
        contact("3", "Lee, Ann"),
        contact("4", "Ann Lee", "ann.lee@other.test"),
        contact("5", "Bob", "ann@acme.test", of="2"),
    ]
    found = {pair.id: pair.reason for pair in pair_similar_contacts(contacts)}
    assert found == {"1.2": "same address: Ann@acme.test", "1.3": "like names", "3.4": "like names"}
