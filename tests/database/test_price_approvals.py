"""Nobody approves a price of their own: what is further below list than one's limit waits for somebody else."""

import threading
from datetime import date, timedelta

import pytest

from tests.database.factories import Sql, fetch_rows, fetch_value, insert_customer, insert_row, publish_workflow
from tests.database.price_calls import asked, decide, line, prices, propose, quote, save, waiting
from tests.database.rpc import assert_refused, call_rpc, run_concurrently
from tests.support.companies import Company, Member

SLIDES = ["greeting", "pricing-strategy", "prepare-quote", "summary"]
TERMS = {"term_months": 12, "notice_days": 60, "auto_renews": True, "seats": 100, "annual_price_per_seat": 500}
CFO = {"p_agreed_by": "Carla Díaz, CFO", "p_agreed_on": "2026-01-05", "p_proof": "Email of 5 January."}
EVENTS = """
select kind, payload from public.workflow_execution_events
where execution_id = %s and kind like 'approval%%' order by id
"""


@pytest.fixture
def run(company: Company, sql: Sql) -> str:
    publish_workflow(sql, company.id, "renewal-run", slides=SLIDES)
    customer = insert_customer(sql, company.id, company.csm.id)
    insert_row(
        sql,
        "contracts",
        company_id=company.id,
        customer_id=customer,
        starts_on=date.today() - timedelta(days=100),
        ends_on=date.today() + timedelta(days=265),
        **TERMS,
    )
    insert_row(sql, "modules", company_id=company.id, name="Analytics", annual_price_per_seat=120)
    return call_rpc(company.csm, "start_workflow", p_workflow_id="renewal-run", p_customer_id=str(customer))[
        "execution_id"
    ]


# How far below list a price is, however it is written


@pytest.mark.parametrize(
    ("terms", "percent"),
    [
        ({}, 0),
        ({"discount": 10}, 10),
        ({"discount": 90}, 90),
        ({"uplift": -90}, 90),
        ({"uplift": -10, "discount": 10}, 19),
        ({"uplift": 5, "discount": 12}, "7.6"),
        ({"uplift": -150}, 150),
        ({"uplift": 20}, -20),
        ({"discount": 11.4}, "11.4"),
        ({"discount": "a lot"}, 0),
        ({"discount": 1e15}, 0),
    ],
)
def test_a_scenario_is_compared_with_list_however_it_is_written(terms, percent, company, run):
    propose(company.csm, run, **terms)
    assert str(float(prices(company.csm, run)["scenario"]["off_list_percent"])) == str(float(percent))


@pytest.mark.parametrize(("discount", "percent"), [(None, 12.5), ("", 12.5), (0, 0), (3, 3)])
def test_a_scenario_without_a_discount_keeps_the_contracts(discount, percent, company, run, sql):
    sql.execute(
        "update public.contracts set discount_percent = 12.5 "
        "where customer_id = (select customer_id from public.workflow_executions where id = %s)",
        [run],
    )
    propose(company.csm, run, discount=discount)
    assert float(prices(company.csm, run)["scenario"]["off_list_percent"]) == percent


@pytest.mark.parametrize(
    ("lines", "percent"),
    [
        ([line()], 0),
        ([line(12)], 12),
        ([line(price=0)], 100),
        ([line(price=450, discount=10)], 19),
        ([line(price=50)], 90),
        ([line(price=600, discount=10)], -8),
        ([line(), line(50, item="Analytics", price=120)], 50),
        ([line(), line(item="Analytics", price=60)], 50),
        ([line(), line(item="Something else", price=100)], 80),
        ([line(), line(item="Credit", price=-10000, seats=1)], 20),
        ([line(), line(item="Credit", price=-60000, seats=1)], 120),
        ([line(), line(item="Credit", price=100, seats=-100)], 20),
        ([line(), line(item="Two signs", price=-10000, seats=-1)], 0),
        ([line(), line(item="Setup", price=90000, seats=1), line(40)], 40),
        ([line(discount=-50), line(40)], 40),
        ([line(seats=0, discount=20)], 20),
        ([line(price="free")], None),
    ],
)
def test_a_quote_is_as_far_below_list_as_its_furthest_line_or_its_whole(lines, percent, company, run):
    quote(company.csm, run, *lines)
    found = prices(company.csm, run)["quote"]["off_list_percent"]
    assert (None if found is None else float(found)) == percent


def test_the_rows_are_those_of_the_answers_by_raw_rest_too(company, run, sql):
    step = {"company_id": str(company.id), "execution_id": run, "slide_id": "pricing-strategy"}
    answers = {"scenarios": [{"name": "Deep", "discount": 90}, {}, {"name": " "}], "chosen": "Deep"}
    company.csm.client.table("workflow_step_executions").insert(
        step | {"answers": answers, "saved_by": str(company.csm.id)}
    ).execute()
    rows = "select position, name, discount_percent, seats, list_price, total, is_chosen from public.pricing_scenarios"
    assert [tuple(row.values()) for row in fetch_rows(sql, f"{rows} where execution_id = %s", run)] == [
        (1, "Deep", 90, 100, 500, 5000, True)
    ]
    assert asked(sql, run)["status"] == "waiting"
    company.csm.client.table("workflow_step_executions").update({"answers": {}, "revision": 2}).eq(
        "execution_id", run
    ).execute()
    assert fetch_rows(sql, f"{rows} where execution_id = %s", run) == []
    assert asked(sql, run) == {}


def test_a_choice_spelt_otherwise_is_taken_for_the_lowest_price(company, run, sql):
    rows = [{"name": "Fair", "discount": 0}, {"name": "Deep", "discount": 60}]
    save(company.csm, run, "pricing-strategy", {"scenarios": rows, "chosen": "deep\u200b"})
    assert asked(sql, run)["off_list_percent"] == 60


def test_nothing_chosen_asks_for_nothing(company, run, sql):
    save(company.csm, run, "pricing-strategy", {"scenarios": [{"name": "Deep", "discount": 90}], "chosen": None})
    assert asked(sql, run) == {}
    assert prices(company.csm, run)["scenario"] is None


# Who may go how far


@pytest.mark.parametrize(
    ("role", "percent", "is_needed"),
    [
        ("csm", 10, False),
        ("csm", 10.01, True),
        ("manager", 20, False),
        ("manager", 20.01, True),
        ("admin", 30, False),
        ("admin", 30.01, True),
    ],
)
def test_within_ones_own_limit_nobody_is_asked(role, percent, is_needed, company, run, sql):
    propose(getattr(company, role), run, discount=percent)
    assert bool(asked(sql, run)) is is_needed
    if is_needed:
        assert asked(sql, run)["requested_by"] == getattr(company, role).id


@pytest.mark.parametrize(
    ("percent", "role", "approver"),
    [(15, "manager", "manager"), (25, "admin", "admin"), (45, None, "admin, with proof")],
)
def test_it_waits_for_the_first_band_that_is_wide_enough(percent, role, approver, company, run, sql):
    propose(company.csm, run, discount=percent)
    assert asked(sql, run)["approver_role"] == role
    assert prices(company.csm, run)["scenario"]["approval"]["approver"] == approver
    event = fetch_rows(sql, EVENTS, run)[0]
    assert (event["kind"], event["payload"]["approver"]) == ("approval_asked", approver)


def test_who_asked_never_decides_whatever_their_role(company, run, sql):
    for who, percent in ((company.csm, 15), (company.manager, 45), (company.admin, 60)):
        propose(who, run, discount=percent)
        assert waiting(who) == {str(asked(sql, run)["id"]): False}
        with assert_refused("PT403", "Nobody approves a price of their own."):
            decide(who, asked(sql, run), **CFO)
    sql.execute("update public.profiles set role = 'admin' where id = %s", [company.csm.id])
    propose(company.csm, run, discount=70)
    with assert_refused("PT403", "Nobody approves a price of their own."):
        decide(company.csm, asked(sql, run), **CFO)
    assert asked(sql, run)["status"] == "waiting"


def test_saving_the_same_price_again_does_not_hand_it_to_somebody_else(company, run, sql):
    propose(company.manager, run, discount=45)
    propose(company.csm, run, discount=45, walk_away="50%.")
    assert asked(sql, run)["requested_by"] == company.manager.id
    with assert_refused("PT403", "Nobody approves"):
        decide(company.manager, asked(sql, run))


def test_a_price_a_manager_set_within_their_limit_stays_good(company, run, sql):
    propose(company.manager, run, discount=15)
    propose(company.csm, run, discount=15, walk_away="20%.")
    assert asked(sql, run) == {}


@pytest.mark.parametrize("terms", [(-100, -5, 0), (-100, 5, 200), (100, -5, 200), (-9999, -0.01, 0)])
def test_two_negatives_are_a_price_far_below_list(terms, company, run, sql):
    seats, price, discount = terms
    quote(company.csm, run, {"item": "Subscription", "seats": seats, "price": price, "discount": discount})
    stored = prices(company.csm, run)["quote"]
    assert (stored["off_list_percent"] >= 98, stored["approval"]["status"]) == (True, "waiting")


def test_nobody_decides_above_their_limit(company, run, sql):
    propose(company.csm, run, discount=25)
    with assert_refused("PT403", "25% below list is above your limit of 20%."):
        decide(company.manager, asked(sql, run))
    with assert_refused("PT403", "above your limit of 10%"):
        decide(company.other_csm, asked(sql, run))
    decide(company.admin, asked(sql, run))
    assert asked(sql, run)["status"] == "approved"


def test_a_person_can_be_the_approver_of_a_band(company, run, sql):
    bands = "insert into public.approval_bands (company_id, approver_role, approver_id, up_to_percent)"
    sql.execute(
        f"{bands} values (%s, 'csm', null, 5), (%s, null, %s, 50)", [company.id, company.id, company.other_csm.id]
    )
    propose(company.csm, run, discount=40)
    assert prices(company.csm, run)["scenario"]["approval"]["approver"] == company.other_csm.full_name
    assert waiting(company.other_csm) == {str(asked(sql, run)["id"]): True}
    with assert_refused("PT403", "above your limit of 5%"):
        decide(company.manager, asked(sql, run))
    decide(company.other_csm, asked(sql, run))
    assert asked(sql, run)["decided_by"] == company.other_csm.id


# Above every band


@pytest.mark.parametrize(
    ("record", "sentence"),
    [
        ({}, "Say who agreed."),
        (CFO | {"p_agreed_by": "me"}, "Name who agreed"),
        (CFO | {"p_agreed_by": "Me."}, "Name who agreed"),
        (CFO | {"p_agreed_by": "Alice\u00a0 Moreau (CSM)"}, "Name who agreed"),
        (CFO | {"p_agreed_by": "Zoë Okafor"}, "Name who agreed"),
        (CFO | {"p_agreed_by": "– ."}, "Say who agreed."),
        (CFO | {"p_agreed_by": " "}, "Say who agreed."),
        (CFO | {"p_agreed_on": None}, "Say on which day"),
        (CFO | {"p_agreed_on": "2999-01-01"}, "Say on which day"),
        (CFO | {"p_agreed_on": "infinity"}, "Say on which day"),
        (CFO | {"p_proof": ""}, "Say what proves it"),
        (CFO | {"p_proof": "x" * 2001}, "shorten"),
    ],
)
def test_above_every_band_an_admin_records_who_agreed_when_and_with_what_proof(record, sentence, company, run, sql):
    propose(company.csm, run, discount=45)
    with assert_refused("PT403", "above your limit of 20%"):
        decide(company.manager, asked(sql, run), **CFO)
    with assert_refused("PT400", sentence):
        decide(company.admin, asked(sql, run), **record)
    with assert_refused("PT400", "Name who agreed; neither whoever asked nor whoever records it."):
        decide(company.admin, asked(sql, run), **CFO | {"p_agreed_by": company.csm.full_name.upper()})
    assert asked(sql, run)["status"] == "waiting"


def test_the_record_of_who_agreed_stands_on_the_row(company, run, sql):
    propose(company.csm, run, discount=45)
    decide(company.admin, asked(sql, run), **CFO)
    row = asked(sql, run)
    assert (row["agreed_by"], str(row["agreed_on"]), row["proof"]) == tuple(CFO.values())
    assert (row["status"], row["decided_by"]) == ("approved", company.admin.id)


def test_within_ones_limit_no_record_is_kept(company, run, sql):
    propose(company.csm, run, discount=15)
    decide(company.manager, asked(sql, run), **CFO)
    assert asked(sql, run)["agreed_by"] is None


# Deciding once


def test_a_denial_says_why_and_who_asked_is_told(company, run, sql):
    propose(company.csm, run, discount=15)
    with assert_refused("PT400", "Say why."):
        decide(company.manager, asked(sql, run), False)
    decide(company.manager, asked(sql, run), False, p_reason="Not this year.")
    assert asked(sql, run)["status"] == "denied"
    (notice,) = call_rpc(company.csm, "inbox")["notices"]
    assert (notice["body"], notice["from_name"]) == (
        "Denied your price, 15% below list. Not this year.",
        company.manager.full_name,
    )
    assert fetch_rows(sql, EVENTS, run)[1]["payload"]["approved"] is False


def test_the_same_decision_again_does_nothing_and_another_is_a_conflict(company, run, sql):
    propose(company.csm, run, discount=15)
    first = decide(company.manager, asked(sql, run))
    assert decide(company.manager, asked(sql, run)) == first
    with assert_refused("PT409", "has already approved it"):
        decide(company.manager, asked(sql, run), False, p_reason="No.")
    with assert_refused("PT409", company.manager.full_name):
        decide(company.admin, asked(sql, run))
    assert len(fetch_rows(sql, EVENTS, run)) == 2


def test_of_many_decisions_at_once_exactly_one_counts(company, run, sql):
    propose(company.csm, run, discount=15)
    row, ready = asked(sql, run), threading.Barrier(8)

    def at_the_same_time(who: Member, approve: bool) -> str:
        ready.wait()
        return decide(who, row, approve, p_reason="Because.")["status"]

    people = [(company.manager, True), (company.admin, False)] * 4
    came = run_concurrently(
        [lambda who=who, approve=approve: at_the_same_time(who, approve) for who, approve in people]
    )
    assert set(came) == {"PT409", asked(sql, run)["status"]}
    assert len(fetch_rows(sql, EVENTS, run)) == 2


def test_strangers_and_people_who_left_decide_nothing(company, strangers, run, sql, anyone):
    propose(company.csm, run, discount=15)
    with assert_refused("PT404"):
        decide(strangers.admin, asked(sql, run))
    with assert_refused("42501"):
        decide(anyone, asked(sql, run))
    sql.execute("update public.profiles set is_active = false where id = %s", [company.manager.id])
    with assert_refused("PT403"):
        decide(company.manager, asked(sql, run))
    assert waiting(strangers.admin) == {}
    assert asked(sql, run)["status"] == "waiting"


@pytest.mark.parametrize("table", ["price_approvals", "quotes", "quote_lines", "pricing_scenarios"])
def test_no_row_about_prices_is_written_by_rest(table, company, run, sql):
    propose(company.csm, run, discount=15)
    quote(company.csm, run, line(25))
    for who in (company.csm, company.manager, company.admin):
        there = who.client.table(table)
        (row, *_) = there.select("*").execute().data
        with assert_refused("42501"):
            there.insert({"company_id": str(company.id)}).execute()
        with assert_refused("42501"):
            there.update({"company_id": row["company_id"]}).eq("id", row["id"]).execute()
        with assert_refused("42501"):
            there.delete().eq("id", row["id"]).execute()


# Other figures are another price


def test_figures_changed_between_asking_and_deciding_are_not_approved(company, run, sql):
    propose(company.csm, run, discount=15)
    before = asked(sql, run)
    propose(company.csm, run, discount=19)
    with assert_refused("PT409", "The figures have changed since this was asked."):
        decide(company.manager, before)
    assert fetch_value(sql, "select status from public.price_approvals where id = %s", before["id"]) == "withdrawn"
    assert (asked(sql, run)["status"], asked(sql, run)["off_list_percent"]) == ("waiting", 19)


@pytest.mark.parametrize("changes", [{"discount": 19}, {"seats": 50}, {"discount": 14}, {"uplift": -1}])
def test_other_figures_are_not_approved_and_the_row_keeps_the_price_it_approved(changes, company, run, sql):
    propose(company.csm, run, discount=15)
    decide(company.manager, asked(sql, run))
    approved = asked(sql, run)
    propose(company.csm, run, **({"discount": 15} | changes))
    kept = fetch_rows(sql, "select * from public.price_approvals where id = %s", approved["id"])[0]
    assert (kept["status"], kept["figures"], kept["total"]) == ("approved", approved["figures"], 42500)
    assert prices(company.csm, run)["scenario"]["approval"]["status"] == "waiting"
    propose(company.csm, run, discount=15)
    assert prices(company.csm, run)["scenario"]["approval"]["status"] == "waiting"


def test_who_a_quote_is_addressed_to_leaves_the_approval(company, run, sql):
    quote(company.csm, run, line(15))
    decide(company.manager, asked(sql, run, "quote"))
    quote(company.csm, run, line(15), contact="somebody else")
    assert prices(company.csm, run)["quote"]["approval"]["status"] == "approved"


def test_a_price_within_the_limit_takes_the_request_back(company, run, sql):
    propose(company.csm, run, discount=15)
    propose(company.csm, run, discount=5)
    assert asked(sql, run) == {}
    assert prices(company.csm, run)["scenario"]["approval"] is None
    assert waiting(company.manager) == {}


def test_the_quote_of_an_approved_scenario_is_not_asked_for_again(company, run, sql):
    propose(company.csm, run, uplift=5, discount=20)
    quote(company.csm, run, line(20, price=525))
    assert asked(sql, run, "quote") == {}
    assert prices(company.csm, run)["quote"]["approval"]["status"] == "waiting"
    decide(company.manager, asked(sql, run))
    assert prices(company.csm, run)["quote"]["approval"]["status"] == "approved"


@pytest.mark.parametrize("lines", [[line(16)], [line(15, seats=10)], [line(15), line(15, item="Analytics", price=120)]])
def test_another_price_than_the_scenarios_needs_its_own_approval(lines, company, run, sql):
    propose(company.csm, run, discount=15)
    decide(company.manager, asked(sql, run))
    quote(company.csm, run, *lines)
    assert prices(company.csm, run)["quote"]["approval"]["status"] == "waiting"


def test_a_scenario_that_changes_takes_its_approval_from_the_quote(company, run, sql):
    propose(company.csm, run, discount=15)
    quote(company.csm, run, line(15))
    decide(company.manager, asked(sql, run))
    propose(company.csm, run, discount=0)
    assert prices(company.csm, run)["quote"]["approval"]["status"] == "waiting"


# Where it is seen


def test_the_inbox_shows_it_to_whoever_can_decide_and_to_whoever_asked(company, strangers, run, sql):
    propose(company.csm, run, discount=25)
    (row,) = call_rpc(company.admin, "inbox")["price_approvals"]
    assert (row["customer_name"], row["requested_by_name"], row["approver"]) == ("Acme", company.csm.full_name, "admin")
    assert (row["list_total"], row["total"], row["off_list_percent"]) == (50000, 37500, 25)
    assert (row["can_decide"], row["needs_record"]) == (True, False)
    here = str(asked(sql, run)["id"])
    assert waiting(company.csm) == {here: False}
    assert waiting(company.manager) == {}
    assert waiting(company.manager, p_team=True) == {here: False}
    assert waiting(company.other_csm) == {}
    assert call_rpc(company.admin, "inbox")["counts"]["price_approvals"] == 1


def test_a_run_that_has_ended_waits_for_nobody(company, run, sql):
    propose(company.csm, run, discount=15)
    ended = "update public.workflow_executions set status = 'skipped', ended_at = now(), revision = revision + 1"
    sql.execute(f"{ended} where id = %s", [run])
    assert waiting(company.manager) == {}
    with assert_refused("PT409", "This run has ended."):
        decide(company.manager, asked(sql, run))


def test_terms_that_multiply_beyond_any_column_are_stored_and_asked_for(company, run, sql):
    propose(company.csm, run, uplift=-1e12, discount=-1e12, seats=1e12)
    assert asked(sql, run)["off_list_percent"] == 10**12
    quote(company.csm, run, line(discount=1e12, price=1e12, seats=1e12), line(price=-1e12, seats=1e12))
    assert asked(sql, run, "quote")["off_list_percent"] == 10**12


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Etc/GMT+12"])
def test_the_day_of_a_decision_is_the_readers(zone, company, run, sql):
    """The two zones are 26 hours apart: they never have the same day."""
    propose(company.csm, run, discount=20)
    decide(company.manager, asked(sql, run))
    sql.execute("update public.profiles set time_zone = %s where id = %s", [zone, company.csm.id])
    day = "select (decided_at at time zone %s)::date from public.price_approvals where id = %s"
    there = fetch_value(sql, day, zone, asked(sql, run)["id"])
    assert prices(company.csm, run)["scenario"]["approval"]["decided_on"] == there.isoformat()
