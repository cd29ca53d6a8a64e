"""What a journal system can say no to, or not say at all."""

from enum import StrEnum


class Reason(StrEnum):
    """What went wrong; the pages have words for each, and what to do."""

    HOST = "host_not_allowed"  # the operator has not named this server
    CERTIFICATE = "certificate"  # nobody that we trust vouches for it
    NO_ANSWER = "no_answer"  # none, or one that broke off or came too late
    TROUBLED = "server_troubled"  # it answers that something is wrong with itself
    BUSY = "busy"  # it asks to be left alone for a while
    NOT_FHIR = "not_fhir"  # an answer, and not that of a FHIR server
    INCOMPLETE = "incomplete"  # it took everything, and does not say what became of each
    NO_SMART = "no_smart_configuration"  # it does not say where tokens are had
    NO_KEY = "no_key"  # our own key is missing or cannot be read
    ALGORITHM = "algorithm"  # it knows no signature that our key can make
    KEY_REFUSED = "key_refused"  # it knows neither our name nor our key
    SCOPE_REFUSED = "scope_refused"  # it knows us, and gives us less than we asked for
    TOKEN_REFUSED = "token_refused"  # it gives us no token for another reason
    NOT_ALLOWED = "not_allowed"  # the token is good, and what we ask is not for us
    WRONG_ADDRESS = "wrong_address"  # there is nothing at that address
    REFUSED = "refused"  # it will not have this resource
    PATIENT_TWICE = "patient_twice"  # two there are the same person
    SOMETHING_TWICE = "something_twice"  # of something else that we name there are two
    NO_NUMBER = "no_number"  # we know no national number, and may not make a patient there
    GAVE_UP = "gave_up"  # tried many times, while others went
    BROKEN = "broken"  # a fault of our own
    CONFLICT = "conflict"  # it is being changed there at this moment


# These are about what was sent, and sending it again as it is cannot help.
OF_THE_RESOURCE = frozenset(
    {Reason.REFUSED, Reason.PATIENT_TWICE, Reason.SOMETHING_TWICE, Reason.NO_NUMBER, Reason.GAVE_UP}
)


class Fault(Exception):
    """The journal system could not be used, or said no.

    `detail` is in the other side's words and may name a patient: it is kept sealed, shown to who may, never logged.
    `wait` is for how many seconds the other side asked to be left alone.
    """

    def __init__(self, reason: Reason, detail: str = "", *, wait: float = 0.0, candidates: str = "") -> None:
        super().__init__(str(reason))
        self.reason, self.detail, self.wait, self.candidates = reason, detail, wait, candidates

    @property
    def is_of_resource(self) -> bool:
        """Whether it is about what was sent, so that others may still go."""
        return self.reason in OF_THE_RESOURCE
