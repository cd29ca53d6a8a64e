"""The socket of a patient's page for writing: it says that something was written, and nothing else."""

from collections.abc import Awaitable
from typing import Any

from django.conf import settings
from django.utils import timezone

from blikk.journeys import written
from blikk.kernel.errors import NotFound
from blikk.sockets.database import lane_of
from blikk.sockets.frames import Closed, Frame, Hello
from blikk.sockets.wire import News, Send, Wire


class Written(Wire):
    """A case that is open in the browser of its patient."""

    __slots__ = ("case", "device", "lane")

    def __init__(self, scope: dict[str, Any], send: Send, *, case: str) -> None:
        super().__init__(scope, send)
        self.case = case
        self.device = self.cookies.get(settings.BLIKK_DEVICE_COOKIE, "")
        self.lane = lane_of(self.device)

    async def arrive(self) -> None:
        await self._look()
        self.listen(f"case:{self.case}")

    async def take(self, frame: Frame) -> None:
        if not isinstance(frame, Hello):
            raise NotFound
        await self.tell({"type": "done", "re": frame.id})

    async def hear(self, topic: str, news: News) -> None:
        try:
            await self._look()
        except NotFound:
            await self.finish(Closed.NOT_FOUND)
            return
        await self.tell({"type": "written"})

    def look_again(self) -> Awaitable[None] | None:
        return self._look_and_end()

    async def _look_and_end(self) -> None:
        try:
            await self._look()
        except NotFound:
            await self.finish(Closed.NOT_FOUND)

    async def _look(self) -> None:
        """Raise NotFound for a browser that has not proven itself, or whose link leads nowhere any more."""
        place = await self.lane(written.place_of)(self.case, self.device, now=timezone.now())
        if not place.is_inside:
            raise NotFound
