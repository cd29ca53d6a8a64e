"""Acts in the waiting room: come, wait, be let in, leave; and all that happens in a queue."""

from blikk.waiting_room.services.arrivals import CHECKS as CHECKS
from blikk.waiting_room.services.arrivals import admit as admit
from blikk.waiting_room.services.arrivals import come as come
from blikk.waiting_room.services.arrivals import give_up_seat as give_up_seat
from blikk.waiting_room.services.arrivals import keep_seat as keep_seat
from blikk.waiting_room.services.arrivals import leave as leave
from blikk.waiting_room.services.arrivals import report_devices as report_devices
from blikk.waiting_room.services.arrivals import settle as settle
from blikk.waiting_room.services.arrivals import take_seat as take_seat
from blikk.waiting_room.services.arrivals import wait as wait
