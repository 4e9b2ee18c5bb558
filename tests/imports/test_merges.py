from lib.imports.merges import FIELDS, pair_similar_customers
from tests.database.factories import fetch_value


def customer(key: str, name: str, domain: str | None = None) -> dict[str, str | None]:
    return dict.fromkeys(FIELDS) | {"id": key, "name": name, "domain": domain}


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
    assert sorted(fetch_value(sql, "select private.merge_columns('customers')")) == sorted(FIELDS)
