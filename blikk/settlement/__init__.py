"""What a patient owes for a conversation, and how it is paid: bills, payments, invoices and the journal of money."""
