"""Comments on the slides of a draft, in the builder and in the inbox of whom they name."""

from typing import Any

import pytest

from lib.ui.builder.slide_outline import build_outline_data
from lib.ui.session_keys import BUILDER_PAGE_STATE
from tests.database.factories import fetch_value, insert_draft, insert_row
from tests.pages.assertions import assert_page_inert, button_labels, find_button, page_text
from tests.pages.factories import INERT
from tests.support.requests import record_requests

PAGE = "workflows/builder.py"
SLIDES = ["greeting", "draft-email:second", "summary"]
COUNT = "select count(*) from public.workflow_comments where draft_id = %s"
READ = "GET /rest/v1/workflow_comments"


@pytest.fixture
def draft(sql, company):
    return insert_draft(sql, company.id, company.csm.id, name="Our renewal", slide_sequence=SLIDES)


@pytest.fixture
def insert_comment(sql, company, draft):
    def insert(author: Any, slide: str = "greeting", body: str = "Shorter?", **given: Any) -> str:
        of = {"company_id": company.id, "draft_id": draft, "slide_id": slide, "author_id": author.id, "body": body}
        return str(insert_row(sql, "workflow_comments", **of | given))

    return insert


@pytest.fixture
def open_builder(open_page, company, draft):
    def at(member=None, **query):
        page = open_page(member or company.csm, PAGE)
        for name, value in {"draft": draft, **query}.items():
            page.query_params[name] = value
        return page.run()

    return at


def show_comments(page: Any) -> Any:
    return page.segmented_control[0].set_value("comments").run()


def write(page: Any, text: str) -> Any:
    next(field for field in page.text_area if field.label == "Write a comment").set_value(text)
    return find_button(page, "Comment").click().run()


def marks(page: Any) -> dict[str, int]:
    slides = build_outline_data(page.session_state[BUILDER_PAGE_STATE])["slides"]
    return {slide["address"]: slide["comments"] for slide in slides if slide["comments"]}


def test_a_comment_is_written_and_counted_and_whom_it_names_is_told(open_builder, open_page, company):
    page, name = show_comments(open_builder(company.csm, slide="greeting")), company.manager.full_name
    with record_requests() as sent:
        write(page, f"@{name}, shorter?")
    assert sent == ["POST /rest/v1/rpc/add_workflow_comment", READ]
    assert "1 colleague notified." in page_text(page)
    assert "You · " in page_text(page)
    assert next(field for field in page.text_area if field.label == "Write a comment").value == ""
    assert marks(page) == {"greeting": 1}
    inbox = open_page(company.manager, "work/inbox.py")
    assert "Mentions you in a comment on the draft “Our renewal”" in page_text(inbox)


def test_a_link_of_a_notice_opens_the_comments_of_the_slide(open_builder, insert_comment, company):
    insert_comment(company.csm)
    page = open_builder(company.manager, slide="greeting", comments="open")
    assert "Shorter?" in page_text(page)
    assert "comments" not in page.query_params


def test_a_colleague_who_only_reads_the_draft_comments_and_resolves(open_builder, insert_comment, company, draft, sql):
    insert_comment(company.csm)
    page = show_comments(open_builder(company.other_csm, slide="greeting"))
    assert "Delete" not in button_labels(page)
    find_button(page, "Resolve").click().run()
    assert marks(page) == {}
    assert "Reopen" in button_labels(page)
    write(page, "I like it.")
    assert fetch_value(sql, COUNT, draft) == 2
    find_button(page, "Reopen").click().run()
    assert marks(page) == {"greeting": 2}
    find_button(page, "Delete").click().run()
    assert fetch_value(sql, COUNT, draft) == 1


def test_a_blank_comment_is_refused_and_a_rerun_sends_nothing(open_builder, draft, sql):
    page = show_comments(open_builder(slide="greeting"))
    write(page, "  ")
    assert "Write something first." in page_text(page)
    with record_requests() as sent:
        page.run()
    assert sent == []
    assert fetch_value(sql, COUNT, draft) == 0


def test_a_comment_of_somebody_else_since_is_seen_when_the_comments_are_opened(open_builder, insert_comment, company):
    page = open_builder(slide="greeting")
    insert_comment(company.manager, body="Too long.")
    with record_requests() as sent:
        show_comments(page)
    assert sent == [READ]
    assert "Too long." in page_text(page)
    assert company.manager.full_name in page_text(page)


def test_comments_follow_a_label_and_its_undoing(open_builder, insert_comment, company):
    insert_comment(company.manager, "draft-email:second")
    page = open_builder(slide="draft-email:second")
    next(field for field in page.text_input if field.label == "Label").set_value("cfo").run()
    assert marks(page) == {"draft-email:cfo": 1}
    find_button(page, "Undo").click().run()
    assert marks(page) == {"draft-email:second": 1}


def test_comments_on_a_removed_slide_are_listed_with_the_workflow(open_builder, insert_comment, company):
    insert_comment(company.manager, "draft-email:second", body="On the email.")
    page = open_builder(slide="draft-email:second")
    find_button(page, "Remove slide").click().run()
    page.query_params["slide"] = ""
    page.run()
    assert "1 comment on slides that were removed" in [each.label for each in page.expander]
    assert "On the email." in page_text(page)


def test_a_comment_written_on_a_slide_that_was_just_added_is_kept(open_builder, draft, sql):
    page = open_builder(slide="greeting")
    page.session_state[BUILDER_PAGE_STATE].queue_command(lambda editor: editor.add_slide("schedule-call"))
    page.run()
    write(show_comments(page), "Who joins?")
    assert (
        fetch_value(sql, "select slide_id from public.workflow_comments where draft_id = %s", draft) == "schedule-call"
    )


def test_publishing_says_that_comments_go(open_builder, insert_comment, company):
    insert_comment(company.csm)
    page = open_builder(company.manager)
    find_button(page, "Publish…").click().run()
    assert "1 open comment on this draft. Publishing deletes all comments" in page_text(page)


def test_a_copy_begins_without_comments(open_builder, insert_comment, company, draft, sql):
    insert_comment(company.csm)
    page = open_builder(company.manager, slide="greeting")
    find_button(page, "Make a copy").click().run()
    assert marks(page) == {}
    assert fetch_value(sql, COUNT, draft) == 1


def test_words_of_a_comment_and_of_a_file_are_shown_as_they_are(open_builder, insert_comment, company):
    insert_comment(company.csm, body=INERT)
    insert_comment(company.csm, body=INERT, imported_author=INERT)
    page = open_builder(company.csm, slide="greeting", comments="open")
    assert_page_inert(page)
    assert "from a file" in page_text(page)
