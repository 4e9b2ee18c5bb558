from lib.companies.people import PendingInvitation
from lib.services import Services
from lib.ui.actions.dialog_state import Command, FlashMessage


def build_withdraw_invitation_command(invitation: PendingInvitation) -> Command:
    """A command that deletes an open invitation."""

    def withdraw_invitation(services: Services) -> FlashMessage:
        services.people.withdraw_invitation(invitation.id)
        return FlashMessage(text=f"The invitation of {invitation.email} is withdrawn.")

    return withdraw_invitation
