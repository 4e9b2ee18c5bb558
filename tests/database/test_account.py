from datetime import timedelta
from typing import Any

from tests.database.factories import AccountFactory, fetch_rows
from tests.database.rpc import assert_refused, call_rpc
from tests.database.test_dashboard import run_on


def account_of(who: Any, account: AccountFactory) -> Any:
    return call_rpc(who, "customer_account", p_customer_id=str(account.id))


def test_a_customer_of_whom_only_the_name_is_known(books, new_account, today):
    found = account_of(books.csm, new_account(name="Bare Ltd"))
    assert (found["today"], found["company_name"]) == (str(today), books.name)
    assert (found["customer"]["name"], found["customer"]["owner_name"]) == ("Bare Ltd", books.csm.full_name)
    assert found["contract"] is None
    lists = ("signals", "contacts", "usage", "tickets", "surveys", "notes", "past_runs")
    assert [found[name] for name in lists] == [[]] * len(lists)
    health = found["health"]
    assert [health[f"{part}_points"] for part in ("usage", "engagement", "voice")] == [None] * 3
    assert health["score"] is None
    assert found["priority"]["score"] == 0


def test_texts_come_as_they_were_written(books, new_account, today):
    text = "<script>alert('1')</script> & “Ünïcode” 😀 {{ 7 * 7 }} %s"
    account = new_account(name=text, summary=text, competitor=text, day=today)
    contact = account.insert_contact(name=text, title=text)
    account.insert_survey(3, contact_id=contact)
    account.insert_row("notes", author_id=account.owner_id, body=text, happened_on=today)
    account.insert_row("tickets", number=f"ü-{account.id}", title=text, priority="p4", status="open", opened_on=today)
    found = account_of(books.csm, account)
    texts = [found["customer"][name] for name in ("name", "summary", "competitor")]
    texts += [found["contacts"][0]["title"], found["surveys"][0]["contact_name"]]
    texts += [found["notes"][0]["body"], found["tickets"][0]["title"]]
    assert set(texts) == {text}
    assert {signal["sentence"] for signal in found["signals"]} == {
        f"They are evaluating {text}.",
        f"{text} answered 3 out of 10 in a survey.",
    }


def test_numbers_are_numbers_and_exact_to_the_cent(books, new_account, today):
    account = new_account(day=today)
    terms = {"annual_price_per_seat": "1234.56", "discount_percent": "12.5", "uplift_cap_percent": "3.25"}
    account.insert_contract(seats=17, **terms)
    contract = account_of(books.csm, account)["contract"]
    assert contract["annual_price_per_seat"] == 1234.56
    assert (contract["discount_percent"], contract["uplift_cap_percent"]) == (12.5, 3.25)
    assert contract["arr"] == 18364  # 17 x 1,234.56 less 12.5 %, to the dollar
    assert contract["notice_deadline"] == str(account.days_before(-200))


def test_the_latest_26_weeks_in_order(books, new_account, today):
    account = new_account(day=today)
    for ago in range(0, 7 * 30, 7):
        account.insert_usage(50, ago=ago)
    weeks = [week["week_starts_on"] for week in account_of(books.csm, account)["usage"]]
    assert weeks == [str(today - timedelta(days=ago)) for ago in range(7 * 25, -1, -7)]


def test_contacts_begin_with_those_who_decide_and_are_there(books, new_account):
    account = new_account()
    for name, status, influence in (
        ("Gone", "left", 5),
        ("Unsure", "unknown", 5),
        ("Low", "active", 1),
        ("High", "active", 5),
    ):
        account.insert_contact(name=name, status=status, influence=influence)
    account.insert_contact(name="Unknown")
    names = [contact["name"] for contact in account_of(books.csm, account)["contacts"]]
    assert names == ["High", "Low", "Unknown", "Gone", "Unsure"]


def test_the_price_list_is_the_companys(books, strangers, new_account, sql):
    for owner in (books, strangers):
        statement = "insert into public.modules (company_id, name, annual_price_per_seat) values (%s, %s, 99)"
        sql.execute(f"{statement} on conflict do nothing", [owner.id, f"Module of {owner.name}"])
    price_list = account_of(books.csm, new_account())["price_list"]
    listed = [module["name"] for module in price_list]
    own = fetch_rows(sql, "select name from public.modules where company_id = %s", books.id)  # other tests add some
    assert sorted(listed) == sorted(row["name"] for row in own)
    assert f"Module of {books.name}" in listed
    assert f"Module of {strangers.name}" not in listed


def test_past_runs_are_those_that_ended(books, new_run, sql):
    run = new_run(books)
    customer = call_rpc(books.csm, "workflow_run", p_execution_id=run)["execution"]["customer_id"]
    assert call_rpc(books.csm, "customer_account", p_customer_id=customer)["past_runs"] == []
    call_rpc(
        books.csm, "complete_workflow", p_execution_id=run, p_revision=1, p_outcome_code="churned", p_reason="Too dear."
    )
    (past,) = call_rpc(books.csm, "customer_account", p_customer_id=customer)["past_runs"]
    assert (past["workflow_name"], past["status"]) == ("Our renewal", "completed")
    assert (past["outcome_code"], past["outcome_reason"]) == ("churned", "Too dear.")


def test_a_churned_customer_is_read_without_health_or_priority(books, new_account):
    found = account_of(books.csm, new_account(status="churned"))
    assert (found["health"], found["priority"], found["signals"]) == (None, None, [])


def test_colleagues_read_it_and_other_companies_do_not(books, strangers, new_account):
    account = new_account()
    assert account_of(books.other_csm, account)["customer"]["id"] == str(account.id)
    with assert_refused("PT404"):
        account_of(strangers.manager, account)


def test_an_open_ticket_never_gives_way_to_newer_solved_ones(company, sql, today):
    account = AccountFactory(sql, company.id, company.csm.id, day=today)
    account.insert_ticket("p1", opened=300)
    for _ in range(101):
        account.insert_ticket("p4", opened=20, solved=10)
    found = call_rpc(company.csm, "customer_account", p_customer_id=str(account.id))["tickets"]
    assert len(found) == 100
    assert [ticket["priority"] for ticket in found if ticket["status"] == "open"] == ["p1"]


def test_past_runs_are_counted_beyond_those_listed(company, sql, today):
    account = AccountFactory(sql, company.id, company.csm.id, day=today)
    ended = {"status": "skipped", "skip_reason": "not_relevant", "ended_at": today}
    for number in range(22):
        run_on(account, company, f"workflow-{number}", **ended)
    found = call_rpc(company.csm, "customer_account", p_customer_id=str(account.id))
    assert (len(found["past_runs"]), found["past_run_count"]) == (20, 22)
