"""The rules of a bill: what may stand together, what it comes to, who is exempt, and what is proposed."""

from dataclasses import replace
from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blikk.payments.amounts import share
from blikk.payments.combinations import About, Fault, Pick, faults_of, rates_on
from blikk.payments.exemptions import CODES, age_on, allowed_for, needs_reason, proposed
from blikk.payments.occasion import Occasion, propose
from blikk.payments.samples import sample
from blikk.payments.sums import line_of, patient_of, state_of, total
from blikk.payments.tariffs.readers import read
from blikk.payments.tariffs.rows import Combination, TariffRow

DAY = date(2026, 11, 24)
ORE = st.integers(0, 1_000_000)
PERCENT = st.integers(0, 100)


def a_row(code="2ae", **more):
    values = {"fee_ore": 17500, "reimbursement_ore": 1500, "copay_ore": 16000}
    return TariffRow("LE", code, code, date(2026, 1, 1), None, **{**values, **more})


def rates(*rows):
    return {row.code.lower(): row for row in rows}


def faults(picks, *rows, **about):
    return faults_of(
        [Pick(one) if isinstance(one, str) else one for one in picks], rates(*rows), About(**about)
    )


@given(ORE, PERCENT)
def test_a_share_is_whole_and_half_an_ore_goes_up(ore, percent):
    made = share(ore, percent)
    assert isinstance(made, int)
    assert made == (2 * ore * percent + 100) // 200
    assert 0 <= made <= ore


@given(st.integers(1, 30), ORE, ORE, ORE, PERCENT, st.booleans())
def test_nothing_is_lost_when_the_state_pays_for_who_is_exempt(times, refund, copay, own, percent, is_exempt):
    row = a_row(reimbursement_ore=refund, copay_ore=copay, own_ore=own, repeat_percent=percent)
    line = line_of(row, times)
    patient, state = patient_of(line, is_exempt=is_exempt), state_of(line, is_exempt=is_exempt)
    assert state is not None
    assert line.reimbursement_ore is not None
    assert patient + state == line.reimbursement_ore + line.copay_ore + line.own_ore
    assert patient >= line.own_ore
    assert is_exempt <= (patient == line.own_ore)


@given(st.lists(st.tuples(st.integers(1, 5), ORE, ORE), max_size=5), st.booleans())
def test_the_total_is_the_sum_of_its_lines(made, is_exempt):
    lines = [
        line_of(a_row(copay_ore=copay, reimbursement_ore=refund), times) for times, copay, refund in made
    ]
    sums = total(lines, is_exempt=is_exempt)
    assert sums.patient_ore == sum(patient_of(line, is_exempt=is_exempt) for line in lines)
    assert sums.state_ore == sum(state_of(line, is_exempt=is_exempt) for line in lines)


def test_repetitions_count_with_their_own_share():
    row = a_row(copay_ore=1001, reimbursement_ore=1000, repeat_percent=50, reduced_from=2, reduced_percent=10)
    line = line_of(row, 3)
    assert line.copay_ore == 1001 + 501 + 501
    assert line.reimbursement_ore == 1000 + 500 + 100


def test_what_the_source_does_not_tell_is_not_made_into_nothing():
    lines = [line_of(a_row(), 1), line_of(a_row("2dd", reimbursement_ore=None, copay_ore=5200), 1)]
    sums = total(lines, is_exempt=False)
    assert (sums.patient_ore, sums.state_ore) == (21200, None)


def test_each_thing_that_is_wrong_is_named():
    main = a_row(combination=Combination("only", ("2cd", "10%")))
    time = a_row("2cd", most_repeats=1, least_minutes=20)
    other = a_row("2ad", combination=Combination("not", ("2ae",)))
    lab = a_row("101", needs_codes=("2ad",), for_specialist=True, needs_diagnosis=True, needs_procedure=True)
    assert faults(["2ae", "2cd"], main, time) == ()
    assert faults(["2ae", "2AE"], main) == (Fault("twice", "2AE"),)
    assert faults(["2zz"], main) == (Fault("no_rate", "2zz"),)
    assert faults(["2ae", "2ad"], main, other) == (Fault("not_together", "2ae", "2ad"),)
    assert faults([Pick("2cd", 3)], time) == (Fault("too_many", "2cd", "2"),)
    assert faults([Pick("2cd", 0)], time) == (Fault("too_many", "2cd", "2"),)
    assert faults(["2cd"], time, minutes=10) == (Fault("too_short", "2cd", "20"),)
    assert [one.why for one in faults(["2ae", "101"], main, lab)] == [
        "for_specialist",
        "needs_diagnosis",
        "needs_procedure",
        "needs_another",
    ]
    well = {"is_specialist": True, "has_diagnosis": True, "has_procedure": True}
    assert faults(["2ad", "101"], other, lab, **well) == ()


@given(st.data())
def test_who_may_stand_with_whom_does_not_depend_on_the_order(data):
    codes = ["a", "b", "c"]
    combinations = st.builds(
        Combination, st.sampled_from(["any", "not", "only"]), st.lists(st.sampled_from(codes)).map(tuple)
    )
    rows = [a_row(code, combination=data.draw(combinations)) for code in codes]
    picks = data.draw(st.permutations(codes))
    found = {frozenset((one.code, one.other)) for one in faults(picks, *rows)}
    assert found == {frozenset((one.code, one.other)) for one in faults(codes, *rows)}
    for one in rows:
        for other in rows:
            if one is not other:
                both = one.combination.allows(other.code) and other.combination.allows(one.code)
                assert (frozenset((one.code, other.code)) in found) != both


def the_sample():
    return rates_on(read(sample("tariffs").encode(), source="", on=DAY).rows, "LE", DAY)


@pytest.mark.parametrize(
    ("more", "codes"),
    [
        ({}, [("2ae", 1)]),
        ({"form": "in_person"}, [("2ad", 1)]),
        ({"began": datetime(2026, 11, 24, 16)}, [("2aek", 1)]),
        ({"began": datetime(2026, 11, 24, 7, 59)}, [("2aek", 1)]),
        ({"began": datetime(2026, 11, 28, 12)}, [("2aek", 1)]),
        ({"is_holiday": True}, [("2aek", 1)]),
        ({"minutes": 20}, [("2ae", 1)]),
        ({"minutes": 21}, [("2ae", 1), ("2cd", 1)]),
        ({"minutes": 36}, [("2ae", 1), ("2cd", 2)]),
        ({"is_specialist": True}, [("2ae", 1), ("2dd", 1)]),
        ({"is_specialist": True, "began": datetime(2026, 11, 24, 18)}, [("2aek", 1), ("2dk", 1)]),
    ],
)
def test_the_codes_follow_what_was_really_held(more, codes):
    values = {"field": "LE", "form": "video", "began": datetime(2026, 11, 24, 10), "minutes": 15, **more}
    held = the_sample()
    picks = propose(Occasion(**values), held)
    assert [(pick.code, pick.times) for pick in picks] == codes
    assert faults_of(picks, held, About(minutes=values["minutes"], is_specialist=True)) == ()


def test_interpreter_and_relatives_are_proposed_only_beside_what_allows_them():
    main = a_row(use="consultation", combination=Combination("only", ("7",)))
    held = rates(main, a_row("7", use="interpreter"), a_row("612a", use="relatives"))
    occasion = Occasion(
        "LE", "video", datetime(2026, 11, 24, 10), 10, has_interpreter=True, has_relatives=True
    )
    assert [pick.code for pick in propose(occasion, held)] == ["2ae", "7"]
    assert [pick.code for pick in propose(replace(occasion, has_interpreter=False), held)] == ["2ae"]
    assert propose(occasion, rates(a_row("7", use="interpreter"))) == ()


@pytest.mark.parametrize(
    ("born", "field", "codes"),
    [
        (date(2010, 11, 25), "LE", ["B"]),
        (date(2010, 11, 24), "LE", []),
        (date(2010, 11, 24), "PS", ["J"]),
        (date(2008, 11, 25), "PS", ["J"]),
        (date(2008, 11, 24), "PS", []),
        (date(2010, 11, 25), "PS", ["B"]),
        (date(1944, 5, 17), "LE", []),
    ],
)
def test_an_exemption_is_proposed_where_the_birth_date_tells(born, field, codes):
    assert [one.code for one in proposed(born, DAY, field)] == codes


def test_a_free_card_is_proposed_only_when_the_register_says_so():
    assert [one.code for one in proposed(date(1944, 5, 17), DAY, "LE", has_free_card=True)] == ["F"]
    for answer in (False, None):
        assert proposed(date(1944, 5, 17), DAY, "LE", has_free_card=answer) == ()


def test_who_was_born_on_a_leap_day_is_older_on_the_first_of_march():
    assert age_on(date(2008, 2, 29), date(2024, 2, 28)) == 15
    assert age_on(date(2008, 2, 29), date(2024, 2, 29)) == 16
    assert age_on(date(2008, 2, 29), date(2025, 2, 28)) == 16
    assert age_on(date(2008, 2, 29), date(2025, 3, 1)) == 17


def test_the_official_codes_are_all_there_and_not_all_for_everybody():
    assert "".join(CODES) == "ABFGHIJKMNOPRSWY"
    assert set(CODES) - set(allowed_for("PS")) == {"Y"}
    assert set(CODES) - set(allowed_for("FY")) == {"J"}


def test_a_reason_is_asked_when_somebody_decides_against_what_is_known():
    child = proposed(date(2015, 1, 1), DAY, "LE")
    assert not needs_reason("B", child)
    assert needs_reason("", child)
    assert needs_reason("A", child)
    assert needs_reason("A", ())
    assert not needs_reason("", ())
