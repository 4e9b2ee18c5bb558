"""Find: by beginnings of words and slips, under the rights of whoever asks."""

import json
from typing import Any

import pytest

from tests.database.factories import AccountFactory, fetch_value, insert_row, publish_workflow
from tests.database.rpc import assert_refused, call_rpc
from tests.support.companies import Member

FOLDED_NAMES = (
    "Acme Corp",
    "O'Brien & Sons",
    "Müller-Lüdenscheidt GmbH",
    "A.C.M.E. (Europe)",
    "株式会社ほしぞら",
    "Łódź 24/7",
)


@pytest.fixture
def add(company, sql):
    """Each call adds a customer: `add("Bolt", contacts=("Jane Roe",))`."""

    def add_customer(name: str, *, contacts: tuple[str, ...] = (), owner: Member | None = None, **more: Any) -> Any:
        account = AccountFactory(sql, company.id, (owner or company.csm).id, name=name, **more)
        for contact in contacts:
            account.insert_row("contacts", name=contact, role="user")
        return account

    return add_customer


def write_note(account: AccountFactory, body: str, *, ago: int = 1) -> None:
    account.insert_row(
        "notes", author_id=account.owner_id, kind="call", body=body, happened_on=account.days_before(ago)
    )


def find(who: Member, query: str, **more: Any) -> dict[str, Any]:
    return call_rpc(who, "find", p_query=query, **more)


def labels(who: Member, query: str, kind: str = "customer", **more: Any) -> list[str]:
    return [row["label"] for row in find(who, query, **more)["rows"] if row["kind"] == kind]


def test_each_word_is_the_beginning_of_one_in_the_name(company, add):
    for name in ("Copperfield Studios", "Copper Works", "Studio Nord"):
        add(name)
    assert labels(company.csm, "stu copper") == ["Copperfield Studios"]
    assert labels(company.csm, "field") == []
    assert labels(company.csm, "COPPERF") == ["Copperfield Studios"]


def test_names_that_begin_with_the_query_come_first_then_ones_own(company, add):
    add("Blue Acme")
    add("Acme East", owner=company.other_csm)
    add("Acme West")
    assert labels(company.csm, "acme") == ["Acme West", "Acme East", "Blue Acme"]


@pytest.mark.parametrize(
    "typed", ["copperfeild", "coperfield", "copperrfield", "copperfjeld", "copperf1e", "opperfield"]
)
def test_a_slip_in_a_word_is_forgiven(company, add, typed):
    add("Copperfield Studios")
    add("Northwind")
    found = find(company.csm, typed)
    assert [row["label"] for row in found["rows"] if row["kind"] == "customer"] == ["Copperfield Studios"]
    assert found["is_near"]


def test_a_slip_is_forgiven_in_each_of_several_words_but_not_in_more_than_sixty_letters(company, add):
    name = "Copperfield Northwind Featherstonehaugh Interplanetary Telecommunications"
    add(name)
    assert labels(company.csm, "copperfeild nortwind featherstonhaugh interplanetery") == [name]
    assert find(company.csm, "copperfeild nortwind featherstonhaugh interplanetery telecomunications") == {
        "rows": [], "is_near": False,
    }  # fmt: skip


def test_a_slip_in_a_short_word_is_another_word(company, add):
    add("Acme")
    assert labels(company.csm, "amce") == ["Acme"]
    assert labels(company.csm, "amc") == []


def test_like_names_are_left_out_where_something_has_the_very_word(company, add):
    add("Salter")
    add("Walter", contacts=("Jo Salter",))
    found = find(company.csm, "salter")
    assert {row["label"] for row in found["rows"] if row["kind"] in ("customer", "contact")} == {"Salter", "Jo Salter"}
    assert not found["is_near"]


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("Müller & Söhne", "muller sohne"), ("O'Brien Ltd", "brien"), ("株式会社ほしぞら", "ほし"),
        ("Ångström AB", "ångs"), ("شركة النور", "النور"), ("A/B-Test", "test"),
    ],
)  # fmt: skip
def test_case_accents_and_signs_do_not_matter(company, add, name, typed):
    add(name)
    assert labels(company.csm, typed) == [name]


def test_names_are_folded_alike_in_the_list_and_in_the_query(company, add, sql):
    for name in FOLDED_NAMES:
        account = add(name)
        query = "select words from private.findable_names where id = %s and kind = 'customer'"
        listed = fetch_value(sql, query, account.id)
        asked = fetch_value(sql, "select private.name_words(%s)", name)
        assert listed.split() == asked.split()


@pytest.mark.parametrize("word", ["c", "ab", "abc", "abcd", "abcde", "copperfield", "abcdefghijklmnopqrst"])
def test_what_is_like_a_word_is_like_one_of_its_halves(sql, word):
    patterns = fetch_value(sql, "select private.typo_patterns(%s)", word)
    names = [pattern.strip("%").replace("_", "x") for pattern in patterns]
    halves = "select bool_and(name like any (private.half_patterns(array[%s]))) from unnest(%s::text[]) name"
    assert fetch_value(sql, halves, word, names)


def test_contacts_are_found_by_name_customer_and_email(company, add):
    account = add("Copperfield", contacts=("Anna Salter", "Bea Nowak"))
    account.insert_row("contacts", name="Cem Yıldız", role="user", email="cem@example.com")
    add("Northwind", contacts=("Anna Moll",))
    assert labels(company.csm, "anna", "contact") == ["Anna Moll", "Anna Salter"]
    assert labels(company.csm, "anna copper", "contact") == ["Anna Salter"]
    assert labels(company.csm, "copper", "contact") == []
    assert labels(company.csm, "CEM@exam", "contact") == ["Cem Yıldız"]


def test_runs_and_commands_are_found_by_workflow_and_customer(company, add, sql):
    publish_workflow(sql, company.id, "our-renewal", name="Our renewal")
    account = add("Copperfield")
    command = {"kind": "start", "id": "our-renewal", "customer_id": str(account.id)}
    [row] = [row for row in find(company.csm, "start our copper")["rows"] if row["kind"] == "start"]
    assert {key: row[key] for key in command} == command
    call_rpc(company.csm, "start_workflow", p_workflow_id="our-renewal", p_customer_id=str(account.id))
    assert labels(company.csm, "start our copper", "start") == []
    [run] = [row for row in find(company.csm, "renewal for copper")["rows"] if row["kind"] == "run"]
    assert (run["label"], run["customer_name"], run["is_named"], run["may_snooze"]) == (
        "Our renewal", "Copperfield", True, True,
    )  # fmt: skip
    [run] = [row for row in find(company.csm, "snooze copper")["rows"] if row["kind"] == "run"]
    assert not run["is_named"]


def test_commands_are_for_those_who_may_write_the_customer(company, add, sql):
    publish_workflow(sql, company.id, "our-renewal", name="Our renewal")
    add("Copperfield", owner=company.other_csm)
    begun = add("Copperline", owner=company.other_csm)
    call_rpc(company.other_csm, "start_workflow", p_workflow_id="our-renewal", p_customer_id=str(begun.id))
    assert labels(company.csm, "start our copperfield", "start") == []
    [run] = [row for row in find(company.csm, "our copperline")["rows"] if row["kind"] == "run"]
    assert not run["may_snooze"]
    assert labels(company.manager, "start our copperfield", "start") == ["Our renewal"]


def test_notes_are_found_by_words_newest_first(company, add):
    account = add("Acme")
    for ago in (30, 2, 9):
        write_note(account, f"They asked about the migration to Ångström, {ago} days ago.", ago=ago)
    rows = [row for row in find(company.csm, "angstrom migr")["rows"] if row["kind"] == "note"]
    assert [row["happened_on"] for row in rows] == [account.days_before(ago).isoformat() for ago in (2, 9, 30)]
    assert rows[0]["customer_name"] == "Acme"
    assert "migration" in rows[0]["body"]


def test_saved_actions_and_workflows_are_found_unless_hidden_or_archived(company, sql):
    insert_row(sql, "saved_actions", company_id=company.id, kind="snooze", name="Wait for procurement")
    insert_row(
        sql, "saved_actions", company_id=company.id, kind="snooze", name="Wait for legal", archived_at="2026-01-01"
    )
    assert labels(company.csm, "wait", "action") == ["Wait for procurement"]
    assert labels(company.csm, "standard", "workflow") == ["Standard renewal"]


def test_conversations_are_found_by_title_by_whoever_may_read_them(company, add, sql):
    publish_workflow(sql, company.id, "our-renewal")
    account = add("Acme")
    run = call_rpc(company.csm, "start_workflow", p_workflow_id="our-renewal", p_customer_id=str(account.id))
    insert_row(
        sql, "workflow_chat_threads", company_id=company.id, execution_id=run["execution_id"], slide_id="greeting",
        owner_id=company.csm.id, title="How is the rollout going?",
    )  # fmt: skip
    assert labels(company.csm, "rollout", "conversation") == ["How is the rollout going?"]
    assert labels(company.manager, "rollout", "conversation") == ["How is the rollout going?"]
    assert labels(company.other_csm, "rollout", "conversation") == []


def test_nothing_typed_lists_the_customers_looked_at_last(company, add):
    first, second = add("First"), add("Second")
    for account in (first, second, first):
        call_rpc(company.csm, "customer_page", p_customer_id=str(account.id))
    assert labels(company.csm, "  ") == ["First", "Second"]
    assert labels(company.manager, "") == []


@pytest.mark.parametrize("typed", ["%", "_", "\\", "'", "😀", "%%__", "' or 1=1 --", ":*&!|"])
def test_signs_are_no_words_and_no_patterns(company, add, typed):
    add("Copperfield")
    write_note(add("Acme"), "We spoke.")
    assert labels(company.csm, typed) == []
    assert labels(company.csm, typed, "note") == []


def test_an_archived_customer_is_not_listed_a_churned_one_is(company, add):
    add("Acme Gone", status="archived", contacts=("Jane Roe",))
    add("Acme Lost", status="churned")
    assert labels(company.csm, "acme") == ["Acme Lost"]
    assert labels(company.csm, "jane", "contact") == []


def test_nothing_of_another_company_is_found(company, new_company, sql):
    other = new_company("Elsewhere")
    publish_workflow(sql, other.id, "their-renewal", name="Zebra renewal")
    account = AccountFactory(sql, other.id, other.csm.id, name="Zebra Holdings")
    account.insert_row("contacts", name="Zebra Person", role="user", email="zebra@example.com")
    write_note(account, "Zebra crossing the road")
    insert_row(sql, "saved_actions", company_id=other.id, kind="snooze", name="Zebra action")
    run = call_rpc(other.csm, "start_workflow", p_workflow_id="their-renewal", p_customer_id=str(account.id))
    insert_row(
        sql, "workflow_chat_threads", company_id=other.id, execution_id=run["execution_id"], slide_id="greeting",
        owner_id=other.csm.id, title="Zebra talk", is_shared=True,
    )  # fmt: skip
    assert len({row["kind"] for row in find(other.csm, "zebra")["rows"]}) >= 6
    for typed in ("zebra", "zebar", "zebra@", "snooze zebra", "start zebra", f"={other.id}", "road crossing zebra"):
        assert find(company.manager, typed)["rows"] == []


def test_each_kind_has_at_most_what_is_asked_for(company, add):
    for number in range(9):
        write_note(add(f"Acme {number}", contacts=(f"Acme Person {number}",)), "Acme again")
    for kind in ("customer", "contact", "note"):
        assert len(labels(company.csm, "acme", kind, p_most=4)) == 4


@pytest.mark.parametrize(
    "arguments", [{"p_query": "x" * 201}, {"p_query": "x", "p_most": 0}, {"p_query": "", "p_most": 102}]
)
def test_what_is_out_of_bounds_is_refused(company, arguments):
    with assert_refused("PT400"):
        call_rpc(company.csm, "find", **arguments)


def test_who_left_the_company_finds_nothing(company, add, sql):
    add("Acme")
    member = company.join("Gone Person", company.csm.role)
    sql.execute("update public.profiles set is_active = false where id = %s", [member.id])
    with assert_refused("PT403"):
        find(member, "acme")


def test_the_index_of_names_gives_ids_of_the_persons_company_alone(company, strangers, add, sql):
    account = add("Copperfield")
    ask = "select array(select id from private.list_named_records('customer', '{copper}'))"
    for person, expected in ((company.csm, [account.id]), (strangers.admin, [])):
        with sql.transaction():
            sql.execute("select set_config('request.jwt.claims', %s, true)", [json.dumps({"sub": str(person.id)})])
            assert [each for each in fetch_value(sql, ask) if each == account.id] == expected
