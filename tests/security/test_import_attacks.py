"""What somebody might try with imports: other companies' files and rows, forged verdicts, ids and owners of others."""

import uuid

import pytest

from tests.database.factories import fetch_rows, fetch_value, insert_customer, insert_row
from tests.database.import_calls import StagedFile, empty_mapping, operator_client
from tests.database.rpc import assert_refused, call_rpc

ACME = {"name": "Acme", "domain": "acme.test", "segment": "mid", "customer_since": "2025-01-01", "external_id": "a1"}
CONTRACT = {"starts_on": "2026-01-01", "ends_on": "2027-01-01", "seats": 10, "annual_price_per_seat": 120}


@pytest.fixture
def companies(new_company):
    return new_company("Northwind Analytics"), new_company("Someone Else")


@pytest.fixture
def mine(stack, sql, companies):
    return StagedFile(sql=sql, operator=operator_client(stack), who=companies[0].manager)


@pytest.fixture
def theirs(stack, sql, companies):
    return StagedFile(sql=sql, operator=operator_client(stack), who=companies[1].admin)


def test_another_companys_import_is_neither_read_nor_touched(mine, companies):
    mine.stage(ACME).check()
    stranger, row = companies[1].admin, str(mine.rows()[0]["id"])
    for table in ("imports", "import_rows"):
        assert stranger.client.table(table).select("id").execute().data == []
    assert call_rpc(stranger, "import_counts", p_import_id=mine.id)["new"] == 0
    attempts = {
        "stage_import_rows": {"p_rows": []},
        "change_import_mapping": {"p_mapping": empty_mapping()},
        "check_import_rows": {},
        "correct_import_rows": {"p_rows": [], "p_revision": 1},
        "drop_import_rows": {"p_row_ids": [row]},
        "decide_import": {"p_revision": 1},
        "discard_import": {},
        "plan_import_undo": {},
    }
    for function, arguments in attempts.items():
        with assert_refused("PT404"):
            call_rpc(stranger, function, p_import_id=mine.id, **arguments)
    with assert_refused("PT404"):
        call_rpc(stranger, "choose_import_match", p_row_id=row, p_customer_id=None)
    assert mine.status() == "checked"


def test_another_companys_undo_is_not_decided(mine, companies):
    undo = mine.bring_in(ACME).plan_undo()
    with assert_refused("PT404"):
        call_rpc(companies[1].admin, "decide_import_undo", p_undo_id=undo, p_revision=1, p_insist_on_all=True)
    with assert_refused("PT404"):
        call_rpc(companies[1].admin, "continue_import_undo_plan", p_undo_id=undo)
    assert mine.status() == "applied"


def test_a_person_names_no_company_but_their_own(companies):
    words = {"p_kind": "customers", "p_file_name": "a.csv", "p_source": "crm", "p_headers": ["A"]}
    words |= {"p_mapping": empty_mapping()}
    with assert_refused("PT404"):
        call_rpc(companies[0].admin, "begin_import", p_company_id=str(companies[1].id), **words)
    saved = {"p_name": "crm", "p_kind": "customers", "p_header_key": "k", "p_mapping": empty_mapping()}
    with assert_refused("PT404"):
        call_rpc(companies[0].admin, "save_import_mapping", p_company_id=str(companies[1].id), **saved)


def test_rows_of_one_import_are_not_dropped_through_another(mine, theirs):
    mine.stage(ACME)
    theirs.stage(ACME)
    assert call_rpc(theirs.who, "drop_import_rows", p_import_id=theirs.id, p_row_ids=[str(mine.rows()[0]["id"])]) == 0


def test_a_customer_of_another_company_is_never_matched_chosen_or_changed(mine, companies, sql):
    foreign = insert_customer(sql, companies[1].id, companies[1].csm.id, name="Acme", domain="acme.test")
    staged = mine.stage({**ACME, "summary": "Mine."}).check()
    assert staged.verdicts() == ["new"]
    with assert_refused("PT404"):
        row = str(staged.rows()[0]["id"])
        call_rpc(staged.who, "choose_import_match", p_row_id=row, p_customer_id=str(foreign))
    staged.decide().apply()
    assert fetch_value(sql, "select summary from public.customers where id = %s", foreign) is None


THEIR_ROWS = {
    "customers": {},
    "contacts": {"name": "Theirs", "role": "user"},
    "contracts": {**CONTRACT, "term_months": 12, "notice_days": 60, "auto_renews": True},
    "tickets": {"number": "9", "title": "Theirs", "priority": "p2", "status": "open", "opened_on": "2026-01-01"},
    "survey_responses": {"score": 1, "responded_on": "2026-01-01"},
    "notes": {"body": "Theirs", "happened_on": "2026-01-01"},
    "modules": {"name": "Theirs", "annual_price_per_seat": 1},
}


@pytest.mark.parametrize("kind", THEIR_ROWS)
def test_an_external_id_that_points_to_another_tenants_row_finds_nothing(mine, companies, sql, kind):
    """Nobody but the operator could write such a pair; the check does not trust it all the same."""
    ours, theirs = companies
    insert_customer(sql, ours.id, ours.csm.id, name="Ours")
    foreign = insert_customer(sql, theirs.id, theirs.csm.id, name="Theirs")
    values = THEIR_ROWS[kind] if kind != "customers" else ACME
    if kind != "customers":
        hangs_on = {} if kind == "modules" else {"customer_id": foreign}
        author = {"author_id": theirs.csm.id} if kind == "notes" else {}
        foreign = insert_row(sql, kind, company_id=theirs.id, **hangs_on, **author, **THEIR_ROWS[kind])
    pair = {"source": "crm", "table_name": kind, "external_id": "a1", "row_id": foreign}
    insert_row(sql, "external_ids", company_id=ours.id, **pair)
    before = fetch_rows(sql, f"select * from public.{kind} where id = %s", foreign)
    refers = {} if kind in ("customers", "modules") else {"customer_name": "Ours"}
    staged = StagedFile(sql=sql, operator=mine.operator, who=mine.who, kind=kind)
    staged.bring_in({**refers, **values, "external_id": "a1"})
    assert (staged.verdicts(), staged.counts()["applied"]) == (["new"], 1)
    assert fetch_rows(sql, f"select * from public.{kind} where id = %s", foreign) == before


def test_an_owner_of_another_company_is_like_somebody_unknown(mine, companies, sql):
    staged = mine.bring_in({**ACME, "owner_email": companies[1].csm.email})
    owner = "select owner_id from public.customers where company_id = %s"
    assert fetch_value(sql, owner, companies[0].id) == staged.who.id
    pending = "select email from public.pending_owners where company_id = %s"
    assert fetch_value(sql, pending, companies[0].id) == companies[1].csm.email


@pytest.mark.parametrize(
    ("table", "values"),
    [
        ("import_rows", {"verdict": "new"}),
        ("import_rows", {"record": {"company_id": str(uuid.uuid4())}}),
        ("import_rows", {"applied_at": None}),
        ("imports", {"status": "decided"}),
        ("imports", {"decided_by": str(uuid.uuid4())}),
        ("import_undo_rows", {"is_insisted": True}),
        ("pending_owners", {"email": "me@zen.test"}),
        ("external_ids", {"row_id": str(uuid.uuid4())}),
    ],
)
def test_verdicts_decisions_and_ids_are_not_written_over_rest(table, values, mine):
    mine.stage(ACME).check()
    with assert_refused("42501"):
        mine.who.client.table(table).update(values).eq("company_id", str(uuid.uuid4())).execute()
    with assert_refused("42501"):
        mine.who.client.table(table).insert(values).execute()


def test_a_staged_row_names_no_company_customer_or_id_of_its_own(mine, companies, sql):
    foreign = insert_customer(sql, companies[1].id, companies[1].csm.id, name="Theirs")
    own = {"company_id": str(companies[1].id), "id": str(foreign), "customer_id": str(foreign), "revision": 9}
    staged = mine.stage({**ACME, **own}).check()
    assert staged.verdicts() == ["refused"]
    assert set(staged.reasons()) == {"Zen has no such field."}
    assert "company_id" not in staged.rows()[0]["record"]


def test_whoever_was_demoted_between_decision_and_apply_brings_nothing_in(mine, companies, sql):
    staged = mine.stage(ACME).check().decide()
    sql.execute("update public.profiles set role = 'csm' where id = %s", [staged.who.id])
    staged.apply()
    assert staged.status() == "stopped"
    assert fetch_value(sql, "select count(*) from public.customers where company_id = %s", companies[0].id) == 0
    sql.execute("update public.profiles set role = 'manager' where id = %s", [staged.who.id])


def test_nobodys_words_are_put_into_a_colleagues_mouth(mine, companies, sql):
    insert_customer(sql, companies[0].id, companies[0].csm.id, name="Acme")
    note = {"customer_name": "Acme", "happened_on": "2026-01-01"}
    notes = StagedFile(sql=sql, operator=mine.operator, who=mine.who, kind="notes")
    notes.bring_in(
        {**note, "body": "One.", "author_email": companies[0].csm.email},
        {**note, "body": "Two.", "author_email": mine.who.email},
        {**note, "body": "Three."},
    )
    rows = fetch_rows(sql, "select body, author_id from public.notes where company_id = %s", companies[0].id)
    assert {row["author_id"] for row in rows} == {mine.who.id}
    assert {row["body"] for row in rows} == {f"From {companies[0].csm.email}:\nOne.", "Two.", "Three."}


def test_a_note_somebody_wrote_is_not_rewritten_by_its_id(mine, companies, sql):
    customer = insert_customer(sql, companies[0].id, companies[0].csm.id, name="Acme")
    words = {"body": "They are calm.", "happened_on": "2026-01-01", "author_id": companies[0].csm.id}
    note = insert_row(sql, "notes", company_id=companies[0].id, customer_id=customer, **words)
    same = {"customer_name": "Acme", "happened_on": "2026-01-01", "external_id": "n1"}
    StagedFile(sql=sql, operator=mine.operator, who=mine.who, kind="notes").bring_in({**same, "body": words["body"]})
    ids = "select count(*) from public.external_ids where row_id = %s"
    assert fetch_value(sql, ids, note) == 0
    insert_row(
        sql, "external_ids", company_id=companies[0].id, source=mine.source, table_name="notes", external_id="n1",
        row_id=note,
    )  # fmt: skip
    forged = StagedFile(sql=sql, operator=mine.operator, who=mine.who, kind="notes")
    forged.stage({**same, "body": "They agreed to everything."}).check()
    (row,) = forged.rows()
    assert row["verdict"] == "refused"
    assert row["refusals"][0]["reason"] == "Alice Moreau wrote or changed this note, and its words are theirs."


def test_a_note_of_an_import_is_changed_by_imports_until_somebody_changes_it(mine, companies, sql):
    insert_customer(sql, companies[0].id, companies[0].csm.id, name="Acme")
    note = {"customer_name": "Acme", "happened_on": "2026-01-01", "external_id": "n2"}
    bring = StagedFile(sql=sql, operator=mine.operator, who=mine.who, kind="notes").bring_in({**note, "body": "One."})
    StagedFile(sql=sql, operator=mine.operator, who=mine.who, kind="notes").bring_in({**note, "body": "Two."})
    row_id = bring.rows()[0]["row_id"]
    assert fetch_value(sql, "select body from public.notes where id = %s", row_id) == "Two."
    mine.who.client.table("notes").update({"body": "My own."}).eq("id", str(row_id)).execute()
    again = StagedFile(sql=sql, operator=mine.operator, who=mine.who, kind="notes")
    again.stage({**note, "body": "Three."}).check()
    assert again.rows()[0]["verdict"] == "refused"


NOTE = {"customer_name": "Acme", "happened_on": "2026-01-01", "external_id": "n3"}


def stage_note(mine, who=None, source="crm", **values):
    staged = StagedFile(sql=mine.sql, operator=mine.operator, who=who or mine.who, kind="notes", source=source)
    return staged.stage({**NOTE, **values}).check()


def test_a_note_without_text_gets_none_from_its_authors_address(mine, companies, sql):
    insert_customer(sql, companies[0].id, companies[0].csm.id, name="Acme")
    assert stage_note(mine, author_email="x@zen.test").verdicts() == ["refused"]
    stage_note(mine, body="Keep me.").decide().apply()
    again = stage_note(mine, author_email="x@zen.test", kind="call")
    assert again.rows()[0]["changes"] == {"kind": ["note", "call"]}


def test_who_decides_is_the_author_of_rows_staged_into_a_colleagues_import(mine, companies, sql):
    insert_customer(sql, companies[0].id, companies[0].csm.id, name="Acme")
    begun = stage_note(mine, body="Forged.")
    other = StagedFile(sql=sql, operator=mine.operator, who=companies[0].admin, kind="notes", id=begun.id)
    other.decide().apply()
    author = "select author_id from public.notes where company_id = %s"
    assert fetch_value(sql, author, companies[0].id) == companies[0].admin.id


def test_a_feed_of_notes_is_carried_on_by_a_colleague_in_their_own_name(mine, companies, sql):
    """Two managers take turns: the words of the feed are whoever's who brought them in last, never the other's."""
    insert_customer(sql, companies[0].id, companies[0].csm.id, name="Acme")
    stage_note(mine, body="Mine.").decide().apply()
    author = "select author_id from public.notes where company_id = %s"
    assert stage_note(mine, companies[0].admin, body="Mine.").verdicts() == ["unchanged"]
    theirs = stage_note(mine, companies[0].admin, body="Corrected.")
    assert theirs.verdicts() == ["changed"]
    theirs.decide().apply()
    assert fetch_value(sql, author, companies[0].id) == companies[0].admin.id
    assert theirs.undo() == []
    assert fetch_value(sql, author, companies[0].id) == mine.who.id


def test_a_note_of_another_system_is_not_rewritten(mine, companies, sql):
    insert_customer(sql, companies[0].id, companies[0].csm.id, name="Acme")
    stage_note(mine, body="Mine.").decide().apply()
    other = stage_note(mine, body="Mine.", source="helpdesk")
    assert other.verdicts() == ["unchanged"]
    other.decide().apply()
    assert stage_note(mine, body="Forged.", source="helpdesk").verdicts() == ["refused"]
