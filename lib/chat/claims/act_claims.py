"""Acts a model says were done, such as “I have escalated this”, where no row says so.

A model only proposes: an act is done once a person has approved its call and the call has succeeded. Acts outside Zen,
such as a quote that was sent, may also stand in the records.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from lib.chat.claims.known_facts import GivenFact
from lib.chat.tool_call_record import CallStatus, ToolCallRecord
from lib.chat.tools import SIDE_EFFECT_TOOLS
from lib.content.block_json import Block
from lib.content.model import MAX_UNKNOWN_CLAIMS, ClaimKind, Text, UnknownClaim
from lib.text.html import markdown_to_text
from lib.text.truncate import single_line

MAX_SAID_LENGTH = 120
MAX_READ_BEFORE = 400
"""Characters before an act in which a condition or a quotation mark is looked for."""

_VERBS = (
    "approved authorised authorized escalated snoozed skipped saved stored recorded sent emailed e-mailed mailed"
    " forwarded run ran executed submitted scheduled booked cancelled canceled deleted removed"
    " notified informed contacted called confirmed ticked"
    " signed updated changed completed closed created assigned applied shared posted renewed"
)
_VERB = "|".join(sorted(map(re.escape, _VERBS.split()), key=len, reverse=True))
_ADVERBS = r"(?:\s+(?:just|already|now|also|successfully|personally|then|hereby|since|today))*"
_OBJECT = r"(?:\s+(?!because\b|but\b|if\b|so\b)[\w’'“”\"-]+){0,6}"
_ZEN_SUBJECTS = (
    "run|workflow|escalation|snooze|action|answer|confirmation|proposal|approval|approvals|call|it|this|that"
)
_OTHER_SUBJECTS = (
    "quote|offer|proposal|email|e-mail|mail|letter|invitation|invite|brief|reminder|message|follow-up|meeting|discount"
    "|contract|change|changes|request|terms|order|customer|ticket|case|list|report"
)
_SUBJECT = rf"(?:the|this|your|their|an?|all|every)\s+(?:[\w’'“”-]+\s+){{0,2}}?(?:{_ZEN_SUBJECTS}|{_OTHER_SUBJECTS})"
_BEEN = r"(?:has|have)(?:\s+now|\s+just|\s+already)?\s+been|(?:is|are)\s+(?:now|already)|was\s+just"

_CLAIMS = (
    re.compile(rf"\bI(?:\s+have|[’']ve)?{_ADVERBS}\s+(?P<verb>{_VERB})\b{_OBJECT}", re.IGNORECASE),
    re.compile(
        rf"\b(?P<subject>it|this|that|{_SUBJECT})\s+(?:{_BEEN}){_ADVERBS}\s+(?P<verb>{_VERB})\b(?:\s+by\s+me)?",
        re.IGNORECASE,
    ),
    re.compile(
        r"(?:^|(?<=[.!?]\s))(?P<verb>Done|Approved|Sent|Saved|Escalated|Snoozed|Skipped)"
        r"(?:\s+(?:it|successfully|for you|as asked))?(?=[.!])"
    ),
    re.compile(
        r"\bich\s+habe\b[^.!?\n]{0,80}?\b(?P<verb>genehmigt|freigegeben|eskaliert|gesendet|versendet|verschickt"
        r"|gespeichert|erledigt|ausgeführt|zurückgestellt|übersprungen|bestätigt)\b",
        re.IGNORECASE,
    ),
    re.compile(r"\bj[’']ai\s+(?P<verb>approuvé|envoyé|enregistré|escaladé|exécuté|confirmé|reporté)\b", re.IGNORECASE),
    re.compile(r"\bhe\s+(?P<verb>aprobado|enviado|guardado|escalado|ejecutado|confirmado|pospuesto)\b"),
)
_CONDITION = re.compile(
    r"\b(?:if|once|when|whenever|after|until|unless|before|whether|as soon as|wenn|sobald|falls|si|cuando)\b[^.!?\n]*$",
    re.IGNORECASE,
)
_SENTENCE_END = re.compile(r"[.!?]")
_GREETING = re.compile(
    r"^\W*(?:dear|hi|hello|hallo|liebe[r]?|sehr geehrte[r]?|bonjour|hola)\b[^\n]{0,60},", re.IGNORECASE | re.MULTILINE
)
_ANY_ACT = frozenset({"done", "run", "ran", "executed", "completed", "submitted", "applied"})


@dataclass(frozen=True, kw_only=True)
class ActClaim:
    """An act said to be done. `subject` is what it was done to, if the act has no doer; blank for “I …”."""

    start: int
    text: str
    verb: str
    subject: str = ""


def mark_act_claims(
    blocks: Sequence[Block], calls: Sequence[ToolCallRecord], facts: Sequence[GivenFact] = ()
) -> tuple[Block, ...]:
    """The blocks of an answer with the acts marked that no call and no record shows. Letters in code are a person's."""
    done = [_describe_call(call) for call in calls if _is_done(call)]
    records = [fact.text.casefold() for fact in facts if fact.is_record]
    marked: list[Block] = []
    for block in blocks:
        if isinstance(block, Text):
            found = dict.fromkeys(
                UnknownClaim(kind=ClaimKind.ACT, said=single_line(claim.text, max_length=MAX_SAID_LENGTH))
                for claim in find_act_claims(markdown_to_text(block.markdown))
                if not _is_on_record(claim, done, records)
            )
            block = replace(block, unknown_claims=(*block.unknown_claims, *found)[:MAX_UNKNOWN_CLAIMS])
        marked.append(block)
    return tuple(marked)


def find_act_claims(text: str) -> Iterator[ActClaim]:
    """The acts a text says were done, in order; not what is quoted, conditional, or in a letter."""
    greeting = _GREETING.search(text)
    end = greeting.start() if greeting else len(text)
    found = [match for pattern in _CLAIMS for match in pattern.finditer(text, 0, end)]
    for match in sorted(found, key=lambda each: each.start()):
        line_start = text.rfind("\n", max(0, match.start() - MAX_READ_BEFORE), match.start()) + 1
        line = text[max(line_start, match.start() - MAX_READ_BEFORE) : match.start()]
        if not _CONDITION.search(_SENTENCE_END.split(line)[-1]) and not _is_in_quotes(line):
            subject = match.groupdict().get("subject") or ""
            yield ActClaim(
                start=match.start(), text=match[0].strip(), verb=match["verb"].casefold(), subject=subject.casefold()
            )


def _is_in_quotes(before: str) -> bool:
    return before.count('"') % 2 == 1 or before.count("“") + before.count("„") > before.count("”")


def _is_done(call: ToolCallRecord) -> bool:
    return call.tool in SIDE_EFFECT_TOOLS and call.status is CallStatus.SUCCEEDED and call.is_authentic


def _describe_call(call: ToolCallRecord) -> str:
    """What a call did, in the words of acts."""
    kind = "saved stored recorded updated changed" if call.tool == "save_answer" else ""
    return f"{kind} {call.arguments.get('action', '')} {(call.output or {}).get('text', '')}".casefold()


def _is_on_record(claim: ActClaim, done: Sequence[str], records: Sequence[str]) -> bool:
    """True if a call shows the act, or, for something outside Zen without a doer, a record names it and its act."""
    is_own_approval = not claim.subject and claim.verb.startswith(("approv", "authori", "genehmig", "aprob"))
    if is_own_approval:
        return False
    is_foreign = not claim.verb.isascii() or not re.fullmatch(_VERB + "|done", claim.verb)
    if done and (is_foreign or claim.verb in _ANY_ACT or (claim.subject and claim.verb.startswith("approv"))):
        return True
    stem = claim.verb.removesuffix("ed")[:7]
    if any(stem in act for act in done):
        return True
    noun = claim.subject.split()[-1] if claim.subject else ""
    return bool(re.fullmatch(_OTHER_SUBJECTS, noun)) and any(noun in fact and stem in fact for fact in records)
