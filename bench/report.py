"""Turns the numbers into a page that says what was promised, what was measured, and whether it was kept."""

from dataclasses import dataclass
from string import Formatter


@dataclass(frozen=True)
class Promise:
    """One number and the most that it may be, or the least where more is better."""

    name: str
    words: str
    most: float
    unit: str = ""
    is_least: bool = False


PROMISES = (
    Promise("join_page_bytes", "Patient's page, everything over the network until the waiting room", 60_000, "B"),
    Promise("join_page_third_party_requests", "Requests to anybody else's host", 0),
    Promise("join_requests", "Requests from the link to the waiting room", 12),
    Promise("open_to_waiting_ms", "Link opened → in the waiting room, warm server", 1000, "ms"),
    Promise("admit_to_frame_ratio", "Admit → first frame on both sides, to the bare page", 0.6, "×"),
    Promise("rejoin_to_frame_ratio", "Link of a running conversation on a known device → first frame, to the bare page", 1.5, "×"),
    Promise("clicks_sms_to_waiting", "Presses from the SMS to the waiting room, beside the birth date", 3),
    Promise("clicks_arrived_to_talking", "Presses from \"is here\" to talking", 1),
    Promise("clicks_arrived_to_talking_known_patient", "Clicks from \"is here\" to a confirmed frame, known patient with green lights", 1),
    Promise("keys_arrived_to_talking_known_patient", "Keys on the same way", 1),
    Promise("seconds_practice_story", "The simulated patient through a whole consultation, unattended", 120, "s"),
    Promise("outbox_lost", "Messages lost when workers are killed", 0),
    Promise("outbox_doubled", "Messages sent twice when workers are killed", 0),
    Promise("random_transport_lost", "Invitations lost by a transport that fails at random", 0),
    Promise("random_transport_doubled", "Invitations sent twice by a transport that fails at random", 0),
    Promise("messages_per_second", "Messages that one worker hands to an HTTP gateway", 20, "/s", is_least=True),
    Promise("export_lost", "Notes and encounters that never came to the record, through 500 random faults", 0),
    Promise("payment_difference_ore", "Øre that we and the provider disagree about, after 1,000 payments through faults", 0),
    Promise("payments_doubled", "Bills paid twice, after 1,000 payments through faults", 0),
    Promise("export_doubled", "Notes and encounters that came twice, through 500 random faults", 0),
    Promise("notes_per_second", "Notes delivered a second to a FHIR server", 5, "/s", is_least=True),
    Promise("export_growth_ratio", "Delivering with ten times the data in the database, to delivering with one", 1.2, "×"),
    Promise("estimate_hit_rate", "Queue: waits that fell in the range shown, over 1,000 simulated days", 0.8, is_least=True),
    Promise("estimate_width_ratio", "Queue: median width of the range, to the wait", 0.6),
    Promise("fanout_p99_ratio", "Queue: a change → all who wait in it have it (p99), to a bare server", 1.3, "×"),
    Promise("socket_kb", "Queue: memory of the app for each socket that waits", 30, "kB"),
    Promise("day_page_growth_ratio", "Day page with a million hours in the database (p95), to one with a thousand", 1.5, "×"),
)  # fmt: skip

ABOUT = """# Performance

Written by `make bench`; do not edit. The numbers alone stand in `bench/results.json`.

Measured on {cores:g} cores, load {load_before:g} before the start; the median of {repetitions:g} repetitions after one to
warm up, with Chromium's fake camera at 1280 × 720 and 30 frames a second. Server and both browsers share the machine.

"""

# One paragraph for each; who was not measured yet is not told about.
HOW = """- **The bare page** (`bench/pages`) is the least that shows one person to another: camera, one socket, one connection. It is
  opened in a browser that was just started, while the other side waits; from navigation to the first frame on the screen it
  needed **{floor_ms:g} ms** in this run. It is served by the same server as the product.
- **Admit**: from the press to the first frame on the *later* of the two sides: {admit_to_frame_ms:g} ms. Both have their
  cameras open, as they have in the waiting room and on the day page; nothing is exchanged before the press.
- **Again**: the link of the conversation opened in a browser that was just started and knows nothing but its cookie, until the
  first frame: {rejoin_to_frame_ms:g} ms.
- **Waiting room**: link page, birth date, device check and waiting room, each pressed as soon as it can be.
- **Bytes and requests** are what came over the network with an empty cache, headers counted, the socket too, until half a
  second after the waiting room. The questions, the clinician's card and the conversation come while the person waits:
  {waiting_later_bytes:,.0f} bytes more in {waiting_later_requests:g} requests.
- **Queue**: {fanout_members:g} people in one queue of one process that has {fanout_sockets:g} sockets open, the others in
  queues of a hundred; the app on PostgreSQL and Redis, its worker in a process of its own. A second process lets somebody leave;
  counted from the moment at which that is announced until each of those who wait has their new place: p50 {fanout_p50_ms:g} ms, p99
  {fanout_p99_ms:g} ms. The bare server (`bench/bare.py`, uvicorn and Starlette), measured before and after the app, encodes one frame of the
  same size ({fanout_frame_bytes:g} bytes) once and sends it to as many of as many sockets: p50 {bare_fanout_p50_ms:g} ms, p99
  {bare_fanout_p99_ms:g} ms, {bare_socket_kb:g} kB for each socket. Medians of the rounds: one that another process disturbs does not decide. A change
  was {fanout_cpu_ms:g} ms of work for the app, {bare_fanout_cpu_ms:g} for the bare server. Opening all sockets took {sockets_open_s:g} s and
  {socket_open_cpu_ms:g} ms of work each; while nothing happened, the app needed {waiting_core_share:g} of a core to keep them.
- **Day page**: `/dag/` of a clinician with twenty hours that day, by turns from two installations on one PostgreSQL; p95
  {day_page_few_p95_ms:g} ms with {day_page_few:,.0f} hours and as many invitations, {day_page_many_p95_ms:g} ms with
  {day_page_many:,.0f}.
- **Messages**: {random_transport_messages:,.0f} invitations through the outbox to a transport that in a third of all tries answers
  nothing, too late, wrongly or twice; half of them with a gateway that honours keys, where each arrived once, and half
  without, where a person is shown the {random_transport_uncertain:,.0f} that nobody can tell about. One worker on SQLite hands
  over {messages_per_second:.0f} a second, one after the other, each in transactions of its own.
- **Record**: {export_notes:g} signed notes to a real FHIR R4 server over TLS, through a line on which {export_faults:g} random faults befell the
  transactions: errors, garbage, half an answer, a line cut before or after the server had heard, answers lost, and requests that came long
  after they were given up. Counted at the server afterwards. One worker on SQLite, one transaction for each note.
- **Waits** are those of {estimate_people:g} people on simulated days, told by the product's own estimate.
"""


def page(results: dict[str, float]) -> str:
    """The whole page."""
    rows = ["| what | budget | measured | kept |", "|---|---|---|---|"]
    rows += [_row(one, results[one.name]) for one in PROMISES if one.name in results]
    told = [words for words in HOW.split("\n- ") if _names(words) <= results.keys()]
    how = "\n- ".join(told).format(**results)
    return ABOUT.format(**results) + "\n".join(rows) + f"\n\n## How\n\n{how.rstrip()}\n"


def _names(words: str) -> set[str]:
    """What the words need to have been measured."""
    return {name for _, name, _, _ in Formatter().parse(words) if name}


def _row(promise: Promise, value: float) -> str:
    is_kept = value >= promise.most if promise.is_least else value <= promise.most
    kept, sign = "yes" if is_kept else "**no**", "≥" if promise.is_least else "≤"
    return f"| {promise.words} | {sign} {_number(promise.most, promise.unit)} | {_number(value, promise.unit)} | {kept} |"


def _number(value: float, unit: str) -> str:
    words = f"{value:,.0f}".replace(",", "\u202f") if value >= 1000 else f"{value:g}"
    return f"{words} {unit}".strip()
