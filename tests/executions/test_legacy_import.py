"""The example export over the real database: tests/executions/legacy holds it, with the program that makes it."""

import json
import os
import signal
import subprocess
import sys
import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from lib import local
from lib.db.client import Client, create_http_pool
from lib.db.privileged_client import create_privileged_client
from lib.errors import InvalidInput, Unavailable
from lib.executions.__main__ import main
from lib.executions.legacy.import_context import load_import_context
from lib.executions.legacy.importer import LegacyImporter
from lib.executions.legacy.legacy_export_reader import LegacyExport
from lib.executions.legacy.mapping_file import LegacyMapping, read_mapping_file
from lib.executions.legacy.run_mapping import MappedRun, RunMapper
from lib.executions.repository import ExecutionRepository
from lib.forms.answer_validation import validate_answers
from lib.slides import slide_builder
from lib.slides.model import SlideInput
from lib.workflows.composer import compose_workflow
from tests.database.factories import Sql, fetch_rows, fetch_value, insert_customer
from tests.database.rpc import assert_refused, call_rpc, run_concurrently
from tests.executions.legacy import generate
from tests.support.companies import Company
from tests.support.server import REPOSITORY

EXPORT = generate.FILE.read_text(encoding="utf-8")
MAPPING: dict[str, Any] = json.loads((generate.FOLDER / "mapping.json").read_text(encoding="utf-8"))
FULLER: dict[str, Any] = {
    "time_zone": "Europe/Paris",
    "statuses": {"on_hold": "active"},
    "workflows": {
        "OnboardingReview": {
            "workflow_id": "executive-engagement-with-obsidian-black",
            "steps": [
                {"step": "hello", "slide": "greeting", "fields": {"comment": "goal"}},
                {"step": "health_check", "slide": "review-account", "fields": {"observations": "stands_out"}},
                {"step": "wrap_up", "slide": "summary"},
            ],
        }
    },
}
KEPT = """
    select legacy_id, occurrence, source::text as source, execution_id, reason, remarks
    from public.workflow_legacy_executions where company_id = %s order by legacy_id, occurrence"""
EVERYTHING = """
    select to_jsonb(x) as row from public.{} x where company_id = %s order by to_jsonb(x)::text"""
TABLES = (
    "workflow_executions", "workflow_step_executions", "workflow_execution_events", "workflow_snoozes",
    "workflow_legacy_executions",
)  # fmt: skip


class Office:
    """A company that moves in: its customers are there, its old system's ids are mapped."""

    def __init__(self, company: Company, stack: local.LocalStack, folder: Path) -> None:
        self.company, self.stack, self.folder = company, stack, folder
        self.environment = {"SUPABASE_URL": stack.url, "SUPABASE_SECRET_KEY": stack.secret_key}
        for name in generate.CUSTOMERS:
            insert_customer(company.sql, company.id, company.csm.id, name=name)
        self.write("export.json", EXPORT.replace(generate.NAME, str(company.id)))
        self.write_mapping({})

    def write(self, name: str, text: str) -> Path:
        path = self.folder / name
        path.write_text(text, encoding="utf-8")
        return path

    def write_mapping(self, more: dict[str, Any]) -> None:
        members = (self.company.csm, self.company.other_csm, self.company.manager)
        people = {old: member.email.upper() for old, member in zip(generate.PEOPLE, members, strict=True)}
        customers = {f"CUST-{100 + place}": name for place, name in enumerate(generate.CUSTOMERS)}
        workflows = MAPPING["workflows"] | more.get("workflows", {})
        mapping = MAPPING | more | {"people": people, "customers": customers, "workflows": workflows}
        self.write("mapping.json", json.dumps(mapping))

    @property
    def arguments(self) -> list[str]:
        named = [str(self.folder / name) for name in ("export.json", "mapping.json", "report.json")]
        return ["import-legacy", named[0], "--mapping", named[1], "--report", named[2]]

    def run(self, *more: str) -> dict[str, Any]:
        """`python -m lib.executions import-legacy` in this process; its report."""
        with pytest.MonkeyPatch.context() as patch:
            for name, value in self.environment.items():
                patch.setenv(name, value)
            main([*self.arguments, *more])
        report: dict[str, Any] = json.loads((self.folder / "report.json").read_text(encoding="utf-8"))
        return report

    def everything(self) -> dict[str, list[dict[str, Any]]]:
        return {
            table: fetch_rows(self.company.sql, EVERYTHING.format(table), self.company.id) for table in TABLES[:-1]
        } | {"kept": fetch_rows(self.company.sql, KEPT, self.company.id)}


@pytest.fixture
def new_office(
    new_company: Callable[..., Company], stack: local.LocalStack, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[], Office]:
    return lambda: Office(new_company(), stack, tmp_path_factory.mktemp("office"))


@pytest.fixture(scope="module")
def moved_in(stack: local.LocalStack, sql: Sql, tmp_path_factory: pytest.TempPathFactory) -> tuple[Office, Any]:
    """A company whose export was imported once, with the report."""
    office = Office(Company.create(sql, "Meadowbrook"), stack, tmp_path_factory.mktemp("moved"))
    return office, office.run()


def listed(report: dict[str, Any], result: str) -> dict[str, list[str]]:
    return {row["legacy_id"]: row["because"] for row in report["rows"] if row["result"] == result}


def run_of(office: Office, legacy_id: str) -> dict[str, Any]:
    found = fetch_rows(
        office.company.sql,
        "select e.* from public.workflow_executions e join public.workflow_legacy_executions l "
        "on l.execution_id = e.id where l.company_id = %s and l.legacy_id = %s",
        office.company.id,
        legacy_id,
    )
    return found[0]


def sources() -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for row in generate.all_rows():
        if isinstance(row, dict):
            found.setdefault(row["execution_id"], row)
    return found


def test_the_example_is_what_its_program_makes():
    assert generate.export_text() == EXPORT
    assert len(generate.all_rows()) == 200


def test_sound_runs_are_imported_and_the_others_listed_with_line_and_reason(moved_in):
    _, report = moved_in
    assert report["counts"] == {"imported": 150, "already_there": 0, "not_mappable": 50, "skipped": 0}
    lines = EXPORT.splitlines()
    for row in report["rows"]:
        stands = lines[row["line"] - 1]
        assert row["legacy_id"] in stands or row["legacy_id"].startswith("no-id:")
        assert bool(row["because"]) == (row["result"] == "not_mappable")


def test_every_kind_of_fault_is_said(moved_in):
    said = " ".join(sentence for row in moved_in[1]["rows"] for sentence in row["because"])
    for words in (
        "The customer “Nobody & Co” is not known.", "It does not say which customer",
        "The person “who.left” is not known.",
        "The step 99 is out of range: its workflow had", "The step “no such step” is not one of its workflow's.",
        "It ended before it began.", "“started_at” lies in the future", "“started_at” is not a time: “yesterday”.",
        "“started_at” is not of our time", "has no time zone", "It says when it was completed, and that it is open.",
        "does not end with “Ascended”", "A workflow of the kind renewal does not end with “contact_secured”.",
        "It does not say how it ended", "It is snoozed, and does not say until when", "Its step data is not an object",
        "It has no id", "Its id is longer than 200 characters", "It is not an object.",
        "This id stands in the file before, on line", "The workflow “OnboardingReview” is not mapped",
        "The status “on_hold” is not mapped.", "This customer already has an open run of this workflow.",
    ):  # fmt: skip
        assert words in said, words


def test_every_row_is_kept_as_it_stood_in_the_file(moved_in):
    office, _ = moved_in
    kept = fetch_rows(office.company.sql, KEPT, office.company.id)
    lines = [line.removesuffix(",") for line in EXPORT.splitlines()[4:-2]]
    assert sorted(row["source"] for row in kept) == sorted(lines)
    assert sum(row["execution_id"] is not None for row in kept) == 150
    assert all((row["reason"] is None) == (row["execution_id"] is not None) for row in kept)


def test_a_dry_run_gives_the_same_report_and_writes_nothing(new_office):
    office = new_office()
    before = office.everything()
    dry = office.run("--dry-run")
    assert office.everything() == before
    assert office.run() == dry | {"dry_run": False}


def test_a_second_time_everything_is_already_there(moved_in):
    office, first = moved_in
    before = office.everything()
    again = office.run()
    assert again["counts"] == {"imported": 0, "already_there": 150, "not_mappable": 50, "skipped": 0}
    assert listed(again, "not_mappable") == listed(first, "not_mappable")
    assert office.everything() == before


def test_cut_off_in_the_middle_and_started_again_it_comes_to_the_same(new_office, moved_in):
    office = new_office()
    command = [sys.executable, "-m", "lib.executions", *office.arguments]
    count = "select count(*) from public.workflow_legacy_executions where company_id = %s"
    began = subprocess.Popen(command, cwd=REPOSITORY, env=os.environ | office.environment, stdout=subprocess.DEVNULL)
    while fetch_value(office.company.sql, count, office.company.id) < 20:
        assert began.poll() is None
    began.send_signal(signal.SIGKILL)
    began.wait()
    assert 20 <= fetch_value(office.company.sql, count, office.company.id) < 200
    office.run()
    assert shape(office) == shape(moved_in[0])


def shape(office: Office) -> Any:
    """What an import comes to, without what differs between two companies."""
    told = """
        select l.legacy_id, l.occurrence, l.reason, l.remarks, c.name, e.workflow_id, e.status, e.current_slide,
          e.started_at, e.ended_at, e.outcome_code, e.outcome_amount, e.revision,
          (select jsonb_object_agg(s.slide_id, s.answers) from public.workflow_step_executions s
           where s.execution_id = e.id) as answers,
          (select array_agg(x.kind order by x.id) from public.workflow_execution_events x
           where x.execution_id = e.id) as kinds
        from public.workflow_legacy_executions l left join public.workflow_executions e on e.id = l.execution_id
        left join public.customers c on c.id = e.customer_id where l.company_id = %s order by 1, 2"""
    return fetch_rows(office.company.sql, told, office.company.id)


def test_what_a_fuller_mapping_makes_whole_is_imported_later(new_office):
    office = new_office()
    office.run()
    office.write_mapping(FULLER)
    report = office.run()
    assert report["counts"] == {"imported": 17, "already_there": 150, "not_mappable": 33, "skipped": 0}
    open_now = fetch_rows(office.company.sql, KEPT, office.company.id)
    assert sum(row["execution_id"] is not None for row in open_now) == 167


def test_a_completed_run_has_its_outcome_times_and_answers(moved_in):
    office, _ = moved_in
    imported = listed(moved_in[1], "imported")
    like = {"status": "completed", "workflow_config_id": "RenewalWorkflow", "user": "amoreau", "outcome": "Won"}
    old = next(row for name, row in sources().items() if name in imported and like.items() <= row.items())
    run = run_of(office, old["execution_id"])
    assert (run["status"], run["outcome_code"], run["owner_id"]) == ("completed", "renewed", office.company.csm.id)
    assert (run["started_at"].isoformat(), run["ended_at"].isoformat()) == (old["started_at"], old["completed_at"])
    assert float(run["outcome_amount"]) == float(old["amount"])
    seen = call_rpc(office.company.csm, "workflow_run", p_execution_id=str(run["id"]))
    answers = {step["slide_id"]: step["answers"] for step in seen["steps"]}
    assert answers["greeting"] == {"goal": old["step_data"]["intro"]["objective"]}
    assert answers["contract-terms"]["notice_intention"] == "renew_as_is"
    assert {step["status"] for step in seen["steps"]} == {"done"}
    assert len(seen["steps"]) == 9


def test_a_run_is_its_customers_owners_and_assigned_to_whoever_had_it(moved_in):
    office, _ = moved_in
    runs = fetch_rows(
        office.company.sql,
        """select c.owner_id as customers_owner, e.owner_id, e.assigned_to, t.actor_id
           from public.workflow_executions e join public.customers c on c.id = e.customer_id
           join public.workflow_execution_events t on t.execution_id = e.id and t.kind = 'started'
           where e.company_id = %s""",
        office.company.id,
    )
    assert {run["owner_id"] == run["customers_owner"] for run in runs} == {True}
    assert {run["actor_id"] == (run["assigned_to"] or run["owner_id"]) for run in runs} == {True}
    assert any(run["assigned_to"] for run in runs)


def test_a_snoozed_run_is_asleep_and_can_be_woken(moved_in):
    office, _ = moved_in
    old = next(row for row in sources().values() if row["status"] == "snoozed" and row.get("snoozed_until"))
    run = run_of(office, old["execution_id"])
    owner = next(
        m for m in (office.company.csm, office.company.other_csm, office.company.manager) if m.id == run["owner_id"]
    )
    snooze = call_rpc(owner, "workflow_run", p_execution_id=str(run["id"]))["snooze"]
    assert (run["status"], snooze["count"], snooze["latest"]["reason"]) == ("snoozed", 1, old["snooze_reason"])
    assert call_rpc(owner, "wake_execution", p_execution_id=str(run["id"]))["status"] == "active"


def test_the_story_of_a_run_replays_to_the_run_and_ends_with_the_import(moved_in):
    office, _ = moved_in
    for run in fetch_rows(
        office.company.sql, "select * from public.workflow_executions where company_id = %s", office.company.id
    ):
        told = fetch_rows(
            office.company.sql,
            "select * from public.workflow_execution_events where execution_id = %s order by id",
            run["id"],
        )
        state = {key: told[0]["payload"][key] for key in ("status", "owner_id")}
        for event in told:
            state |= event["payload"].get("set", {})
        if run["revision"] == 1 + sum(event["kind"].startswith("step") for event in told):
            assert state["status"] == run["status"]
        assert (told[0]["kind"], told[0]["created_at"]) == ("started", run["started_at"])
        assert "imported" in [event["kind"] for event in told]
        moments = [event["created_at"] for event in told]
        assert moments == sorted(moments)


def test_a_hundred_kilobytes_of_notes_and_nasty_text_come_through(moved_in):
    office, _ = moved_in
    long = next(row for row in sources().values() if len(row.get("notes", "")) > 90_000)
    assert len(run_of(office, long["execution_id"])["outcome_notes"]) > 90_000
    nasty = next(row for row in sources().values() if isinstance(row.get("odd"), dict))
    notes = run_of(office, nasty["execution_id"])["outcome_notes"]
    assert "drop table x" in notes
    assert not {"\x00", "\ud800", "\u202e"} & set(notes)


def test_what_no_form_has_is_counted_and_stays_in_the_source(moved_in):
    office, report = moved_in
    left = report["in_the_source_only"]
    assert left["RenewalWorkflow: intro.mood"] > 20
    assert left["RenewalWorkflow: pricing.spreadsheet_url"] > 20
    found = fetch_rows(office.company.sql, KEPT, office.company.id)
    assert any("In the source only: " in remark for row in found for remark in row["remarks"])


def test_an_open_run_needs_an_owner_who_is_still_there_an_ended_one_does_not(new_office):
    office = new_office()
    office.company.sql.execute(
        "update public.profiles set is_active = false where email = %s", [office.company.csm.email]
    )
    base = {"workflow_config_id": "AccountPlanFlow", "user": "amoreau", "customer": "Verge Rail"}
    base |= {"started_at": "2025-01-01T00:00:00Z", "updated_at": "2025-01-02T00:00:00Z", "outcome": "Agreed"}
    both = [base | {"execution_id": status, "status": status} for status in ("in_progress", "completed")]
    export = {"format": "zen-legacy-executions/1", "company": str(office.company.id), "executions": both}
    office.write("export.json", json.dumps(export))
    report = office.run()
    assert listed(report, "imported") == {"completed": []}
    left = "Alice Moreau has left, and the run is open: map it to somebody else."
    assert listed(report, "not_mappable") == {"in_progress": [left]}


def test_a_later_export_that_says_otherwise_changes_nothing_and_is_remarked(moved_in):
    office, _ = moved_in
    before = office.everything()
    office.write(
        "export.json",
        (office.folder / "export.json").read_text(encoding="utf-8").replace("Steady, two teams", "Three teams"),
    )
    report = office.run()
    office.write("export.json", EXPORT.replace(generate.NAME, str(office.company.id)))
    assert sum("otherwise" in " ".join(row["remarks"]) for row in report["rows"]) > 20
    assert {**office.everything(), "kept": 0} == {**before, "kept": 0}


def test_the_same_run_from_many_importers_at_once_is_made_once(new_office):
    office = new_office()
    operator: Client = create_privileged_client(office.stack.url, office.stack.secret_key, create_http_pool())
    row = next(row for row in LegacyExport(EXPORT).rows() if '"exec-0001"' in row.source)
    mapping, world = (
        read_mapping_file(office.folder / "mapping.json"),
        load_import_context(operator, str(office.company.id)),
    )
    plan = RunMapper(world, mapping, datetime.now(UTC)).map_export_row(row.value)
    assert isinstance(plan, MappedRun)
    made = {"run": plan.run, "steps": plan.steps, "snooze": plan.snooze, "remarks": plan.remarks}
    given = {
        "company_id": str(office.company.id),
        "legacy_id": "exec-0001",
        "occurrence": 1,
        "source": row.source,
    } | made
    answers = run_concurrently(
        [lambda: call_rpc(operator, "import_legacy_execution", p=given | made) for _ in range(8)]
    )
    assert sorted(answer["result"] for answer in answers) == ["already_there"] * 7 + ["imported"]
    assert len({answer["execution_id"] for answer in answers}) == 1


def test_answers_are_such_as_the_slides_forms_can_hold(moved_in):
    office, _ = moved_in
    mine = "select id::text from public.workflow_executions where company_id = %s order by started_at limit 40"
    for found in fetch_rows(office.company.sql, mine, office.company.id):
        run, account = ExecutionRepository(office.company.admin.client).fetch_run_with_account(found["id"])
        answers = {slide: step.answers for slide, step in run.steps.items()}
        for composed in compose_workflow(run.version).slides:
            typed = answers.get(composed.id, {})
            context, category = composed.context, run.version.category
            inp = SlideInput(account=account, context=context, category=category, person_name="", answers=answers)
            form = slide_builder.build_slide_form(composed.slide, inp)
            assert validate_answers(form, typed, draft=True) == ()
            assert set(typed) <= {field.key for field in form.fields}


def test_where_an_import_stops_is_said(moved_in):
    office, _ = moved_in
    operator: Client = create_privileged_client(office.stack.url, office.stack.secret_key, create_http_pool())
    world = replace(load_import_context(operator, str(office.company.id)), company_id=str(uuid.uuid4()), imported={})
    row = next(LegacyExport(EXPORT).rows())
    with pytest.raises(Unavailable, match=r"The import stopped at line 5 \(exec-0\d+\)\.") as stopped:
        LegacyImporter(operator, world, LegacyMapping(), dry_run=False).import_export_row(row)
    assert stopped.value.hint == "What was imported stays; start it again to go on from there."


def test_a_huge_run_is_skipped_and_listed_and_the_others_come_in(new_office):
    office = new_office()
    export = json.loads(EXPORT)
    huge = export["executions"][0] | {"execution_id": "huge", "step_data": {"intro": {"objective": "x" * 60_000_000}}}
    export |= {"company": str(office.company.id), "executions": [huge, *export["executions"]]}
    office.write("export.json", json.dumps(export))
    first, again = office.run(), office.run()
    for report in (first, again):
        assert listed(report, "skipped") == {"huge": ["It has 60.0 MB, and a run may have 5 MB."]}
    assert first["counts"]["imported"] == again["counts"]["already_there"] > 10


def test_a_run_the_database_refuses_is_skipped_and_listed(moved_in, monkeypatch):
    office, _ = moved_in
    operator: Client = create_privileged_client(office.stack.url, office.stack.secret_key, create_http_pool())
    world = replace(load_import_context(operator, str(office.company.id)), imported={})

    def refuse(_query):
        raise InvalidInput("A value is too large.")

    monkeypatch.setattr("lib.executions.legacy.importer.execute_write", refuse)
    row = next(LegacyExport(EXPORT).rows())
    result = LegacyImporter(operator, world, LegacyMapping(), dry_run=True).import_export_row(row)
    assert (result.result, result.because) == ("skipped", ("The database refuses it: A value is too large.",))


def test_only_the_operator_imports(stack, new_company):
    company = new_company()
    row = {"company_id": str(company.id), "legacy_id": "x", "occurrence": 1, "source": "{}", "reason": "No."}
    with assert_refused("42501"):
        call_rpc(company.admin, "import_legacy_execution", p=row)
    operator: Client = create_privileged_client(stack.url, stack.secret_key, create_http_pool())
    assert call_rpc(operator, "import_legacy_execution", p=row)["result"] == "not_mappable"
