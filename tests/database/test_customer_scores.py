"""Kept scores are what the formulas give now, whatever changed; and history once their day is over."""

import uuid
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg.types.json import Jsonb

from tests.database.factories import Sql, fetch_rows, fetch_value, insert_customer, insert_row
from tests.database.rpc import call_rpc
from tests.support.companies import Company

TREND = "array(select d from unnest(private.trend_days(private.today())) d)"
READ = """select to_jsonb(s) - '{computed_at}'::text[]
  from private.read_scores(private.today(), %(among)s::uuid[]) s order by s.customer_id"""
DERIVED = """select to_jsonb(s) - '{computed_at}'::text[]
  from private.derive_scores(array[private.today()], %(among)s::uuid[]) s order by s.customer_id"""
# Past scores have no priority.
NO_PAST = """{computed_at,is_history,priority_score,arr_points,deadline_points,signals,reasons,notice_deadline,
  leading_signal,deadline_urgency,priority_rule_version}"""
READ_TREND = f"""select to_jsonb(s) - '{NO_PAST}'::text[]
  from private.read_past_scores({TREND}, %(among)s::uuid[]) s order by s.customer_id, s.day"""
DERIVED_TREND = f"""select to_jsonb(s) - '{NO_PAST}'::text[]
  from private.derive_past_scores({TREND}, %(among)s::uuid[]) s order by s.customer_id, s.day"""
SUMS = "select to_jsonb(t) - 'is_kept' from private.dashboard_trend(%(among)s::uuid[], private.today()) t"
DERIVED_SUMS = f"""
  select jsonb_build_object(
    'trend', coalesce(jsonb_agg(to_jsonb(x) - 'usage_customers' order by x.day), '[]'),
    'usage_customers', coalesce(sum(x.usage_customers) filter (where x.day = private.today()), 0))
  from (
    select s.day, sum(s.arr) as arr, sum(s.active_users) as active_users, sum(s.seats) as seats,
      sum(s.open_tickets) as open_tickets, count(s.active_users) as usage_customers,
      case when count(s.health_band) > 0
        then coalesce(sum(s.arr) filter (where s.health_band = 'red'), 0) end as arr_at_risk
    from private.derive_past_scores({TREND}, %(among)s::uuid[]) s group by s.day) x"""


@pytest.fixture(scope="module")
def company(stack: Any, sql: Sql) -> Company:
    return Company.create(sql, "Northwind Scores")


class Book:
    """Two customers of one company, whose scores are kept and read as the owner of the database."""

    def __init__(self, sql: Sql, company: Company) -> None:
        self.sql, self.company = sql, company
        self.today: date = fetch_value(sql, "select private.today()")
        old = self.today - timedelta(days=400)
        self.customers = [insert_customer(sql, company.id, company.csm.id, customer_since=old) for _ in range(2)]

    def keep(self) -> int:
        call = "select private.keep_scores(%s, private.today(), %s)"
        return fetch_value(self.sql, call, self.company.id, self.customers)

    def keep_trend(self) -> None:
        past = f"array(select d from unnest({TREND}) d where not private.is_today_somewhere(d))"
        self.sql.execute(f"select private.keep_past_scores(%s, {past}, %s)".encode(), [self.company.id, self.customers])

    def values(self, query: str) -> list[Any]:
        return [row[0] for row in self.sql.execute(query.encode(), {"among": self.customers}).fetchall()]

    def assert_fresh(self) -> None:
        assert self.values(READ) == self.values(DERIVED)
        assert self.values(READ_TREND) == self.values(DERIVED_TREND)
        assert self.values(SUMS) == self.values(DERIVED_SUMS)

    def insert(self, table: str, **values: Any) -> uuid.UUID:
        values = {"company_id": self.company.id, "customer_id": self.customers[0]} | values
        return insert_row(self.sql, table, **values)

    def days_ago(self, days: int) -> date:
        return self.today - timedelta(days=days)


@pytest.fixture
def book(sql: Sql, company: Company) -> Book:
    return Book(sql, company)


DAYS = st.integers(0, 90)


@st.composite
def change(draw: st.DrawFn) -> tuple[str, Any]:
    """One write of anything a score is computed from."""
    kind = draw(st.sampled_from([*WRITES, "keep", "keep_trend"]))
    return kind, (draw(st.integers(0, 1)), draw(DAYS), draw(st.integers(0, 10)))


def write_usage(book: Book, customer: uuid.UUID, days: int, number: int) -> None:
    book.sql.execute(
        "insert into public.usage_weeks (company_id, customer_id, week_starts_on, active_users, seats, logins, "
        "key_actions) values (%s, %s, %s, %s, 10, 1, 1) "
        "on conflict (customer_id, week_starts_on) do update set active_users = excluded.active_users",
        [book.company.id, customer, book.days_ago(days // 7 * 7), number],
    )


def write_ticket(book: Book, customer: uuid.UUID, days: int, number: int) -> None:
    words = {"number": uuid.uuid4().hex, "title": "Broken", "status": "open", "priority": f"p{1 + number % 4}"}
    book.insert("tickets", customer_id=customer, opened_on=book.days_ago(days), **words)


def solve_tickets(book: Book, customer: uuid.UUID, days: int, number: int) -> None:
    book.sql.execute(
        "update public.tickets set status = 'solved', solved_on = greatest(opened_on, %s) where customer_id = %s",
        [book.days_ago(days // 4), customer],
    )


def write_survey(book: Book, customer: uuid.UUID, days: int, number: int) -> None:
    who = fetch_value(book.sql, "select id from public.contacts where customer_id = any (%s) limit 1", book.customers)
    day = book.days_ago(days)
    book.insert("survey_responses", customer_id=customer, score=number, responded_on=day, contact_id=who)


def write_note(book: Book, customer: uuid.UUID, days: int, number: int) -> None:
    kind = ("note", "call", "meeting", "email")[number % 4]
    words = {"author_id": book.company.csm.id, "body": "Talked.", "kind": kind}
    book.insert("notes", customer_id=customer, happened_on=book.days_ago(days), **words)


def write_contact(book: Book, customer: uuid.UUID, days: int, number: int) -> None:
    role = ("champion", "executive_sponsor", "user")[number % 3]
    left = {"status": "left", "left_on": book.days_ago(days)} if number > 5 else {}
    book.insert("contacts", customer_id=customer, name=f"Contact {number}", role=role, **left)


def rename_contacts(book: Book, customer: uuid.UUID, days: int, number: int) -> None:
    book.sql.execute("update public.contacts set name = 'Ada ' || %s where customer_id = %s", [number, customer])


def move_contacts(book: Book, customer: uuid.UUID, days: int, number: int) -> None:
    book.sql.execute(
        "update public.contacts set customer_id = %s where customer_id = any (%s)", [customer, book.customers]
    )


def touch_contacts(book: Book, customer: uuid.UUID, days: int, number: int) -> None:
    book.sql.execute(
        "update public.contacts set last_contact_on = %s where customer_id = %s", [book.days_ago(days), customer]
    )


def write_contract(book: Book, customer: uuid.UUID, days: int, number: int) -> None:
    begins = book.days_ago(days * 4) if number < 8 else book.days_ago(-days - 1)
    terms = {"term_months": 12, "notice_days": 30, "auto_renews": True, "seats": 10 + number}
    ends = begins + timedelta(days=365)
    book.insert("contracts", customer_id=customer, starts_on=begins, ends_on=ends, annual_price_per_seat=500, **terms)


def change_customer(book: Book, customer: uuid.UUID, days: int, number: int) -> None:
    changes = [
        ("segment", "enterprise"),
        ("competitor", "Rivalry" if number % 2 else None),
        ("customer_since", book.days_ago(days * 2)),
        ("status", ("active", "churned")[days % 2]),
        ("name", "Renamed"),
    ]
    column, value = changes[number % len(changes)]
    book.sql.execute(f"update public.customers set {column} = %s where id = %s".encode(), [value, customer])


def change_rules(book: Book, customer: uuid.UUID, days: int, number: int) -> None:
    latest = "select coalesce(max(version), 1) from public.score_rules where kind = 'health' and company_id = %s"
    rules = {
        "weights": {"usage": 40 + number, "engagement": 25 - number, "support": 20, "voice": 15},
        "green": 70,
        "yellow": 45,
        "segments": {},
    }
    version = fetch_value(book.sql, latest, book.company.id) + 1
    row = {"company_id": book.company.id, "kind": "health", "version": version, "rules": Jsonb(rules)}
    insert_row(book.sql, "score_rules", **row)


def delete_rows(book: Book, customer: uuid.UUID, days: int, number: int) -> None:
    tables = ("usage_weeks", "tickets", "survey_responses", "notes", "contracts")
    table = tables[number % len(tables)]
    book.sql.execute(f"delete from public.{table} where customer_id = %s".encode(), [customer])


WRITES = {
    "usage": write_usage,
    "ticket": write_ticket,
    "solved": solve_tickets,
    "survey": write_survey,
    "note": write_note,
    "contact": write_contact,
    "renamed": rename_contacts,
    "moved": move_contacts,
    "touched": touch_contacts,
    "contract": write_contract,
    "customer": change_customer,
    "rules": change_rules,
    "deleted": delete_rows,
}


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(changes=st.lists(change(), min_size=4, max_size=14))
def test_kept_scores_are_what_the_formulas_give_after_any_change(sql, company, changes):
    book = Book(sql, company)
    for kind, (customer, days, number) in changes:
        if kind == "keep":
            book.keep()
        elif kind == "keep_trend":
            book.keep_trend()
        else:
            WRITES[kind](book, book.customers[customer], days, number)
    book.assert_fresh()
    book.keep()
    book.keep_trend()
    book.assert_fresh()


@pytest.mark.parametrize("kind", WRITES)
def test_each_kind_of_change_is_seen_at_once(book, kind):
    for write in ("usage", "ticket", "contact", "survey", "note", "contract"):
        WRITES[write](book, book.customers[0], 3, 6)
    book.keep()
    book.keep_trend()
    WRITES[kind](book, book.customers[0], 41, 8)
    book.assert_fresh()


def test_what_is_kept_is_not_computed_again(book):
    book.keep()
    book.sql.execute(
        "update public.customer_scores set health_score = 1 where customer_id = any (%s)", [book.customers]
    )
    assert [score["health_score"] for score in book.values(READ)] == [1, 1]


def test_another_owner_or_name_leaves_scores_kept(book):
    book.keep()
    book.sql.execute(
        "update public.customers set owner_id = %s, name = 'Other' where id = any (%s)",
        [book.company.other_csm.id, book.customers],
    )
    assert fetch_value(book.sql, "select private.list_stale_customers(%s)", book.customers) == []


@pytest.fixture
def other_session(stack: Any) -> Iterator[Sql]:
    with psycopg.connect(stack.database_url) as connection:
        yield connection
        connection.rollback()


def test_a_change_committed_while_scores_are_kept_leaves_its_mark(book, other_session):
    other_session.execute(
        "insert into public.tickets (company_id, customer_id, number, title, priority, status, opened_on) "
        "values (%s, %s, 'X-1', 'Down', 'p1', 'open', current_date)",
        [book.company.id, book.customers[0]],
    )
    assert book.keep() == 2
    other_session.commit()
    assert fetch_value(book.sql, "select private.list_stale_customers(%s)", book.customers) == [book.customers[0]]
    book.assert_fresh()


def test_two_transactions_do_not_keep_scores_of_a_company_at_once(book, other_session):
    call = "select private.keep_scores(%s, private.today(), %s)"
    assert fetch_value(other_session, call, book.company.id, book.customers) == 2
    assert book.keep() == 0
    other_session.commit()
    assert book.keep() == 2


def test_a_transaction_with_an_old_snapshot_keeps_nothing(book, other_session):
    other_session.execute("set transaction isolation level repeatable read")
    call = "select private.keep_scores(%s, private.today(), %s)"
    assert fetch_value(other_session, call, book.company.id, book.customers) == 0


def test_a_customer_that_is_being_deleted_is_waited_for_by_nobody(book, other_session):
    other_session.execute("delete from public.customers where id = %s", [book.customers[0]])
    assert book.keep() == 1
    other_session.commit()
    assert [score["customer_id"] for score in book.values(READ)] == [str(book.customers[1])]


def test_kept_scores_go_with_their_customer(book):
    book.keep()
    book.sql.execute("delete from public.customers where id = %s", [book.customers[0]])
    rows = "select count(*) from public.customer_scores where customer_id = any (%s)"
    assert fetch_value(book.sql, rows, book.customers) == 1


def make_last_week(book: Book) -> date:
    """Turn what is kept for today into what was kept a week ago, on that day."""
    week_ago = book.days_ago(7)
    move = "update public.customer_scores set day = %s where customer_id = any (%s)"
    book.sql.execute(move, [week_ago, book.customers])
    return week_ago


def test_a_day_that_is_over_stays_as_it_was_kept(book):
    write_usage(book, book.customers[0], 21, 9)
    book.keep()
    week_ago = make_last_week(book)
    before = [row for row in book.values(READ_TREND) if row["day"] == str(week_ago)]
    write_usage(book, book.customers[0], 14, 1)
    change_rules(book, book.customers[0], 0, 5)
    book.keep()
    book.keep_trend()
    after = [row for row in book.values(READ_TREND) if row["day"] == str(week_ago)]
    assert after == before
    assert after[0]["active_users"] != 1


def read_curve(book: Book) -> dict[str, Any]:
    """The curve on the page of the first customer, by day."""
    curve = fetch_value(book.sql, "select private.read_health_trend(%s, private.today())", book.customers[0])
    return {point["day"]: point for point in curve}


def test_the_curve_of_a_customer_shows_days_as_they_were_kept_and_derives_the_others(book):
    write_usage(book, book.customers[0], 21, 9)
    book.keep()
    week_ago = make_last_week(book)
    write_usage(book, book.customers[0], 14, 1)
    change_rules(book, book.customers[0], 0, 5)
    book.keep()
    curve = read_curve(book)
    assert len(curve) == 26
    used = {days: curve[str(book.days_ago(days))]["utilisation"] for days in (0, 7, 14, 21, 28)}
    assert used == {0: 0.1, 7: 0.9, 14: 0.1, 21: 0.9, 28: None}
    [today] = [score for score in book.values(READ) if score["customer_id"] == str(book.customers[0])]
    assert curve[str(book.today)]["score"] == today["health_score"]
    assert curve[str(week_ago)]["day"] == str(week_ago)


def test_an_earlier_day_that_was_kept_later_follows_its_records(book):
    book.keep()
    book.keep_trend()
    assert {row["active_users"] for row in book.values(READ_TREND)} == {None}
    for days in range(0, 91, 7):
        write_usage(book, book.customers[0], days, 9)
    book.assert_fresh()
    assert {row["active_users"] for row in book.values(READ_TREND)} == {None, 9}


def keep_all_due(operator: Any) -> int:
    rounds = 0
    while call_rpc(operator, "keep_due_scores", p_most=5000):
        rounds += 1
        assert rounds < 50, "it never ends"
    return rounds


def test_the_worker_keeps_a_new_day_and_what_was_marked(book, operator, sql):
    keep_all_due(operator)
    kept = "select count(*) from public.customer_scores where customer_id = any (%s) and day = %s"
    assert fetch_value(sql, kept, book.customers, book.today) == 2
    write_ticket(book, book.customers[0], 1, 0)
    assert call_rpc(operator, "keep_due_scores", p_most=100) >= 1
    assert fetch_value(sql, "select private.list_stale_customers(%s)", book.customers) == []
    book.assert_fresh()


def test_marks_of_customers_that_are_gone_are_removed(book, operator, sql):
    book.sql.execute("delete from public.customers where id = any (%s)", [book.customers])
    keep_all_due(operator)
    assert fetch_value(sql, "select private.list_stale_customers(%s)", book.customers) == []


def test_sentences_are_kept_only_while_their_day_lasts(book, operator, sql):
    write_contact(book, book.customers[0], 3, 6)
    book.keep()
    make_last_week(book)
    keep_all_due(operator)
    last_week = fetch_rows(
        sql,
        "select reasons, signals, priority_score from public.customer_scores where customer_id = %s and day = %s",
        book.customers[0],
        book.days_ago(7),
    )[0]
    assert last_week["reasons"] is None
    assert [signal["kind"] for signal in last_week["signals"]] == ["champion_left"]
    assert last_week["priority_score"] > 0


def test_of_scores_of_over_thirteen_months_ago_the_last_of_each_month_stays(book, operator, sql):
    first = "select date_trunc('month', (private.today() - interval '13 months')::timestamp)::date"
    oldest = fetch_value(sql, first)
    month_before = (oldest - timedelta(days=1)).replace(day=1)
    dated = [oldest, *(month_before + timedelta(days=days) for days in (0, 9, 20)), month_before - timedelta(days=40)]
    book.keep()
    copy = """insert into public.customer_scores
      select x.* from public.customer_scores k,
        jsonb_populate_record(k, jsonb_build_object('day', %s::date)) x
      where k.customer_id = %s and k.day = %s"""
    for day in dated:
        sql.execute(copy, [day, book.customers[0], book.today])
    while call_rpc(operator, "delete_old_scores", p_most=1):
        pass
    left = sql.execute(
        "select day from public.customer_scores where customer_id = %s order by day", [book.customers[0]]
    )
    assert [day for (day,) in left] == [dated[4], dated[3], oldest, book.today]
    assert fetch_value(sql, "select private.delete_old_scores(100)") == 0


def test_today_is_kept_by_whoever_opens_it(new_company, sql):
    company = new_company()
    customer = insert_customer(sql, company.id, company.csm.id)
    call_rpc(company.csm, "zen_dashboard")
    days = "select count(*) filter (where is_history), count(*) from public.customer_scores where customer_id = %s"
    assert sql.execute(days, [customer]).fetchone() == (1, 13)
    assert fetch_value(sql, "select private.list_stale_customers(%s)", [customer]) == []


def test_a_trend_of_more_customers_than_are_kept_at_once_is_kept_in_the_end(new_company, sql):
    company = new_company()
    customers = [insert_customer(sql, company.id, company.csm.id) for _ in range(3)]
    call_rpc(company.csm, "zen_dashboard")
    sql.execute("delete from public.customer_scores where not is_history and customer_id = any (%s)", [customers])
    for kept in (1, 2, 3, 3):
        with sql.transaction():
            claims = "select set_config('request.jwt.claims', json_build_object('sub', %s::text)::text, true)"
            sql.execute(claims, [company.csm.id])
            sql.execute("select private.keep_scores_of_trend(%s, 1)", [customers])
        rows = "select count(*) from public.customer_scores where not is_history and customer_id = any (%s)"
        assert fetch_value(sql, rows, customers) == 12 * kept


def test_pages_see_a_change_made_after_the_scores_were_kept(new_company, sql):
    company = new_company()
    customer = insert_customer(sql, company.id, company.csm.id)
    call_rpc(company.csm, "zen_dashboard")
    company.csm.client.table("customers").update({"competitor": "Rivalry"}).eq("id", str(customer)).execute()
    (priority,) = call_rpc(company.csm, "customer_priorities", among=[str(customer)])
    assert priority["leading_signal"] == "competitor"
    account = call_rpc(company.csm, "customer_account", p_customer_id=str(customer))
    assert [signal["kind"] for signal in account["signals"]] == ["competitor"]


def test_scores_follow_an_import_its_undo_and_a_handover(file, company, sql):
    def read_fresh_scores() -> list[Any]:
        owned = "select id from public.customers where company_id = %s and domain ~ '^c[0-9].test$'"
        among = {"among": [row["id"] for row in fetch_rows(sql, owned, company.id)]}
        kept, derived = (sql.execute(query.encode(), among).fetchall() for query in (READ, DERIVED))
        assert kept == derived
        call_rpc(company.manager, "zen_dashboard")
        return [score for (score,) in kept]

    added = {"segment": "mid", "customer_since": "2020-01-01"}
    customers = file().bring_in(*({"name": f"C{n}", "domain": f"c{n}.test"} | added for n in range(3)))
    assert len(read_fresh_scores()) == 3
    opened = {"title": "Down", "priority": "p1", "status": "open", "opened_on": str(date.today() - timedelta(days=3))}
    tickets = file(kind="tickets").bring_in(*({"customer_name": f"C{n}", "number": f"T{n}"} | opened for n in range(3)))
    assert tickets.verdicts() == ["new"] * 3
    assert [score["open_p1"] for score in read_fresh_scores()] == [1, 1, 1]
    tickets.undo()
    assert [score["open_p1"] for score in read_fresh_scores()] == [0, 0, 0]
    owned = fetch_rows(sql, "select id, owner_id from public.customers where domain ~ '^c[0-9].test$'")
    items = [{"kind": "customer", "id": str(row["id"]), "to": str(company.other_csm.id)} for row in owned]
    given = {"p_person_id": str(owned[0]["owner_id"]), "p_items": items, "p_key": str(uuid.uuid4())}
    call_rpc(company.admin, "hand_over_book", **given, p_deactivate=False)
    assert len(read_fresh_scores()) == 3
    customers.undo(insist=True)
    assert read_fresh_scores() == []
