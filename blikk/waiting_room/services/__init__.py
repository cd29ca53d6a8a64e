"""Acts in the waiting room: come, wait, be let in, leave; and all that happens in a queue."""

from blikk.waiting_room.services.arrivals import CHECKS as CHECKS
from blikk.waiting_room.services.arrivals import admit as admit
from blikk.waiting_room.services.arrivals import come as come
from blikk.waiting_room.services.arrivals import follow as follow
from blikk.waiting_room.services.arrivals import give_up_seat as give_up_seat
from blikk.waiting_room.services.arrivals import keep_seats as keep_seats
from blikk.waiting_room.services.arrivals import leave as leave
from blikk.waiting_room.services.arrivals import report_devices as report_devices
from blikk.waiting_room.services.arrivals import settle as settle
from blikk.waiting_room.services.arrivals import take_seat as take_seat
from blikk.waiting_room.services.arrivals import wait as wait
from blikk.waiting_room.services.eid import PROVING_LASTS as PROVING_LASTS
from blikk.waiting_room.services.eid import go_and_prove as go_and_prove
from blikk.waiting_room.services.eid import proven as proven
from blikk.waiting_room.services.queue import CALL_LASTS as CALL_LASTS
from blikk.waiting_room.services.queue import MOST_MISSED as MOST_MISSED
from blikk.waiting_room.services.queue import call as call
from blikk.waiting_room.services.queue import clean_words as clean_words
from blikk.waiting_room.services.queue import come_back as come_back
from blikk.waiting_room.services.queue import enter as enter
from blikk.waiting_room.services.queue import hand_over as hand_over
from blikk.waiting_room.services.queue import look_anew as look_anew
from blikk.waiting_room.services.queue import missed_call as missed_call
from blikk.waiting_room.services.queue import passed_over as passed_over
from blikk.waiting_room.services.queue import prioritise as prioritise
from blikk.waiting_room.services.queue import put_on_hold as put_on_hold
from blikk.waiting_room.services.queue import step_away as step_away
from blikk.waiting_room.services.queue import take_off_hold as take_off_hold
from blikk.waiting_room.services.queue import tell_one as tell_one
from blikk.waiting_room.services.queue import told_two_left as told_two_left
from blikk.waiting_room.services.queue import transfer as transfer
from blikk.waiting_room.services.serving import begin_serving as begin_serving
from blikk.waiting_room.services.serving import declare_late as declare_late
from blikk.waiting_room.services.serving import end_serving as end_serving
from blikk.waiting_room.services.serving import mark_alerted as mark_alerted
from blikk.waiting_room.services.serving import set_status as set_status
from blikk.waiting_room.services.serving import start_serving as start_serving
from blikk.waiting_room.services.serving import stop_serving as stop_serving
from blikk.waiting_room.services.serving import tell_all as tell_all
from blikk.waiting_room.services.showing import answer_showing as answer_showing
from blikk.waiting_room.services.showing import ask_to_see as ask_to_see
from blikk.waiting_room.services.showing import show as show

# The fixed texts that staff may put on a screen; the words stand in the templates.
FIXED_WORDS = ("soon", "delayed", "urgent", "stay_close", "ready_camera")
