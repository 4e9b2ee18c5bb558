from collections.abc import Mapping

from lib.ui.actions.dialog_state import Dialog, DialogKind
from lib.ui.people import absence_dialog, handover_dialog, member_dialogs

PEOPLE_DIALOGS: Mapping[DialogKind, Dialog] = {
    "invite": member_dialogs.INVITE,
    "change_role": member_dialogs.CHANGE_ROLE,
    "change_team": member_dialogs.CHANGE_TEAM,
    "hand_over": handover_dialog.HAND_OVER,
    "absence": absence_dialog.AWAY,
    "deactivate": handover_dialog.DEACTIVATE,
}
