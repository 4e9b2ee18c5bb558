from lib.demo.contracts import Term
from lib.demo.days import Calendar
from lib.demo.roster import Row


def history_rows(terms: dict[str, tuple[Term, ...]], calendar: Calendar) -> dict[str, list[Row]]:
    return {}
