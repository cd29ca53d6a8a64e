"""Questions about the waiting room and its queues."""

from blikk.waiting_room.queries.arrivals import SEAT_GOES_COLD as SEAT_GOES_COLD
from blikk.waiting_room.queries.arrivals import get as get
from blikk.waiting_room.queries.arrivals import is_connected as is_connected
from blikk.waiting_room.queries.arrivals import present_at as present_at
from blikk.waiting_room.queries.arrivals import present_of as present_of
