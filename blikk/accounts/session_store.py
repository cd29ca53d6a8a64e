"""Sessions in the database, under a digest of their key: a copy of the database opens no session."""

from typing import Any, cast

from asgiref.sync import sync_to_async
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.contrib.sessions.models import Session
from django.utils import timezone

from blikk.kernel.ids import digest


def stored_key(session_key: str) -> str:
    """The name under which a session lies in the database."""
    return digest(session_key)[:40]


class SessionStore(DatabaseStore):
    """Django's own store, where the cookie's value itself is nowhere kept."""

    def _get_session_from_db(self) -> Any:
        if self.session_key is None:
            return None
        try:
            return Session.objects.get(
                session_key=stored_key(self.session_key), expire_date__gt=timezone.now()
            )
        except Session.DoesNotExist:
            self._session_key = None
            return None

    def exists(self, session_key: str) -> bool:
        return Session.objects.filter(session_key=stored_key(session_key)).exists()

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        row = cast("Session", super().create_model_instance(data))
        row.session_key = stored_key(row.session_key)
        return row

    def delete(self, session_key: str | None = None) -> None:
        key = session_key or self.session_key
        if key is not None:
            Session.objects.filter(session_key=stored_key(key)).delete()

    async def _aget_session_from_db(self) -> Any:
        return await sync_to_async(self._get_session_from_db)()

    async def aexists(self, session_key: str) -> bool:
        return await sync_to_async(self.exists)(session_key)

    async def acreate_model_instance(self, data: dict[str, Any]) -> Session:
        return await sync_to_async(self.create_model_instance)(data)

    async def adelete(self, session_key: str | None = None) -> None:
        await sync_to_async(self.delete)(session_key)
