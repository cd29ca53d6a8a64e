"""The border between tenants: clinics, memberships and their settings."""
