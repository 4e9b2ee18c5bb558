"""What waits for a person, in which order, and the list of the day that empties and is not refilled."""

from datetime import timedelta
from typing import Any

import pytest

from tests.database.factories import AccountFactory, Sql, fetch_value, insert_customer, insert_row
from tests.database.rpc import call_rpc, run_concurrently
from tests.database.test_dashboard import run_on
from tests.database.test_time_zones import EAST, WEST, acting_as
from tests.support.companies import Company, Member


class Book:
    """Customers of a CSM with what waits for them, dated from today."""

    def __init__(self, sql: Sql, company: Company, owner: Member) -> None:
        self.sql, self.company, self.owner = sql, company, owner
        self.day = fetch_value(sql, "select current_date")

    def customer(self, name: str, *, notice_in: int = 300, arr: int = 100_000) -> AccountFactory:
        account = AccountFactory(self.sql, self.company.id, self.owner.id, day=self.day, name=name)
        account.insert_contract(notice_in=notice_in, seats=arr // 100)
        return account

    def run(self, name: str, *, due_in: int | None = 200, **values: Any) -> Any:
        account = self.customer(name)
        due_on = None if due_in is None else self.day + timedelta(due_in)
        return run_on(account, self.company, "running", due_on=due_on, **values)

    def escalation(self, name: str, *, by: Member, to: Member, hours: int = 24, **values: Any) -> Any:
        run = self.run(name, status="active" if "ended_at" in values else "escalated")
        customer = fetch_value(self.sql, "select customer_id from public.workflow_executions where id = %s", run)
        respond_by = fetch_value(self.sql, "select now() + %s * interval '1 hour'", hours)
        return insert_row(
            self.sql, "workflow_escalations", company_id=self.company.id, execution_id=run, customer_id=customer,
            raised_by=by.id, assigned_to=to.id, severity="critical", ask="May we?", respond_by=respond_by, **values,
        )  # fmt: skip

    def handed_back(self, name: str, *, days_ago: int = 0) -> Any:
        ended = fetch_value(self.sql, "select now() - %s * interval '1 day'", days_ago)
        return self.escalation(
            name, by=self.owner, to=self.company.manager, ended_at=ended, ended_by="hand_back", decision="Yes."
        )

    def follow_up(self, name: str, *, due_in: int = 0) -> Any:
        return self.customer(name).insert_row(
            "follow_ups", assigned_to=self.owner.id, created_by=self.owner.id, title=f"Call {name}",
            due_on=self.day + timedelta(due_in),
        )  # fmt: skip

    def back_from_a_snooze(self, name: str) -> Any:
        run = self.run(name, status="snoozed")
        customer = fetch_value(self.sql, "select customer_id from public.workflow_executions where id = %s", run)
        insert_row(
            self.sql, "workflow_snoozes", company_id=self.company.id, execution_id=run, customer_id=customer,
            snoozed_by=self.owner.id, reason="A fair.", until_at=fetch_value(self.sql, "select now()"),
        )  # fmt: skip
        return run

    def leave(self, run: Any, status: str) -> None:
        """The run is no longer active: ended, snoozed or escalated."""
        if status == "completed":
            return self.complete(run)
        ended = "now()" if status in ("skipped", "abandoned") else "null"
        self.sql.execute(
            f"update public.workflow_executions set status = %s, ended_at = {ended}, revision = revision + 1"
            " where id = %s", [status, run]
        )  # fmt: skip
        return None

    def complete(self, run: Any) -> None:
        self.sql.execute(
            "update public.workflow_executions set status = 'completed', outcome_code = 'renewed', ended_at = now(),"
            " outcome_amount = 1, revision = revision + 1 where id = %s", [run]
        )  # fmt: skip


@pytest.fixture
def book(sql: Sql, company: Company) -> Book:
    return Book(sql, company, company.csm)


def today_of(who: Member) -> Any:
    return call_rpc(who, "zen_dashboard")


def listed(who: Member) -> list[str]:
    return [item["customer_name"] for item in today_of(who)["items"]]


def waiting_for(who: Member) -> list[tuple[str, str | None]]:
    """All that waits, in its order, with why it cannot wait: the list of the day must not be stored yet."""
    return [(item["customer_name"], item["urgency"]) for item in call_rpc(who, "today_more", p_most=1000)["items"]]


def test_what_cannot_wait_comes_first_in_one_order(company, book):
    book.run("Begun")
    book.customer("Large priority", notice_in=20, arr=900_000)
    book.customer("Deadline today", notice_in=0)
    book.back_from_a_snooze("Back")
    book.follow_up("To do today")
    book.run("Due today", due_in=0)
    book.follow_up("Late to do", due_in=-3)
    book.run("Late", due_in=-60)
    book.handed_back("Decided")
    book.escalation("Asked", by=company.manager, to=company.csm)
    book.escalation("Asked long ago", by=company.manager, to=company.csm, hours=-5)
    assert waiting_for(company.csm) == [
        ("Asked long ago", "escalated"),
        ("Asked", "escalated"),
        ("Decided", "handed_back"),
        ("Late", "overdue"),
        ("Late to do", "overdue"),
        ("Deadline today", "due_today"),
        ("Due today", "due_today"),
        ("To do today", "due_today"),
        ("Back", "back"),
        ("Large priority", None),
        ("Begun", None),
    ]


def test_what_can_wait_is_ordered_by_score_then_arr_then_deadline(company, book):
    for name, notice_in, arr in (("C", 80, 300_000), ("A", 10, 300_000), ("B", 40, 300_000), ("A too", 10, 400_000)):
        book.customer(name, notice_in=notice_in, arr=arr)
    found = call_rpc(company.csm, "today_more")["items"]
    assert [item["customer_name"] for item in found] == ["A too", "A", "B", "C"]
    scores = [item["score"] for item in found]
    assert scores == sorted(scores, reverse=True)


def test_a_handed_back_account_a_critical_escalation_and_an_overdue_run_are_the_three(company, book):
    for number in range(5):
        book.customer(f"Healthy {number}", notice_in=10, arr=900_000)
    book.run("Late", due_in=-1)
    book.handed_back("Decided")
    book.escalation("Asked", by=company.manager, to=company.csm)
    found = today_of(company.csm)
    assert [item["customer_name"] for item in found["items"]] == ["Asked", "Decided", "Late"]
    assert (found["more"], found["pressing"], found["can_wait"]) == (5, 0, 5)


def test_an_item_names_its_run_escalation_or_follow_up(company, book):
    book.escalation("Asked", by=company.manager, to=company.csm)
    book.run("Late", due_in=-2)
    book.follow_up("To do")
    asked, late, to_do = today_of(company.csm)["items"]
    assert (asked["escalation"]["ask"], asked["escalation"]["raised_by_name"]) == ("May we?", "Mara Lindqvist")
    assert (late["run"]["slides"], late["run"]["slides_done"], late["workflow_name"]) == (3, 0, "Our renewal")
    assert (to_do["follow_up"]["title"], to_do["follow_up"]["is_own"]) == ("Call To do", True)


def test_the_list_of_the_day_is_the_same_for_every_tab_and_process(company, book):
    for name in ("A", "B", "C", "D"):
        book.customer(name, notice_in=30)
    first = listed(company.csm)
    book.customer("Larger", notice_in=1, arr=900_000)
    assert listed(company.csm) == first
    assert len(first) == 3


def test_two_first_loads_at_once_store_one_list(company, sql, book):
    for name in "ABCDEF":
        book.customer(name, notice_in=30)
    found = run_concurrently([lambda: listed(company.csm)] * 8)
    assert len({tuple(each) for each in found}) == 1
    stored = "select count(*), max(cardinality(items)) from public.today_lists where person_id = %s"
    assert sql.execute(stored, [company.csm.id]).fetchone() == (1, 3)


def test_the_list_empties_and_is_not_refilled(company, book):
    runs = [book.run(f"Late {number}", due_in=-number) for number in (5, 4, 3)]
    for name in ("A", "B"):
        book.customer(name, notice_in=30)
    assert listed(company.csm) == ["Late 5", "Late 4", "Late 3"]
    for left, run in zip((2, 1, 0), runs, strict=True):
        book.complete(run)
        assert len(listed(company.csm)) == left
    found = today_of(company.csm)
    assert (found["items"], found["more"], found["pressing"], found["can_wait"]) == ([], 2, 0, 2)


def test_an_empty_list_stays_empty_when_something_that_can_wait_comes(company, book):
    book.customer("Calm", notice_in=600)
    assert listed(company.csm) == []
    book.customer("Later", notice_in=30)
    found = today_of(company.csm)
    assert (found["items"], found["more"]) == ([], 1)


def test_the_list_is_made_when_the_book_comes(company, book):
    assert listed(company.csm) == []
    for name, days in (("A", 10), ("B", 20), ("C", 30), ("D", 40)):
        book.customer(name, notice_in=days)
    assert listed(company.csm) == ["A", "B", "C"]
    book.customer("E", notice_in=1)
    assert listed(company.csm) == ["A", "B", "C"], "it is stored now"


@pytest.mark.parametrize(("status", "stored"), [("decided", 0), ("applied", 1)])
def test_no_list_is_stored_while_an_import_is_being_brought_in(company, sql, book, status, stored):
    book.customer("A", notice_in=10)
    insert_import(sql, company, status)
    assert listed(company.csm) == ["A"]
    assert fetch_value(sql, "select count(*) from public.today_lists where person_id = %s", company.csm.id) == stored


def test_an_empty_list_is_made_again_after_an_import(company, sql, book):
    book.customer("Calm", notice_in=600)
    assert listed(company.csm) == []
    book.customer("A", notice_in=10)
    assert listed(company.csm) == []
    insert_import(sql, company, "applied")
    assert listed(company.csm) == ["A"]
    book.customer("B", notice_in=1)
    insert_import(sql, company, "applied")
    assert listed(company.csm) == ["A"], "something stood on it"


def insert_import(sql, company, status):
    made = insert_row(
        sql, "imports", company_id=company.id, kind="customers", file_name="a.csv", source="crm", headers=["A"],
        mapping={}, status=status, default_owner_id=company.csm.id,
    )  # fmt: skip
    sql.execute("update public.imports set applied_at = now() where id = %s and status = 'applied'", [made])


@pytest.mark.parametrize("arrival", ["escalation", "hand back", "follow-up", "overdue", "back"])
def test_what_cannot_wait_is_added_during_the_day_and_stays(company, book, arrival):
    for name in ("A", "B", "C"):
        book.customer(name, notice_in=30)
    assert listed(company.csm) == ["A", "B", "C"]
    match arrival:
        case "escalation":
            book.escalation("New", by=company.manager, to=company.csm)
        case "hand back":
            book.handed_back("New")
        case "follow-up":
            book.follow_up("New")
        case "overdue":
            book.run("New", due_in=-1)
        case "back":
            book.back_from_a_snooze("New")
    assert listed(company.csm) == ["New", "A", "B", "C"]
    assert listed(company.csm) == ["New", "A", "B", "C"]


def test_what_cannot_wait_stands_first_in_its_order_however_late_it_came(company, book):
    book.run("Late", due_in=-1)
    book.customer("A", notice_in=30)
    book.customer("B", notice_in=40)
    assert listed(company.csm) == ["Late", "A", "B"]
    book.back_from_a_snooze("Back")
    assert listed(company.csm) == ["Late", "Back", "A", "B"]
    book.handed_back("Decided")
    book.run("Later", due_in=-9)
    book.escalation("Asked", by=company.manager, to=company.csm)
    in_order = ["Asked", "Decided", "Later", "Late", "Back", "A", "B"]
    assert [listed(company.csm) for _ in range(2)] == [in_order] * 2


def test_what_could_not_wait_at_first_is_not_added_later_but_counted(company, book):
    for number in range(1, 6):
        book.run(f"Late {number}", due_in=-number)
    assert listed(company.csm) == ["Late 5", "Late 4", "Late 3"]
    found = today_of(company.csm)
    assert (len(found["items"]), found["more"], found["pressing"]) == (3, 2, 2)


def test_a_customer_whose_deadline_is_today_is_not_counted_as_one_that_can_wait(company, book):
    for name in ("A", "B", "C", "D"):
        book.customer(name, notice_in=0)
    book.customer("Later", notice_in=30)
    found = today_of(company.csm)
    assert (len(found["items"]), found["pressing"], found["can_wait"]) == (3, 1, 1)
    assert found["next_deadline"] == str(book.day + timedelta(30))


def test_a_run_begun_from_a_listed_customer_stays_in_its_place_until_it_is_done(company, book):
    book.customer("First", notice_in=10, arr=900_000)
    second = book.customer("Second", notice_in=20, arr=500_000)
    book.customer("Third", notice_in=30, arr=200_000)
    assert listed(company.csm) == ["First", "Second", "Third"]
    run = run_on(second, company)
    assert [(item["customer_name"], item["kind"]) for item in today_of(company.csm)["items"]] == [
        ("First", "customer"),
        ("Second", "run"),
        ("Third", "customer"),
    ]
    book.complete(run)
    assert listed(company.csm) == ["First", "Third"]


@pytest.mark.parametrize("status", ["skipped", "completed", "abandoned", "snoozed", "escalated"])
def test_a_further_run_of_a_listed_customer_takes_no_place(company, book, sql, status):
    book.customer("First", notice_in=10, arr=900_000)
    second = book.customer("Second", notice_in=20, arr=500_000)
    assert listed(company.csm) == ["First", "Second"]
    book.leave(run_on(second, company), status)
    further = run_on(second, company, "running")
    found = today_of(company.csm)
    assert [item["customer_name"] for item in found["items"]] == ["First"]
    assert str(further) in [run["execution_id"] for run in found["open_runs"]]
    overdue = "update public.workflow_executions set due_on = current_date - 1, revision = revision + 1 where id = %s"
    sql.execute(overdue, [further])
    assert listed(company.csm) == ["Second", "First"]


def test_the_first_of_two_runs_begun_from_a_listed_customer_has_its_place(company, book):
    account = book.customer("Only", notice_in=10)
    assert listed(company.csm) == ["Only"]
    first, further = run_on(account, company), run_on(account, company, "running")
    found = today_of(company.csm)
    assert [item["execution_id"] for item in found["items"]] == [str(first)]
    assert [run["execution_id"] for run in found["open_runs"]] == [str(further)]
    assert found["more"] == 1


def test_a_snoozed_run_is_not_counted_as_in_progress_too(company, book):
    book.customer("Calm")
    today_of(company.csm)
    book.run("Active")
    book.run("Asleep", status="snoozed")
    found = today_of(company.csm)
    assert (found["in_progress"], found["snoozed"], found["calm"], found["can_wait"]) == (1, 1, 1, 0)


def test_a_run_whose_decision_was_seen_stays_on_the_list(company, sql, book):
    escalation = book.handed_back("Decided")
    assert today_of(company.csm)["items"][0]["urgency"] == "handed_back"
    call_rpc(company.csm, "mark_decision_seen", p_escalation_id=str(escalation))
    (item,) = today_of(company.csm)["items"]
    assert (item["customer_name"], item["kind"], item["urgency"]) == ("Decided", "run", None)


@pytest.mark.parametrize("days_ago", [31, 400])
def test_a_decision_nobody_has_seen_stays_until_it_is_seen(new_company, sql, days_ago):
    company = new_company()
    book = Book(sql, company, company.csm)
    escalation = book.handed_back("Decided long ago", days_ago=days_ago)
    assert where_a_decision_waits(sql, company.csm) == (["handed_back"], 1, 1, 1)
    call_rpc(company.csm, "mark_decision_seen", p_escalation_id=str(escalation))
    assert where_a_decision_waits(sql, company.csm) == ([None], 0, 0, 0)


def test_a_decision_waits_in_the_dashboard_beyond_the_list(new_company, sql):
    company = new_company()
    book = Book(sql, company, company.csm)
    for number in range(3):
        book.escalation(f"Asked {number}", by=company.manager, to=company.csm)
    assert len(listed(company.csm)) == 3
    sql.execute("update public.today_lists set occasions = '{}' where person_id = %s", [company.csm.id])
    escalation = book.handed_back("Decided long ago", days_ago=60)
    sql.execute(
        "update public.today_lists set occasions = array['handed_back:' || %s::text] where person_id = %s",
        [escalation, company.csm.id],
    )
    found = today_of(company.csm)
    assert [each["customer_name"] for each in found["escalations"]] == ["Decided long ago"]
    assert found["escalation_count"] == 1


def test_a_deputy_sees_old_decisions_for_who_is_away(new_company, sql):
    company = new_company()
    book = Book(sql, company, company.csm)
    escalation = book.handed_back("Decided long ago", days_ago=60)
    assert where_a_decision_waits(sql, company.other_csm) == ([], 0, 0, 0)
    insert_row(
        sql, "absences", company_id=company.id, person_id=company.csm.id, deputy_id=company.other_csm.id,
        starts_on=book.day - timedelta(2), ends_on=book.day + timedelta(2), created_by=company.csm.id,
    )  # fmt: skip
    assert where_a_decision_waits(sql, company.other_csm) == (["handed_back"], 1, 1, 1)
    call_rpc(company.other_csm, "mark_decision_seen", p_escalation_id=str(escalation))
    assert where_a_decision_waits(sql, company.csm) == ([None], 0, 0, 0)


def test_a_decision_for_somebody_who_has_left_waits_for_who_has_the_run(new_company, sql):
    company = new_company()
    escalation = Book(sql, company, company.csm).handed_back("Decided", days_ago=60)
    call_rpc(company.admin, "remove_member", p_person_id=company.csm.id, p_successor_id=company.other_csm.id)
    urgencies, waiting, decided, _ = where_a_decision_waits(sql, company.other_csm)
    assert (urgencies, decided) == (["handed_back"], 1)
    assert waiting == 2, "the decision, and the notice of the hand-over"
    call_rpc(company.manager, "mark_decision_seen", p_escalation_id=str(escalation))
    assert where_a_decision_waits(sql, company.other_csm)[2] == 1
    call_rpc(company.other_csm, "mark_decision_seen", p_escalation_id=str(escalation))
    assert where_a_decision_waits(sql, company.other_csm)[2] == 0


def where_a_decision_waits(sql: Sql, who: Member) -> tuple[list[str | None], int, int, int]:
    """Urgencies on Today, the number in the menu, and what the inbox counts and lists of decisions."""
    found = call_rpc(who, "inbox")
    menu = fetch_value(sql, "select private.count_waiting(p) from public.profiles p where p.id = %s", who.id)
    unseen = [row for row in found["escalations"] if row["ended_at"] is not None]
    return [item["urgency"] for item in today_of(who)["items"]], menu, found["counts"]["decided"], len(unseen)


def test_a_done_follow_up_leaves_the_list(company, sql, book):
    follow_up = book.follow_up("To do")
    assert listed(company.csm) == ["To do"]
    company.csm.client.table("follow_ups").update({"done_at": "now"}).eq("id", str(follow_up)).execute()
    assert listed(company.csm) == []


def test_a_follow_up_due_tomorrow_waits_until_tomorrow(company, book):
    book.follow_up("Tomorrow", due_in=1)
    assert waiting_for(company.csm) == []


def test_more_shows_the_next_ones_without_changing_the_list(company, book):
    for number in range(1, 31):
        book.run(f"Late {number}", due_in=-number)
    before = listed(company.csm)
    found = call_rpc(company.csm, "today_more", p_most=20)
    assert found["total"] == 27
    assert [item["customer_name"] for item in found["items"]] == [f"Late {number}" for number in range(27, 7, -1)]
    assert len(call_rpc(company.csm, "today_more", p_most=40)["items"]) == 27
    assert listed(company.csm) == before


def test_of_200_runs_the_one_overdue_for_60_days_is_first_and_all_can_be_reached(company, sql, book):
    late = book.run("Forgotten", due_in=-60, updated_at=book.day - timedelta(60))
    account = book.customer("Busy")
    version = fetch_value(sql, "select definition_version_id from public.workflow_executions where id = %s", late)
    sql.execute(
        "insert into public.customers (id, company_id, owner_id, name, segment, customer_since)"
        " select gen_random_uuid(), %s, %s, 'Run ' || n, 'mid', current_date - 700 from generate_series(1, 199) n",
        [company.id, company.csm.id],
    )
    sql.execute(
        "insert into public.workflow_executions (company_id, customer_id, owner_id, workflow_id,"
        " definition_version_id, current_slide, due_on) select c.company_id, c.id, c.owner_id, 'running', %s,"
        " 'greeting', current_date + 30 from public.customers c where c.company_id = %s and c.name like 'Run %%'",
        [version, company.id],
    )
    found = today_of(company.csm)
    assert found["items"][0]["customer_name"] == "Forgotten"
    assert (len(found["items"]), found["more"]) == (3, 197)
    assert (len(found["open_runs"]), found["open_run_count"]) == (20, 197)
    more = call_rpc(company.csm, "today_more", p_most=1000)["items"]
    assert len({item["execution_id"] for item in [*found["items"], *more]}) == 200
    assert len(call_rpc(company.csm, "today_open_runs", p_most=1000)["open_runs"]) == 197
    for function, part in (("today_more", "items"), ("today_open_runs", "open_runs")):
        pages = [call_rpc(company.csm, function, p_most=50, p_first=first)[part] for first in range(0, 200, 50)]
        assert [len(page) for page in pages] == [50, 50, 50, 47]
        assert len({row["execution_id"] for page in pages for row in page}) == 197
    (first, *_) = today_of(company.manager)["items"]
    assert (first["customer_name"], first["kind"]) == ("Forgotten", "stuck")
    assert account.id


def test_a_colleagues_work_waits_for_nobody_else(company, book):
    book.run("Alice's", due_in=5)
    book.follow_up("Alice's too")
    assert waiting_for(company.other_csm) == []
    assert waiting_for(company.manager) == []


def test_people_in_two_zones_have_the_lists_of_their_own_days(company, sql):
    for person, zone in ((company.csm, WEST), (company.other_csm, EAST)):
        insert_customer(sql, company.id, person.id, name=zone)
        call_rpc(person, "save_time_zone", p_time_zone=zone)
        today_of(person)
    stored = "select person_id, day from public.today_lists where company_id = %s"
    days = dict(sql.execute(stored, [company.id]).fetchall())
    assert days[company.csm.id] < days[company.other_csm.id]


def test_a_new_day_has_a_new_list(company, sql, book):
    book.customer("A", notice_in=30)
    assert listed(company.csm) == ["A"]
    sql.execute("update public.today_lists set day = day - 1 where person_id = %s", [company.csm.id])
    book.customer("Larger", notice_in=10, arr=900_000)
    assert listed(company.csm) == ["Larger", "A"]


def test_lists_of_more_than_30_days_ago_are_deleted(company, sql):
    for days in (30, 31):
        insert_row(
            sql, "today_lists", company_id=company.id, person_id=company.csm.id, items=[],
            day=fetch_value(sql, "select current_date - %s::int", days),
        )  # fmt: skip
    today_of(company.csm)
    assert fetch_value(sql, "select count(*) from public.today_lists where person_id = %s", company.csm.id) == 2


def test_overdue_is_decided_by_the_day_asked_for(company, sql, book):
    """The evening in Los Angeles is the next day in UTC already: nothing is overdue there yet."""
    book.run("Due", due_in=0)
    with acting_as(sql, company.csm):
        nobody = "'{}'::private.ranked_customer[]"
        ask = f"select urgency from private.waiting_items(%s, false, '{{}}', {nobody}, current_date + %s::int)"
        assert [fetch_value(sql, ask, company.csm.id, days) for days in (-1, 0, 1)] == [6, 4, 3]


def test_whoever_works_on_a_colleagues_customer_sees_its_figures(company, sql, book):
    """The run, the escalation and the follow-up of somebody else's customer have health, ARR and priority."""
    given = book.run("Given", assigned_to=company.other_csm.id)
    book.escalation("Escalated", by=company.csm, to=company.other_csm)
    book.customer("Asked about").insert_row(
        "follow_ups", assigned_to=company.other_csm.id, created_by=company.csm.id, title="Call", due_on=book.day
    )
    book.customer("Not theirs", notice_in=3)
    shown = call_rpc(company.other_csm, "zen_dashboard")
    more = call_rpc(company.other_csm, "today_more")["items"]
    assert {item["customer_name"] for item in (*shown["items"], *more)} == {"Given", "Escalated", "Asked about"}
    assert all(item["arr"] == 100_000 and item["score"] is not None for item in (*shown["items"], *more))
    assert {item["rule_version"] for item in shown["items"]} == {1}
    assert str(given) in {item["execution_id"] for item in (*shown["items"], *more)}
    assert (shown["customers"], shown["can_wait"], shown["calm"], shown["renewals"]) == (0, 0, 0, [])


def test_an_escalation_has_the_companys_own_label_of_its_severity(company, sql, book):
    sql.execute(
        """
        insert into public.severities (company_id, code, label, response_days, position)
        values (%s, 'critical', 'House on fire: answer today', 1, 1)""",
        [company.id],
    )
    book.escalation("Escalated", by=company.csm, to=company.manager)
    (mine,) = [item for item in today_of(company.manager)["items"] if item["escalation"]]
    (sent,) = call_rpc(company.csm, "zen_dashboard")["escalations"]
    (listed,) = call_rpc(company.manager, "inbox")["escalations"]
    labels = [mine["escalation"]["severity_label"], sent["severity_label"], listed["severity_label"]]
    assert labels == ["House on fire"] * 3
