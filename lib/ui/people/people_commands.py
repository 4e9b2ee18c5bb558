from uuid import UUID

from lib.companies.people_and_invitations import PendingInvitation, TeamMember
from lib.services import Services
from lib.ui.actions.dialog_state import Command, FlashMessage


def build_withdraw_invitation_command(invitation: PendingInvitation) -> Command:
    """A command that deletes an open invitation."""

    def withdraw_invitation(services: Services) -> FlashMessage:
        services.people.withdraw_invitation(invitation.id)
        return FlashMessage(text=f"The invitation of {invitation.email} is withdrawn.")

    return withdraw_invitation


def build_resend_invitation_command(invitation: PendingInvitation, join_url: str) -> Command:
    """A command that mails an open invitation again."""

    def resend_invitation(services: Services) -> FlashMessage:
        services.people.resend_invitation(invitation.id, join_url=join_url)
        return FlashMessage(text=f"The invitation of {invitation.email} is sent again.")

    return resend_invitation


def build_undo_handover_command(handover_id: UUID, from_name: str) -> Command:
    """A command that takes a hand-over back, but for what was changed since."""

    def undo_handover(services: Services) -> FlashMessage:
        kept = services.handovers.undo_handover(handover_id)
        lines = tuple(f"{name} stays where it is: somebody changed it since." for name in kept)
        return FlashMessage(text=f"The hand-over of {from_name}'s book is undone.", lines=lines)

    return undo_handover


def build_end_absence_command(person: TeamMember) -> Command:
    """A command that ends the absence of somebody who is back."""

    def end_absence(services: Services) -> FlashMessage:
        services.people.end_absence(person.id)
        return FlashMessage(text=f"{person.full_name} is back.")

    return end_absence
