"""Sends the letters that are written down: a few at a time, each once where that can be known.

What a letter changes (the verifier of a code, the hash of a link) is committed before it leaves.
A worker that dies after the server took a letter and before that was written down sends it again
when its lease has run out: the person has two, and the newer one's code or link is the good one.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable
from datetime import datetime, timedelta
from email.message import EmailMessage

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from central.config import MailConfig
from central.errors import InvalidInputError, MailUnavailableError
from central.mail.base import Accepted, Answer, Refused, Transport
from central.mail.letter import Letter
from central.mail.outbox import letters_waiting
from central.mail.rendering import Renderer
from central.models import Mail, MailKind, WorkState, work
from central.models.database import Database, lock_for_transaction
from domain.clock import Clock

_log = logging.getLogger(__name__)

# Says what a letter says; None when nobody needs it any more. It may change what the letter is
# about, in the session it is given, which is committed before the letter leaves.
Composer = Callable[[Session, Mail, datetime], Letter | None]

# A turn ends after this long, so that verification goes on.
_TURN_S = 10
_LONGEST_WAIT = timedelta(hours=4)
_SHORTEST_SILENCE, _LONGEST_SILENCE = timedelta(seconds=30), timedelta(minutes=10)
# Starts of a worker on one letter, in multiples of its tries, before it is given up.
_MOST_STARTS = 3


class Postman:
    """One worker's hands; several may work at once."""

    def __init__(
        self,
        database: Database,
        transport: Transport,
        compose: Composer,
        renderer: Renderer,
        config: MailConfig,
        clock: Clock,
        owner: str,
    ) -> None:
        self._database = database
        self._transport = transport
        self._compose = compose
        self._renderer = renderer
        self._config = config
        self._clock = clock
        self._owner = owner
        # When our own last letters were tried: what was not taken loads the other side, too.
        self._tried: deque[datetime] = deque()
        self._silent_until: datetime | None = None
        self._silence = _SHORTEST_SILENCE

    def run_once(self) -> int:
        """Send some of the letters that are due; give how many were taken in hand."""
        if self._silent_until is not None and self._clock.now() < self._silent_until:
            return 0
        batch = self._claim()
        if not batch:
            return 0
        began_ms = self._clock.monotonic_ms()
        done = 0
        try:
            for mail_id in batch:
                if self._clock.monotonic_ms() - began_ms > _TURN_S * 1000:
                    break
                self._transport.open()
                self._deliver(mail_id)
                done += 1
        except MailUnavailableError as error:
            self._be_silent(error.code, batch[done:])
        else:
            self._silent_until, self._silence = None, _SHORTEST_SILENCE
            self._put_back(batch[done:], "mail.turn_over", self._clock.now())
        finally:
            self._transport.close()
        with self._database.read() as session:
            _log.info("mail.turn_done mails=%d waiting=%d", done, letters_waiting(session))
        return done

    def _claim(self) -> list[int]:
        now = self._clock.now()
        config = self._config
        with self._database.write() as session:
            # Two workers that count at once would both take the whole minute.
            lock_for_transaction(session, b"acopio/mail")
            room = min(config.batch, self._room(session, now))
            if room <= 0:
                return []
            # A thousand invitations do not make somebody wait who asked for a letter just now.
            invitation = Mail.kind == MailKind.ACTIVATION
            taken: list[int] = []
            for only in (~invitation, invitation):
                if room > len(taken):
                    taken += work.claim(
                        session,
                        Mail,
                        self._owner,
                        most=room - len(taken),
                        lease_s=config.lease_s,
                        now=now,
                        only=only,
                    )
        return taken

    def _room(self, session: Session, now: datetime) -> int:
        """Say how many letters may leave in this minute."""
        since = now - timedelta(minutes=1)
        while self._tried and self._tried[0] <= since:
            self._tried.popleft()
        sent = session.execute(select(func.count()).where(Mail.sent_at > since)).scalar_one()
        in_hand = session.execute(
            select(func.count()).where(
                work.UNFINISHED, Mail.work_state == WorkState.LEASED, Mail.lease_until > now
            )
        ).scalar_one()
        return self._config.per_minute - max(sent, len(self._tried)) - in_hand

    def _deliver(self, mail_id: int) -> None:
        try:
            message = self._prepare(mail_id)
        except InvalidInputError as error:
            self._settle(mail_id, Refused(error.code))
            return
        except Exception:  # noqa: BLE001  (one bad letter must not hold up the others)
            _log.exception("mail.failed mail=%d", mail_id)
            self._settle(mail_id, None)
            return
        if message is None:
            return
        self._tried.append(self._clock.now())
        self._settle(mail_id, self._transport.send(message))

    def _prepare(self, mail_id: int) -> EmailMessage | None:
        """Write the letter, and commit what it changes; None when it is not to leave."""
        now = self._clock.now()
        with self._database.write() as session:
            mail = work.held(session, Mail, mail_id, self._owner)
            if mail is None:
                return None
            if mail.tries > _MOST_STARTS * self._config.tries:
                # Begun again and again and never ended: it takes workers with it.
                self._write_answer(mail, Refused("mail.never_ends"))
                return None
            letter = self._compose(session, mail, now)
            if letter is None:
                work.finish(mail)
                mail.last_error = "mail.not_needed"
                _log.info("mail.dropped mail=%d kind=%s", mail.id, mail.kind.value)
                return None
            number = f"{mail.id}/{mail.created_at.isoformat()}"
            if letter.has_secret:
                number += f"/{mail.tries}/{now.isoformat()}"
            # An address that cannot be written to undoes what the letter would have changed.
            return self._renderer.render(letter, number=number, now=now)

    def _settle(self, mail_id: int, answer: Answer | None) -> None:
        with self._database.write() as session:
            mail = work.held(session, Mail, mail_id, self._owner)
            if mail is not None:
                self._write_answer(mail, answer)

    def _write_answer(self, mail: Mail, answer: Answer | None) -> None:
        now = self._clock.now()
        match answer:
            case Accepted():
                _log.info("mail.sent mail=%d kind=%s tries=%d", mail.id, mail.kind, mail.tries)
                work.finish(mail)
                mail.sent_at = now
            case Refused(code=code):
                mail.work_state, mail.last_error = WorkState.DEAD, code[:64]
                mail.lease_owner = mail.lease_until = None
                _log.error("mail.refused mail=%d kind=%s code=%r", mail.id, mail.kind, code)
            case _:
                code = "mail.failed" if answer is None else answer.code
                wait = min(
                    _LONGEST_WAIT,
                    timedelta(seconds=self._config.backoff_s * 2 ** min(20, mail.tries - 1)),
                )
                tries = mail.tries
                is_dead = work.give_back(
                    mail,
                    code=code,
                    again_at=now + wait,
                    counts=True,
                    most_tries=self._config.tries,
                )
                if is_dead:
                    _log.error("mail.given_up mail=%d kind=%s code=%r", mail.id, mail.kind, code)
                else:
                    _log.warning(
                        "mail.postponed mail=%d kind=%s code=%r tries=%d wait_s=%d",
                        mail.id, mail.kind, code, tries, wait.total_seconds(),
                    )  # fmt: skip

    def _be_silent(self, code: str, mails: list[int]) -> None:
        """Let the server rest, longer each time; no letter was at fault, so none is counted."""
        now = self._clock.now()
        self._silent_until = now + self._silence
        _log.warning(
            "mail.unavailable code=%r mails=%d wait_s=%d",
            code, len(mails), self._silence.total_seconds(),
        )  # fmt: skip
        self._put_back(mails, code, self._silent_until)
        self._silence = min(_LONGEST_SILENCE, self._silence * 2)

    def _put_back(self, mails: list[int], code: str, again_at: datetime) -> None:
        with self._database.write() as session:
            for mail_id in mails:
                mail = work.held(session, Mail, mail_id, self._owner)
                if mail is not None:
                    work.give_back(
                        mail,
                        code=code,
                        again_at=again_at,
                        counts=False,
                        most_tries=self._config.tries,
                    )
