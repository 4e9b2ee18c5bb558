from collections.abc import Mapping
from typing import Any

from lib.db.client import Client
from lib.db.query_execution import execute_read
from lib.db.row_parsing import parse_row
from lib.workflow_proposals.model import BegunProposal, DraftProposal, ProposalNote, ProposalResult


class ProposalRepository:
    """Proposals of the signed-in person. Each method is one request.

    The two writes carry an id made by the app, so either may be sent again when its answer got lost on the way.
    """

    def __init__(self, client: Client) -> None:
        self._client = client

    def begin_proposal(self, proposal_id: str, description: str, model: str) -> BegunProposal:
        """Store a description before anybody is asked. Raises InvalidInput; Conflict if its draft is gone."""
        arguments = {"p_id": proposal_id, "p_description": description, "p_model": model}
        return parse_row(BegunProposal, execute_read(self._client.rpc("begin_workflow_proposal", arguments)))

    def finish_proposal(self, proposal_id: str, result: ProposalResult) -> str | None:
        """Store how an attempt ended; the id of its draft, None if it failed. Raises InvalidInput, Conflict."""
        arguments = {"p_id": proposal_id, "p_result": result.to_json()}
        row = execute_read(self._client.rpc("finish_workflow_proposal", arguments))
        draft_id: str | None = row["draft_id"]
        return draft_id

    def fetch_proposal_of_draft(self, draft_id: str) -> DraftProposal | None:
        """What a draft was proposed from; None for any other draft."""
        row = execute_read(self._client.rpc("read_workflow_proposal", {"p_draft_id": draft_id}))
        return parse_row(DraftProposal, {**row, "note": _parse_note(row["note"])}) if row else None


def _parse_note(row: Mapping[str, Any]) -> ProposalNote:
    done, not_done = (tuple(map(str, row.get(name) or ())) for name in ("done", "not_done"))
    return ProposalNote(done=done, not_done=not_done)
