"""The drop-in queue across rooms: enter it, serve it, move in it, close it; and a clinician who is late."""

from blikk.journeys.queue.closing import close_queue as close_queue
from blikk.journeys.queue.closing import open_queue as open_queue
from blikk.journeys.queue.closing import send_home as send_home
from blikk.journeys.queue.entry import Entered as Entered
from blikk.journeys.queue.entry import enter as enter
from blikk.journeys.queue.lateness import late as late
from blikk.journeys.queue.serving import call as call
from blikk.journeys.queue.serving import hold as hold
from blikk.journeys.queue.serving import prioritise as prioritise
from blikk.journeys.queue.serving import serve as serve
from blikk.journeys.queue.serving import set_status as set_status
from blikk.journeys.queue.serving import stop_serving as stop_serving
from blikk.journeys.queue.serving import take as take
from blikk.journeys.queue.serving import take_and_sit as take_and_sit
from blikk.journeys.queue.serving import take_next as take_next
from blikk.journeys.queue.serving import take_next_and_sit as take_next_and_sit
from blikk.journeys.queue.serving import tell as tell
from blikk.journeys.queue.serving import transfer as transfer
from blikk.journeys.queue.serving import unhold as unhold
from blikk.journeys.queue.sweep import sweep as sweep
