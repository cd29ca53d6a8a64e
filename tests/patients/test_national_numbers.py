"""National numbers: which are taken, what is read out of them, and that they are kept where nobody reads them."""

from datetime import date

import pytest
from cryptography.exceptions import InvalidTag
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st
from stdnum.no import fodselsnummer

from blikk.audit.models import Entry
from blikk.kernel import secrets
from blikk.kernel.actors import SYSTEM
from blikk.kernel.errors import Invalid, NotFound
from blikk.patients import numbers
from blikk.patients.models import NationalNumber, NumberSource
from blikk.patients.national_numbers import Kind, masked, read
from tests.builders import BORN, NOW, a_clinic, a_patient
from tests.national_numbers import closed, made

ACT = {"actor": SYSTEM, "now": NOW}
dates = st.dates(date(1940, 1, 1), date(1999, 12, 31))
# Those whose century the library reads out of the number: born in the last century.
individual = st.integers(0, 499)


def fault(typed: str) -> str:
    with pytest.raises(Invalid) as caught:
        read(typed)
    return caught.value.fields["national_number"]


@given(dates, individual)
def test_what_the_old_rule_takes_is_taken(born, middle):
    number = closed(f"{born:%d%m%y}{middle:03}")
    if not number:
        return
    assert fodselsnummer.is_valid(number)
    reading = read(number)
    assert (reading.kind, reading.digits) == (Kind.BIRTH, number)
    assert reading.fits(born) is True


@given(st.from_regex(r"[0-9]{11}", fullmatch=True))
def test_nothing_that_the_library_takes_is_refused_and_what_else_is_taken_belongs_to_the_newer_rules(number):
    try:
        assert read(number).digits == number
    except Invalid as refused:
        code = refused.fields["national_number"]
    else:
        return
    assert code == "test_number" or not fodselsnummer.is_valid(number)


@given(dates, individual, st.integers(0, 10), st.integers(1, 9))
def test_one_wrong_digit_is_found_under_the_old_rule_or_belongs_to_the_rule_of_2032(born, middle, at, by):
    number = closed(f"{born:%d%m%y}{middle:03}")
    if not number:
        return
    wrong = number[:at] + str((int(number[at]) + by) % 10) + number[at + 1 :]
    try:
        reading = read(wrong)
    except Invalid:
        return
    # The second check digit still catches most; what passes is never read as a birth date.
    assert reading.day_and_month is None


@pytest.mark.parametrize("left_over", [0, 1, 2, 3])
def test_the_first_check_digit_may_leave_up_to_three(left_over):
    reading = read(made(BORN, left_over=left_over))
    assert reading.kind == Kind.BIRTH
    assert reading.fits(BORN) is (True if left_over == 0 else None), (
        "the birth date belongs to the register then"
    )


@pytest.mark.parametrize("left_over", [4, 5, 6, 7, 8, 9, 10])
def test_it_may_not_leave_more(left_over):
    assert fault(made(BORN, left_over=left_over)) == "not_a_national_number"


@pytest.mark.parametrize(
    ("day", "month", "kind"),
    [(40, 0, Kind.D), (0, 40, Kind.H), (40, 40, Kind.D_AND_H), (0, 0, Kind.BIRTH)],
)
def test_each_kind_is_known_and_its_date_read(day, month, kind):
    reading = read(made(BORN, day=day, month=month))
    assert (reading.kind, reading.is_synthetic, reading.fits(BORN)) == (kind, False, True)
    assert reading.fits(date(1944, 5, 18)) is False


@pytest.mark.parametrize("month", [65, 80])
@pytest.mark.parametrize("day", [0, 40])
def test_a_number_for_testing_is_taken_only_where_test_data_is(settings, day, month):
    number = made(BORN, day=day, month=month)
    assert fault(number) == "test_number"
    settings.BLIKK_TEST_NUMBERS = True
    reading = read(number)
    assert reading.is_synthetic
    assert reading.fits(BORN) is True


def test_a_common_helping_number_has_no_date():
    reading = read(closed("812345678") or closed("812345679"))
    assert (reading.kind, reading.fits(BORN)) == (Kind.FH, None)


@pytest.mark.parametrize("typed", ["", "1705441234", "170544123456", "17054412x45", "\u0661" * 11])
def test_what_is_not_eleven_digits_is_said_to_be_so(typed):
    assert fault(typed) == "not_eleven_digits"


@pytest.mark.parametrize(
    "nine", ["320144123", "300244123", "001344123", "170044123", "171344123", "174044123"]
)
def test_a_day_that_no_year_has_is_refused(nine):
    number = next(n for n in (closed(nine[:6] + f"{i:03}") for i in range(100)) if n)
    assert fault(number) == "not_a_national_number"


def test_people_write_it_with_a_space():
    number = made(BORN)
    for typed in (f"{number[:6]} {number[6:]}", f" {number} ", f"{number[:6]}\u00a0{number[6:]}"):
        assert read(typed).digits == number


def test_sex_is_never_read_out_of_it():
    assert not any("sex" in name or "gender" in name for name in dir(read(made(BORN))))


@pytest.mark.django_db
class TestKept:
    def test_it_lies_sealed_and_is_shown_masked(self):
        patient, number = a_patient(a_clinic()), made(BORN)
        assert numbers.masked_of(patient) == ""
        assert numbers.type_in(patient, number, **ACT)
        with connection.cursor() as cursor:
            cursor.execute("SELECT * FROM patients_nationalnumber")
            lies = str(cursor.fetchone())
        assert number not in lies
        assert number[:6] not in lies
        assert numbers.masked_of(patient) == masked(number) == f"{number[:6]} •••••"

    def test_the_whole_is_shown_to_who_asks_and_that_is_written_down(self):
        patient, number = a_patient(a_clinic()), made(BORN)
        numbers.type_in(patient, number, **ACT)
        assert numbers.reveal(patient.clinic, patient, **ACT) == f"{number[:6]} {number[6:]}"
        assert Entry.objects.filter(act="national_number.looked_at").count() == 1
        with pytest.raises(NotFound):
            numbers.reveal(a_clinic("En annen"), patient, **ACT)
        assert not Entry.objects.filter(details__contains=number[6:]).exists()

    def test_a_number_that_says_another_day_is_refused(self):
        patient = a_patient(a_clinic())
        with pytest.raises(Invalid) as caught:
            numbers.type_in(patient, made(date(1944, 5, 18)), **ACT)
        assert caught.value.fields == {"national_number": "number_says_another_day"}
        assert numbers.masked_of(patient) == ""

    def test_one_patient_of_a_clinic_has_it_and_another_clinic_knows_nothing_of_that(self):
        clinic, number = a_clinic(), made(BORN)
        numbers.type_in(a_patient(clinic), number, **ACT)
        with pytest.raises(Invalid) as caught:
            numbers.type_in(a_patient(clinic, "Per Hansen"), number, **ACT)
        assert caught.value.fields == {"national_number": "number_is_anothers"}
        elsewhere = a_patient(a_clinic("Strandgata"))
        assert numbers.type_in(elsewhere, number, **ACT)
        assert len(set(NationalNumber.objects.values_list("index", flat=True))) == 2

    def test_moved_to_another_clinics_row_it_cannot_be_read(self):
        first, second = a_patient(a_clinic()), a_patient(a_clinic("Strandgata"))
        numbers.type_in(first, made(BORN), **ACT)
        NationalNumber.objects.filter(patient=first).update(clinic=second.clinic)
        with pytest.raises(InvalidTag):
            numbers.masked_of(first)

    def test_what_an_eid_has_said_is_not_made_into_something_typed(self):
        patient, number = a_patient(a_clinic()), made(BORN)
        assert numbers.keep(patient, read(number), source=NumberSource.EID, **ACT)
        assert not numbers.type_in(patient, number, **ACT)
        assert NationalNumber.objects.get().source == "eid"

    def test_it_can_be_thrown_away(self):
        patient = a_patient(a_clinic())
        numbers.type_in(patient, made(BORN), **ACT)
        numbers.forget(patient, **ACT)
        assert numbers.masked_of(patient) == ""

    def test_keys_are_changed_without_losing_or_doubling_anybody(self, settings):
        clinic, number = a_clinic(), made(BORN)
        patient = a_patient(clinic)
        settings.BLIKK_FIELD_KEYS = ["old" * 16]
        numbers.type_in(patient, number, **ACT)
        settings.BLIKK_FIELD_KEYS = ["new" * 16, "old" * 16]
        with pytest.raises(Invalid):
            numbers.type_in(a_patient(clinic, "Per Hansen"), number, **ACT)
        assert secrets.renew_columns() >= 1
        assert numbers.renew_indexes() == 1
        assert secrets.renew_columns() == 0
        settings.BLIKK_FIELD_KEYS = ["new" * 16]
        assert numbers.masked_of(patient) == masked(number)
        assert numbers.is_number_of(patient, number) is True
        settings.BLIKK_FIELD_KEYS = ["another" * 8]
        with pytest.raises(secrets.KeyIsMissing):
            numbers.masked_of(patient)
