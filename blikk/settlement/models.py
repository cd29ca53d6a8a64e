"""Bills, payments, and how a clinic takes money."""

from blikk.settlement.bill_tables import Bill as Bill
from blikk.settlement.bill_tables import BillKind as BillKind
from blikk.settlement.bill_tables import BillRow as BillRow
from blikk.settlement.link_tables import PayDevice as PayDevice
from blikk.settlement.link_tables import PayLink as PayLink
from blikk.settlement.payment_tables import Flow as Flow
from blikk.settlement.payment_tables import MoneySetup as MoneySetup
from blikk.settlement.payment_tables import Payment as Payment
from blikk.settlement.payment_tables import Provider as Provider
from blikk.settlement.payment_tables import Told as Told
