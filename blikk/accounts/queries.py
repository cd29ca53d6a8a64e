"""Questions about accounts."""

from blikk.accounts.models import User


def find_by_email(email: str) -> User | None:
    """Who may sign in with this address."""
    return User.objects.filter(email__iexact=email, is_active=True).first()
