"""What never comes into a log: anything that could be a national number, wherever it was about to be written."""

import logging
import re

# Eleven digits alone, also with a space or a sign in the middle, and as an address writes them.
_NUMBER = re.compile(r"(?<![0-9])[0-9]{6}(?:[\s.\-+\u00a0\u202f]|%20)?[0-9]{5}(?![0-9])")
HIDDEN = "[11 digits]"


def without_numbers(text: str) -> str:
    """The text without what could be a national number."""
    return _NUMBER.sub(HIDDEN, text)


class NoNumbers(logging.Filter):
    """Takes them out of messages, of what is put into them, and of the traces of faults."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = without_numbers(record.getMessage()), None
        if record.exc_info and not record.exc_text:
            record.exc_text = logging.Formatter().formatException(record.exc_info)
        if record.exc_text:
            record.exc_text = without_numbers(record.exc_text)
        if record.stack_info:
            record.stack_info = without_numbers(record.stack_info)
        return True
