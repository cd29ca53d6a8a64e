"""Invoices to organisations as Peppol BIS Billing 3.0."""
