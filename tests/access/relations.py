"""Everybody in every relation to the cases of the town."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from ave.escalation.flow import answer
from ave.escalation.transitions import take_back as bring_back
from ave.escalation.voices import ask_voice
from casework.cases import grants
from casework.cases.absence import end_absence, set_deputy, start_absence
from casework.cases.break_glass import LASTS, open_break_glass
from casework.cases.confirmations import Given
from casework.cases.excluding import exclude_colleague, exclude_myself
from casework.people.models import Absence, User
from casework.work.models import WorkItem
from tests.access.canaries import ANSWER, EMERGENCY
from tests.access.cases import open_case
from tests.access.later import write_beside
from tests.access.town import NOW, Things, Town, other, things
from tests.standing import scene
from tests.world import AT

KNOWN = (
    ("anonymous", "none"),
    ("procesregisseur", "none"),
    ("procesregisseur", "regisseur-nu"),
    ("procesregisseur", "regisseur-toen"),
    ("procesregisseur", "vervanger-slapend"),
    ("procesregisseur", "vervanger-waarnemend"),
    ("procesregisseur", "beoordelaar"),
    ("procesregisseur", "archief"),
    ("procesregisseur", "schreef-op-voor-ander"),
    ("procesregisseur", "uitgesloten"),
    ("procesregisseur", "noodtoegang-actief"),
    ("casusregisseur", "none"),
    ("casusregisseur", "melder"),
    ("casusregisseur", "regisseur-nu"),
    ("casusregisseur", "regisseur-toen"),
    ("casusregisseur", "vervanger-slapend"),
    ("casusregisseur", "vervanger-waarnemend"),
    ("casusregisseur", "ontvanger"),
    ("casusregisseur", "uitgesloten"),
    ("casusregisseur", "noodtoegang-actief"),
    ("casusregisseur", "noodtoegang-verlopen"),
    ("ketenpartner", "none"),
    ("ketenpartner", "melder"),
    ("ketenpartner", "zelfde-bureau-voor-oppakken"),
    ("ketenpartner", "zelfde-bureau-na-oppakken"),
    ("ketenpartner", "collega-van-oppakker"),
    ("ketenpartner", "gaf-antwoord"),
    ("ketenpartner", "doet-mee-bureau"),
    ("ketenpartner", "zelfde-organisatie"),
    ("ketenpartner", "partij-van-overgedragen"),
    ("ketenpartner", "vervanger-slapend"),
    ("ketenpartner", "vervanger-waarnemend"),
    ("ketenpartner", "uitgesloten"),
    ("manager", "none"),
    ("manager", "beantwoorder"),
    ("manager", "beantwoorder-besliste"),
    ("manager", "beantwoorder-toen"),
    ("manager", "vervanger-slapend"),
    ("manager", "vervanger-waarnemend"),
    ("manager", "adviseur"),
    ("manager", "adviseur-na-antwoord"),
    ("manager", "standpunt-van-partij"),
    ("manager", "leidinggevende"),
    ("manager", "uitgesloten"),
    ("bestuurder", "none"),
    ("bestuurder", "beantwoorder"),
    ("bestuurder", "beantwoorder-besliste"),
    ("bestuurder", "beantwoorder-toen"),
    ("bestuurder", "vervanger-slapend"),
    ("bestuurder", "vervanger-waarnemend"),
    ("bestuurder", "tweede-bestuurder"),
    ("bestuurder", "uitgesloten"),
    ("aov", "none"),
    ("aov", "melder"),
    ("aov", "vervanger-slapend"),
    ("aov", "vervanger-waarnemend"),
    ("aov", "schreef-op-voor-ander"),
    ("aov", "uitgesloten"),
    ("aov", "noodtoegang-actief"),
    ("aov", "adviseur"),
    ("beleidsmedewerker", "none"),
    ("privacy-officer", "none"),
    ("privacy-officer", "vervanger-waarnemend"),
    ("privacy-officer", "uitgesloten"),
    ("fg", "none"),
    ("fg", "uitgesloten"),
    ("beheerder", "none"),
    ("superuser", "none"),
)
"""Every subject with every relation that it can have."""


@dataclass(frozen=True)
class Stand:
    """How one subject stands to one case."""

    subject: str
    relation: str
    user: User | None
    things: Things

    def __post_init__(self) -> None:
        assert (self.subject, self.relation) in KNOWN


def stands(town: Town) -> Iterator[list[Stand]]:
    """Give everybody by how he stands; between two lists the town changes."""
    yield _standing(town)
    for change in (
        _melders,
        _deputies_at_work,
        _deputy_of_the_same_desk,
        _former_answerers,
        _deputy_of_the_fg,
        _people_who_know_them,
        _emergencies_of_others,
        _adviser_of_another_role,
        _emergency_that_is_over,
    ):
        yield from change(town)


def _standing(town: Town) -> list[Stand]:
    world, people = town.world, town.people
    lead, first = town.requests["management"].pk, town.requests["bestuurlijk"].pk
    runs = things(town)
    before = things(town, task=town.tasks["offered"].pk)
    after = things(town, task=town.tasks["taken"].pk)
    asked = things(town, request=lead)
    at_top = things(town, request=first)
    none = [
        ("anonymous", None),
        ("procesregisseur", people["nel"]),
        ("casusregisseur", people["carla"]),
        ("ketenpartner", people["kees"]),
        ("manager", world.other_manager),
        ("bestuurder", world.wethouder),
        ("aov", people["alex"]),
        ("beleidsmedewerker", world.beleidsmedewerker),
        ("privacy-officer", world.privacy_officer),
        ("fg", world.fg),
        ("beheerder", world.beheerder),
        ("superuser", people["root"]),
    ]
    return [
        *(Stand(subject, "none", user, asked) for subject, user in none),
        Stand("procesregisseur", "regisseur-nu", world.procesregisseur, runs),
        Stand("procesregisseur", "regisseur-toen", world.other_procesregisseur, runs),
        Stand(
            "procesregisseur",
            "beoordelaar",
            people["nel"],
            other(town, town.in_triage),
        ),
        Stand("procesregisseur", "archief", people["nel"], other(town, town.closed)),
        Stand("casusregisseur", "regisseur-nu", world.casusregisseur, runs),
        Stand("casusregisseur", "regisseur-toen", people["cor"], runs),
        Stand("casusregisseur", "vervanger-slapend", people["dirk"], runs),
        Stand(
            "casusregisseur",
            "ontvanger",
            world.casusregisseur,
            other(town, town.stopping),
        ),
        Stand("casusregisseur", "noodtoegang-actief", people["eva"], runs),
        Stand("aov", "vervanger-slapend", world.aov, runs),
        Stand("ketenpartner", "melder", people["mia"], runs),
        Stand(
            "ketenpartner", "zelfde-bureau-voor-oppakken", world.other_officer, before
        ),
        Stand("ketenpartner", "zelfde-bureau-na-oppakken", world.officer, after),
        Stand("ketenpartner", "collega-van-oppakker", world.other_officer, after),
        Stand(
            "ketenpartner",
            "gaf-antwoord",
            world.officer,
            things(town, task=town.tasks["done"].pk),
        ),
        Stand("ketenpartner", "doet-mee-bureau", world.housing_worker, after),
        Stand("ketenpartner", "zelfde-organisatie", people["rik"], after),
        Stand("ketenpartner", "vervanger-slapend", people["vera"], after),
        Stand("ketenpartner", "partij-van-overgedragen", people["pim"], after),
        Stand("manager", "beantwoorder", world.manager, asked),
        Stand("manager", "vervanger-slapend", people["mo"], asked),
        Stand("manager", "adviseur", people["ada"], asked),
        Stand("manager", "adviseur-na-antwoord", people["gea"], asked),
        Stand("manager", "standpunt-van-partij", people["wil"], asked),
        Stand("bestuurder", "tweede-bestuurder", people["ron"], at_top),
        Stand("bestuurder", "beantwoorder", world.burgemeester, at_top),
        Stand("bestuurder", "vervanger-slapend", people["bea"], at_top),
    ]


def _melders(town: Town) -> Iterator[list[Stand]]:
    """Somebody of the municipality referred it himself."""
    for subject, user in (
        ("casusregisseur", town.people["carla"]),
        ("aov", town.people["alex"]),
    ):
        with scene():
            case = open_case(
                town.world, by=town.world.other_procesregisseur, referrer=user
            )
            own = things(town, reference=case.reference)
            yield [Stand(subject, "melder", user, own)]


def _deputies_at_work(town: Town) -> Iterator[list[Stand]]:
    """Everybody is away; his deputy does his work."""
    world, people = town.world, town.people
    with scene():
        for user in (
            world.procesregisseur,
            world.casusregisseur,
            world.officer,
            world.manager,
            world.burgemeester,
        ):
            start_absence(user, by=user, at=AT, reason="Vakantie")

        def acting(subject: str, deputy: User, **given: Any) -> Stand:
            absence = Absence.objects.get(deputy=deputy).pk
            found = things(town, absence=absence, **given)
            return Stand(subject, "vervanger-waarnemend", deputy, found)

        requests = town.requests
        yield [
            acting("aov", world.aov),
            acting("casusregisseur", people["dirk"]),
            acting("ketenpartner", people["vera"], task=town.tasks["taken"].pk),
            acting("manager", people["mo"], request=requests["management"].pk),
            acting("bestuurder", people["bea"], request=requests["bestuurlijk"].pk),
        ]


def _deputy_of_the_same_desk(town: Town) -> Iterator[list[Stand]]:
    """A procesregisseur is the deputy of another."""
    world, nel = town.world, town.people["nel"]
    with scene():
        set_deputy(world.procesregisseur, by=world.procesregisseur, at=AT, deputy=nel)
        yield [Stand("procesregisseur", "vervanger-slapend", nel, things(town))]
        absence = start_absence(
            world.procesregisseur, by=world.procesregisseur, at=AT, reason="Ziek"
        )
        acts = things(town, absence=absence.pk)
        yield [Stand("procesregisseur", "vervanger-waarnemend", nel, acts)]


def _deputy_of_the_fg(town: Town) -> Iterator[list[Stand]]:
    """The privacy officer does the work of the FG: his desk's, not his role's."""
    fg, deputy = town.world.fg, town.world.privacy_officer
    with scene():
        set_deputy(fg, by=fg, at=AT, deputy=deputy)
        absence = start_absence(fg, by=fg, at=AT, reason="Ziek")
        acts = things(town, absence=absence.pk)
        yield [Stand("privacy-officer", "vervanger-waarnemend", deputy, acts)]


def _former_answerers(town: Town) -> Iterator[list[Stand]]:
    """A deputy wrote down what they said by telephone, and is deputy no longer."""
    world = town.world
    with scene():
        confirm = _record_for(town, world.aov)
        yield [
            Stand("aov", "schreef-op-voor-ander", world.aov, confirm[0]),
            Stand("manager", "beantwoorder-besliste", world.manager, confirm[0]),
            Stand(
                "bestuurder", "beantwoorder-besliste", world.burgemeester, confirm[1]
            ),
        ]
        for request in town.requests.values():
            request.bottleneck.refresh_from_db()
            bring_back(request.bottleneck, by=world.procesregisseur, at=AT)
        yield [
            Stand("manager", "beantwoorder-toen", world.manager, confirm[0]),
            Stand("bestuurder", "beantwoorder-toen", world.burgemeester, confirm[1]),
        ]
    with scene():
        nel = town.people["nel"]
        set_deputy(world.procesregisseur, by=world.procesregisseur, at=AT, deputy=nel)
        confirm = _record_for(town, nel)
        yield [Stand("procesregisseur", "schreef-op-voor-ander", nel, confirm[0])]


def _record_for(town: Town, deputy: User) -> list[Things]:
    away = town.world.procesregisseur
    absence = start_absence(away, by=away, at=AT, reason="Ziek")
    assert absence.deputy == deputy
    found = []
    for request in town.requests.values():
        request.refresh_from_db()
        request.bottleneck.refresh_from_db()
        given = Given(channel="telephone", at=AT, by=request.answerer)
        answer(
            request,
            by=deputy,
            at=AT,
            answer="decide",
            text=ANSWER["answer"],
            given=given,
        )
        write_beside(request)
        said = request.answers.order_by("-pk").first()
        found.append(things(town, request=request.pk, spoken=f"answer:{said.pk}"))
    end_absence(absence, by=away, at=AT)
    return found


def _emergencies_of_others(town: Town) -> Iterator[list[Stand]]:
    """A procesregisseur of other cases, and who is no regisseur at all."""
    for subject, name in (("procesregisseur", "nel"), ("aov", "alex")):
        with scene():
            opened = open_break_glass(
                town.case.reference,
                by=town.people[name],
                at=NOW,
                reason=EMERGENCY["reason_of_emergency"],
            )
            reads = things(town, emergency=opened.pk)
            yield [Stand(subject, "noodtoegang-actief", town.people[name], reads)]


def _adviser_of_another_role(town: Town) -> Iterator[list[Stand]]:
    """The answerer asks the AOV to think along."""
    alex, request = town.people["alex"], town.requests["management"]
    with scene():
        request.refresh_from_db()
        ask_voice(request, by=request.answerer, at=AT, user=alex, kind="advice")
        asked = things(town, request=request.pk)
        yield [Stand("aov", "adviseur", alex, asked)]


def _emergency_that_is_over(town: Town) -> Iterator[list[Stand]]:
    """Four hours and a second later, with nobody acting."""
    cor = town.people["cor"]
    with scene():
        opened = open_break_glass(
            town.case.reference,
            by=cor,
            at=NOW - LASTS - timedelta(seconds=1),
            reason=EMERGENCY["reason_of_emergency"],
        )
        grants.follow([town.case.pk], at=NOW)
        over = things(town, emergency=opened.pk)
        yield [Stand("casusregisseur", "noodtoegang-verlopen", cor, over)]


def _people_who_know_them(town: Town) -> Iterator[list[Stand]]:
    """Everybody who could see it, and knows these people."""
    world, people = town.world, town.people
    relation = "uitgesloten"
    taken = things(town, task=town.tasks["taken"].pk)
    asked = things(town, request=town.requests["management"].pk)
    at_top = things(town, request=town.requests["bestuurlijk"].pk)
    with scene():
        exclude_myself(town.case, by=world.casusregisseur, at=AT)
        watchers = world.privacy_officer, world.fg
        known = (
            world.aov,
            world.officer,
            *(people[key] for key in ("mo", "bea", "nel")),
        )
        for user in (*known, *watchers):
            exclude_colleague(town.case, by=world.procesregisseur, at=AT, user=user)
        away = {
            user: start_absence(user, by=user, at=AT, reason="Vakantie")
            for user in (world.procesregisseur, world.manager, world.burgemeester)
        }
        item = WorkItem._base_manager.get(owner_user=people["lea"], state="open")
        led = things(town, absence=away[world.procesregisseur].pk, uncovered=item.pk)
        yield [
            Stand("manager", "leidinggevende", people["lea"], led),
            Stand("casusregisseur", relation, world.casusregisseur, things(town)),
            Stand("aov", relation, world.aov, things(town)),
            Stand("ketenpartner", relation, world.officer, taken),
            Stand("manager", relation, people["mo"], asked),
            Stand("bestuurder", relation, people["bea"], at_top),
            Stand("procesregisseur", relation, people["nel"], things(town)),
            Stand("privacy-officer", relation, world.privacy_officer, things(town)),
            Stand("fg", relation, world.fg, things(town)),
        ]
