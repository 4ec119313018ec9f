"""The invented people of Zuiderveen, their parties and desks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from casework.people.models import Desk, Organisation, Role, User
from casework.people.transitions import join_desk, open_desk

KIND = Desk.Kind
HOME = "Gemeente Zuiderveen"

PARTIES = (
    (HOME, "Zuiderveen", "gemeente"),
    ("Politie Eenheid Oost", "Politie", "ketenpartner"),
    ("Woonstichting Veenland", "Veenland", "ketenpartner"),
    ("GGZ Zuid", "GGZ Zuid", "ketenpartner"),
    ("Verslavingszorg De Brug", "De Brug", "ketenpartner"),
    ("Jeugdhulp Veenrand", "Veenrand", "ketenpartner"),
    ("Welzijn Zuiderveen", "Welzijn", "ketenpartner"),
)

DESKS = (
    ("procesregie", HOME, "Procesregie", KIND.PROCESREGIE, ""),
    ("wijkteam", HOME, "Wijkteam Oost", KIND.CASUSREGIE, ""),
    ("management", HOME, "Managers sociaal domein en veiligheid", KIND.MANAGEMENT, ""),
    ("burgemeester", HOME, "Burgemeester", KIND.BESTUUR, "openbare-orde"),
    ("wethouder", HOME, "Wethouder zorg", KIND.BESTUUR, "zorg"),
    ("oov", HOME, "Openbare orde en veiligheid", KIND.AOV, ""),
    ("beleid", HOME, "Beleid zorg en veiligheid", KIND.POLICY, ""),
    ("privacy", HOME, "Privacy", KIND.PRIVACY, ""),
    ("fg", HOME, "Functionaris gegevensbescherming", KIND.FG, ""),
    ("beheer", HOME, "Functioneel beheer", KIND.BEHEER, ""),
    ("piket", HOME, "Piket zorg en veiligheid", KIND.PIKET, ""),
    ("politie", "Politie Eenheid Oost", "Wijkagenten", KIND.PARTNER, ""),
    ("wonen", "Woonstichting Veenland", "Wonen en overlast", KIND.PARTNER, ""),
    ("ggz", "GGZ Zuid", "Bemoeizorg", KIND.PARTNER, ""),
    ("verslaving", "Verslavingszorg De Brug", "Ambulant team", KIND.PARTNER, ""),
    ("jeugd", "Jeugdhulp Veenrand", "Gezinsteam", KIND.PARTNER, ""),
    ("welzijn", "Welzijn Zuiderveen", "Buurtwerk", KIND.PARTNER, ""),
    ("ggz-management", "GGZ Zuid", "Directie", KIND.MANAGEMENT, ""),
)


@dataclass(frozen=True)
class Somebody:
    """One invented person: where, in which role, and what the demo says of him."""

    name: str
    desk: str
    role: Role
    job_title: str
    demo: str = ""
    explanation: str = ""
    lead: bool = True
    also: str = ""


PEOPLE = (
    Somebody(
        "Fatima El Amrani",
        "procesregie",
        Role.PROCESREGISSEUR,
        "Procesregisseur",
        "procesregisseur",
        "Opent casussen, schaalt op en brengt terug",
        also="piket",
    ),
    Somebody(
        "Sanne Pinas",
        "wijkteam",
        Role.CASUSREGISSEUR,
        "Casusregisseur",
        "casusregisseur",
        "Maakt het plan met het huishouden",
    ),
    Somebody(
        "Kemal Yıldız",
        "politie",
        Role.KETENPARTNER,
        "Wijkagent",
        "ketenpartner-politie",
        "Meldt en doet taken voor de politie",
    ),
    Somebody(
        "Joost Bos",
        "wonen",
        Role.KETENPARTNER,
        "Medewerker overlast",
        "ketenpartner-wonen",
        "Doet taken voor de woningcorporatie",
    ),
    Somebody(
        "Marloes de Wit",
        "management",
        Role.MANAGER,
        "Manager veiligheid",
        "manager",
        "Beantwoordt één vraag over één knelpunt",
    ),
    Somebody(
        "Joke Klaassen",
        "burgemeester",
        Role.BESTUURDER,
        "Burgemeester",
        "bestuurder",
        "Besluit op één pagina, vaak op de telefoon",
    ),
    Somebody(
        "Bram Hoekstra",
        "oov",
        Role.AOV,
        "Adviseur openbare orde en veiligheid",
        "aov",
        "Volgt het programma en is vervanger van Fatima",
    ),
    Somebody(
        "Lies Verhage",
        "beleid",
        Role.BELEIDSMEDEWERKER,
        "Beleidsmedewerker",
        "beleidsmedewerker",
        "Ontvangt beleidssignalen en antwoordt",
    ),
    Somebody(
        "Petra Jansma",
        "privacy",
        Role.PRIVACY_OFFICER,
        "Privacy officer",
        "privacy-officer",
        "Beoordeelt vergissingen en datalekken",
    ),
    Somebody(
        "Priya Verma",
        "fg",
        Role.FG,
        "Functionaris gegevensbescherming",
        "fg",
        "Leest het logboek",
    ),
    Somebody(
        "Ben ter Horst",
        "beheer",
        Role.BEHEERDER,
        "Functioneel beheerder",
        "beheerder",
        "Beheert mensen, bureaus en termijnen",
    ),
    Somebody(
        "Otto Haverkamp",
        "procesregie",
        Role.PROCESREGISSEUR,
        "Procesregisseur",
        lead=False,
        also="piket",
    ),
    Somebody("Wim Terpstra", "wethouder", Role.BESTUURDER, "Wethouder zorg"),
    Somebody("Jan de Boer", "management", Role.MANAGER, "Manager zorg", lead=False),
    Somebody(
        "Els Drent", "ggz-management", Role.MANAGER, "Directeur behandeling", lead=True
    ),
    Somebody("Anouk Smit", "ggz", Role.KETENPARTNER, "Behandelaar"),
    Somebody("Tessa Wolters", "politie", Role.KETENPARTNER, "Wijkagent", lead=False),
    Somebody("Rik Mulder", "verslaving", Role.KETENPARTNER, "Begeleider"),
    Somebody("Noor Dijkstra", "jeugd", Role.KETENPARTNER, "Gezinswerker"),
    Somebody("Hanna Prins", "welzijn", Role.KETENPARTNER, "Buurtwerker"),
    Somebody(
        "Daan Postma",
        "wijkteam",
        Role.CASUSREGISSEUR,
        "Casusregisseur",
        lead=False,
    ),
)

DEMO_ROLES = {who.demo: who for who in PEOPLE if who.demo}


def address_of(name: str) -> str:
    """Give the address with which an invented person logs in."""
    plain = name.lower().replace(" ", ".").replace("ı", "i")
    return f"{plain}@zuiderveen.example"


@dataclass
class Town:
    """Everybody and every desk of the demo, by their short names."""

    desks: dict[str, Desk]
    people: dict[str, User]
    parties: dict[str, Organisation]


def people_the_town(*, on: date) -> Town:
    """Make parties, desks and people, with deputies and team leads."""
    parties = {
        name: Organisation.objects.create(name=name, short_name=short, kind=kind)
        for name, short, kind in PARTIES
    }
    desks = {
        key: open_desk(
            parties[party],
            name=name,
            kind=kind,
            portfolio=portfolio,
            phone=f"010 123 40 {number:02}",
        )
        for number, (key, party, name, kind, portfolio) in enumerate(DESKS, start=1)
    }
    people: dict[str, User] = {}
    for who in PEOPLE:
        user = User.objects.create_user(
            address_of(who.name),
            name=who.name,
            job_title=who.job_title,
            phone="010 123 45 67",
            organisation=desks[who.desk].organisation,
        )
        join_desk(user, desks[who.desk], role=who.role, on=on, is_lead=who.lead)
        if who.also:
            join_desk(user, desks[who.also], role=who.role, on=on, is_lead=True)
        people[who.demo or who.name] = user
    _appoint(people["procesregisseur"], people["aov"], people["manager"])
    _appoint(people["manager"], people["Jan de Boer"], people["bestuurder"])
    _appoint(people["bestuurder"], people["Wim Terpstra"], people["Wim Terpstra"])
    _appoint(people["casusregisseur"], people["Daan Postma"], people["manager"])
    return Town(desks=desks, people=people, parties=parties)


def _appoint(user: User, deputy: User, lead: User) -> None:
    user.deputy, user.team_lead = deputy, lead
    user.save(update_fields=["deputy", "team_lead"])
