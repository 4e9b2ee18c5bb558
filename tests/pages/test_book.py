"""The book: rows, filters in the address, pages, and what cannot be read."""

import json
import re
import uuid
from datetime import date, timedelta

import pytest

from tests.database.factories import fetch_rows, fetch_value, insert_row
from tests.pages.assertions import button_labels, find_button, page_text
from tests.pages.dialogs import fill_dialog, submit_dialog
from tests.pages.factories import INERT, add_company_workflow, add_customer, add_usage
from tests.support.requests import record_requests

PAGE = "customers/book.py"


@pytest.fixture
def show(open_page, company):
    def open_book(member=None, **query):
        return open_page(member or company.csm, PAGE, **query)

    return open_book


def query(page) -> dict[str, str]:
    return {name: value if isinstance(value, str) else value[0] for name, value in page.query_params.items()}


def test_someone_signed_out_sees_nothing(open_page):
    page = open_page(None, PAGE)
    assert "You are not signed in." in [header.value for header in page.header]


def test_an_empty_book_says_how_it_fills(show):
    assert "No customers yet" in page_text(show())


def test_one_customer_is_a_row_with_its_figures(show, company, sql):
    add_usage(sql, company, add_customer(sql, company, company.csm, "Bolt", notice_in=20), active=5)
    seen = page_text(show())
    assert "1 customer · $47,250 ARR" in seen
    for shown in ("Bolt", company.csm.full_name, "at risk", "in use (last 28 days)."):
        assert shown in seen


def test_the_book_costs_one_request_and_a_rerun_none(show, company, sql):
    add_customer(sql, company, company.csm)
    with record_requests() as sent:
        page = show()
    assert sent.count("POST /rest/v1/rpc/book") == 1
    with record_requests() as again:
        page.run()
    assert again == []


def test_a_csm_begins_with_their_own_customers_and_a_leader_with_all(show, company, sql):
    add_customer(sql, company, company.csm, "Bolt")
    add_customer(sql, company, company.other_csm, "Cora")
    assert "Cora" not in page_text(show())
    assert "Cora" in page_text(show(owner="team"))
    assert "2 customers" in page_text(show(company.manager))


def test_filters_of_the_address_are_applied(show, company, sql):
    add_customer(sql, company, company.csm, "Bolt", segment="smb")
    add_customer(sql, company, company.csm, "Cora", segment="enterprise", notice_in=10)
    assert "Cora" not in page_text(show(segment="smb,mid"))
    assert "Bolt" not in page_text(show(days_from="0", days_to="30"))
    assert "No customer matches" in page_text(show(health="red"))


def test_a_broken_address_is_named_and_the_rest_is_shown(show, company, sql):
    add_customer(sql, company, company.csm, "Bolt", segment="smb")
    add_customer(sql, company, company.csm, "Cora")
    seen = page_text(show(segment="smb", sort="colour", days_to="soon", owner="'; drop", columns="owner,mood"))
    assert "Part of this link could not be read (sort, owner, days_to)" in seen
    assert "There is no column “mood” any more." in seen
    assert "Bolt" in seen
    assert "Cora" not in seen


@pytest.mark.parametrize("name", ["%", "_", "'", "🦊", "x" * 10_000])
def test_a_search_for_anything_finds_what_has_it(show, company, sql, name):
    add_customer(sql, company, company.csm, "Bolt")
    seen = page_text(show(name=name))
    assert "No customer matches" in seen
    assert ("A name is searched for by its first 200 characters" in seen) is (len(name) > 200)


@pytest.mark.parametrize("part", ["%", "_", "'", "🦊", "\\", "100% «Łódź» ' 🦊 & Söhne"])
def test_a_customer_is_found_by_any_character_of_its_name(show, company, sql, part):
    add_customer(sql, company, company.csm, f"Acme {part} Group")
    add_customer(sql, company, company.csm, "Bolt")
    page = show(name=part)
    assert "1 customer" in page_text(page)
    assert widget(page, "text_input", "Part of a customer's name").value == part


def test_a_name_of_200_characters_in_two_scripts_is_drawn_whole_and_found(show, company, sql):
    name = ("شركة النور Żółta Łódź " * 10)[:200].strip()
    add_customer(sql, company, company.csm, name)
    page = show(name=name[:60])
    assert name in page_text(page)
    assert 'dir="auto"' in "".join(each.value for each in page.get("html"))


def test_names_are_drawn_as_they_are(show, company, sql):
    add_customer(sql, company, company.csm, INERT)
    page = show()
    assert INERT in page_text(page)
    html = "".join(each.value for each in page.get("html"))
    assert "<b>" not in html
    addresses = re.findall(r'href="([^"]*)"', html.partition('class="zen-book ')[2].partition("</table>")[0])
    assert addresses
    assert all(re.fullmatch(r"/(customer|run)\?[a-z]+=[0-9A-Za-z=&;-]+", each) for each in addresses), addresses


def test_fifty_rows_are_a_page(show, company, sql):
    for number in range(52):
        add_customer(sql, company, company.csm, f"Customer {number:02}", notice_in=number)
    page = show()
    assert "1–50 of 52 customers" in page_text(page)
    page = find_button(page, "Next").click().run()
    assert query(page) == {"from": "50"}
    seen = page_text(page)
    assert "51–52 of 52 customers" in seen
    assert "Customer 00" not in seen


def test_a_customer_of_another_company_is_not_in_the_book(show, new_company, company, sql):
    other = new_company()
    add_customer(sql, other, other.csm, "Foreign")
    add_customer(sql, company, company.csm, "Bolt")
    assert "No customer matches" in page_text(show(owner=str(other.csm.id)))


def click(page, command: str):
    """A click in the table, as the page's script sends it."""
    field = next(each for each in page.text_input if each.label == "Click in the table")
    return field.set_value(json.dumps({"click": str(uuid.uuid4()), "command": command})).run()


def widget(page, kind: str, label: str):
    return next(each for each in page.get(kind) if each.label == label)


def test_a_head_sorts_by_its_column_and_a_second_click_the_other_way(show, company, sql):
    add_customer(sql, company, company.csm, "Bolt")
    page = click(show(), "sort.arr")
    assert query(page) == {"sort": "arr.desc"}
    page = click(page, "sort.arr")
    assert query(page) == {"sort": "arr"}
    assert 'aria-sort="ascending"' in "".join(each.value for each in page.get("html"))


@pytest.mark.parametrize(
    "command", ["", "sort.colour", "sort.", "customer.x", "drop.table", "run.' or 1=1", "month.deadline.2027-99"]
)
def test_a_click_that_is_none_of_ours_breaks_nothing(show, company, sql, command):
    add_customer(sql, company, company.csm, "Bolt")
    page = click(show(), command)
    assert not page.exception
    assert "Book" in page_text(page)


def test_a_row_leads_to_its_customer_and_to_its_run(show, company, sql):
    customer = add_customer(sql, company, company.csm, "Bolt")
    html = "".join(each.value for each in show().get("html"))
    assert f'href="/customer?id={customer}"' in html
    page = click(show(), f"customer.{customer}")
    assert not page.exception
    assert "Bolt" in page_text(page)


def test_filters_chosen_on_the_page_are_in_its_address(show, company, sql):
    add_customer(sql, company, company.csm, "Bolt", segment="smb", notice_in=10)
    page = show()
    widget(page, "multiselect", "Segment").set_value(["smb"]).run()
    widget(page, "selectbox", "Notice deadline").set_value((0, 30)).run()
    assert widget(page, "selectbox", "Open run").value == "any"
    widget(page, "selectbox", "Open run").set_value("no").run()
    widget(page, "text_input", "Part of a customer's name").set_value("bol").run()
    widget(page, "multiselect", "Columns, in their order").set_value(["arr"]).run()
    assert query(page) == {
        "segment": "smb",
        "days_from": "0",
        "days_to": "30",
        "run": "no",
        "name": "bol",
        "columns": "arr",
    }
    assert "SMB · Notice deadline in the next 30 days" in page_text(page)
    page = find_button(page, "Clear").click().run()
    assert query(page) == {"columns": "arr"}


def tick(page, *ids: str):
    """Rows ticked in the table, as the page's script sends them."""
    field = next(each for each in page.text_input if each.label == "Click in the table")
    return field.set_value(json.dumps({"click": str(uuid.uuid4()), "selected": list(ids)})).run()


def choose(page, label: str, part: str):
    """The option of a select box whose label contains `part`."""
    box = widget(page, "selectbox", label)
    return box.select(next(option for option in box.options if part in option)).run()


def test_without_a_tick_nothing_is_offered_for_several(show, company, sql):
    add_customer(sql, company, company.csm, "Bolt")
    assert not {"Assign", "Start a workflow"} & set(button_labels(show(company.manager)))


def test_a_leader_assigns_customers_of_several_owners_and_undoes_it(show, company, sql):
    bolt = add_customer(sql, company, company.csm, "Bolt")
    cora = add_customer(sql, company, company.other_csm, "Cora")
    assert company.admin
    page = find_button(tick(show(company.manager), bolt, cora), "Assign").click().run()
    page = widget(page, "selectbox", "New owner").set_value(company.admin.id).run()
    assert f"1 customer of {company.csm.full_name}" in page_text(page)
    page = submit_dialog(page)
    assert "2 customers assigned." in page_text(page)
    owned = "select count(*) from public.customers where owner_id = %s"
    assert fetch_value(sql, owned, company.admin.id) == 2
    assert "Tick rows to act" in page_text(page), "what was done is no longer ticked"
    page = find_button(page, "Undo").click().run()
    assert "former owners again" in page_text(page)
    assert fetch_value(sql, owned, company.admin.id) == 0


def test_a_customer_that_got_another_owner_meanwhile_is_named_and_the_others_are_assigned(show, company, sql):
    bolt = add_customer(sql, company, company.csm, "Bolt")
    cora = add_customer(sql, company, company.csm, "Cora")
    page = find_button(tick(show(company.manager), bolt, cora), "Assign").click().run()
    page = widget(page, "selectbox", "New owner").set_value(company.manager.id).run()
    sql.execute("update public.customers set owner_id = %s where id = %s", [company.other_csm.id, bolt])
    seen = page_text(submit_dialog(page))
    assert "1 customer assigned; 1 was not." in seen
    assert "Bolt: The book has changed since you opened it." in seen
    owners = fetch_rows(sql, "select name, owner_id from public.customers where company_id = %s", company.id)
    assert {each["name"]: each["owner_id"] for each in owners} == {
        "Bolt": company.other_csm.id, "Cora": company.manager.id,
    }  # fmt: skip


def test_a_csm_cannot_assign(show, company, sql):
    bolt = add_customer(sql, company, company.csm, "Bolt")
    assert "Assign" not in button_labels(tick(show(), bolt))


def test_a_workflow_starts_for_each_and_a_refused_customer_is_named(show, company, sql):
    workflow_id = add_company_workflow(sql, company, company.manager, ["greeting", "summary"])
    bolt = add_customer(sql, company, company.csm, "Bolt")
    cora = add_customer(sql, company, company.other_csm, "Cora")
    page = find_button(tick(show(owner="team"), bolt, cora), "Start a workflow").click().run()
    page = submit_dialog(choose(page, "Workflow", "Quarterly review"))
    seen = page_text(page)
    assert "1 run started; 1 was not." in seen
    assert "Cora: Cora belongs to a colleague." in seen
    started = fetch_rows(sql, "select customer_id from public.workflow_executions where workflow_id = %s", workflow_id)
    assert [str(each["customer_id"]) for each in started] == [bolt]


def test_started_runs_are_taken_back_but_for_those_somebody_has_worked_on(show, company, sql):
    workflow_id = add_company_workflow(sql, company, company.manager, ["greeting", "summary"])
    bolt = add_customer(sql, company, company.csm, "Bolt")
    cora = add_customer(sql, company, company.csm, "Cora")
    page = find_button(tick(show(), bolt, cora), "Start a workflow").click().run()
    page = submit_dialog(choose(page, "Workflow", "Quarterly review"))
    assert "2 runs started." in page_text(page)
    runs = "select id, customer_id from public.workflow_executions where workflow_id = %s"
    worked = next(row["id"] for row in fetch_rows(sql, runs, workflow_id) if str(row["customer_id"]) == bolt)
    saved = {"p_execution_id": str(worked), "p_slide_id": "greeting", "p_answers": {"goal": "calm"}, "p_revision": 0}
    company.csm.client.rpc("save_step", saved).execute()
    page = find_button(page, "Undo").click().run()
    seen = page_text(page)
    assert "Undid 1 run." in seen
    assert "Bolt keeps its run: somebody has worked on it since." in seen
    assert [row["id"] for row in fetch_rows(sql, runs, workflow_id)] == [worked]


def test_runs_of_ticked_customers_are_snoozed_and_those_without_are_left_out(show, company, sql):
    workflow_id = add_company_workflow(sql, company, company.manager, ["greeting", "summary"])
    bolt = add_customer(sql, company, company.csm, "Bolt")
    cora = add_customer(sql, company, company.csm, "Cora")
    company.csm.client.rpc("start_workflow", {"p_workflow_id": workflow_id, "p_customer_id": bolt}).execute()
    page = tick(show(), bolt, cora)
    page = find_button(page, "Snooze 1 run").click().run()
    page = submit_dialog(fill_dialog(page, until=date.today() + timedelta(days=9), reason="They answer then."))
    assert "snoozed" in page_text(page).lower()
    assert fetch_value(sql, "select status from public.workflow_executions where customer_id = %s", bolt) == "snoozed"


def test_ticks_stay_while_pages_are_turned_and_rows_are_sorted(show, company, sql):
    ids = [add_customer(sql, company, company.csm, f"Customer {number:02}", notice_in=number) for number in range(52)]
    assert company.admin
    page = tick(show(company.manager), ids[0])
    page = find_button(page, "Next").click().run()
    assert "1 selected, 1 on other pages" in page_text(page)
    page = tick(page, ids[0], ids[51])
    assert "2 selected, 1 on other pages" in page_text(page)
    page = click(page, "sort.arr")
    assert "2 selected" in page_text(page)
    page = find_button(page, "Assign").click().run()
    page = widget(page, "selectbox", "New owner").set_value(company.admin.id).run()
    assert "2 customers assigned." in page_text(submit_dialog(page))
    owned = fetch_rows(sql, "select id from public.customers where owner_id = %s", company.admin.id)
    assert {str(each["id"]) for each in owned} == {ids[0], ids[51]}


def test_a_tick_that_arrives_after_the_page_was_turned_counts(show, company, sql):
    ids = [add_customer(sql, company, company.csm, f"Customer {number:02}", notice_in=number) for number in range(52)]
    page = find_button(show(company.manager), "Next").click().run()
    assert "1 selected, 1 on other pages" in page_text(tick(page, ids[3]))


def test_another_filter_or_a_click_clears_the_selection(show, company, sql):
    bolt = add_customer(sql, company, company.csm, "Bolt")
    page = tick(show(), bolt)
    page = find_button(page, "Clear selection").click().run()
    assert "Tick rows to act" in page_text(page)
    page = tick(page, bolt)
    assert "1 selected" in page_text(page)
    page = widget(page, "text_input", "Part of a customer's name").set_value("bol").run()
    assert "Tick rows to act" in page_text(page)


def test_ticks_of_rows_that_are_not_on_screen_do_nothing(show, company, sql):
    add_customer(sql, company, company.csm, "Bolt")
    page = tick(show(company.manager), str(uuid.uuid4()), "x", "'; drop")
    assert "Tick rows to act" in page_text(page)


def insert_view(sql, company, owner, **changes) -> str:
    values = {"name": "Enterprise", "filter": {"segment": "enterprise"}, "sort": "arr.desc", "shown_columns": ["arr"]}
    return str(insert_row(sql, "book_views", company_id=company.id, owner_id=owner.id, **values | changes))


def test_a_view_is_saved_opened_changed_and_deleted(show, company, sql):
    add_customer(sql, company, company.csm, "Bolt", segment="smb")
    add_customer(sql, company, company.csm, "Cora", segment="enterprise")
    page = show(segment="enterprise", sort="arr.desc", columns="arr")
    widget(page, "text_input", "Save as").set_value("Large ones").run()
    page = find_button(page, "Save").click().run()
    assert "Saved as “Large ones”." in page_text(page)
    assert widget(page, "text_input", "Save as").value == ""
    [saved] = fetch_rows(sql, "select * from public.book_views where company_id = %s", company.id)
    assert (saved["filter"], saved["sort"], saved["shown_columns"]) == (
        {"segment": "enterprise", "owner": "mine"}, "arr.desc", ["arr"],
    )  # fmt: skip
    assert query(page)["view"] == str(saved["id"]), "what was saved is what is open"
    assert "Save changes" not in button_labels(page)
    assert "Delete" in button_labels(page)
    page = find_button(show(), "Large ones").click().run()
    assert "Bolt" not in page_text(page)
    assert query(page)["view"] == str(saved["id"])
    widget(page, "multiselect", "Columns, in their order").set_value(["arr", "owner"]).run()
    page = find_button(page, "Save changes").click().run()
    stored = "select shown_columns from public.book_views where company_id = %s"
    assert fetch_value(sql, stored, company.id) == ["arr", "owner"]
    page = find_button(page, "Delete").click().run()
    assert fetch_value(sql, stored, company.id) is None
    assert "view" not in query(page)
    assert "This view was deleted" not in page_text(page)
    page = find_button(page, "Undo").click().run()
    assert fetch_value(sql, stored, company.id) == ["arr", "owner"]
    assert query(page)["view"] == str(fetch_value(sql, "select id from public.book_views where name = 'Large ones'"
                                                  " and company_id = %s", company.id))  # fmt: skip


def test_a_view_of_the_company_opens_for_a_colleague_by_its_link_alone(show, company, sql):
    add_customer(sql, company, company.other_csm, "Bolt", segment="smb")
    add_customer(sql, company, company.other_csm, "Cora", segment="enterprise")
    view = insert_view(sql, company, company.csm, is_shared=True)
    page = show(company.other_csm, view=view)
    seen = page_text(page)
    assert "Cora" in seen
    assert "Bolt" not in seen
    assert "Save changes" not in button_labels(page)


def test_a_view_that_is_not_shared_is_named_as_gone(show, company, sql):
    add_customer(sql, company, company.other_csm, "Bolt")
    view = insert_view(sql, company, company.csm)
    seen = page_text(show(company.other_csm, view=view))
    assert "This view was deleted, or is not shared with you" in seen
    assert "Bolt" in seen


def test_a_view_whose_column_filter_and_order_are_gone_shows_the_rest(show, company, sql):
    add_customer(sql, company, company.csm, "Bolt", segment="smb")
    add_customer(sql, company, company.csm, "Cora", segment="enterprise")
    old = {"segment": "smb", "mood": "good", "days_to": 3.5}
    view = insert_view(sql, company, company.csm, filter=old, sort="mood.desc", shown_columns=["mood", "arr"])
    seen = page_text(show(view=view))
    assert "There is no column “mood” any more." in seen
    assert "Part of this link could not be read (sort, days_to, mood)" in seen
    assert "Bolt" in seen
    assert "Cora" not in seen


def test_a_view_whose_columns_are_all_gone_has_the_usual_ones(show, company, sql):
    add_customer(sql, company, company.csm, "Bolt")
    view = insert_view(sql, company, company.csm, filter={}, sort="arr", shown_columns=["mood", "weather"])
    seen = page_text(show(view=view))
    assert "There is no column “mood”, “weather” any more." in seen
    assert "Notice deadline" in seen


def test_a_second_view_of_the_same_name_is_refused(show, company, sql):
    add_customer(sql, company, company.csm, "Bolt")
    insert_view(sql, company, company.csm, name="Large ones")
    page = show()
    widget(page, "text_input", "Save as").set_value("Large ones").run()
    page = find_button(page, "Save").click().run()
    assert "You have a view of this name already." in page_text(page)


def test_a_view_that_was_changed_meanwhile_is_not_overwritten(show, company, sql):
    add_customer(sql, company, company.csm, "Bolt")
    view = insert_view(sql, company, company.csm, shown_columns=["arr"])
    page = show(view=view)
    widget(page, "multiselect", "Columns, in their order").set_value(["owner"]).run()
    sql.execute("update public.book_views set shown_columns = '{segment}' where id = %s", [view])
    page = find_button(page, "Save changes").click().run()
    assert "This view was changed or deleted in the meantime." in page_text(page)
    assert fetch_value(sql, "select shown_columns from public.book_views where id = %s", view) == ["segment"]


def test_renewals_are_sums_by_month_and_a_month_opens_its_rows(show, company, sql):
    deadline = date.today() + timedelta(days=40)
    add_customer(sql, company, company.csm, "Bolt", notice_in=40)
    add_customer(sql, company, company.csm, "Cora", notice_in=900)
    with record_requests() as sent:
        page = show(show="renewals")
    assert sent.count("POST /rest/v1/rpc/book_renewals") == 1
    seen = page_text(page)
    assert "1 customer · $47,250" in seen
    assert "1 notice deadline later" in seen
    assert f"FY{deadline:%y} Q{(deadline.month + 2) // 3}" in seen
    page = click(page, f"month.deadline.{deadline:%Y-%m}")
    assert query(page) == {"deadline": f"{deadline:%Y-%m}"}
    seen = page_text(page)
    assert "Bolt" in seen
    assert "Cora" not in seen


def test_an_empty_book_has_no_calendar(show):
    assert "No customers yet" in page_text(show(show="renewals"))


def ask(page, text: str):
    return next(found for found in page.text_input if found.label.startswith("Which customers")).set_value(text).run()


def test_a_question_shows_the_customers_it_means_and_how_it_was_read(show, company, sql):
    add_customer(sql, company, company.csm, "Bolt", notice_in=20)
    add_customer(sql, company, company.csm, "Cora", notice_in=200)
    add_customer(sql, company, company.other_csm, "Dune", notice_in=20)
    page = show()
    with record_requests() as sent:
        page = ask(page, "largest with a notice deadline in the next 60 days in Germany")
    assert sent == ["POST /rest/v1/rpc/book"]
    seen = page_text(page)
    assert query(page) == {"days_from": "0", "days_to": "60", "sort": "arr.desc"}
    assert "1 customer · $47,250 ARR" in seen
    assert "Bolt" in seen
    assert not {"Cora", "Dune"} & set(seen.splitlines())
    for told in ("Notice deadline in the next 60 days", "Sorted: the most ARR first.", "Not understood: “germany”."):
        assert told in seen
    page = ask(page, f"of {company.other_csm.full_name}")
    assert "Dune" in page_text(page)
    assert "germany" not in page_text(page)


def test_what_is_no_question_to_the_book_leaves_it_as_it_was(show, company, sql):
    add_customer(sql, company, company.csm, "Bolt")
    page = ask(show(name="Bol"), "<b>Why?</b> because {{ x }}")
    assert query(page) == {"name": "Bol"}
    seen = page_text(page)
    assert "Not understood: “b”, “because” and “x”." in seen
    assert "The book is shown as it was." in seen


def test_the_rows_of_a_question_are_those_of_its_filters(show, company, sql):
    for number, days in enumerate((5, 20, 45, 90)):
        add_customer(sql, company, company.csm, f"Customer {number}", notice_in=days)
    asked = page_text(ask(show(), "mine with notice deadline within 30 days")).splitlines()
    filtered = page_text(show(days_from="0", days_to="30")).splitlines()
    sums = [line for line in filtered if "customers ·" in line]
    assert sums
    assert set(sums) <= set(asked)


def test_a_question_names_nobody_a_person_may_not_see(show, company, new_company, sql):
    other_company = new_company()
    add_customer(sql, other_company, other_company.csm, "Theirs")
    add_customer(sql, company, company.csm, "Bolt")
    seen = page_text(ask(show(), f"customers of {other_company.csm.full_name}"))
    assert "Theirs" not in seen
