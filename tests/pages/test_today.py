import re

import pytest

from lib.ui import session_keys
from tests.database.factories import fetch_value, insert_row
from tests.database.import_calls import operator_client
from tests.pages.assertions import assert_page_inert, button_labels, find_button, page_html, page_text, primary_labels
from tests.pages.dialogs import run_action, start_run
from tests.pages.factories import INERT, add_company_workflow, add_customer, add_usage, count_open_runs
from tests.support.pages import REPOSITORY
from tests.support.requests import break_supabase, record_requests

DASHBOARD_RPC = "POST /rest/v1/rpc/zen_dashboard"


@pytest.fixture
def portfolio(sql, company):
    """Five customers of Alice's: four that press, one calm."""
    for name, days in (("Harbour", 3), ("Pike", 9), ("Zoë’s Bakery", 12), ("Kiln", 15), ("Quiet", 300)):
        made = add_customer(sql, company, company.csm, name, notice_in=days)
        add_usage(sql, company, made)
    return company


def begin_run(page):
    """Open the first customer of Today, and start its run."""
    find_button(page, "Open").click().run()
    find_button(page, "Start the run").click().run()


def test_signed_out_there_is_no_dashboard(open_page):
    page = open_page()
    assert "You are not signed in." in [header.value for header in page.header]
    assert not page.metric


def test_without_customers_the_page_says_what_will_be_here_and_how_to_begin(open_page, company):
    page = open_page(company.csm)
    assert "No customers yet" in page_text(page)
    assert [link.label for link in page.page_link] == ["See the workflows"]


def draw_labels(page):
    return [(link.icon, link.label.split("**")[1]) for link in page.page_link if "**" in link.label]


OPEN, DONE = ":material/radio_button_unchecked:", ":material/check_circle:"


def test_an_admin_of_an_empty_company_sees_the_steps_it_begins_with(open_page, sql, company):
    insert_row(sql, "company_invites", company_id=company.id, email="new.colleague@example.com", role="csm")
    assert draw_labels(open_page(company.admin)) == [
        (OPEN, "Check the settings"), (OPEN, "Import your customers"), (DONE, "Invite your colleagues"),
        (OPEN, "Start the first workflow"),
    ]  # fmt: skip
    sql.execute(
        "insert into public.company_holidays (company_id, day, name) values (%s, '2027-01-01', 'New Year')",
        [company.id],
    )
    sql.execute("delete from public.company_invites where email = 'new.colleague@example.com'")
    customer = add_customer(sql, company, company.admin, "Acme")
    page = open_page(company.admin)
    assert draw_labels(page)[:3] == [
        (DONE, "Check the settings"), (DONE, "Import your customers"), (OPEN, "Invite your colleagues"),
    ]  # fmt: skip
    assert "1 customer so far." in str([link.label for link in page.page_link])
    start_run(company.admin, customer)
    assert not draw_labels(open_page(company.admin))


def test_the_first_steps_hold_the_guide_for_a_new_company(open_page, company):
    page = open_page(company.admin)
    assert "Bring it in" not in page_text(page)
    page.session_state[session_keys.ADOPTION_GUIDE] = True
    page.run()
    assert "Bring it in" in page_text(page)
    assert "](" not in page_text(page)
    assert ".md" not in page_text(page)


def test_a_manager_begins_with_customers_and_a_csm_with_none_of_the_steps(open_page, company):
    assert [label for _, label in draw_labels(open_page(company.manager))] == [
        "Import your customers", "Start the first workflow",
    ]  # fmt: skip
    assert not draw_labels(open_page(company.csm))


def apply_imports(stack):
    operator = operator_client(stack)
    while operator.rpc("apply_next_import_batch", {"p_most": 5000}).execute().data is not None:
        pass


def test_an_admin_loads_the_demo_book_into_an_empty_company_and_is_led_to_its_undo(open_page, company, stack, sql):
    assert company.csm.email
    page = open_page(company.admin)
    find_button(page, "Load the demo book").click().run(timeout=120)
    assert "The demo book is being brought in." in page_text(page)
    assert not page.exception
    apply_imports(stack)
    page = open_page(company.admin)
    assert "The demo book is here" in str([link.label for link in page.page_link])
    assert draw_labels(page)[1] == (OPEN, "Import your customers")
    assert page.metric or "customers" in page_text(page)
    owned = "select count(*) from public.customers where owner_id = %s"
    assert fetch_value(sql, owned, company.admin.id) == 28
    assert fetch_value(sql, owned, company.csm.id) == 27
    assert "Load the demo book" not in button_labels(page)
    customer = fetch_value(sql, "select id from public.customers where owner_id = %s limit 1", company.admin.id)
    start_run(company.admin, customer)
    page = open_page(company.admin)
    assert (DONE, "Start the first workflow") in draw_labels(page)
    find_button(page, "Remove the demo book").click().run(timeout=120)
    import_id = str(fetch_value(sql, "select id from public.imports where company_id = %s", company.id))
    assert page.query_params["import"] == import_id
    assert "Undo this import?" in page_text(page)
    name = fetch_value(sql, "select name from public.customers where id = %s", customer)
    assert name in page_text(page)


def test_only_an_admin_of_a_company_without_customers_is_offered_the_demo_book(open_page, sql, company):
    for member in (company.manager, company.csm):
        assert "Load the demo book" not in button_labels(open_page(member))
    add_customer(sql, company, company.csm, "Acme")
    assert "Load the demo book" not in button_labels(open_page(company.admin))


def test_the_first_and_last_days_and_the_largest_amounts_are_drawn(open_page, sql, company):
    """What the database takes, the pages draw: one row at the bounds harms nobody."""
    made = add_customer(sql, company, company.csm, "Edge", notice_in=3)
    first, last = "1900-01-01", "2999-12-31"
    sql.execute(
        "update public.contracts set starts_on = %s, ends_on = %s, annual_price_per_seat = 9999999999.99, seats = 9999"
        " where customer_id = %s",
        [first, last, made],
    )
    owned = {"company_id": company.id, "customer_id": made}
    for number, day in enumerate((first, last)):
        insert_row(sql, "contacts", **owned, name=f"Ines {number}", role="user", last_contact_on=day)
        insert_row(
            sql, "usage_weeks", **owned, week_starts_on=day, active_users=2147483647, seats=1, logins=2147483647,
            key_actions=2147483647,
        )  # fmt: skip
        insert_row(sql, "notes", **owned, author_id=company.csm.id, kind="call", body="x", happened_on=day)
        insert_row(
            sql, "follow_ups", **owned, assigned_to=company.csm.id, created_by=company.csm.id, title="x", due_on=day
        )
    run = start_run(company.csm, made)
    for who in (company.csm, company.manager, company.admin):
        page = open_page(who)
        assert ("Edge" if who is company.csm else "$99,989,999,999,900 ARR") in page_text(page)
        assert "went wrong" not in page_text(page)
    for slide in ("review-account", "contract-terms", "prepare-quote", "summary"):
        page = open_page(company.csm, "workflows/run.py", execution=run, slide=slide)
        assert "# Edge" in page_text(page)
        assert "went wrong" not in page_text(page)


def test_at_most_three_priorities_are_shown_and_the_others_counted(open_page, portfolio):
    page = open_page(portfolio.csm)
    seen = page_text(page)
    assert "Three things matter today." in seen
    assert "1 can wait" in seen
    assert button_labels(page).count("Open") == 3
    assert "That is all for today." not in seen
    assert "Show 1 more" in button_labels(page)
    assert "1 needs nothing" in seen
    assert "Quiet" not in seen


def test_a_priority_gives_its_reasons_and_their_points_add_up(open_page, portfolio):
    page = open_page(portfolio.csm)
    assert "The notice deadline is in 3 days." in page_text(page)
    (why,) = [found for found in page.get("popover") if found.proto.popover.label.startswith("Why")][:1]
    score = int(why.proto.popover.label.removeprefix("Why priority ").removesuffix("?"))
    points = [int(cell) for cell in re.findall(r'<td class="zen-number">(\d+)</td>', why.get("html")[0].value)]
    assert sum(points[:-1]) == points[-1] == score


def test_the_view_has_one_primary_button(open_page, portfolio):
    assert primary_labels(open_page(portfolio.csm)) == ["Open"]


def test_the_four_metrics_have_a_value_or_read_no_data(open_page, sql, company):
    add_customer(sql, company, company.csm, "Acme")
    page = open_page(company.csm)
    figures = {metric.label: metric.value for metric in page.metric}
    assert figures["ARR"] == "$47,250"
    assert figures["Seats in use"] == "no data"
    assert figures["Open tickets"] == "0"
    assert "Nothing is urgent today." in page_text(page)


def test_open_and_start_begin_the_run_and_show_it(open_page, sql, portfolio):
    page = open_page(portfolio.csm)
    begin_run(page)
    execution = fetch_value(sql, "select id::text from public.workflow_executions where company_id = %s", portfolio.id)
    assert page.session_state[session_keys.RUN_PAGE_STATE].execution.id == execution


def test_a_second_click_in_a_stale_tab_finds_the_run_of_the_first(open_page, sql, portfolio):
    tabs = [open_page(portfolio.csm), open_page(portfolio.csm)]
    for tab in tabs:
        find_button(tab, "Open").click().run()
    for tab in tabs:
        find_button(tab, "Start the run").click().run()
    assert count_open_runs(sql, portfolio) == 1
    first, second = (tab.session_state[session_keys.RUN_PAGE_STATE].execution.id for tab in tabs)
    assert first == second


def test_a_started_run_can_be_resumed_and_its_customer_is_in_progress(open_page, sql, portfolio):
    begin_run(open_page(portfolio.csm))
    page = open_page(portfolio.csm)
    seen = page_text(page)
    assert seen.index("Harbour") < seen.index(", 0 of ") < seen.index("Pike")
    quiet = fetch_value(
        sql, "select id::text from public.customers where name = 'Quiet' and company_id = %s", portfolio.id
    )
    start_run(portfolio.csm, quiet)
    find_button(page, "Refresh").click().run()
    seen = page_text(page)
    assert "Quiet · " in seen
    assert "1 in progress" in seen
    assert "Resume" in [link.label for link in page.page_link]


def test_a_completed_run_is_listed(open_page, sql, portfolio):
    begin_run(open_page(portfolio.csm))
    sql.execute(
        """update public.workflow_executions set status = 'completed', revision = revision + 1, ended_at = now(),
           outcome_code = 'renewed', outcome_amount = 50000 where company_id = %s""",
        [portfolio.id],
    )
    page = open_page(portfolio.csm)
    assert "Completed this week: 1" in [found.label for found in page.expander]
    run = fetch_value(sql, "select id from public.workflow_executions where company_id = %s", portfolio.id)
    links = {link.label: link.proto.query_string for link in page.page_link}
    assert next(query for label, query in links.items() if label.startswith("Harbour:")) == f"execution={run}"


def test_a_manager_sees_what_is_stuck_and_whose_it_is_not_a_csms_next_step(open_page, sql, portfolio):
    quiet = fetch_value(sql, "select id from public.customers where name = 'Quiet' and company_id = %s", portfolio.id)
    run = start_run(portfolio.csm, str(quiet))
    sql.execute(
        "update public.workflow_executions set due_on = '2026-01-05', revision = revision + 1 where id = %s", [run]
    )
    page = open_page(portfolio.manager)
    seen = page_text(page)
    assert "One thing matters today." in seen
    assert "Stuck with Alice Moreau: Overdue by" in seen
    assert "Quiet" in seen
    assert "Harbour" not in seen
    find_button(page, "Open").click().run()
    assert page.session_state[session_keys.RUN_PAGE_STATE].execution.id == run
    assert count_open_runs(sql, portfolio) == 1


def test_a_manager_sees_the_teams_figures_each_leading_to_its_rows_and_no_sums_of_the_company(open_page, portfolio):
    page = open_page(portfolio.manager)
    assert not page.metric
    seen = " ".join(element.value for element in page_html(page))
    for link in ("/team?show=open", "/team?show=overdue", "/team?show=stuck", "/team?show=escalations"):
        assert f'href="{link}"' in seen
    assert 'href="/book?owner=team&amp;health=red"' in seen
    assert "Stuck" not in page_text(open_page(portfolio.csm))


def test_the_sums_of_a_book_lead_to_its_customers(open_page, portfolio):
    seen = " ".join(element.value for element in page_html(open_page(portfolio.csm)))
    assert 'href="/book?owner=mine"' in seen
    assert 'href="/book?owner=mine&amp;health=red"' in seen
    assert re.search(r'href="/book\?owner=mine&amp;ends=\d{4}-\d\d&amp;health=\w+"', seen)


def test_another_company_sees_nothing_of_it(open_page, new_company, portfolio):
    seen = page_text(open_page(new_company("Brindle").manager))
    assert "Harbour" not in seen
    assert "No customers yet" in seen


def test_names_are_inert(open_page, sql, company):
    add_customer(sql, company, company.csm, INERT, notice_in=3)
    page = open_page(company.csm)
    assert_page_inert(page)
    assert INERT in page_text(page)


def test_the_first_load_costs_two_requests_and_a_rerun_none(open_page, portfolio):
    with record_requests() as first:
        page = open_page(portfolio.csm)
    assert first.count(DASHBOARD_RPC) == 1
    assert len([sent for sent in first if "create_browser_session" not in sent]) <= 2
    with record_requests() as again:
        page.run()
    assert again == []


def test_refresh_and_coming_back_load_again(open_page, portfolio):
    page = open_page(portfolio.csm)
    with record_requests() as refreshed:
        find_button(page, "Refresh").click().run()
    assert refreshed == [DASHBOARD_RPC]
    page.switch_page(str(REPOSITORY / "pages/workflows/catalogue.py")).run()
    with record_requests() as back:
        page.switch_page(str(REPOSITORY / "pages/today/today.py")).run()
    assert back.count(DASHBOARD_RPC) == 1


def test_without_supabase_there_is_an_error_with_a_retry(open_page, portfolio):
    page = open_page(portfolio.csm)
    del page.session_state[session_keys.TODAY_DATA]
    with break_supabase():
        page.run()
        assert "cannot reach its database" in page_text(page)
        assert "Try again" in button_labels(page)
    find_button(page, "Try again").click().run()
    assert "Three things matter today" in page_text(page)


def test_without_supabase_the_last_dashboard_stays_with_its_time(open_page, portfolio):
    page = open_page(portfolio.csm)
    with break_supabase():
        find_button(page, "Refresh").click().run()
    seen = page_text(page)
    assert "This is your day as of" in seen
    assert "Three things matter today" in seen
    find_button(page, "Try again").click().run()
    assert "This is your day as of" not in page_text(page)


def test_a_refused_start_shows_its_reason(open_page, sql, portfolio):
    page = open_page(portfolio.csm)
    sql.execute(
        "update public.customers set owner_id = %s where company_id = %s", [portfolio.other_csm.id, portfolio.id]
    )
    find_button(page, "Open").click().run()
    assert "Harbour belongs to Łukasz Zieliński." in page.info[0].value
    assert "Start the run" not in button_labels(page)
    assert count_open_runs(sql, portfolio) == 0


def test_a_company_workflow_replaces_the_stock_one(open_page, sql, portfolio):
    add_company_workflow(
        sql,
        portfolio,
        portfolio.manager,
        ["greeting", "summary"],
        workflow_id="standard-renewal",
        name="Our way to renew",
    )
    assert "Our way to renew" in page_text(open_page(portfolio.csm))


def test_a_passed_deadline_reads_as_passed(open_page, sql, company):
    add_customer(sql, company, company.csm, "Late", notice_in=-4)
    assert "notice deadline passed 4 days ago" in page_text(open_page(company.csm))


def test_done_things_leave_and_the_list_is_not_refilled(open_page, sql, portfolio):
    page = open_page(portfolio.csm)
    for name in ("Harbour", "Pike", "Zoë’s Bakery"):
        customer = fetch_value(
            sql, "select id::text from public.customers where name = %s and company_id = %s", name, portfolio.id
        )
        skip_run(sql, start_run(portfolio.csm, customer))
    find_button(page, "Refresh").click().run()
    seen = page_text(page)
    assert "That is all for today." in seen
    assert "1 can wait" in seen
    assert "Kiln" not in seen
    assert "Open" not in button_labels(page)


def test_that_is_all_never_stands_above_what_cannot_wait(open_page, sql, company):
    acme = add_customer(sql, company, company.csm, "Acme")
    for number in range(4):
        add_follow_up(sql, company, acme, f"Call {number}")
    page = open_page(company.csm)
    for _ in range(3):
        find_button(page, "Done").click().run()
    seen = page_text(page)
    assert "That is all for today." not in seen
    assert "Your list is done. 1 more cannot wait." in seen
    find_button(page, "Show 1 more").click().run()
    assert re.search(r"Also waiting\n(.*\n)*.*Call \d", page_text(page))
    find_button(page, "Done").click().run()
    assert "That is all for today." in page_text(page)


def test_show_more_shows_the_next_ones_and_leaves_the_list(open_page, sql, portfolio):
    page = open_page(portfolio.csm)
    with record_requests() as sent:
        find_button(page, "Show 1 more").click().run()
    assert sent == ["POST /rest/v1/rpc/today_more"]
    seen = page_text(page)
    assert seen.index("Zoë’s Bakery") < seen.index("Also waiting") < seen.index("Kiln")
    assert not [label for label in button_labels(page) if label.startswith("Show ")]
    assert "Kiln" not in page_text(open_page(portfolio.csm))


def test_all_of_many_open_runs_can_be_reached_the_overdue_one_first(open_page, sql, company):
    version = fetch_value(
        sql,
        "select id from public.workflow_definition_versions where workflow_id = 'standard-renewal'"
        " and company_id is null order by version desc limit 1",
    )
    for number in range(30):
        customer = add_customer(sql, company, company.csm, f"Run {number:02}")
        insert_row(
            sql, "workflow_executions", company_id=company.id, customer_id=customer, owner_id=company.csm.id,
            workflow_id="standard-renewal", definition_version_id=version, current_slide="greeting",
            due_on=fetch_value(sql, "select current_date + %s::int", 60 if number < 29 else -60),
        )  # fmt: skip
    page = open_page(company.csm)
    assert "Overdue by 60 days" in page_text(page)
    assert "5 of 27 open runs" in page_text(page)
    runs = "today.open_runs.next"
    page.button(key=runs).click().run()
    assert "25 of 27 open runs" in page_text(page)
    page.button(key=runs).click().run()
    seen = page_text(page)
    assert len(set(re.findall(r"Run \d\d", seen))) == 30


def test_a_follow_up_is_added_in_one_line_done_and_brought_back(open_page, sql, company):
    acme = add_customer(sql, company, company.csm, "Acme")
    page = open_page(company.csm)
    add_line(page, acme, "Send the offer")
    seen = page_text(page)
    assert "Added for today: Send the offer" in seen
    assert "Due today" in seen
    stored = "select title, assigned_to, due_on = current_date from public.follow_ups where company_id = %s"
    assert sql.execute(stored, [company.id]).fetchall() == [("Send the offer", company.csm.id, True)]
    # What a form holds that was not sent is in the browser alone, for as long as its widgets are the same.
    widgets = [found.key for found in page.text_input]
    find_button(page, "Done").click().run()
    assert "That is all for today." in page_text(page)
    assert [found.key for found in page.text_input] == widgets
    find_button(page, "Undo").click().run()
    assert "Send the offer" in page_text(page)


def test_a_follow_up_without_a_customer_or_words_is_refused_and_the_words_stay(open_page, sql, company):
    acme = add_customer(sql, company, company.csm, "Acme")
    page = open_page(company.csm)
    add_line(page, None, "Send the offer")
    assert "Choose a customer." in page_text(page)
    assert next(found for found in page.text_input if found.label == "To do today").value == "Send the offer"
    add_line(page, acme, " ")
    assert "Say what needs to be done." in page_text(page)
    assert fetch_value(sql, "select count(*) from public.follow_ups where company_id = %s", company.id) == 0


def test_a_person_without_customers_still_sees_what_is_escalated_to_them(open_page, sql, company):
    acme = add_customer(sql, company, company.csm, "Acme")
    run = start_run(company.csm, acme)
    run_action(sql, company.csm, run, "escalate", to=str(company.other_csm.id), severity="critical", ask="May we?")
    seen = page_text(open_page(company.other_csm))
    assert "No customers yet" in seen
    assert "Escalated to you by Alice Moreau" in seen


def add_line(page, customer_id, title):
    next(found for found in page.selectbox if found.label == "Customer").set_value(customer_id)
    next(found for found in page.text_input if found.label == "To do today").set_value(title)
    find_button(page, "Add").click().run()


def add_follow_up(sql, company, customer_id, title):
    me, today = company.csm.id, fetch_value(sql, "select current_date")
    insert_row(
        sql, "follow_ups", company_id=company.id, customer_id=customer_id, assigned_to=me, created_by=me, title=title,
        due_on=today,
    )  # fmt: skip


def skip_run(sql, run):
    sql.execute(
        "update public.workflow_executions set status = 'skipped', skip_reason = 'not_relevant', ended_at = now(),"
        " revision = revision + 1 where id = %s",
        [run],
    )


@pytest.mark.parametrize("role", ["csm", "manager", "admin"])
def test_in_an_empty_company_nobody_is_sent_to_themselves(open_page, company, role):
    seen = page_text(open_page(getattr(company, role)))
    assert "No customers yet" in seen
    assert "Ask your admin" not in seen
    assert ("A manager can make you the owner" in seen) == (role == "csm")
