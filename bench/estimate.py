"""How true, and how narrow, the range of time is that people in a queue are shown."""

from tests.waiting_room.days import days, hit_rate, width_ratio

DAYS = 1000


def measure() -> dict[str, float]:
    """Simulate a thousand days of a drop-in queue, always the same ones."""
    told = days(DAYS)
    return {
        "estimate_hit_rate": round(hit_rate(told), 3),
        "estimate_width_ratio": round(width_ratio(told), 3),
        "estimate_people": len(told),
    }
