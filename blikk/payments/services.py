"""Acts on tariffs and charges: take tariffs in, accept a charge, withdraw one."""

import json
from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from blikk.audit.services import hold, record
from blikk.bus.services import announce
from blikk.clinics.models import Clinic, Membership
from blikk.consultations.models import Consultation
from blikk.kernel.actors import Actor
from blikk.kernel.errors import Overtaken
from blikk.payments.errors import TariffsOverlap
from blikk.payments.models import Ceiling, Charge, ChargeRow, Tariff
from blikk.payments.queries import all_tariffs, as_values
from blikk.payments.states import CHARGE, ChargeStatus
from blikk.payments.sums import Line, Total
from blikk.payments.tariffs.ceilings import CeilingRow
from blikk.payments.tariffs.plan import Plan, plan
from blikk.payments.tariffs.rows import TariffRow
from blikk.scheduling.models import Appointment


@transaction.atomic
def take_in(rows: Sequence[TariffRow], *, actor: Actor, now: datetime) -> Plan:
    """Take tariffs in, all of them or none. Raises TariffsOverlap where a code would have two rates on one day."""
    hold(None)
    what = plan(all_tariffs(), rows)
    if what.overlaps:
        raise TariffsOverlap
    for one in (*what.changed, *what.ended):
        _of(one.before).update(**as_values(one.after), taken_in_at=now)
    Tariff.objects.bulk_create(Tariff(**as_values(row), taken_in_at=now) for row in what.added)
    if not what.is_empty:
        record(
            "tariffs.taken_in",
            actor=actor,
            about="payments.Tariff",
            clinic_id=None,
            now=now,
            added=len(what.added),
            changed=len(what.changed),
            ended=len(what.ended),
        )
    return what


def _of(row: TariffRow) -> QuerySet[Tariff]:
    return Tariff.objects.filter(field=row.field, code__iexact=row.code, valid_from=row.valid_from)


@transaction.atomic
def take_in_ceilings(rows: Iterable[CeilingRow], *, actor: Actor, now: datetime) -> int:
    """Take the yearly ceilings in; how many were new or other than before."""
    hold(None)
    count = 0
    for row in rows:
        values = {"amount_ore": row.amount_ore, "source": row.source, "source_on": row.source_on}
        kept = Ceiling.objects.filter(year=row.year).first()
        if kept is None or kept.amount_ore != row.amount_ore:
            Ceiling.objects.update_or_create(year=row.year, defaults=values)
            count += 1
    if count:
        record(
            "ceilings.taken_in", actor=actor, about="payments.Ceiling", clinic_id=None, now=now, count=count
        )
    return count


@transaction.atomic
def keep_charge(
    clinic: Clinic,
    *,
    appointment: Appointment,
    consultation: Consultation | None,
    kind: str,
    field: str,
    lines: Sequence[Line],
    total: Total,
    exemption: str,
    exemption_reason: str,
    diagnoses: Sequence[tuple[str, str]],
    membership: Membership,
    actor: Actor,
    now: datetime,
) -> Charge:
    """Write down what was decided. Raises Overtaken if a charge stands for the appointment already."""
    hold(clinic.pk)
    sealed = json.dumps([{"system": system, "code": code} for system, code in diagnoses]) if diagnoses else ""
    try:
        with transaction.atomic():
            charge = Charge.objects.create(
                clinic=clinic,
                patient=appointment.patient,
                appointment=appointment,
                consultation=consultation,
                kind=kind,
                field=field,
                exemption=exemption,
                exemption_reason=exemption_reason,
                diagnoses=sealed,
                patient_ore=total.patient_ore,
                state_ore=total.state_ore,
                accepted_at=now,
                accepted_by=membership,
            )
    except IntegrityError as fault:
        raise Overtaken from fault
    ChargeRow.objects.bulk_create(_row(charge, number, line) for number, line in enumerate(lines, start=1))
    record(
        "charge.accepted",
        actor=actor,
        about=charge,
        clinic_id=clinic.pk,
        now=now,
        kind=kind,
        patient_ore=total.patient_ore,
        state_ore=total.state_ore,
        exemption=exemption,
    )
    announce(f"day:{clinic.public_id}", "day")
    return charge


def _row(charge: Charge, number: int, line: Line) -> ChargeRow:
    return ChargeRow(
        charge=charge,
        number=number,
        code=line.code,
        text=line.text[:300],
        times=line.times,
        fee_ore=line.fee_ore,
        reimbursement_ore=line.reimbursement_ore,
        copay_ore=line.copay_ore,
        own_ore=line.own_ore,
    )


@transaction.atomic
def withdraw(charge: Charge, *, version: int, actor: Actor, now: datetime) -> Charge:
    """Take a charge back, so that a right one can be accepted. Raises Overtaken or IllegalMove."""
    hold(charge.clinic_id)
    CHARGE.make(charge, ChargeStatus.WITHDRAWN, version=version, withdrawn_at=now)
    record("charge.withdrawn", actor=actor, about=charge, clinic_id=charge.clinic_id, now=now)
    return charge
