"""Bills, payments, and how a clinic takes money."""

from blikk.settlement.bill_tables import Bill as Bill
from blikk.settlement.bill_tables import BillKind as BillKind
from blikk.settlement.bill_tables import BillRow as BillRow
from blikk.settlement.invoice_tables import BankEntry as BankEntry
from blikk.settlement.invoice_tables import BankFile as BankFile
from blikk.settlement.invoice_tables import BankOutcome as BankOutcome
from blikk.settlement.invoice_tables import Invoice as Invoice
from blikk.settlement.invoice_tables import InvoiceKind as InvoiceKind
from blikk.settlement.invoice_tables import Reminder as Reminder
from blikk.settlement.link_tables import PayDevice as PayDevice
from blikk.settlement.link_tables import PayLink as PayLink
from blikk.settlement.payer_tables import InvoiceSetup as InvoiceSetup
from blikk.settlement.payer_tables import KidKind as KidKind
from blikk.settlement.payer_tables import Payer as Payer
from blikk.settlement.payment_tables import Flow as Flow
from blikk.settlement.payment_tables import MoneySetup as MoneySetup
from blikk.settlement.payment_tables import Payment as Payment
from blikk.settlement.payment_tables import Provider as Provider
from blikk.settlement.payment_tables import Told as Told
