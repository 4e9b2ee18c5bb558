"""The timeline of a customer: what is in it, in what order, page by page, and for whom."""

import json
from datetime import timedelta

import pytest

from tests.database.factories import fetch_value, insert_row, publish_workflow
from tests.database.rpc import assert_refused, call_rpc


def read_timeline(who, account, kinds=None, before=None, most=30):
    arguments = {"p_customer_id": str(account.id), "p_kinds": kinds, "p_before": before, "p_most": most}
    return call_rpc(who, "customer_timeline", **arguments)


def read_page(who, account, **arguments):
    return call_rpc(who, "customer_page", p_customer_id=str(account.id), **arguments)


def last_place(entries):
    return {name: entries[-1][name] for name in ("day", "at", "key")}


@pytest.fixture
def account(new_account, today):
    return new_account(day=today)


def test_everything_is_there_newest_first(books, account, sql):
    account.insert_note("call", ago=3)
    account.insert_ticket("p1", opened=9, solved=2)
    account.insert_survey(4, ago=5)
    contact = account.insert_contact("champion")
    stamp = fetch_value(sql, "select updated_at from public.contacts where id = %s", contact).isoformat()
    arguments = {"p_customer_id": str(account.id), "p_contact_id": str(contact), "p_values": {"title": "CFO"}}
    call_rpc(books.csm, "save_contact", **arguments, p_updated_at=stamp)
    entries = read_timeline(books.csm, account)
    days = [entry["day"] for entry in entries]
    assert days == sorted(days, reverse=True)
    kinds = [entry["kind"] for entry in entries]
    assert sorted(kinds) == ["call", "contacts", "contacts", "customers", "survey", "ticket", "ticket"]
    change = next(entry for entry in entries if entry["detail"].get("changes"))
    assert change["detail"]["changes"] == {"title": [None, "CFO"]}
    assert change["author_name"] == books.csm.full_name


def test_runs_and_their_quotes_and_conversations_are_entries(books, account, sql):
    publish_workflow(sql, books.id, "of-entries", slides=["greeting", "prepare-quote", "summary"])
    where = {"p_workflow_id": "of-entries", "p_customer_id": str(account.id)}
    run = call_rpc(books.csm, "start_workflow", **where)["execution_id"]
    line = {"item": "Subscription", "seats": 10, "price": 500, "discount": 0}
    save = {"p_slide_id": "prepare-quote", "p_answers": {"lines": [line]}, "p_revision": 0}
    call_rpc(books.csm, "save_step", p_execution_id=run, **save)
    thread = {"company_id": books.id, "owner_id": books.csm.id, "execution_id": run, "slide_id": "greeting"}
    insert_row(sql, "workflow_chat_threads", **thread, title="How to begin?")
    entries = read_timeline(books.csm, account, kinds=["run", "chat", "quote"])
    assert sorted(each["kind"] for each in entries) == ["chat", "quote", "run"]
    assert {each["execution_id"] for each in entries} == {run}


def test_pages_of_many_notes_of_one_day_have_each_note_once(books, account, sql, today):
    values = "insert into public.notes (company_id, customer_id, author_id, body, happened_on) "
    values += "select %s, %s, %s, 'Note ' || n, %s from generate_series(1, 250) n"
    sql.execute(values, [books.id, account.id, books.csm.id, today])
    seen, before = [], None
    while page := read_timeline(books.csm, account, kinds=["note"], before=before, most=100):
        seen += [entry["key"] for entry in page]
        before = last_place(page)
    assert (len(seen), len(set(seen))) == (250, 250)


def test_a_page_far_back_among_thousands_of_notes_reads_a_page_of_them(books, account, sql, today):
    values = "insert into public.notes (company_id, customer_id, author_id, body, happened_on) "
    values += "select %s, %s, %s, 'Note ' || n, %s::date - n / 3 from generate_series(1, 3000) n"
    sql.execute(values, [books.id, account.id, books.csm.id, today])
    sql.execute("analyze public.notes")
    # Rows read in this transaction, no milliseconds: a loaded machine stretches those.
    read = "select seq_tup_read + idx_tup_fetch from pg_stat_xact_user_tables where relname = 'notes'"
    place = json.dumps({"day": str(today - timedelta(days=700)), "at": "2999-01-01Z", "key": "z"})
    with sql.transaction():
        # The order of the index is enough. Of nine hundred rows the planner may also sort all, by what else is there.
        sql.execute("set local enable_sort = off")
        sql.execute("select set_config('request.jwt.claims', %s, true)", [json.dumps({"sub": str(books.csm.id)})])
        sql.execute("set local role authenticated")
        before = fetch_value(sql, read)
        found = fetch_value(sql, "select public.customer_timeline(%s, '{note}', %s, 30)", account.id, place)
        assert [entry["day"] for entry in found[:3]] == [str(today - timedelta(days=700))] * 3
        assert fetch_value(sql, read) - before <= 60


def test_a_filter_finds_what_is_far_back(books, account):
    for ago in range(60):
        account.insert_note("note", ago=ago)
    account.insert_note("call", ago=90)
    assert [entry["kind"] for entry in read_timeline(books.csm, account, kinds=["call"], most=5)] == ["call"]


def test_changes_by_others_are_read_by_those_who_may_write_the_customer(books, account, sql):
    contact = account.insert_contact("champion")
    stamp = fetch_value(sql, "select updated_at from public.contacts where id = %s", contact).isoformat()
    arguments = {"p_customer_id": str(account.id), "p_contact_id": str(contact), "p_values": {"title": "CFO"}}
    call_rpc(books.manager, "save_contact", **arguments, p_updated_at=stamp)

    def counts(who):
        return sum(entry["kind"] == "contacts" for entry in read_timeline(who, account))

    assert counts(books.csm) == 2
    assert counts(books.other_csm) == 0


def test_a_timeline_of_another_company_does_not_exist(strangers, account):
    account.insert_note("note", ago=1)
    with assert_refused("PT404", "This customer does not exist"):
        read_timeline(strangers.admin, account)


@pytest.mark.parametrize("before", [{"day": "soon"}, [], "x", {"at": 9}])
def test_a_place_that_cannot_be_read_is_refused_in_words(books, account, before):
    with assert_refused("PT400", "This place of the timeline cannot be read."):
        read_timeline(books.csm, account, before=before)


def test_what_changed_since_the_last_visit_is_what_others_did(books, account, sql):
    assert read_page(books.csm, account)["since"] is None
    later = "update public.customer_visits set last_looked_at = now() - interval '2 days' where customer_id = %s"
    sql.execute(later, [account.id])
    account.insert_survey(3)
    insert_row(
        sql, "notes", company_id=books.id, customer_id=account.id, author_id=books.csm.id, body="Mine",
        happened_on=account.day,
    )  # fmt: skip
    since = read_page(books.csm, account)["since"]
    assert "survey" in [entry["kind"] for entry in since["entries"]]
    assert "note" not in [entry["kind"] for entry in since["entries"]]
    again = read_page(books.csm, account)["since"]
    assert again["looked_at"] == since["looked_at"]  # the same visit


def test_visits_are_read_by_the_person_alone(books, account):
    read_page(books.csm, account)
    found = books.manager.client.table("customer_visits").select("*").eq("customer_id", str(account.id)).execute()
    assert found.data == []


def test_as_of_a_day_the_rows_are_as_they_were(books, account, sql, today):
    contact = account.insert_contact("champion", title="CFO")
    contract = account.insert_contract(seats=100)
    sql.execute("update public.contacts set title = 'CEO' where id = %s", [contact])
    sql.execute("update public.contracts set seats = 200 where id = %s", [contract])
    moved = "update public.row_changes set changed_at = changed_at - interval '3 days' "
    sql.execute(f"{moved} where customer_id = %s and operation = 'insert'", [account.id])
    account.insert_note("note", ago=0)
    then = read_page(books.csm, account, p_as_of=str(today - timedelta(days=1)))
    assert (then["as_of"], then["may_write"]) == (str(today - timedelta(days=1)), False)
    assert [each["title"] for each in then["account"]["contacts"]] == ["CFO"]
    assert then["account"]["contract"]["seats"] == 100
    assert then["account"]["notes"] == []
    long_ago = read_page(books.csm, account, p_as_of=str(today - timedelta(days=30)))
    assert (long_ago["account"]["contacts"], long_ago["contracts"]) == ([], [])


def test_as_of_a_day_long_ago_has_the_records_of_then(books, account, today):
    for ago in (*range(0, 210, 7), 240):
        account.insert_usage(40 if ago < 210 else 70, ago=ago)
    for ago in (*range(60), 240):
        account.insert_note("note" if ago < 60 else "call", ago=ago)
        account.insert_survey(3 if ago < 60 else 9, ago=ago)
    then = read_page(books.csm, account, p_as_of=str(today - timedelta(days=230)))["account"]
    assert [each["active_users"] for each in then["usage"]] == [70]
    assert [each["kind"] for each in then["notes"]] == ["call"]
    assert [each["score"] for each in then["surveys"]] == [9]
    assert (then["note_count"], then["survey_count"]) == (1, 1)


def test_as_of_a_day_a_ticket_that_was_solved_later_is_open(books, account, today):
    account.insert_ticket("p1", opened=40, solved=5)
    account.insert_ticket("p2", opened=40, solved=30)
    account.insert_ticket("p3", opened=3)
    then = read_page(books.csm, account, p_as_of=str(today - timedelta(days=20)))["account"]
    found = [(each["priority"], each["status"], each["solved_on"]) for each in then["tickets"]]
    assert found == [("p1", "open", None), ("p2", "solved", str(today - timedelta(days=30)))]
    assert (then["ticket_count"], then["open_ticket_count"]) == (2, 1)


def start_run(sql, books, account, started_on):
    """A run of the company's own workflow that somebody started on a day."""
    definition = publish_workflow(sql, books.id, f"past-{account.id.hex[:12]}")
    version = fetch_value(
        sql, "select id from public.workflow_definition_versions where definition_id = %s", definition
    )
    values = {"owner_id": books.csm.id, "current_slide": "greeting", "definition_version_id": version}
    workflow_id = f"past-{account.id.hex[:12]}"
    return str(account.insert_row("workflow_executions", workflow_id=workflow_id, started_at=started_on, **values))


def test_as_of_a_day_a_run_that_was_open_has_no_state_of_today(books, account, sql, today):
    run = start_run(sql, books, account, today - timedelta(days=40))
    (now,) = read_page(books.csm, account)["open_runs"]
    assert (now["status"], now["slides"] > 0) == ("active", True)
    (then,) = read_page(books.csm, account, p_as_of=str(today - timedelta(days=20)))["open_runs"]
    state = ("status", "slides", "slides_done", "due_on", "assigned_to_name")
    assert (then["execution_id"], {then[name] for name in state}) == (run, {None})


def test_as_of_a_day_nobody_has_been_spoken_to_or_left_later(books, account, sql, today):
    days = {"last_contact_on": today - timedelta(days=5), "left_on": today - timedelta(days=4), "status": "left"}
    contact = account.insert_contact("champion", **days)
    sql.execute("delete from public.row_changes where row_id = %s", [contact])

    def read_contact(ago):
        then = read_page(books.csm, account, p_as_of=str(today - timedelta(days=ago)))["account"]["contacts"]
        return [(each["status"], each["last_contact_on"] is None, each["left_on"] is None) for each in then]

    assert read_contact(20) == [("active", True, True)]
    assert read_contact(5) == [("active", False, True)]
    assert read_contact(4) == [("left", False, False)]


def keep_score(sql, account, day, **values):
    """A score as it was kept on a day that is over."""
    kept = {"health_score": 41, "health_band": "red", "usage_points": 9, "usage_out_of": 40, "health_rule_version": 1}
    counts = {"recent_tickets": 0, "open_tickets": 0, "open_p1": 0, "survey_answers": 0, "is_history": True}
    values = {"company_id": account.company_id, "customer_id": account.id, "day": day} | kept | counts | values
    names = ", ".join(values)
    places = ", ".join(["%s"] * len(values))
    sql.execute(f"insert into public.customer_scores ({names}) values ({places})".encode(), list(values.values()))


def list_turns(who, account):
    entries = read_timeline(who, account, kinds=["health"])
    details = [(entry["day"], entry["detail"]) for entry in entries]
    return [(day, turn["part"], turn["direction"], turn["band"]) for day, turn in details]


def test_days_on_which_usage_or_health_turned_are_entries(books, account, sql, today):
    days = [today - timedelta(days=ago) for ago in (30, 20, 10, 5)]
    kept = {"usage_out_of": 40, "health_score": 80, "health_band": "green"}
    keep_score(sql, account, days[0], **kept, usage_points=36, utilisation=0.9)
    keep_score(sql, account, days[1], **kept, usage_points=12, utilisation=0.34)
    low = {"health_score": 44, "health_band": "red"}
    keep_score(sql, account, days[2], **(kept | low), usage_points=11, utilisation=0.33)
    keep_score(sql, account, days[3], **(kept | low), usage_points=None, utilisation=None)
    assert list_turns(books.csm, account) == [
        (str(days[3]), "usage", None, None),
        (str(days[2]), "health", "fell", "red"),
        (str(days[1]), "usage", "fell", "red"),
    ]


def test_a_score_read_later_for_a_day_is_no_turn(books, account, sql, today):
    keep_score(sql, account, today - timedelta(days=30), health_band="green", health_score=80)
    keep_score(sql, account, today - timedelta(days=20), is_history=False)
    assert list_turns(books.csm, account) == []


def test_turns_of_a_customer_of_another_company_are_not_read(strangers, account, sql, today):
    keep_score(sql, account, today - timedelta(days=30), health_band="green", health_score=80)
    keep_score(sql, account, today - timedelta(days=20))
    with assert_refused("PT404"):
        list_turns(strangers.admin, account)


def list_terms(who, account):
    entries = read_timeline(who, account, kinds=["term"])
    return [(entry["day"], entry["detail"]["state"], int(entry["detail"]["arr"])) for entry in entries]


def test_terms_are_entries_whoever_added_them(books, account, sql, today):
    account.insert_contract(began=400, seats=100)
    account.insert_contract(began=35, seats=200)
    began = [(str(today - timedelta(days=ago)), "began", arr) for ago, arr in ((35, 20000), (400, 10000))]
    assert list_terms(books.other_csm, account) == list_terms(books.csm, account) == began


def test_a_term_to_come_is_told_once(books, account, sql, today):
    account.insert_contract(began=-30, seats=300)
    assert list_terms(books.other_csm, account) == [(str(today), "added", 30000)]
    assert list_terms(books.csm, account) == []
    (added,) = read_timeline(books.csm, account, kinds=["contracts"])
    assert (added["detail"]["starts_on"], int(added["detail"]["arr"])) == (str(today + timedelta(days=30)), 30000)


def test_a_seeded_term_to_come_is_told_to_everybody(books, account, sql, today):
    contract = account.insert_contract(began=-30)
    sql.execute("delete from public.row_changes where row_id = %s", [contract])
    assert list_terms(books.csm, account) == [(str(today), "added", 10000)]


def test_as_of_a_day_the_health_is_the_one_that_was_kept(books, account, sql, today):
    day = today - timedelta(days=28)
    account.insert_note("call", ago=28)
    account.insert_usage(80, ago=30)
    derived = read_page(books.csm, account, p_as_of=str(day))
    assert derived["account"]["health"]["score"] not in (None, 41)
    keep_score(sql, account, day)
    then = read_page(books.csm, account, p_as_of=str(day))
    health = then["account"]["health"]
    assert (health["score"], health["band"], health["usage_points"], health["rule_version"]) == (41, "red", 9, 1)
    last = then["health_trend"][-1]
    assert (last["day"], last["score"]) == (str(day), 41)


def test_as_of_a_day_a_customer_that_has_left_since_has_the_health_it_had(books, account, sql, today):
    day = today - timedelta(days=28)
    keep_score(sql, account, day)
    sql.execute("update public.customers set status = 'churned' where id = %s", [account.id])
    then = read_page(books.csm, account, p_as_of=str(day))
    assert (then["account"]["health"]["score"], then["health_trend"][-1]["score"]) == (41, 41)
    assert read_page(books.csm, account)["account"]["health"] is None


def test_as_of_a_day_shows_nothing_of_another_company(strangers, account, today):
    with assert_refused("PT404"):
        read_page(strangers.admin, account, p_as_of=str(today - timedelta(days=1)))
