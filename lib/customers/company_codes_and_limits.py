"""The codes and limits a company works with, from the database's reference tables."""

from dataclasses import dataclass
from decimal import Decimal

from lib.customers.working_days import MONDAY_TO_FRIDAY, WorkingDays
from lib.text.format import NO_DATA, humanize_code

USUAL_SEVERITY = "medium"

ADMIN_WITH_PROOF = "admin, with proof"
"""Who approves above every band; `private.approver_name` says the same."""


@dataclass(frozen=True, kw_only=True)
class OutcomeCode:
    """How a run may end in workflows of these categories, and what has to be said then.

    An archived one is of runs that ended so, and offered no more.
    """

    code: str
    label: str
    categories: tuple[str, ...]
    needs_amount: bool
    needs_reason: bool
    is_archived: bool = False


@dataclass(frozen=True, kw_only=True)
class SeverityCode:
    """How severe an escalation may be; the first answer is due within `response_days`, on a working day.

    An archived one is of escalations that have it, and offered no more.
    """

    code: str
    label: str
    response_days: int
    is_archived: bool = False

    @property
    def short_label(self) -> str:
        """The label without what follows its colon: "Critical" of "Critical: answer within 1 day"."""
        return self.label.partition(":")[0].strip()


@dataclass(frozen=True, kw_only=True)
class SkipReasonCode:
    """Why a slide or a run may be skipped. An archived reason is offered no more."""

    code: str
    label: str
    needs_words: bool
    is_archived: bool = False


@dataclass(frozen=True, kw_only=True)
class ApprovalBand:
    """Who may approve a price up to so many percent below list: a role, or a person's name.

    `is_leader`: they are a manager or an admin.
    """

    approver: str
    up_to_percent: Decimal
    is_leader: bool = True
    approver_role: str | None = None
    approver_id: str | None = None


@dataclass(frozen=True, kw_only=True)
class CompanyRules:
    """All of them, in the order they are shown. Source: `public.company_rules`.

    `own_discount_limit` is how far below list (0-100) the signed-in person may go without anyone else; `is_leader`:
    they are a manager or an admin.
    """

    outcome_codes: tuple[OutcomeCode, ...]
    severities: tuple[SeverityCode, ...]
    skip_reasons: tuple[SkipReasonCode, ...]
    approval_bands: tuple[ApprovalBand, ...]
    own_discount_limit: Decimal
    working_days: WorkingDays = MONDAY_TO_FRIDAY
    is_leader: bool = False

    def find_outcome_code(self, code: object) -> OutcomeCode | None:
        return next((outcome for outcome in self.outcome_codes if outcome.code == code), None)

    def format_outcome(self, code: str | None, otherwise: str = NO_DATA) -> str:
        """The label of an outcome; of a code that is no longer in the rules its words."""
        outcome = self.find_outcome_code(code)
        return outcome.label if outcome else humanize_code(code).capitalize() if code else otherwise

    def find_skip_reason(self, code: object) -> SkipReasonCode | None:
        return next((reason for reason in self.skip_reasons if reason.code == code), None)

    def find_severity(self, code: object) -> SeverityCode | None:
        return next((severity for severity in self.severities if severity.code == code), None)

    @property
    def usual_severity(self) -> str:
        """The severity to suggest: medium, or the first where the company has no such code; blank without any."""
        codes = [severity.code for severity in self.list_severities()]
        return USUAL_SEVERITY if USUAL_SEVERITY in codes else next(iter(codes), "")

    def list_outcome_codes(self, category: str) -> tuple[OutcomeCode, ...]:
        """How workflows of a category may end."""
        active = (outcome for outcome in self.outcome_codes if not outcome.is_archived)
        return tuple(outcome for outcome in active if category in outcome.categories)

    def list_skip_reasons(self) -> tuple[SkipReasonCode, ...]:
        """Why a slide or a run may be skipped from now on."""
        return tuple(reason for reason in self.skip_reasons if not reason.is_archived)

    def list_severities(self) -> tuple[SeverityCode, ...]:
        """How severe an escalation may be from now on."""
        return tuple(severity for severity in self.severities if not severity.is_archived)

    def find_discount_approver(self, off_list_percent: Decimal, *, lacks_list_price: bool = False) -> str:
        """The first who may approve a price so far below list (0-100): a leader, if there is no list price."""
        bands = (band for band in self.approval_bands if band.is_leader or not lacks_list_price)
        return next((band.approver for band in bands if off_list_percent <= band.up_to_percent), ADMIN_WITH_PROOF)

    def needs_discount_approval(self, off_list_percent: Decimal, *, lacks_list_price: bool = False) -> bool:
        """True if the signed-in person may not go so far below list (0-100) alone, or not without a list price."""
        return off_list_percent > self.own_discount_limit or (lacks_list_price and not self.is_leader)
