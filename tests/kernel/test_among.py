"""Many keys in one parameter find the same rows as `in`."""

import pytest

from blikk.clinics.models import Clinic
from blikk.kernel.among import Among
from tests.builders import a_clinic

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("chosen", [[], [0], [0, 2], [2, 1, 0]])
def test_the_rows_with_these_numbers_or_texts_are_found(chosen):
    clinics = [a_clinic() for _ in range(3)]
    some = [clinics[number] for number in chosen]
    wanted = sorted(clinic.pk for clinic in some)
    strange = ["'", 'a"b', "{x,y}", "\\", "æøå", ""]
    by_number = Clinic.objects.filter(Among("pk", [clinic.pk for clinic in some] + [2**40]))
    by_text = Clinic.objects.filter(Among("public_id", [clinic.public_id for clinic in some] + strange))
    assert sorted(by_number.values_list("pk", flat=True)) == wanted
    assert sorted(by_text.values_list("pk", flat=True)) == wanted


def test_texts_with_signs_of_their_own_are_found_as_they_are():
    clinic = a_clinic()
    for name in ("it's", 'a"b', "{x,y}", "back\\slash", "æøå", ""):
        Clinic.objects.filter(pk=clinic.pk).update(name=name)
        assert Clinic.objects.filter(Among("name", [name])).exists()
        assert not Clinic.objects.filter(Among("name", [f"{name} "])).exists()


def test_nobody_is_found_among_none_and_a_change_reaches_only_those_meant():
    one, other = a_clinic(), a_clinic()
    assert not Clinic.objects.filter(Among("pk", [])).exists()
    assert Clinic.objects.filter(Among("pk", [one.pk])).update(name="Changed") == 1
    assert Clinic.objects.get(pk=other.pk).name != "Changed"


def test_a_statement_is_as_long_for_a_thousand_as_for_one():
    one, many = (Clinic.objects.filter(Among("pk", [10**6] * count)).query for count in (1, 1000))
    assert one.sql_with_params()[0] == many.sql_with_params()[0]
