"""How long somebody stays logged in: a quarter of an hour idle, ten hours at most."""

from __future__ import annotations

import time
from datetime import timedelta

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends import db
from django.contrib.sessions.backends.base import SessionBase

IDLE = timedelta(minutes=15)
WARNED = timedelta(minutes=13)
LONGEST = timedelta(hours=10)
BEGAN, SEEN, STOPPED, AWAY, KEPT = "began", "seen", "stopped", "away", "kept"


class SessionStore(db.SessionStore):
    """A session that knows when its user logged in, however he did that."""

    def __setitem__(self, key: str, value: object) -> None:
        """Start the clock when somebody is put in it."""
        super().__setitem__(key, value)
        if key == SESSION_KEY:
            super().__setitem__(BEGAN, time.time())
            super().__setitem__(SEEN, time.time())
            for name in (STOPPED, AWAY, KEPT):
                self.pop(name, None)

    def flush(self) -> None:
        """Forget all but who it was: what he still sends is kept for him."""
        user = self.get(SESSION_KEY)
        super().flush()
        if user is not None:
            self[STOPPED] = str(user)

    @classmethod
    def get_model_class(cls) -> type:
        """Keep the sessions where Django keeps them."""
        return db.SessionStore.get_model_class()


def is_over(session: SessionBase) -> bool:
    """Whether who is logged in was away, or here, for too long."""
    now = time.time()
    idle = now - float(session.get(SEEN, 0))
    present = now - float(session.get(BEGAN, 0))
    return idle >= IDLE.total_seconds() or present >= LONGEST.total_seconds()


def left(session: SessionBase) -> int:
    """Give the seconds until it is over when nothing happens."""
    now = time.time()
    idle = float(session.get(SEEN, 0)) + IDLE.total_seconds() - now
    present = float(session.get(BEGAN, 0)) + LONGEST.total_seconds() - now
    return max(0, int(min(idle, present)))


def see(session: SessionBase, *, now: bool = False) -> None:
    """Write down that somebody is there; not at each click."""
    if now or time.time() - float(session.get(SEEN, 0)) >= settings.SESSION_SEEN_EVERY:
        session[SEEN] = time.time()


def stop(session: SessionBase) -> str:
    """Log out who was away too long, and remember only who that was. Give his number."""
    session.flush()
    session[AWAY] = True
    return str(session[STOPPED])
