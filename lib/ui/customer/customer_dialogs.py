from collections.abc import Mapping

from lib.ui.actions.dialog_state import Dialog, DialogKind
from lib.ui.customer import contact_dialogs, contract_dialogs, detail_and_note_dialogs

CUSTOMER_DIALOGS: Mapping[DialogKind, Dialog] = {
    "edit_customer": detail_and_note_dialogs.EDIT_CUSTOMER,
    "edit_note": detail_and_note_dialogs.EDIT_NOTE,
    "add_contact": contact_dialogs.ADD_CONTACT,
    "edit_contact": contact_dialogs.EDIT_CONTACT,
    "contact_left": contact_dialogs.CONTACT_LEFT,
    "edit_contract": contract_dialogs.EDIT_CONTRACT,
    "add_contract": contract_dialogs.ADD_CONTRACT,
}
