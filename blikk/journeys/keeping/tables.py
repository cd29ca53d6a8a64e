"""Every table, and by which period its rows go: one list, which the build compares with the tables that there are.

`visit` goes with an hour or a place in a queue, `patient` with the patient, `audit` with the old end of the record.
`money` and `claim` outlive the visit and the patient for the years that the books ask: their references to these are
SET_NULL, so they are let loose when these go, and the rows go by their room's line in `books.BOOKS`.
`short` goes within days by a sweep of its own; `clinic` is the clinic's own and about no patient; `staff` is an
account's; `proof` says how many were deleted and nothing of whom; `plain` holds no data of anybody's.
"""

from blikk.clinics.models import KeptKind

VISIT, PATIENT, AUDIT = str(KeptKind.VISIT), str(KeptKind.PATIENT), str(KeptKind.AUDIT)
MONEY, CLAIM = str(KeptKind.MONEY), str(KeptKind.CLAIM)
SHORT, CLINIC, STAFF, PROOF, PLAIN = "short", "clinic", "staff", "proof", "plain"

_BY_KIND: dict[str, tuple[str, ...]] = {
    VISIT: (
        "scheduling.Appointment",
        "scheduling.Series",
        "scheduling.Suitability",
        "scheduling.Turn",
        "scheduling.OfferedTime",
        "scheduling.Task",
        "invitations.Invitation",
        "invitations.ExtraLink",
        "invitations.Device",
        "invitations.OneTimeCode",
        "invitations.OneTimeCode_asked_by",
        "invitations.Wish",
        "invitations.Information",
        "waiting_room.Arrival",
        "waiting_room.ProvenByEid",
        "waiting_room.Showing",
        "waiting_room.Notice",
        "waiting_room.Delay",
        "waiting_room.Serving",
        "consultations.Consultation",
        "consultations.Participant",
        "consultations.IdentityCheck",
        "consultations.ChannelChange",
        "consultations.UnansweredCall",
        "consultations.ExternalRoom",
        "consultations.FrameCheck",
        "consultations.FrameAnswer",
        "documentation.Note",
        "documentation.NoteCopied",
        "documentation.NoteVersion",
        "documentation.Delivery",
        "documentation.RecordAppointment",
        "writing.Case",
        "writing.Message",
        "writing.Photo",
        "writing.Draft",
        "writing.Link",
        "writing.Reader",
        "writing.ReaderCode",
        "audit.Words",
        "notifications.Message",
        "notifications.Part",
        "notifications.InboxMessage",
    ),
    PATIENT: (
        "patients.Patient",
        "patients.NationalNumber",
        "patients.ContactPoint",
        "patients.ContactChange",
        "patients.ContactExemption",
        "patients.ContactRequest",
        "patients.ContactAnswer",
        "patients.Companion",
        "patients.Agreement",
        "invitations.NoReminders",
        "documentation.PatientThere",
        "documentation.RecordPatient",
    ),
    AUDIT: ("audit.Entry", "audit.Tie"),
    MONEY: (
        "settlement.Bill",
        "settlement.BillRow",
        "settlement.Payment",
        "settlement.PayLink",
        "settlement.PayDevice",
        "settlement.Told",
    ),
    CLAIM: (),
    SHORT: (
        "accounts.EidTrip",
        "clinics.MachineToken",
        "clinics.UsedAssertion",
        "clinics.WebhookEvent",
        "clinics.WebhookTry",
        "documentation.Launch",
        "invitations.PhoneProof",
        "invitations.LostLink",
        "notifications.Inbound",
        "notifications.Report",
        "scheduling.SlotHold",
        "sessions.Session",
    ),
    CLINIC: (
        "calendars.CalendarFeed",
        "calendars.CalendarServer",
        "calendars.PushedEntry",
        "calendars.ServerCalendar",
        "clinics.AuthorityNotice",
        "clinics.Clinic",
        "clinics.EquipmentCheck",
        "clinics.MachineClient",
        "clinics.MemberPhoto",
        "clinics.Membership",
        "clinics.OwnInformation",
        "clinics.PlanPart",
        "clinics.PlanVersion",
        "clinics.Retention",
        "clinics.VideoSolution",
        "clinics.Webhook",
        "consultations.OwnQuestion",
        "consultations.OwnSide",
        "documentation.EhrConnection",
        "documentation.Feed",
        "documentation.LaunchIssuer",
        "practice.Place",
        "practice.Practice",
        "scheduling.Absence",
        "scheduling.Opening",
        "scheduling.Period",
        "scheduling.Period_clinicians",
        "settlement.MoneySetup",
        "writing.Rules",
    ),
    STAFF: (
        "account.EmailAddress",
        "account.EmailConfirmation",
        "accounts.HelseIdentity",
        "documentation.RecordUser",
        "accounts.User",
        "accounts.User_groups",
        "accounts.User_user_permissions",
        "mfa.Authenticator",
    ),
    PROOF: ("audit.Anchor", "audit.Head", "clinics.Deletion"),
    PLAIN: ("auth.Group", "auth.Group_permissions", "auth.Permission", "contenttypes.ContentType"),
}
KIND_OF: dict[str, str] = {label: kind for kind, labels in _BY_KIND.items() for label in labels}


def periods_here() -> list[str]:
    """The kinds of which there are tables, among those with a period."""
    return [kind for kind in KeptKind.values if _BY_KIND[kind]]
