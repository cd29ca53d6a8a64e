"""How it is at a clinic now, looked up once per change for all pages of this process that show it, however many."""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from itertools import count
from typing import Any, Protocol

from django.utils import timezone

from blikk.bus import hub
from blikk.kernel.errors import DomainError
from blikk.sockets.database import for_all
from blikk.sockets.frames import Closed
from blikk.sockets.wire import encoded

# A burst of changes is looked at so often, and what is shown is never older than this and one look.
BETWEEN_LOOKS = 0.4
# What only time changes (a held hour that falls free, the minutes of a wait) is looked at this often.
LOOKS_AGAIN = 20.0
# After so many pages the process may do something else for a moment.
IN_ONE_GO = 64
# A page whose network takes nothing more holds up no other one for longer than this.
STUCK = 0.1

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class View:
    """What a page for everybody shows: how the drop-in is ("now"), or the free hours of some weeks ("slots")."""

    slug: str
    part: str
    weeks: int = 0


class Sight(Protocol):
    """What was seen: its facts by language, what announces that they change, and when they do by the clock alone."""

    @property
    def facts(self) -> Mapping[str, dict[str, Any]]: ...
    @property
    def topics(self) -> Sequence[str]: ...
    @property
    def changes_at(self) -> datetime | None: ...


class Look(Protocol):
    """Reads a view and puts it into words; raises NotFound where the clinic has no page. The web door has it."""

    def __call__(
        self, slug: str, part: str, weeks: int, *, languages: Sequence[str], now: datetime
    ) -> Sight: ...


class Looker(Protocol):
    """What a watch knows of a page: in which language it reads, and which list of hours it was made with."""

    language: str
    mark: str

    async def tell_text(self, text: str) -> None: ...
    async def finish(self, code: Closed | None) -> None: ...


Letters = Iterator[tuple[Looker, str]]
_tellers: set[asyncio.Task[None]] = set()


class Watch:
    """The pages that show one view. It looks while there are any, and ends with the last."""

    def __init__(self, view: View, look: Look, ended: Callable[[], None]) -> None:
        self._view, self._look, self._ended = view, look, ended
        self._pages: dict[Looker, bool] = {}  # whether it was told what is
        self._facts: dict[str, dict[str, Any]] = {}
        self._topics: Sequence[str] = ()
        self._stir = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def join(self, page: Looker) -> None:
        """Tell a page how it is, and from now on what changes."""
        self._pages[page] = False
        if self._task is None:
            self._task = asyncio.get_running_loop().create_task(self._run())
        self._stir.set()

    def leave(self, page: Looker) -> None:
        self._pages.pop(page, None)
        if not self._pages:
            self._stir.set()

    async def _run(self) -> None:
        loop = asyncio.get_running_loop()
        try:
            while self._pages:
                self._stir.clear()
                began, rest = loop.time(), await self._see()
                try:
                    async with asyncio.timeout(rest):
                        await self._stir.wait()
                except TimeoutError:
                    continue
                await asyncio.sleep(began + BETWEEN_LOOKS - loop.time())
        finally:
            for topic in self._topics:
                hub.unsubscribe(topic, self._hear)
            self._ended()

    def _hear(self, _text: str, _news: dict[str, Any]) -> None:
        self._stir.set()

    async def _see(self) -> float:
        """Look once and tell everybody; how long to rest until something changes by itself."""
        languages = sorted({page.language for page in self._pages})
        now = timezone.now()
        view = self._view
        try:
            sight: Sight = await for_all(self._look)(
                view.slug, view.part, view.weeks, languages=languages, now=now
            )
        except DomainError:
            for page in list(self._pages):
                await page.finish(Closed.NOT_FOUND)
            return LOOKS_AGAIN
        except Exception:
            log.exception("lookout.look_failed")
            return LOOKS_AGAIN
        await self._tell(sight.facts)
        if set(sight.topics) != set(self._topics):
            self._listen(sight.topics)
            # What changed between the look and the first listening was announced to nobody.
            return 0.0
        if sight.changes_at is None:
            return LOOKS_AGAIN
        return min(LOOKS_AGAIN, max((sight.changes_at - now).total_seconds(), BETWEEN_LOOKS))

    def _listen(self, topics: Sequence[str]) -> None:
        for topic in set(self._topics) - set(topics):
            hub.unsubscribe(topic, self._hear)
        for topic in topics:
            hub.subscribe(topic, self._hear)
        self._topics = topics

    async def _tell(self, facts: Mapping[str, dict[str, Any]]) -> None:
        """Each page hears what it does not know; who is new hears it whole. Every text is encoded once."""
        before, self._facts = self._facts, dict(facts)
        whole = {language: whole_of(self._view.part, found) for language, found in facts.items()}
        changed = {
            language: change_of(self._view.part, before[language], found)
            for language, found in facts.items()
            if language in before
        }
        letters: list[tuple[Looker, str]] = []
        for page, is_told in self._pages.items():
            if page.language not in facts:
                continue  # it came while others were looked up for; its own look is next
            self._pages[page] = True
            text = changed.get(page.language) if is_told else whole[page.language]
            is_known = not is_told and page.mark != "" and page.mark == facts[page.language].get("mark")
            if text and not is_known:
                letters.append((page, text))
        await go_round(iter(letters))


async def go_round(letters: Letters) -> None:
    """Tell each page its text; who is slow is told by one who stays behind, and the round goes on without them."""
    loop = asyncio.get_running_loop()
    while True:
        teller = loop.create_task(_tell_all(letters))
        _tellers.add(teller)
        teller.add_done_callback(_tellers.discard)
        if (await asyncio.wait([teller], timeout=STUCK))[0]:
            return


async def _tell_all(letters: Letters) -> None:
    for number in count(1):
        page, text = next(letters, (None, ""))
        if page is None:
            return
        try:
            await page.tell_text(text)
        except Exception:
            log.exception("lookout.page_failed")
        if number % IN_ONE_GO == 0:
            await asyncio.sleep(0)


def whole_of(part: str, facts: dict[str, Any]) -> str:
    """The frame for a page that knows nothing yet."""
    if part == "now":
        return encoded({"type": "now", **facts})
    return encoded({"type": "slots", "slots": facts["slots"]})


def change_of(part: str, before: dict[str, Any], after: dict[str, Any]) -> str:
    """The frame for a page that knows how it was; empty where nothing changed."""
    if before == after:
        return ""
    if part == "now":
        return encoded({"type": "now", **after})
    was = {slot["name"] for slot in before["slots"]}
    names = {slot["name"] for slot in after["slots"]}
    come = [slot for slot in after["slots"] if slot["name"] not in was]
    return encoded({"type": "slots_changed", "gone": sorted(was - names), "come": come})


_watches: defaultdict[asyncio.AbstractEventLoop, dict[View, Watch]] = defaultdict(dict)


def watch(view: View, look: Look) -> Watch:
    """The watch of a view on the running event loop."""
    mine = _watches[asyncio.get_running_loop()]
    if view not in mine:
        mine[view] = Watch(view, look, partial(mine.__delitem__, view))
    return mine[view]
