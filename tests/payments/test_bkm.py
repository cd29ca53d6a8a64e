"""The claim in XML: as the derived schema has it, and to the øre what the JSON form says."""

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from blikk.kernel.errors import Invalid
from blikk.payments import bkm, claims
from blikk.payments.models import ClaimFile, PaymentRules
from blikk.payments.sums import Line, state_of
from tests.helfo.schema import DATA, SCHEMA, fits
from tests.payments.test_claims import Claiming

XSD = etree.XMLSchema(etree.parse(str(DATA / "msghead.xsd")))
NAMES = {"b": bkm.BODY, "h": bkm.HEAD}
SENDER = bkm.Sender("889640782", "Fjordgløtt & sønn <legesenter>", "LE")
GUID = "0b8dc559-6c2d-419b-aeef-faaf537c6117"


def written(bills, sum_ore, sender=SENDER):
    text = bkm.message(sender, bills, message_id=GUID, made="2026-11-24T10:30:00+01:00", sum_ore=sum_ore)
    return etree.fromstring(text.encode())


def ore(said):
    kroner, _, rest = said.partition(".")
    sign = -1 if kroner.startswith("-") else 1
    return sign * (abs(int(kroner)) * 100 + int(rest))


LINES = st.lists(
    st.builds(
        Line,
        code=st.sampled_from(["2ae", "2cd", "615", "A1a"]),
        text=st.just("Noe"),
        times=st.integers(1, 9),
        fee_ore=st.none(),
        reimbursement_ore=st.integers(0, 5_000_000),
        copay_ore=st.integers(0, 500_000),
    ),
    min_size=1,
    max_size=5,
)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(
            LINES, st.sampled_from(["", "A", "F"]), st.sampled_from(["new", "credit", "paid", "again"])
        ),
        min_size=1,
        max_size=4,
    )
)
def test_the_same_charges_come_to_the_same_ore_in_both_forms(charges):
    bills, asked = [], 0
    for number, (lines, exemption, kind) in enumerate(charges, start=1):
        whole = sum(state_of(one, is_exempt=bool(exemption)) for one in lines)
        one = claims.bill(
            guid=GUID,
            number=number,
            began=datetime(2026, 11, 24, 9, tzinfo=UTC),
            patient=claims.Person("14057012345", "birth"),
            hpr="9144889",
            lines=lines,
            firsts=[claims.first_of(line, None, is_exempt=bool(exemption)) for line in lines],
            exemption=exemption,
            diagnoses=[{"system": "icpc2", "code": "R05"}, {"system": "icd10", "code": "F32"}],
            is_paid=False,
        )
        made = {"new": one, "credit": claims.credit_of(one), "paid": claims.paid_of(one)}
        bills.append(made.get(kind) or claims.again(one, datetime(2026, 11, 24, tzinfo=UTC).date()))
        asked += {"new": whole, "credit": -whole, "paid": 0, "again": whole}[kind]
    whole = json.loads(json.dumps(claims.message("1", bills, sum_ore=asked)))
    xml = written(bills, asked)
    assert fits(whole, SCHEMA)
    assert XSD.validate(xml), XSD.error_log
    found = [ore(one) for one in xml.xpath("//b:SumKrav/b:Refusjon/@V", namespaces=NAMES)]
    said = [round(one["belop"] * 100) for one in whole["behandlerkrav"]["regninger"] if "takster" in one]
    assert found == said
    (both,) = xml.xpath("//b:SumKravSamlet/@V", namespaces=NAMES)
    assert ore(both) == round(whole["behandlerkrav"]["belop"] * 100) == asked == sum(found)
    values = [ore(one) for one in xml.xpath("//b:Takst/b:Verdi/@V", namespaces=NAMES)]
    assert values == [
        round(row["belop"] * 100)
        for one in whole["behandlerkrav"]["regninger"]
        for row in one.get("takster", [])
    ]


@pytest.mark.django_db
def test_a_clinic_that_chose_it_gets_its_file_in_xml():
    one = Claiming(exemption="A", reason="Smitte")
    PaymentRules.objects.update(claim_form="bkm", practice_id="")
    with pytest.raises(Invalid) as missing:
        one.make()
    assert missing.value.fields == {"organisation": "missing"}
    PaymentRules.objects.update(organisation="889640782")
    one.make()
    file = ClaimFile.objects.get()
    xml = etree.fromstring(file.body.encode())
    assert XSD.validate(xml), XSD.error_log
    for path, value in (
        ("//b:RegningNr/text()", "1"),
        ("//b:Diagnose/@S", "2.16.578.1.12.4.1.1.7170"),
        ("//b:Diagnose/@V", "R05"),
        ("//b:KodeEgenandel/@V", "A"),
        ("//b:Behandlerident/b:Id/text()", "9144889"),
        ("//b:Takst/b:Kode/text()", "2ae"),
        ("//b:Takst/b:Verdi/@V", "175.00"),
        ("//b:SumKravSamlet/@V", "175.00"),
        ("//b:BetaltEgenandel/@erBetalt", "false"),
        ("//h:Sender//h:Id/text()", "889640782"),
    ):
        assert xml.xpath(path, namespaces=NAMES) == [value], path


def test_the_derived_schema_refuses_what_is_not_as_it_says():
    bad = written([], 0)
    assert not XSD.validate(bad)


def test_a_tariff_stands_with_what_its_first_time_is_worth():
    line = Line("2cd", "Tid", 2, None, 51000, 0)
    made = claims.bill(
        guid=GUID,
        number=1,
        began=datetime(2026, 11, 24, 9, tzinfo=UTC),
        patient=claims.Person("14057012345", "birth"),
        hpr="9144889",
        lines=[line],
        firsts=[claims.first_of(line, None, is_exempt=False)],
        exemption="",
        diagnoses=[],
        is_paid=False,
    )
    assert (made["takster"], made["belop"]) == ([{"kode": "2cd", "antall": 2, "belop": 255.0}], 510.0)
