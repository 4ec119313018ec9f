"""A town in which everybody has somebody to stand in for him."""

from __future__ import annotations

from dataclasses import dataclass

from casework.people.models import Desk, Role, User
from casework.people.transitions import join_desk
from tests.world import FIRST_DAY, World, make_world

STAND_INS = (
    ("procesregisseur", "deputy"),
    ("other_procesregisseur", "procesregisseur"),
    ("deputy", "procesregisseur"),
    ("casusregisseur", "procesregisseur"),
    ("manager", "other_manager"),
    ("other_manager", "manager"),
    ("burgemeester", "wethouder"),
    ("wethouder", "burgemeester"),
    ("officer", "other_officer"),
    ("other_officer", "officer"),
)
"""Who stands in for whom."""

LEADS = (
    ("procesregisseur", "manager"),
    ("other_procesregisseur", "procesregisseur"),
    ("casusregisseur", "other_procesregisseur"),
    ("manager", "burgemeester"),
    ("officer", "other_officer"),
)
"""Who leads whom."""


@dataclass
class Town:
    """Everybody who works there, and the desks of the ketenpartners."""

    world: World
    people: list[User]
    partner_desks: list[Desk]

    @property
    def regisseurs(self) -> list[User]:
        """Who has the procesregie of cases."""
        return [self.world.procesregisseur, self.world.other_procesregisseur]


def make_town() -> Town:
    """Let the invented municipality have deputies, leads and a ggz with people."""
    world = make_world()
    for away, deputy in STAND_INS:
        getattr(world, away).deputy = getattr(world, deputy)
    for led, lead in LEADS:
        getattr(world, led).team_lead = getattr(world, lead)
    join_desk(
        world.other_procesregisseur,
        world.piket,
        role=Role.PROCESREGISSEUR,
        on=FIRST_DAY,
        is_lead=True,
    )
    nurse = _joins(world, "Ada Smit", world.health_desk, is_lead=True)
    colleague = _joins(world, "Bob Kruis", world.health_desk)
    nurse.deputy, colleague.deputy = colleague, nurse
    people = [each for each in vars(world).values() if isinstance(each, User)]
    people = list({user.pk: user for user in [*people, nurse, colleague]}.values())
    for user in people:
        user.save(update_fields=["deputy", "team_lead"])
    return Town(
        world=world,
        people=people,
        partner_desks=[world.police_desk, world.housing_desk, world.health_desk],
    )


def _joins(world: World, name: str, desk: Desk, *, is_lead: bool = False) -> User:
    user = User.objects.create_user(
        f"{name.lower().replace(' ', '.')}@ggz.example",
        name=name,
        organisation=world.health,
        job_title=Role.KETENPARTNER.label,
    )
    join_desk(user, desk, role=Role.KETENPARTNER, on=FIRST_DAY, is_lead=is_lead)
    return user
