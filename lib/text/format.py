"""How a value reads: money, percentages, dates, and text that came from outside. Missing is always "no data"."""

import re
import unicodedata
from collections.abc import Iterable
from datetime import date
from decimal import ROUND_HALF_UP, Context, Decimal

NO_DATA = "no data"
HEALTH_BAND_LABELS = {"green": "healthy", "yellow": "needs care", "red": "at risk"}
MONTH_NAMES = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

Number = int | float | Decimal

_WIDE = Context(prec=80)

# Joiners are part of the spelling in Arabic-, Indic- and similar scripts; anywhere else they only hide something.
_JOINER_MISPLACED = re.compile(r"(?<![\u0600-\u0fff])[\u200c\u200d]")
_BLANKS = re.compile(
    r"[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]"
)
_MARKUP = re.compile(r"[\\`*_\[\]#|~$]|^[-+=]|(?<=\d)[.)](?=\s|$)")
_ENTITIES = str.maketrans({"<": "&lt;", ">": "&gt;", "&": "&amp;"})
# Streamlit replaces ":name:" and ":material/name:" after the Markdown is parsed, and links are found then too, so a
# backslash does not stop them: the colon and the dot, of a mail address too, are replaced by signs that only look the
# same.
_DIRECTIVE = re.compile(r"(?<!\d):(?=[\w+/-])|:(?=[^\W\d])")
_BARE_LINK = re.compile(r"(www)\.|(@[-\w]+)\.(?=[-\w])", re.IGNORECASE)


def format_money(amount: Number | None) -> str:
    """USD, whole where it is whole: "$284,400", "$12.50", "-$1,200"."""
    if amount is None:
        return NO_DATA
    exact = round_half_up(amount, "0.01")
    text = f"{abs(exact):,.2f}".removesuffix(".00")
    return f"-${text}" if exact < 0 else f"${text}"


def format_change(amount: Number | None) -> str:
    """Money with its sign always said: "+$1,200", "no change"."""
    if amount is None:
        return NO_DATA
    if amount == 0:
        return "no change"
    return f"+{format_money(amount)}" if amount > 0 else format_money(amount)


def format_percent(share: Number | None) -> str:
    """`share` is 0-100: "38 %", "12.5 %"."""
    if share is None:
        return NO_DATA
    return f"{round_half_up(share, '0.1'):,.1f}".removesuffix(".0") + " %"


def format_count(number: Number | None, noun: str = "", plural: str | None = None) -> str:
    """ "1 seat", "1,250 seats", "no data"."""
    if number is None:
        return NO_DATA
    text = f"{round_half_up(number, '0.1'):,.1f}".removesuffix(".0")
    if not noun:
        return text
    return f"{text} {noun}" if number == 1 else f"{text} {plural or noun + 's'}"


def format_date(when: date | None) -> str:
    """ "12 Mar 2027": no country reads it another way."""
    return NO_DATA if when is None else f"{when.day} {MONTH_NAMES[when.month - 1]} {when.year}"


def format_days(number: Number | None) -> str:
    return format_count(number, "day")


def relative_days(number: int | None) -> str:
    """Days from today, said: "in 30 days", "today", "12 days ago"."""
    if number is None:
        return NO_DATA
    if number == 0:
        return "today"
    return f"in {format_days(number)}" if number > 0 else f"{format_days(-number)} ago"


def format_yes_no(answer: bool | None) -> str:
    return NO_DATA if answer is None else "yes" if answer else "no"


def join_names(names: Iterable[str]) -> str:
    """ "A, B and C"; "no data" for none."""
    known = [name for name in names if name]
    if len(known) < 2:
        return known[0] if known else NO_DATA
    return f"{', '.join(known[:-1])} and {known[-1]}"


def humanize_code(code: str | None) -> str:
    """A code as words: "economic_buyer" is "economic buyer"."""
    return NO_DATA if code is None else code.replace("_", " ").replace("-", " ")


def round_half_up(number: Number, to: str) -> Decimal:
    return Decimal(str(number)).quantize(Decimal(to), ROUND_HALF_UP, _WIDE)


def single_line(text: str, *, max_length: int = 2000) -> str:
    """`text` on one line, with everything invisible taken out, cut at `most` characters with an ellipsis."""
    return truncate(" ".join(strip_invisible(text[: 4 * max_length]).split()), max_length)


def strip_invisible(text: str) -> str:
    """`text` without control, bidirectional, zero-width and other invisible characters; line breaks stay."""
    if text.isascii() and text.isprintable():
        return text
    joined = _JOINER_MISPLACED.sub("", _BLANKS.sub("", text.replace("\r\n", "\n")))
    return "".join(_visible_character(character) for character in joined)


def truncate(text: str, max_length: int) -> str:
    return text if len(text) <= max_length else text[: max(0, max_length - 1)].rstrip() + "…"


def escape_markdown(text: str) -> str:
    """One line of Markdown that reads exactly as `text`: no markup, HTML, link, image, formula, icon or directive."""
    tame = _BARE_LINK.sub("\\1\\2\u2024", _DIRECTIVE.sub("\u2236", single_line(text))).replace("//", "/\u2215")
    return _MARKUP.sub(r"\\\g<0>", tame).translate(_ENTITIES)


def escape_markdown_lines(text: str) -> str:
    """Markdown that reads as the plain text of several lines, line breaks kept."""
    return "  \n".join(escape_markdown(line) for line in strip_invisible(text).splitlines())


def _visible_character(character: str) -> str:
    if character in "\n\u200c\u200d":
        return character
    category = unicodedata.category(character)
    if category in ("Zl", "Zp") or character in "\t\r\v\f\x85":
        return "\n" if category in ("Zl", "Zp") or character == "\r" else " "
    return "" if category in ("Cc", "Cf", "Co", "Cs") else character
