"""Thirteen weeks: people act, the clock ticks, processes are killed, and all is sound."""

from __future__ import annotations

import contextlib
import random
from collections.abc import Callable, Collection
from datetime import timedelta

import time_machine
from django.db.models import QuerySet
from django.db.models.functions import Now

from casework.cases.absence import may_report, start_absence
from casework.people.errors import NotPermitted, NotVisible, TransitionRefused
from casework.people.models import User
from casework.work import inbox, outbox
from casework.work.ladder import never
from casework.work.models import Delivery, WorkItem
from tests.simulation import sound
from tests.simulation.answers import ANSWERS
from tests.simulation.faults import GONE, KILLED, MailServer, breaks_at
from tests.simulation.initiatives import INITIATIVES, refer
from tests.simulation.moments import Moment, quarter
from tests.simulation.scene import Idle, Scene
from tests.simulation.town import Town
from workers import jobs
from workers.app import PERIODIC, Periodic

SOON = timedelta(minutes=3)
ALL = tuple(each.name for each in PERIODIC)
MAIL = ("reap_leases", "plan_due", "deliver_due")
LOOK = (*MAIL, "settle_absences", "audit_next_steps")
"""What the clock does at every step, and each evening; twice a week it does all."""
OF_THE_DESK = ("triage", "triage.tell")
"""What only who belongs to a desk may do: who stands in for him has no place there."""

DAYS_AFTER = 7
MOST_TRIES = 5
TICK = sorted(PERIODIC, key=lambda each: each.name != "reap_leases")
"""In one tick all of it, and first what was left of the last one."""


class Quarter:
    """One play of a quarter; the same seed plays the same."""

    def __init__(self, town: Town, seed: int, *, most_cases: int) -> None:
        self.chance = random.Random(seed)
        self.moments = list(quarter(seed, self.chance))
        self.scene = Scene(town, self.chance, self.moments[0].at, most_cases)
        self.server = MailServer(self.chance, meanwhile=self._somebody_acts)
        self.faults = 0
        share = [0.0, 0.2, 0.5, 0.8, 1.0]
        self.diligence = {
            user.pk: self.chance.choices(share, [1, 1, 2, 4, 4])[0]
            for user in town.people
        }

    def play(self) -> None:
        """Play it to the end, and a quiet week in which nothing fails any more."""
        week = self.moments[0].at.isocalendar().week
        for _ in range(self.scene.most_cases):
            self._try("refer", lambda: refer(self.scene))
        self._quiet_tick(SOON)
        for moment in self.moments:
            if moment.at.isocalendar().week != week:
                week = moment.at.isocalendar().week
                self._quiet_tick(SOON)
                sound.check_all(self.scene)
            self._step(moment)
        self._calm_down()
        sound.check_all(self.scene)

    def figures(self) -> dict[str, int]:
        """How much happened."""
        return {
            "steps": len(self.moments),
            "acts": sum(self.scene.done.values()),
            "mails": len(self.server.taken),
            "broken": self.faults,
        }

    def _step(self, moment: Moment) -> None:
        self.scene.at = moment.at
        with time_machine.travel(moment.at, tick=False):
            if moment.at_work:
                for _ in range(self.chance.randint(0, self.scene.most_cases)):
                    self._somebody_acts()
            elif self.chance.random() < 0.1:
                self._somebody_acts()
            if self.chance.random() < 0.02:
                self.server.is_away = not self.server.is_away
            elif self.chance.random() < 0.3:
                self.server.is_away = False
            killed = self._tick(_names(moment), fails=True)
        if killed:
            self.faults += 1
            self._quiet_tick(SOON)
        sound.check(self.scene, self.server, looked=killed or moment.ends_day)

    def _somebody_acts(self) -> None:
        """Somebody does what waits for him, or begins something."""
        for _ in range(MOST_TRIES):
            try:
                self._begin() if self.chance.random() < 0.4 else self._work()
            except Idle:
                continue
            return

    def _begin(self) -> None:
        begin = self.chance.choices([*INITIATIVES], [*INITIATIVES.values()])[0]
        self._try(begin.__name__, lambda: begin(self.scene))

    def _work(self) -> None:
        """Something that waits is done, if who has it is diligent enough."""
        waiting = list(sound.open_work().order_by("pk"))
        if not waiting:
            raise Idle
        item = self.chance.choice(waiting)
        by = self._whose(item)
        if self.chance.random() > self.diligence[by.pk]:
            raise Idle
        mine = inbox.mine(by, at=self.scene.at)
        assert mine.filter(pk=item.pk).exists(), f"{by} does not see {item}"
        owner = item.claimed_by or item.owner_user
        if owner is not None and self.scene.acts_for(owner) != by:
            self._try("stand_in", lambda: self._stand_in(by, owner))
            return
        try:
            self._try(item.kind, lambda: ANSWERS[item.kind](self.scene, by, item))
        except (NotVisible, NotPermitted) as refusal:
            raise AssertionError(f"{by} has {item} and may not do it") from refusal

    def _whose(self, item: WorkItem) -> User:
        """The person, somebody of the desk, or who was asked since he is silent."""
        if item.stand_in is not None and self.chance.random() < 0.3:
            return self.scene.acts_for(item.stand_in)
        person = item.claimed_by or item.owner_user
        if item.is_own and person is not None and person.pk in self.scene.away():
            raise Idle
        if person is None:
            assert item.owner_desk is not None
            places = item.owner_desk.memberships.select_related("user").order_by("pk")
            person = self.chance.choice(list(places)).user
            if item.kind in OF_THE_DESK and person.pk in self.scene.away():
                raise Idle
        return self.scene.acts_for(person)

    def _stand_in(self, by: User, owner: User) -> None:
        """A deputy of who is silent can do nothing before he reports him away."""
        at = self.scene.at
        if owner.pk in self.scene.away() or not may_report(owner, by, at=at):
            raise Idle
        start_absence(owner, by=by, at=at, reason="Antwoordt niet")

    def _try(self, name: str, act: Callable[[], object]) -> None:
        try:
            act()
        except (NotVisible, NotPermitted):
            raise
        except TransitionRefused as refusal:
            self.scene.refused[f"{name}: {type(refusal).__name__}"] += 1
        else:
            self.scene.done[name] += 1

    def _tick(self, names: Collection[str], *, fails: bool) -> bool:
        """Let the clock do its list; say whether a process was killed meanwhile."""
        # Only leases read the clock of the database, which nobody can move: since the
        # last tick they ran out, and what is held now stays so until the next.
        self._held().update(lease_until=Now() - timedelta(seconds=1))
        self.server.works = not fails
        ended = [
            self._run(periodic, fails=fails)
            for periodic in TICK
            if periodic.name in names
        ]
        return not all(ended)

    def _run(self, periodic: Periodic, *, fails: bool) -> bool:
        """Do one thing of the list; no if it broke off."""
        strikes = fails and self.chance.random() < 0.01
        error = self.chance.choice([KILLED, KILLED, GONE])
        statement = self.chance.randint(1, 40) if strikes else 0
        ended = False
        with contextlib.suppress(KILLED, GONE), breaks_at(statement, error) as struck:
            if periodic.name == "deliver_due":
                self._deliver()
            else:
                jobs.run(periodic, stop=never, at=self.scene.at)
            ended = True
        # What broke may have been caught, to be tried again a minute later.
        return ended and not struck

    def _deliver(self) -> None:
        try:
            outbox.deliver_due(at=self.scene.at, connect=self.server.line)
        finally:
            self._held().update(lease_until=self.scene.at + outbox.LEASE)

    def _held(self) -> QuerySet[Delivery]:
        return Delivery.objects.filter(state__in=outbox.HOLDING)

    def _calm_down(self) -> None:
        self.server.is_away = False
        for _ in range(DAYS_AFTER):
            self._quiet_tick(timedelta(days=1))
            sound.check(self.scene, self.server, looked=True)
        # What the last things on the list planned goes out at the next tick.
        self._quiet_tick(SOON)

    def _quiet_tick(self, later: timedelta) -> None:
        """The whole list of the clock, a while later, and nothing fails."""
        self.scene.at += later
        with time_machine.travel(self.scene.at, tick=False):
            self._tick(ALL, fails=False)


def _names(moment: Moment) -> Collection[str]:
    if not moment.ends_day:
        return MAIL
    return ALL if moment.at.weekday() in (0, 3) else LOOK
