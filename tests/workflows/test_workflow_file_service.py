"""Export and import over HTTP: between companies, and as the operator."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from lib.errors import InvalidInput, NotPermitted
from lib.local import LocalStack
from lib.workflows.__main__ import main
from lib.workflows.comment_repository import CommentRepository
from lib.workflows.repository import WorkflowRepository
from lib.workflows.workflow_content import extract_workflow_content, normalize_workflow_content
from lib.workflows.workflow_file_reader import WorkflowFileFormat
from lib.workflows.workflow_file_service import WorkflowFileService
from tests.support.companies import Company, Member
from tests.workflows.test_service import acting


def acting_on_files(member: Member, company: Company) -> WorkflowFileService:
    workflows, comments = WorkflowRepository(member.client), CommentRepository(member.client)
    return WorkflowFileService(workflows, comments, company_id=str(company.id), author_id=str(member.id))


@pytest.mark.parametrize("file_format", list(WorkflowFileFormat))
def test_a_clone_with_its_branches_lands_unchanged_as_a_draft_in_another_company(
    company: Company, new_company: Callable[[str], Company], file_format: WorkflowFileFormat
) -> None:
    draft = acting(company.csm, company).clone_stock_workflow("standard-renewal")
    assert draft.chat_branches["greeting"]
    made = acting_on_files(company.csm, company).export_workflow(draft, file_format)
    assert made.filename == f"workflow-Standard-renewal.{file_format}"
    theirs = new_company("Brindle")
    landed = acting_on_files(theirs.csm, theirs).import_workflow(made.text.encode())
    assert (landed.company_id, landed.author_id) == (str(theirs.id), str(theirs.csm.id))
    assert normalize_workflow_content(extract_workflow_content(landed)) == normalize_workflow_content(
        extract_workflow_content(draft)
    )


def test_comments_on_a_draft_go_with_its_file_under_the_names_of_their_authors(company, new_company) -> None:
    draft = acting(company.csm, company).clone_stock_workflow("standard-renewal")
    comments = CommentRepository(company.csm.client)
    comments.add_comment(draft.id, "greeting", "Shorter?\nOr *not*.")
    CommentRepository(company.manager.client).add_comment(draft.id, "summary", "Ask for the reason first.")
    resolved = next(each for each in comments.fetch_comments(draft.id) if each.slide_id == "summary")
    comments.resolve_comment(resolved.id, is_resolved=True)
    made = acting_on_files(company.csm, company).export_workflow(draft, WorkflowFileFormat.YAML)

    theirs = new_company("Brindle")
    files = acting_on_files(theirs.csm, theirs)
    landed = files.import_workflow(made.text.encode())
    found = {each.slide_id: each for each in CommentRepository(theirs.csm.client).fetch_comments(landed.id)}
    assert found["greeting"].imported_author == company.csm.full_name
    assert (found["greeting"].body, found["greeting"].is_open) == ("Shorter?\nOr *not*.", True)
    assert found["greeting"].written_at < datetime.now(UTC)
    assert (found["summary"].imported_author, found["summary"].is_open) == (company.manager.full_name, False)
    assert files.export_workflow(landed, WorkflowFileFormat.YAML).text == made.text


def test_a_file_whose_comments_cannot_be_stored_leaves_no_draft(company) -> None:
    draft = acting(company.csm, company).clone_stock_workflow("standard-renewal")
    files = acting_on_files(company.csm, company)
    text = files.export_workflow(draft, WorkflowFileFormat.YAML).text
    blank = 'slide: greeting\n    comments:\n      - author: A\n        text: "\\u200b"'
    with pytest.raises(InvalidInput):
        files.import_workflow(text.replace("slide: greeting", blank, 1).encode())
    assert [each.id for each in WorkflowRepository(company.csm.client).fetch_drafts()] == [draft.id]


def test_a_file_for_a_workflow_the_company_has_becomes_its_next_draft(company: Company) -> None:
    manager, files = acting(company.manager, company), acting_on_files(company.manager, company)
    version = manager.publish_workflow(manager.clone_stock_workflow("standard-renewal"))
    landed = files.import_workflow(files.export_workflow(version, WorkflowFileFormat.YAML).text.encode())
    assert landed.base_version_id == version.id
    assert manager.publish_workflow(landed).version == 2


def test_a_file_with_problems_leaves_no_draft(company: Company) -> None:
    with pytest.raises(InvalidInput) as caught:
        acting_on_files(company.csm, company).import_workflow(b"format: zen-workflow\nformat_version: 1\nslides: []\n")
    assert len(caught.value.detail) >= 3
    assert WorkflowRepository(company.csm.client).fetch_drafts() == ()


def test_a_company_without_the_action_of_a_branch_is_told_its_name(company: Company, new_company) -> None:
    draft = acting(company.csm, company).clone_stock_workflow("standard-renewal")
    text = acting_on_files(company.csm, company).export_workflow(draft, WorkflowFileFormat.YAML).text
    theirs = new_company("Brindle")
    with pytest.raises(InvalidInput, match="runs the action “Rest it”, which your company does not have"):
        acting_on_files(theirs.csm, theirs).import_workflow(text.replace(": Snooze\n", ": Rest it\n").encode())


@pytest.fixture
def operator(stack: LocalStack, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SUPABASE_URL", stack.url)
    monkeypatch.setenv("SUPABASE_SECRET_KEY", stack.secret_key)


def test_the_operator_brings_a_workflow_from_one_company_to_another(
    operator: None, company: Company, new_company, tmp_path: Path, capsys
) -> None:
    manager = acting(company.manager, company)
    version = manager.publish_workflow(manager.clone_stock_workflow("standard-renewal", name="Our way"))
    file = tmp_path / "ours.yaml"
    assert main(["export", "standard-renewal", "--company", str(company.id), "--output", str(file)]) == 0
    theirs = new_company("Brindle")
    target = ["--company", str(theirs.id), "--author", theirs.manager.email]
    assert main(["import", str(file), *target]) == 0
    assert "“Our way” is a draft of" in capsys.readouterr().out
    (draft,) = WorkflowRepository(theirs.manager.client).fetch_drafts()
    assert draft.slide_contexts == version.slide_contexts
    assert draft.chat_branches == version.chat_branches
    assert draft.suggested_when is not None


def test_the_operator_exports_stock_with_its_branches_and_imports_it(
    operator: None, company: Company, tmp_path: Path, capsys
) -> None:
    assert main(["export", "standard-renewal", "--version", "1", "--format", "json"]) == 0
    text = capsys.readouterr().out
    assert '"branch_key": "where-to-begin"' in text
    file = tmp_path / "stock.json"
    file.write_text(text, encoding="utf-8")
    assert main(["import", str(file), "--company", str(company.id), "--author", company.csm.email]) == 0


def test_the_operator_reads_every_problem_of_a_file_and_who_is_not_there(
    operator: None, company: Company, tmp_path: Path, capsys
) -> None:
    file = tmp_path / "bad.yaml"
    file.write_text("format: zen-workflow\nformat_version: 1\nname: X\ncategory: rescue\n", encoding="utf-8")
    assert main(["import", str(file), "--company", str(company.id), "--author", company.csm.email]) == 1
    assert "Line 4: category" in capsys.readouterr().err
    assert main(["import", str(file), "--company", str(company.id), "--author", "nobody@example.com"]) == 1
    assert "Nobody in this company has the address nobody@example.com." in capsys.readouterr().err
    assert main(["export", "no-such-thing"]) == 1
    assert main(["import", str(tmp_path / "gone.yaml"), "--company", "No such company", "--author", "a@b.example"]) == 1
    assert "There is no company “No such company”." in capsys.readouterr().err


def test_a_colleagues_company_is_not_reachable_with_a_file(company: Company, new_company) -> None:
    theirs = new_company("Brindle")
    version = acting(company.csm, company).clone_stock_workflow("standard-renewal")
    made = acting_on_files(company.csm, company).export_workflow(version, WorkflowFileFormat.YAML)
    stranger = WorkflowFileService(
        WorkflowRepository(company.csm.client),
        CommentRepository(company.csm.client),
        company_id=str(theirs.id),
        author_id=str(theirs.csm.id),
    )
    with pytest.raises(NotPermitted):
        stranger.import_workflow(made.text.encode())
    assert WorkflowRepository(theirs.csm.client).fetch_drafts() == ()
