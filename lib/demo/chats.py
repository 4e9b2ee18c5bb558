from lib.demo.days import Calendar
from lib.demo.roster import Row


def chat_rows(calendar: Calendar) -> dict[str, list[Row]]:
    return {}
