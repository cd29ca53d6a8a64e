"""What somebody at the door asks for before they are let in."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Devices:
    """What the device check found."""

    id: int
    camera: str
    microphone: str
    sound: str
    network: str

    def found(self) -> dict[str, str]:
        return {
            "camera": self.camera,
            "microphone": self.microphone,
            "sound": self.sound,
            "network": self.network,
        }


@dataclass(frozen=True, slots=True)
class Leave:
    """Go away from the waiting room."""

    id: int


@dataclass(frozen=True, slots=True)
class StepAway:
    """Do something else meanwhile; the place in the queue is kept."""

    id: int


@dataclass(frozen=True, slots=True)
class ComeBack:
    """Be back in the queue."""

    id: int


@dataclass(frozen=True, slots=True)
class LateAnswer:
    """What a patient would rather, now that the clinician is late."""

    id: int
    answer: str


@dataclass(frozen=True, slots=True)
class CompanionAnswer:
    """Whether somebody who comes along may take part, as the patient says."""

    id: int
    companion: str
    answer: str


@dataclass(frozen=True, slots=True)
class FrameAnswer:
    """What a patient answers to a control question; `helped` says that somebody helps them to."""

    id: int
    question: str
    answer: str
    helped: bool


@dataclass(frozen=True, slots=True)
class FrameWish:
    """What a patient would rather, when something is not as it should be."""

    id: int
    wish: str


Waiting = Devices | Leave | StepAway | ComeBack | LateAnswer | CompanionAnswer | FrameAnswer | FrameWish
