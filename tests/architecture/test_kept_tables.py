"""Every table has its kind of retention, and what leads to a person is among the kinds that go."""

from django.apps import apps
from django.db import models

from blikk.clinics.retention import RULES
from blikk.journeys.keeping.books import BOOKS
from blikk.journeys.keeping.tables import CLAIM, KIND_OF, MONEY, PATIENT, SHORT, VISIT, periods_here
from blikk.journeys.keeping.told import ALONG, WAYS
from blikk.web.presenters.handed_out_words import TABLES
from tests.kept import every_table

SEEDS = {"patients.Patient", "patients.Companion", "scheduling.Appointment", "invitations.Invitation"}
# What the books ask for outlives the visit and the patient.
OUTLIVES = (MONEY, CLAIM)
# Nothing of these is a patient's to be told: the clinic's own days, and what others were told together.
NOT_TOLD = {
    # A file of bills is about many patients; each one's own bill in it is told.
    "payments.ClaimFile",
    # As is a file of payments from the bank.
    "settlement.BankFile",
    *("waiting_room.Delay", "waiting_room.Serving", "scheduling.Series", "audit.Words"),
    *("notifications.Part", "notifications.InboxMessage", "invitations.OneTimeCode_asked_by"),
}


def label(model: type[models.Model]) -> str:
    return model._meta.label


def leading_to_people() -> set[str]:
    """The tables whose rows lead to a person by references, over however many others, until they are let loose."""
    found = set(SEEDS)
    while True:
        more = {
            label(model)
            for model in every_table()
            for field in model._meta.concrete_fields
            if field.related_model is not None and label(field.related_model) in found and not is_loose(field)
        }
        if more <= found:
            return found
        found |= more


def is_loose(field: models.Field) -> bool:
    return field.remote_field.on_delete is models.SET_NULL


def test_every_table_is_named_with_its_kind_and_no_other_is():
    assert {label(model) for model in every_table()} == set(KIND_OF)


def test_whatever_leads_to_a_person_goes_with_a_visit_a_patient_or_by_itself():
    people = leading_to_people()
    assert {"consultations.FrameAnswer", "documentation.NoteCopied", "writing.ReaderCode"} <= people
    assert {name for name in people if KIND_OF[name] not in (VISIT, PATIENT, SHORT)} == set()


def test_what_the_books_ask_for_has_somebody_who_deletes_it():
    assert {KIND_OF[name] for name in KIND_OF} & {*OUTLIVES} == {kind for kind, _ in BOOKS}
    assert set(periods_here()) <= set(RULES)


def test_the_patient_is_told_of_every_table_that_goes_with_them():
    kept = {name for name, kind in KIND_OF.items() if kind in (VISIT, PATIENT, *OUTLIVES)}
    told = {*WAYS, *ALONG, "patients.Companion", "notifications.Message"}
    assert kept - told == NOT_TOLD
    assert told - kept == set()
    assert set(TABLES) == told


def test_every_way_to_a_patient_can_be_asked():
    for name, ways in WAYS.items():
        for way in ways:
            str(apps.get_model(name)._default_manager.filter(**{way: 1}).query)
