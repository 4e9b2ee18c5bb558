from collections.abc import Mapping, Sequence
from uuid import UUID

import pandas as pd
import streamlit as st

from lib.companies.handovers import BookCustomer
from lib.companies.people_and_invitations import TeamMember
from lib.text.format import format_money, humanize_code
from lib.text.truncate import single_line
from lib.ui.people.colleague_select import label_colleagues
from lib.ui.session_keys import handover_table_key


def draw_customer_table(
    customers: Sequence[BookCustomer], colleagues: Sequence[TeamMember], *, key: str
) -> Mapping[UUID, UUID]:
    """A table with a colleague to choose for each customer; returns the chosen ones."""
    labels = label_colleagues(colleagues)
    rows = pd.DataFrame(
        {
            "Customer": [single_line(each.name) for each in customers],
            "Segment": [humanize_code(each.segment) for each in customers],
            "ARR": [format_money(each.arr) for each in customers],
            "To": pd.Series([None] * len(customers), dtype="object"),
        }
    )
    edited = st.data_editor(
        rows,
        key=handover_table_key(key),
        hide_index=True,
        placeholder="",
        disabled=["Customer", "Segment", "ARR"],
        column_config={
            "To": st.column_config.SelectboxColumn(options=list(labels.values()), width="medium"),
        },
    )
    by_label = {label: row_id for row_id, label in labels.items()}
    chosen = zip(customers, edited["To"], strict=True)
    return {customer.id: by_label[label] for customer, label in chosen if label in by_label}
