"""Comments on the slides of a draft: who is told, who may resolve and delete, and what becomes of them."""

import json
from typing import Any

import pytest

from tests.database.factories import Sql, fetch_rows, fetch_value, insert_customer, insert_draft, insert_row
from tests.database.rpc import assert_refused, call_rpc
from tests.support.companies import Company, Member

SLIDES = ["greeting", "draft-email:second", "summary"]


@pytest.fixture
def draft(sql: Sql, company: Company) -> str:
    return insert_draft(sql, company.id, company.csm.id, name="Our renewal", slide_sequence=SLIDES)


def comment(who: Member, draft: str, body: str = "Shorter?", slide: str = "greeting") -> Any:
    return call_rpc(who, "add_workflow_comment", p_draft_id=draft, p_slide_id=slide, p_body=body)


def read(who: Member, draft: str) -> list[Any]:
    return who.client.table("workflow_comments").select("*").eq("draft_id", draft).execute().data


def resolve(who: Member, made: Any, *, is_resolved: bool = True) -> list[Any]:
    values = {"resolved_at": "2020-01-01" if is_resolved else None}
    return who.client.table("workflow_comments").update(values).eq("id", made["id"]).execute().data


def notices_of(sql: Sql, member: Member) -> list[dict[str, Any]]:
    return fetch_rows(sql, "select * from public.notices where person_id = %s", member.id)


def test_a_colleague_comments_and_whoever_reads_the_draft_reads_it(company, draft):
    made = comment(company.manager, draft)
    assert (made["author_id"], made["notified"]) == (str(company.manager.id), 0)
    assert [each["body"] for each in read(company.other_csm, draft)] == ["Shorter?"]


def test_whom_a_comment_names_gets_a_notice_that_leads_to_its_slide(company, draft, sql):
    made = comment(company.csm, draft, f"@{company.manager.full_name}, is @{company.csm.full_name} right here?")
    assert made["notified"] == 1
    (notice,) = notices_of(sql, company.manager)
    assert notice["body"].startswith("Mentions you in a comment on the draft “Our renewal”: @")
    assert str(notice["comment_id"]) == made["id"]
    shown = call_rpc(company.manager, "inbox", p_team=False)["notices"]
    assert [(each["draft_id"], each["slide_id"], each["draft_name"]) for each in shown] == [
        (draft, "greeting", "Our renewal")
    ]
    company.csm.client.table("workflow_comments").delete().eq("id", made["id"]).execute()
    assert notices_of(sql, company.manager) == []


def test_nobody_of_another_company_is_told(company, new_company, draft, sql):
    theirs = new_company("Brindle")
    sql.execute("update public.profiles set full_name = 'Zara Quill' where id = %s", [theirs.csm.id])
    assert comment(company.csm, draft, "@Zara Quill, look.")["notified"] == 0
    assert notices_of(sql, theirs.csm) == []


def test_a_comment_is_resolved_and_reopened_by_anybody_with_who_and_when(company, draft):
    made = comment(company.csm, draft)
    (resolved,) = resolve(company.other_csm, made)
    assert resolved["resolved_by"] == str(company.other_csm.id)
    assert resolved["resolved_at"] > made["written_at"]  # not what was sent
    (again,) = resolve(company.manager, made)
    assert (again["resolved_by"], again["resolved_at"]) == (resolved["resolved_by"], resolved["resolved_at"])
    (opened,) = resolve(company.csm, made, is_resolved=False)
    assert (opened["resolved_by"], opened["resolved_at"]) == (None, None)


def test_one_deletes_a_comment_of_ones_own_only(company, draft):
    made = comment(company.csm, draft)
    for who in (company.other_csm, company.manager, company.admin):
        assert who.client.table("workflow_comments").delete().eq("id", made["id"]).execute().data == []
    assert len(company.csm.client.table("workflow_comments").delete().eq("id", made["id"]).execute().data) == 1


@pytest.mark.parametrize("body", ["", "  \n", "\u200b", "x" * 4001])
def test_a_blank_or_endless_comment_is_refused(company, draft, body):
    with assert_refused("PT400"):
        comment(company.csm, draft, body)


def test_a_comment_on_a_slide_or_a_draft_that_is_gone_is_refused(company, draft):
    with assert_refused("PT409", "no longer in the draft"):
        comment(company.csm, draft, slide="schedule-call")
    company.csm.client.table("workflow_drafts").delete().eq("id", draft).execute()
    with assert_refused("PT404"):
        comment(company.csm, draft)


def test_a_draft_has_up_to_a_thousand_comments(company, draft, sql):
    sql.execute(
        "insert into public.workflow_comments (company_id, draft_id, slide_id, author_id, body) "
        "select %s, %s, 'greeting', %s, n::text from generate_series(1, 1000) n",
        [company.id, draft, company.csm.id],
    )
    with assert_refused("PT409", "up to 1,000 comments"):
        comment(company.csm, draft)


def save_slides(who: Member, draft: str, slides: list[str]) -> None:
    who.client.table("workflow_drafts").update({"slide_sequence": slides}).eq("id", draft).execute()


def slides_of(who: Member, draft: str) -> dict[str, str]:
    return {each["body"]: each["slide_id"] for each in read(who, draft)}


def test_comments_stay_with_a_slide_that_moves_and_follow_one_that_gets_another_label(company, draft):
    comment(company.csm, draft, "On the greeting")
    comment(company.manager, draft, "On the email", slide="draft-email:second")
    save_slides(company.csm, draft, ["draft-email:second", "greeting", "summary"])
    save_slides(company.csm, draft, ["draft-email:to-the-cfo", "greeting", "schedule-call", "summary"])
    assert slides_of(company.csm, draft) == {"On the greeting": "greeting", "On the email": "draft-email:to-the-cfo"}
    save_slides(company.csm, draft, SLIDES)  # undone
    assert slides_of(company.csm, draft)["On the email"] == "draft-email:second"


def test_comments_on_a_removed_slide_wait_for_it(company, draft):
    comment(company.csm, draft, "On the email", slide="draft-email:second")
    save_slides(company.csm, draft, ["greeting", "summary"])
    assert slides_of(company.csm, draft) == {"On the email": "draft-email:second"}
    save_slides(company.csm, draft, SLIDES)
    assert slides_of(company.csm, draft) == {"On the email": "draft-email:second"}


def test_two_slides_of_a_kind_renamed_at_once_leave_their_comments_where_they_were(company, draft):
    slides = ["draft-email:second", "draft-email:third", "summary"]
    save_slides(company.csm, draft, slides)
    comment(company.csm, draft, "On the second", slide="draft-email:second")
    save_slides(company.csm, draft, ["draft-email:one", "draft-email:two", "summary"])
    assert slides_of(company.csm, draft) == {"On the second": "draft-email:second"}


def test_comments_go_with_the_draft_that_is_published(company, draft, sql):
    comment(company.csm, draft, f"@{company.csm.full_name}")
    comment(company.csm, draft, f"@{company.manager.full_name}")
    call_rpc(company.manager, "publish_workflow", p_draft_id=draft, p_revision=1)
    assert fetch_value(sql, "select count(*) from public.workflow_comments where draft_id = %s", draft) == 0
    assert notices_of(sql, company.manager) == []


def test_only_a_comment_of_a_file_has_an_earlier_day_or_begins_resolved(company, draft):
    row = {
        "company_id": str(company.id), "draft_id": draft, "slide_id": "greeting", "author_id": str(company.csm.id),
        "body": "Shorter?", "written_at": "2024-05-01T10:00:00Z", "resolved_at": "2024-05-02T10:00:00Z",
    }  # fmt: skip
    table = company.csm.client.table("workflow_comments")
    (own,) = table.insert(row).execute().data
    assert own["written_at"] > "2026"
    assert own["resolved_at"] is None
    (imported,) = table.insert(row | {"imported_author": "Alice Moreau"}).execute().data
    assert imported["written_at"].startswith("2024-05-01")
    assert imported["resolved_at"] > "2026"
    assert imported["resolved_by"] == str(company.csm.id)
    (future,) = table.insert(row | {"imported_author": "A", "written_at": "2999-01-01"}).execute().data
    assert future["written_at"] < "2999"


def test_a_member_gets_their_comments_and_a_contact_is_redacted_in_them(company, draft, sql):
    customer = insert_customer(sql, company.id, company.csm.id)
    contact = insert_row(
        sql, "contacts", company_id=company.id, customer_id=customer, name="Ines Ortega", role="champion"
    )
    comment(company.csm, draft, f"@{company.manager.full_name}: as for Ines Ortega, shorter.")
    comment(company.csm, draft, "Says nobody's name.")
    exported = call_rpc(company.csm, "export_person", p_person_id=str(company.csm.id))
    assert len(exported["workflow_comments"]) == 2
    found = call_rpc(company.manager, "export_contact", p_contact_id=str(contact))
    assert len(found["workflow_comments"]) == 1
    call_rpc(
        company.admin, "erase_subject", p_subject="contact", p_subject_id=str(contact), p_mode="pseudonymise",
        p_reason="Asked for by letter.",
    )  # fmt: skip
    words = json.dumps([each["body"] for each in read(company.csm, draft)])
    assert "Ines" not in words
    assert "Says nobody's name." in words
    assert "Ines" not in notices_of(sql, company.manager)[0]["body"]
