"""The people of the town beside those of the world, and who stands in for whom."""

from __future__ import annotations

from casework.cases.absence import set_deputy
from casework.people.models import Desk, Organisation, Role, User
from casework.people.transitions import join_desk, open_desk
from tests.world import AT, FIRST_DAY, World


def make_people(world: World) -> dict[str, User]:
    found: dict[str, User] = {}

    def come(name: str, desk: Desk, role: Role) -> User:
        user = User.objects.create_user(
            f"{name}@{desk.pk}.example",
            name=f"Collega {name.capitalize()}",
            organisation=desk.organisation,
            job_title=role.label,
            phone="0101234567",
        )
        join_desk(user, desk, role=role, on=FIRST_DAY)
        found[name] = user
        return user

    def desk_of(user: User) -> Desk:
        return user.memberships.get().desk

    kind = Desk.Kind.PARTNER
    elsewhere = Organisation.objects.create(
        name="Stichting Ver Weg", short_name="Ver Weg", kind="ketenpartner"
    )
    addiction = Organisation.objects.create(
        name="Verslavingszorg Oost", short_name="Verslavingszorg", kind="ketenpartner"
    )
    come("nel", world.procesregie, Role.PROCESREGISSEUR)
    casusregie = desk_of(world.casusregisseur)
    for name in ("carla", "cor", "dirk", "eva"):
        come(name, casusregie, Role.CASUSREGISSEUR)
    come("alex", desk_of(world.aov), Role.AOV)
    come("mo", desk_of(world.manager), Role.MANAGER)
    come("lea", desk_of(world.manager), Role.MANAGER)
    come("bea", desk_of(world.burgemeester), Role.BESTUURDER)
    come("ada", desk_of(world.manager), Role.MANAGER)
    come("gea", desk_of(world.manager), Role.MANAGER)
    come("ron", desk_of(world.wethouder), Role.BESTUURDER)
    come("mia", world.health_desk, Role.KETENPARTNER)
    other_desk = open_desk(world.police, name="Recherche", kind=kind)
    for name in ("rik", "vera"):
        come(name, other_desk, Role.KETENPARTNER)
    come("pim", open_desk(addiction, name="Hulp", kind=kind), Role.KETENPARTNER)
    come("wil", open_desk(addiction, name="Directie", kind=kind), Role.MANAGER)
    come("kees", open_desk(elsewhere, name="Elders", kind=kind), Role.KETENPARTNER)
    found["root"] = User.objects.create_user(
        "root@zuiderveen.example", name="Super User", is_superuser=True
    )
    world.procesregisseur.team_lead = found["lea"]
    world.procesregisseur.save(update_fields=["team_lead"])
    for user, deputy in (
        (world.casusregisseur, found["dirk"]),
        (world.officer, found["vera"]),
        (world.manager, found["mo"]),
        (world.burgemeester, found["bea"]),
    ):
        set_deputy(user, by=user, at=AT, deputy=deputy)
    return found
