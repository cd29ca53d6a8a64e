"""E-mail over SMTP. The protocol has no idempotency key, so an answer that is lost leaves us not knowing."""

import re
import smtplib
import ssl
from email.errors import HeaderParseError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP as CRLF
from email.utils import format_datetime

from blikk.notifications.states import NO_SUCH_MAILBOX
from blikk.notifications.transports import NotSent, Outgoing, Receipt, Unknown

TIMEOUT = 10.0
LINKS = {"none", "starttls", "tls"}
# RFC 3463: the mailbox, or its host, is not there, or has moved or been closed.
NOBODY_THERE = re.compile(rb"^\s*5\.(?:1\.(?:1|2|3|6|10)|2\.1)\b")


class SmtpTransport:
    """Plain text, neutral headers, no tracking; the Message-ID is made from the key.

    With `bounces_to` letters that come back go to an address that names the message (`blikk bounce`).
    """

    honours_key = False

    def __init__(
        self,
        *,
        host: str,
        port: int,
        user: str,
        password: str,
        tls: str,
        mail_from: str,
        bounces_to: str = "",
        timeout: float = TIMEOUT,
    ) -> None:
        if tls not in LINKS:
            raise ValueError(f"BLIKK_SMTP_TLS must be one of {', '.join(sorted(LINKS))}")
        self.host, self.port, self.tls = host, port, tls
        self.user, self.password = user, password
        self.mail_from = mail_from
        self.bounces_to = bounces_to
        self.timeout = timeout

    def send(self, message: Outgoing) -> Receipt:
        try:
            letter = compose(message, self.mail_from)
        except (ValueError, HeaderParseError) as error:
            raise NotSent("address_unusable", retry=False) from error
        server = self._connect()
        try:
            self._address(server, self._return_path(message), message.to)
            self._hand_over(server, letter.as_bytes(policy=CRLF))
        finally:
            _hang_up(server)
        return Receipt(provider_id=str(letter["Message-ID"]))

    def knock(self) -> None:
        """Reach the server, sign in, and go again: nothing is sent. Raises NotSent."""
        _hang_up(self._connect())

    def _connect(self) -> smtplib.SMTP:
        """Reach the server and sign in: whatever fails here, nothing was sent."""
        try:
            if self.tls == "tls":
                server: smtplib.SMTP = smtplib.SMTP_SSL(
                    self.host,
                    self.port,
                    timeout=self.timeout,
                    context=ssl.create_default_context(),
                )
            else:
                server = smtplib.SMTP(self.host, self.port, timeout=self.timeout)
        except (OSError, smtplib.SMTPException) as error:
            raise NotSent("no_connection", retry=True) from error
        try:
            server.ehlo_or_helo_if_needed()
            if self.tls == "starttls":
                server.starttls(context=ssl.create_default_context())
                server.ehlo()
            if self.user:
                server.login(self.user, self.password)
        except (OSError, smtplib.SMTPException) as error:
            _hang_up(server)
            raise NotSent("no_sign_in", retry=True) from error
        return server

    def _return_path(self, message: Outgoing) -> str:
        """Where the letter goes back to if it cannot be delivered."""
        name, _, host = self.bounces_to.rpartition("@")
        return f"{name}+{message.reference}@{host}" if name else self.mail_from

    def _address(self, server: smtplib.SMTP, sender: str, to: str) -> None:
        """Name sender and receiver: a refusal here is final if the server says so (5xx)."""
        try:
            _require("sender_refused", server.mail(sender))
            _require("receiver_refused", server.rcpt(to))
        except (OSError, smtplib.SMTPException, UnicodeEncodeError) as error:
            raise NotSent("connection_lost", retry=not isinstance(error, UnicodeEncodeError)) from error

    def _hand_over(self, server: smtplib.SMTP, letter: bytes) -> None:
        """Send the text. Once it began, only a clear answer tells what became of it."""
        try:
            code, _ = server.data(letter)
        except smtplib.SMTPDataError as error:
            raise NotSent("data_refused", retry=error.smtp_code < 500) from error
        except (OSError, smtplib.SMTPException) as error:
            raise Unknown("connection_lost_after_data") from error
        _require("text_refused", (code, b""))


def compose(message: Outgoing, mail_from: str) -> EmailMessage:
    """Write the letter. Its headers say nothing about anybody but the addresses it needs."""
    letter = EmailMessage()
    letter["From"] = Address(display_name=message.sender, addr_spec=mail_from)
    letter["To"] = Address(addr_spec=message.to)
    letter["Subject"] = message.subject
    letter["Date"] = format_datetime(message.now)
    letter["Message-ID"] = f"<{message.reference}@{mail_from.rpartition('@')[2]}>"
    letter["Auto-Submitted"] = "auto-generated"
    letter.set_content(message.body, subtype="plain", charset="utf-8", cte="quoted-printable")
    # After the content: setting that clears whatever begins with "Content-".
    letter["Content-Language"] = message.language
    if message.calendar:
        _enclose(letter, message.calendar)
    return letter


def _enclose(letter: EmailMessage, calendar: str) -> None:
    """Put a calendar file beside the text, with its own method in its type as mail programs want it.

    Beside, not as another form of the text: programs that know calendars would show it instead of the words, and
    some Exchange servers showed neither (decision 0016).
    """
    method = re.search(r"^METHOD:([A-Z]+)\r$", calendar, re.MULTILINE)
    letter.add_attachment(
        calendar.encode(),
        maintype="text",
        subtype="calendar",
        filename="calendar.ics",
        params={"charset": "utf-8", "method": method[1] if method else "PUBLISH"},
    )


def _require(reason: str, answer: tuple[int, bytes]) -> None:
    """Read the server's answer: 4xx is for another time, 5xx for ever."""
    code, words = answer
    if code >= 500 and NOBODY_THERE.match(words):
        reason = NO_SUCH_MAILBOX
    if code >= 300:
        raise NotSent(reason, retry=code < 500)


def _hang_up(server: smtplib.SMTP) -> None:
    try:
        server.quit()
    except (OSError, smtplib.SMTPException):
        server.close()
