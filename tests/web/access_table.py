"""Who may do what, by address and by frame: the reviewed list that the walks compare the product with.

A new address or frame without a line here fails the tests. Whoever is not named is told that there is no such thing.
"""

from dataclasses import dataclass

CLINICIAN = frozenset({"clinician"})
DESK = frozenset({"clinician", "secretary"})
ADMINISTRATOR = frozenset({"administrator"})
STAFF = DESK | ADMINISTRATOR
PATIENT = frozenset({"patient"})


@dataclass(frozen=True)
class Door:
    """An address: which methods it knows, for whom, and how it treats who is not signed in.

    kind: `page` sends who is not signed in to the sign-in page, `fragment` and `json` do not; `patient` is for the
    device that presented the link; `public` is for everybody; `embed` is for everybody, and may stand in the pages of
    other sites; `account` is one's own account.
    thing: which of the clinic's things the address names.
    """

    methods: str
    kind: str
    who: frozenset[str] = frozenset()
    thing: str = ""


DOORS: dict[str, Door] = {
    # For everybody
    "home": Door("GET HEAD", "public"),
    "lost_link": Door("GET HEAD POST", "public"),
    "typed_code": Door("GET HEAD POST", "public"),
    "rehearsal": Door("GET HEAD", "public"),
    "rehearsal_relay": Door("POST", "public"),
    "holding": Door("GET HEAD", "public"),
    "guide": Door("GET HEAD", "public"),
    "guide_track": Door("GET HEAD", "public", thing="track"),
    "guide_sheet": Door("GET HEAD", "public", thing="track"),
    "clinic_guide": Door("GET HEAD", "public", thing="clinic_track"),
    "clinic_guide_sheet": Door("GET HEAD", "public", thing="clinic_track"),
    "healthz": Door("GET HEAD", "public"),
    "readyz": Door("GET HEAD", "public"),
    "patient_shell": Door("GET HEAD", "public"),
    "patient_open": Door("POST", "public"),
    "inbox": Door("GET", "public"),
    # What SMS gateways call: there for who knows the secret in the address (tests/api)
    "sms_report": Door("POST", "public", thing="hook"),
    "sms_text": Door("POST", "public", thing="hook"),
    "inbox_file": Door("GET", "public", thing="mail"),
    # The clinic's own page, dropping in and booking oneself: there for everybody once the clinic opened its page
    "clinic_page": Door("GET HEAD", "public", thing="slug"),
    "clinic_status": Door("GET HEAD", "embed", thing="slug"),
    "clinic_badge": Door("GET HEAD", "embed", thing="slug"),
    "clinic_qr": Door("GET HEAD", "public", thing="slug"),
    "clinic_equipment": Door("GET HEAD", "public", thing="slug"),
    "clinic_relay": Door("POST", "public", thing="slug"),
    "clinic_information": Door("GET HEAD", "public", thing="slug"),
    "drop_in": Door("GET HEAD POST", "public", thing="slug"),
    "drop_in_code": Door("GET HEAD POST", "public", thing="slug"),
    "self_booking": Door("GET HEAD", "public", thing="slug"),
    "self_booking_free": Door("GET HEAD", "public", thing="slug"),
    "self_booking_slot": Door("GET HEAD POST", "public", thing="slot"),
    "self_booking_code": Door("GET HEAD POST", "public", thing="slot"),
    "clinic_contact": Door("GET HEAD POST", "public", thing="slug"),
    "clinic_contact_code": Door("GET HEAD POST", "public", thing="slug"),
    "clinic_contact_email": Door("GET HEAD POST", "public", thing="slug"),
    # A patient's answer about their address: the page behind the link is for the browser that presented it
    "own_contact_shell": Door("GET HEAD", "public"),
    "own_contact_open": Door("POST", "public"),
    "own_contact": Door("GET HEAD POST", "public"),
    # The patient's own browser
    "patient_page": Door("GET HEAD", "patient", PATIENT, "invitation"),
    "patient_change": Door("GET HEAD POST", "patient", PATIENT, "invitation"),
    "patient_information": Door("GET HEAD", "patient", PATIENT, "invitation"),
    "patient_birth_date": Door("POST", "patient", PATIENT, "invitation"),
    "patient_send_code": Door("POST", "patient", PATIENT, "invitation"),
    "patient_code": Door("POST", "patient", PATIENT, "invitation"),
    "patient_check": Door("POST", "patient", PATIENT, "invitation"),
    "patient_text": Door("POST", "patient", PATIENT, "invitation"),
    "patient_arrive": Door("POST", "patient", PATIENT, "invitation"),
    "patient_leave": Door("POST", "patient", PATIENT, "invitation"),
    "patient_away": Door("POST", "patient", PATIENT, "invitation"),
    "patient_back": Door("POST", "patient", PATIENT, "invitation"),
    "patient_late": Door("POST", "patient", PATIENT, "invitation"),
    "patient_faces": Door("GET HEAD", "patient", PATIENT, "invitation"),
    "patient_ask_card": Door("POST", "patient", PATIENT, "invitation"),
    "patient_companion": Door("POST", "patient", PATIENT, "invitation"),
    "patient_wish": Door("POST", "patient", PATIENT, "invitation"),
    "patient_questions": Door("GET HEAD", "patient", PATIENT, "invitation"),
    "patient_frame": Door("POST", "patient", PATIENT, "invitation"),
    "patient_frame_wish": Door("POST", "patient", PATIENT, "invitation"),
    "patient_bring": Door("POST", "patient", PATIENT, "invitation"),
    "patient_eid": Door("GET HEAD POST", "patient", PATIENT, "invitation"),
    # Back from a provider: what is read belongs to the browser that went there (tests/web/test_eid.py)
    "patient_eid_back": Door("GET HEAD POST", "public"),
    # Writing with the clinic: a link of its own, and pages for the browser that presented it
    "written_shell": Door("GET HEAD", "public"),
    "written_open": Door("POST", "public"),
    "written": Door("GET HEAD POST", "patient", PATIENT, "writing"),
    "written_facts": Door("POST", "patient", PATIENT, "writing"),
    "written_draft": Door("POST", "patient", PATIENT, "writing"),
    "written_send": Door("POST", "patient", PATIENT, "writing"),
    "written_seen": Door("POST", "patient", PATIENT, "writing"),
    "written_put_up": Door("POST", "patient", PATIENT, "writing"),
    "written_photo": Door("GET HEAD", "patient", PATIENT, "photo"),
    "written_take_away": Door("POST", "patient", PATIENT, "photo"),
    # Signing in, and one's own account
    "account_login": Door("GET HEAD POST", "public"),
    "mfa_login_webauthn": Door("GET HEAD POST", "public"),
    "mfa_authenticate": Door("GET HEAD POST", "public"),
    "helse_id_sign_in": Door("POST", "public"),
    "helse_id_back": Door("GET HEAD POST", "public"),
    "helse_id_connect": Door("GET HEAD POST", "account", STAFF),
    "helse_id_disconnect": Door("POST", "account", STAFF),
    "account_inactive": Door("GET HEAD", "public"),
    "account_logout": Door("POST", "public"),
    "account_reset_password": Door("GET HEAD POST", "public"),
    "choose_password": Door("GET HEAD POST", "public"),
    "account_reauthenticate": Door("GET HEAD POST", "account", STAFF),
    "mfa_reauthenticate": Door("GET HEAD POST", "account", STAFF),
    "mfa_reauthenticate_webauthn": Door("GET HEAD POST", "account", STAFF),
    "account_change_password": Door("GET HEAD POST", "account", STAFF),
    "mfa_index": Door("GET HEAD", "account", STAFF),
    "mfa_activate_totp": Door("GET HEAD POST", "account", STAFF),
    "mfa_deactivate_totp": Door("GET HEAD POST", "account", STAFF),
    "mfa_add_webauthn": Door("GET HEAD POST", "account", STAFF),
    "remove_passkey": Door("GET HEAD POST", "account", STAFF, "passkey"),
    "mfa_view_recovery_codes": Door("GET HEAD", "account", STAFF),
    "mfa_generate_recovery_codes": Door("GET HEAD POST", "account", STAFF),
    "calendar": Door("GET HEAD", "page", CLINICIAN),
    "calendar_feed_open": Door("POST", "page", CLINICIAN),
    "calendar_feed_close": Door("POST", "page", CLINICIAN),
    "calendar_feed": Door("GET HEAD", "public", thing="feed"),
    # The public part of a clinic's keys, for journal systems
    "journal_keys": Door("GET HEAD", "public", thing="ehr"),
    "choose_clinic": Door("GET HEAD POST", "account", STAFF),
    "own_video": Door("GET HEAD POST", "page", CLINICIAN),
    "own_card": Door("GET HEAD POST", "page", CLINICIAN),
    "own_alerts": Door("GET HEAD POST", "page", STAFF),
    "own_phone_code": Door("POST", "page", STAFF),
    "own_phone_remove": Door("POST", "page", STAFF),
    "staff_home": Door("GET HEAD", "page", STAFF),
    # The day and the conversation
    "day": Door("GET", "page", DESK),
    "day_rows": Door("GET", "fragment", DESK),
    "admit": Door("POST", "page", CLINICIAN, "arrival"),
    "admit_despite": Door("GET POST", "page", CLINICIAN, "someone_else"),
    "conversation": Door("GET", "page", CLINICIAN, "consultation"),
    "conversation_side": Door("GET", "fragment", CLINICIAN, "consultation"),
    "conversation_people": Door("GET", "fragment", CLINICIAN, "consultation"),
    "conversation_companion": Door("POST", "fragment", CLINICIAN, "consultation"),
    "conversation_decide": Door("POST", "fragment", CLINICIAN, "consultation"),
    "conversation_send_out": Door("POST", "fragment", CLINICIAN, "consultation"),
    "conversation_identity": Door("GET POST", "fragment", CLINICIAN, "consultation"),
    "conversation_shown": Door("POST", "fragment", CLINICIAN, "consultation"),
    "conversation_told": Door("POST", "fragment", CLINICIAN, "consultation"),
    "conversation_suitability": Door("POST", "fragment", CLINICIAN, "consultation"),
    "video_right": Door("POST", "fragment", CLINICIAN, "consultation"),
    "own_side": Door("POST", "fragment", CLINICIAN),
    "hold_a_while": Door("POST", "page", DESK, "arrival"),
    "back_from_a_while": Door("POST", "page", DESK, "arrival"),
    "frame": Door("GET", "fragment", CLINICIAN, "consultation"),
    "frame_tick": Door("POST", "fragment", CLINICIAN, "consultation"),
    "confirm_frame": Door("POST", "fragment", CLINICIAN, "consultation"),
    "note": Door("POST", "json", CLINICIAN, "consultation"),
    "note_correct": Door("GET POST", "page", CLINICIAN, "signed"),
    "note_taken": Door("POST", "json", CLINICIAN, "signed"),
    "note_pdf": Door("POST", "page", CLINICIAN, "signed"),
    "close_out": Door("GET POST", "page", CLINICIAN, "ended"),
    "consultation_delivery": Door("GET HEAD POST", "page", CLINICIAN, "ended"),
    # One's own equipment; the worker that blurs the background is a few lines about where its parts lie
    "staff_equipment": Door("GET HEAD", "page", STAFF),
    "staff_equipment_relay": Door("POST", "json", STAFF),
    "staff_equipment_found": Door("POST", "json", STAFF),
    "blur_worker": Door("GET HEAD", "public"),
    # Writing with patients: the words are for the clinician who has the case, that it exists for the desk too
    "ask_for_more": Door("GET POST", "page", CLINICIAN, "appointment"),
    "text_from": Door("GET POST", "page", CLINICIAN, "appointment"),
    "text_new": Door("GET POST", "page", DESK, "patient"),
    "case": Door("GET", "page", DESK, "writing"),
    "case_parts": Door("GET", "fragment", DESK, "writing"),
    "case_read": Door("POST", "page", CLINICIAN, "writing"),
    "case_answer": Door("POST", "page", CLINICIAN, "writing"),
    "case_close": Door("POST", "page", CLINICIAN, "writing"),
    "case_hand_over": Door("POST", "page", DESK, "writing"),
    "case_photo": Door("GET", "page", CLINICIAN, "photo"),
    "case_decide": Door("POST", "page", CLINICIAN, "photo"),
    # The timetable
    "timetable": Door("GET", "page", DESK),
    "timetable_parts": Door("GET", "fragment", DESK),
    "period_new": Door("GET POST", "page", DESK),
    "period": Door("GET POST", "page", DESK, "period"),
    "period_move": Door("POST", "fragment", DESK, "period"),
    "period_retire": Door("POST", "page", DESK, "period"),
    "absence_new": Door("GET POST", "page", DESK),
    "absence": Door("GET POST", "page", DESK, "absence"),
    "absence_end": Door("POST", "page", DESK, "absence"),
    # The drop-in queue, and the desk with everybody side by side
    "late": Door("POST", "page", CLINICIAN),
    "front_desk": Door("GET", "page", DESK),
    "front_desk_parts": Door("GET", "fragment", DESK),
    "late_for": Door("GET POST", "page", DESK, "clinician"),
    "tell_waiting": Door("GET POST", "page", DESK, "arrival"),
    "hand_over": Door("GET POST", "page", DESK, "appointment"),
    "queue_start": Door("POST", "page", DESK, "drop_in_period"),
    "queue_place": Door("GET", "page", DESK, "queued"),
    "queue_take": Door("POST", "page", CLINICIAN, "queued"),
    "queue_hold": Door("POST", "page", DESK, "queued"),
    "queue_unhold": Door("POST", "page", DESK, "queued"),
    "queue_transfer": Door("POST", "page", DESK, "queued"),
    "queue_push": Door("POST", "page", DESK, "queued"),
    "queue_tell": Door("POST", "page", DESK, "queued"),
    "queue_call": Door("POST", "page", DESK, "queued"),
    "queue_send_home": Door("POST", "page", DESK, "queued"),
    "queue_companion": Door("POST", "page", DESK, "queued"),
    "queue_opening": Door("GET", "page", DESK, "opening"),
    "queue_next": Door("POST", "page", CLINICIAN, "opening"),
    "queue_tell_all": Door("POST", "page", DESK, "opening"),
    "queue_serve": Door("POST", "page", CLINICIAN, "opening"),
    "queue_open": Door("POST", "page", DESK, "opening"),
    "queue_close": Door("POST", "page", DESK, "opening"),
    "ready_words": Door("GET", "page", STAFF),
    # Knowing how: for everybody who works here; the plan is written by all of them (decision 41)
    "manual": Door("GET HEAD", "page", STAFF),
    "manual_of": Door("GET HEAD", "page", STAFF, "manual"),
    "own_guide_sheet": Door("GET HEAD", "page", STAFF, "track"),
    "support": Door("GET HEAD", "page", STAFF),
    "support_relay": Door("POST", "json", STAFF),
    "plan": Door("GET HEAD", "page", STAFF),
    "plan_sheet": Door("GET HEAD", "page", STAFF),
    "plan_part": Door("GET HEAD", "fragment", STAFF, "heading"),
    "plan_write": Door("POST", "json", STAFF, "heading"),
    "plan_versions": Door("GET HEAD", "page", STAFF, "heading"),
    "support_contacts": Door("GET HEAD POST", "page", ADMINISTRATOR),
    # Practising with a simulated patient
    "practice": Door("GET HEAD", "page", CLINICIAN),
    "practice_begin": Door("POST", "page", CLINICIAN),
    "practice_leave": Door("POST", "page", CLINICIAN),
    "practice_follow": Door("POST", "json", CLINICIAN),
    "note_forms": Door("GET", "page", ADMINISTRATOR),
    "practised": Door("GET HEAD", "page", ADMINISTRATOR),
    # Booking and patients
    "book_slots": Door("POST", "fragment", DESK),
    "book_along": Door("POST", "fragment", DESK),
    "book_hold": Door("POST", "fragment", DESK),
    "book_series": Door("POST", "fragment", DESK),
    "book": Door("GET POST", "page", DESK),
    "book_found": Door("POST", "fragment", DESK),
    "book_letters": Door("POST", "fragment", DESK),
    "appointment": Door("GET", "page", DESK, "appointment"),
    "move": Door("POST", "page", DESK, "appointment"),
    "move_to_free": Door("POST", "page", DESK, "appointment"),
    "cancel": Door("POST", "page", DESK, "appointment"),
    "companion": Door("POST", "page", DESK, "appointment"),
    "group": Door("POST", "page", DESK, "appointment"),
    "informed": Door("POST", "page", DESK, "appointment"),
    "agreement_new": Door("GET POST", "page", DESK, "patient"),
    "agreement": Door("GET POST", "page", DESK, "agreement"),
    "agreement_end": Door("POST", "page", DESK, "agreement"),
    "send_again": Door("POST", "page", DESK, "invitation"),
    "letter": Door("POST", "page", DESK, "invitation"),
    "agree_in_person": Door("POST", "page", DESK, "appointment"),
    "in_person": Door("GET POST", "page", DESK, "appointment"),
    "withdraw_in_person": Door("POST", "page", DESK, "appointment"),
    "back_to_video": Door("POST", "page", DESK, "appointment"),
    "suitability": Door("POST", "page", DESK, "appointment"),
    "task_new": Door("GET POST", "page", DESK, "appointment"),
    "task": Door("GET POST", "page", DESK, "task"),
    "task_done": Door("POST", "page", DESK, "task"),
    "settle_wish": Door("POST", "page", DESK, "wish"),
    "national_number": Door("POST", "page", DESK, "patient"),
    "text_of": Door("POST", "page", DESK, "patient"),
    "reminders_of": Door("POST", "page", DESK, "patient"),
    "patients": Door("GET POST", "page", DESK),
    "book_reach": Door("POST", "fragment", DESK),
    "contact_ask": Door("POST", "page", DESK, "patient"),
    "contact_resend": Door("POST", "page", DESK, "patient"),
    "exemption_ask": Door("POST", "page", DESK, "patient"),
    "contact_take": Door("POST", "page", DESK, "contact_request"),
    "exemptions": Door("GET HEAD POST", "page", ADMINISTRATOR),
    "read_back": Door("POST", "fragment", DESK),
    "patients_found": Door("POST", "fragment", DESK),
    "patient_new": Door("GET POST", "page", DESK),
    "patient": Door("GET POST", "page", DESK, "patient"),
    # The clinic
    "clinic": Door("GET HEAD POST", "page", ADMINISTRATOR),
    "getting_started": Door("GET HEAD", "page", ADMINISTRATOR),
    "send_trial": Door("POST", "page", ADMINISTRATOR),
    "hide_start": Door("POST", "page", ADMINISTRATOR),
    "members": Door("GET HEAD", "page", ADMINISTRATOR),
    "member_new": Door("GET HEAD POST", "page", ADMINISTRATOR),
    "member": Door("GET HEAD POST", "page", ADMINISTRATOR, "member"),
    "member_end": Door("GET HEAD POST", "page", ADMINISTRATOR, "member"),
    "member_photo": Door("POST", "page", ADMINISTRATOR, "member"),
    "member_link": Door("POST", "page", ADMINISTRATOR, "member"),
    "clinic_video": Door("GET HEAD POST", "page", ADMINISTRATOR),
    "member_video": Door("GET HEAD POST", "page", ADMINISTRATOR, "clinician"),
    "message_rules": Door("GET HEAD POST", "page", ADMINISTRATOR),
    "writing_rules": Door("GET HEAD POST", "page", ADMINISTRATOR),
    "public_page": Door("GET HEAD POST", "page", ADMINISTRATOR),
    "own_information": Door("GET HEAD POST", "page", ADMINISTRATOR),
    "notices": Door("GET HEAD", "page", ADMINISTRATOR),
    "notice_new": Door("GET HEAD POST", "page", ADMINISTRATOR),
    "notice": Door("GET HEAD POST", "page", ADMINISTRATOR, "notice"),
    "notice_down": Door("POST", "page", ADMINISTRATOR, "notice"),
    "questions": Door("GET HEAD", "page", ADMINISTRATOR),
    "question_new": Door("GET HEAD POST", "page", ADMINISTRATOR),
    "question": Door("GET HEAD POST", "page", ADMINISTRATOR, "question"),
    "question_up": Door("POST", "page", ADMINISTRATOR, "question"),
    "calendar_server": Door("GET HEAD POST", "page", ADMINISTRATOR),
    "calendar_server_end": Door("POST", "page", ADMINISTRATOR),
    "calendar_check": Door("POST", "page", ADMINISTRATOR, "calendar"),
    "journal_system": Door("GET HEAD POST", "page", ADMINISTRATOR),
    "journal_check": Door("POST", "page", ADMINISTRATOR),
    "journal_key": Door("POST", "page", ADMINISTRATOR),
    "journal_delivery": Door("GET HEAD POST", "page", ADMINISTRATOR, "delivery"),
    "log": Door("GET HEAD POST", "page", ADMINISTRATOR),
}

# What an address may name without its being anybody's: each clinic has its own under the same word.
ALIKE_EVERYWHERE = frozenset({"track", "manual", "heading"})

# What a session with a password only may open of its own account, to become a whole one.
SET_UP = frozenset(
    {
        "account_reauthenticate",
        "mfa_index",
        "mfa_activate_totp",
        "mfa_add_webauthn",
        "mfa_view_recovery_codes",
    }
)

# Rows that a GET may write, each with its reason.
WRITTEN_BY_LOOKING = {
    "django_session": "when a person was last seen; the secret of an app that is being added; the clinic chosen",
    "calendars_calendarfeed": "when a calendar program last fetched, so that its owner sees whether any does",
    "audit_entry": "that somebody looked",
    "audit_head": "that somebody looked",
}


@dataclass(frozen=True)
class Asks:
    """A frame: on which sockets it means anything, and for whom there."""

    desk: frozenset[str] = frozenset()
    door: bool = False
    # On the socket of the pages for everybody, where a page says that it is alive and nothing else.
    public: bool = False


FRAMES: dict[str, Asks] = {
    "Beat": Asks(STAFF, door=True, public=True),
    "Hello": Asks(STAFF, door=True),
    "Admit": Asks(CLINICIAN),
    "Devices": Asks(door=True),
    "Next": Asks(CLINICIAN),
    "Take": Asks(CLINICIAN),
    "Leave": Asks(door=True),
    "StepAway": Asks(door=True),
    "ComeBack": Asks(door=True),
    "LateAnswer": Asks(door=True),
    "CompanionAnswer": Asks(door=True),
    "FrameAnswer": Asks(door=True),
    "FrameWish": Asks(door=True),
    "Join": Asks(CLINICIAN, door=True),
    "Signal": Asks(CLINICIAN, door=True),
    "Text": Asks(CLINICIAN, door=True),
    "State": Asks(CLINICIAN, door=True),
    "ChangeChannel": Asks(CLINICIAN),
    "Unanswered": Asks(CLINICIAN),
    "UseOwn": Asks(CLINICIAN),
    "AskPhone": Asks(door=True),
    "AskRoom": Asks(CLINICIAN, door=True),
    "Caption": Asks(CLINICIAN, door=True),
    "Guide": Asks(CLINICIAN),
    "AskIce": Asks(CLINICIAN, door=True),
    "StepOut": Asks(CLINICIAN, door=True),
    "End": Asks(CLINICIAN),
}
