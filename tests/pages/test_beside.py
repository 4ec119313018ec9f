"""The pages beside a request: whom it is about, and another view of the decision."""

from __future__ import annotations

from datetime import timedelta

import pytest

from ave.escalation.dissenting import write_dissent
from ave.escalation.flow import answer
from ave.escalation.models import Dissent, Escalation, Showing
from ave.escalation.showing import note_showings, show_persons
from ave.escalation.transitions import take_back
from casework.audit.models import AuditEntry
from casework.cases.absence import end_absence, set_deputy, start_absence
from casework.cases.excluding import exclude_colleague
from casework.cases.household import add_person
from casework.cases.models import Case, Participation
from casework.cases.participations import join_case
from casework.people.errors import AlreadyDone, InvalidInput, NotPermitted, NotVisible
from casework.people.models import Desk, Role, User
from casework.people.transitions import join_desk, open_desk
from casework.plan.answering import pick_up_task
from casework.plan.offering import Ask
from casework.plan.transitions import offer_task
from casework.work import items
from casework.work.models import WorkItem
from tests.pages.conftest import shows_nobody, text_of
from tests.replay import replays
from tests.standing import begins_with
from tests.world import AT, CANARIES, DAY, World, begin, with_canaries

WHY = "De deurwaarder moet weten bij wie hij aanbelt."


pytestmark = pytest.mark.usefixtures("running")


def _begin() -> tuple[World, Case]:
    world, case = begin()
    with_canaries(world, case)
    add_person(
        case,
        by=world.procesregisseur,
        at=AT,
        name="Kleine Pim",
        role="family",
        birth_on=DAY.replace(year=2018),
        informed_on=DAY,
    )
    return world, case


_begun = begins_with(_begin)


@pytest.fixture
def world(begun):
    return begun[0]


@pytest.fixture
def decided(world, escalation) -> Escalation:
    answer(
        escalation, by=world.manager, at=AT, answer="decide", text="De ggz regelt het."
    )
    escalation.refresh_from_db()
    return escalation


def dissent_of(world, decided) -> Dissent:
    """What the ggz thinks of a decision, written down for it."""
    with replays(decided.case):
        return write_dissent(
            decided,
            by=world.procesregisseur,
            at=AT,
            text="Wij hebben geen plek.",
            organisation=world.health,
        )


def who(escalation):
    return f"/besluiten/{escalation.pk}/wie/"


def mening(escalation):
    return f"/besluiten/{escalation.pk}/mening/"


def timeline(case):
    return f"/casussen/{case.reference}/tijdlijn/"


class TestShowWho:
    def test_shows_the_least_once(self, world, browser, escalation):
        """Catches a name without a reason, an address, and a name on the next page."""
        marloes = browser(world.manager)

        assert shows_nobody(marloes.get(who(escalation)))
        shown = marloes.send(who(escalation), {"reason": WHY})

        assert shown.status_code == 200
        assert CANARIES["name"] in text_of(shown)
        for hidden in ("address", "police", "medical", "mnemonic"):
            assert CANARIES[hidden] not in text_of(shown)
        assert "no-store" in shown["Cache-Control"]
        assert shows_nobody(marloes.get(who(escalation)))
        assert shows_nobody(marloes.get(f"/besluiten/{escalation.pk}/"))

    def test_names_no_child(self, world, browser, escalation):
        shown = text_of(browser(world.manager).send(who(escalation), {"reason": WHY}))

        assert "Kleine Pim" not in shown
        assert "Een kind, 8 jaar" in shown

    @pytest.mark.parametrize(
        "reason", ["", "Daarom.", " " * 40, "kort   " * 3, "a\x00b" * 9]
    )
    def test_asks_a_reason(self, world, browser, escalation, reason):
        page = browser(world.manager).send(who(escalation), {"reason": reason})

        assert page.status_code == 422
        assert shows_nobody(page)
        assert not Showing.objects.system_scope("test").exists()
        assert not AuditEntry.objects.filter(verb="persons.shown").exists()

    def test_is_logged_with_its_reason_hidden(self, world, escalation):
        with replays(escalation.case):
            show_persons(escalation, by=world.manager, at=AT, reason=WHY)

        entry = AuditEntry.objects.get(verb="persons.shown")
        assert entry.by == world.manager
        assert entry.case == escalation.case_id
        assert len(bytes(entry.query)) > len(WHY)
        assert WHY.encode() not in bytes(entry.query)
        assert entry.access_basis.startswith("showing:")

    def test_is_told_to_the_procesregisseur(self, world, browser, escalation):
        show_persons(escalation, by=world.manager, at=AT, reason=WHY)

        told = WorkItem.objects.system_scope("test").get(kind="persons.shown")
        assert told.owner_user == world.procesregisseur
        fatima = browser(world.procesregisseur)
        assert WHY in text_of(fatima.get(who(escalation)))
        assert fatima.send(who(escalation)).status_code == 303
        assert not items.open_about(told.about, kind="persons.shown").exists()

    def test_is_not_for_who_is_excluded(self, world, browser, escalation):
        """Catches a deputy who knows these people and answers in another's name."""
        set_deputy(world.manager, by=world.manager, at=AT, deputy=world.other_manager)
        exclude_colleague(
            escalation.case, by=world.procesregisseur, at=AT, user=world.other_manager
        )
        start_absence(world.manager, by=world.manager, at=AT, reason="Ziek")

        page = browser(world.other_manager).send(who(escalation), {"reason": WHY})

        assert page.status_code == 404
        with pytest.raises(NotVisible):
            show_persons(escalation, by=world.other_manager, at=AT, reason=WHY)
        assert not AuditEntry.objects.filter(verb="persons.shown").exists()

    def test_is_not_for_a_stranger(self, world, escalation):
        with pytest.raises(NotVisible):
            show_persons(escalation, by=world.other_manager, at=AT, reason=WHY)

    def test_a_deputy_looks_in_the_name_of_another(self, world, escalation):
        set_deputy(world.manager, by=world.manager, at=AT, deputy=world.other_manager)
        absence = start_absence(world.manager, by=world.manager, at=AT, reason="Ziek")

        show_persons(escalation, by=world.other_manager, at=AT, reason=WHY)
        entry = AuditEntry.objects.get(verb="persons.shown")
        assert entry.on_behalf_of == world.manager

        end_absence(absence, by=world.manager, at=AT)
        with pytest.raises(NotVisible):
            show_persons(escalation, by=world.other_manager, at=AT, reason=WHY)

    def test_ends_with_the_request(self, world, decided):
        with pytest.raises(NotPermitted):
            show_persons(decided, by=world.manager, at=AT, reason=WHY)

    def test_is_not_needed_by_who_reads_the_dossier(self, world, escalation):
        with pytest.raises(NotPermitted):
            show_persons(escalation, by=world.procesregisseur, at=AT, reason=WHY)
        with pytest.raises(NotVisible):
            note_showings(escalation, by=world.other_manager, at=AT)


class TestDissent:
    def test_stands_beside_the_decision(self, world, browser, decided):
        fatima = browser(world.procesregisseur)
        sent = fatima.send(
            mening(decided),
            {"organisation": world.municipality.pk, "text": "Dit duurt te lang."},
        )

        assert sent.status_code == 303
        for reader in (world.procesregisseur, world.manager):
            said = text_of(browser(reader).get(f"/besluiten/{decided.pk}/"))
            assert "Gemeente Zuiderveen is het er niet mee eens." in said
            assert "Dit duurt te lang." in said
            assert "Fatima El Amrani, 23 november" in said
            assert "opgeschreven door" not in said

    def test_of_a_party_says_who_wrote_it_down_and_how(
        self, world, browser, case, decided
    ):
        """Catches words of a party by the hand of another that read as its own."""
        dissent_of(world, decided)
        told = "Per telefoon, opgeschreven door Fatima El Amrani, 23 november"

        for reader in (world.procesregisseur, world.manager):
            assert told in text_of(browser(reader).get(f"/besluiten/{decided.pk}/"))
        line = text_of(browser(world.procesregisseur).get(timeline(case)))
        assert (
            "GGZ Zuid schreef een mening bij het besluit over knelpunt 1. "
            "Opgeschreven door Fatima El Amrani."
        ) in line

    def test_of_ones_own_party_was_written_down_by_nobody_else(
        self, world, browser, case, decided
    ):
        write_dissent(decided, by=world.procesregisseur, at=AT, text="Te laat.")

        line = text_of(browser(world.procesregisseur).get(timeline(case)))

        assert "schreef een mening bij het besluit over knelpunt 1." in line
        assert "Opgeschreven door" not in line

    @pytest.fixture
    def crisis_desk(self, world, case):
        """The desk by which the ggz takes part: not its first."""
        desk = open_desk(world.health, name="Crisisdienst", kind=Desk.Kind.PARTNER)
        join_case(case, Participation.Role.PARTY, at=AT, desk=desk)
        return desk

    def test_of_a_party_is_confirmed_by_its_desk_in_this_case(
        self, world, decided, crisis_desk
    ):
        """Catches what a party says of a decision, at a desk that is not in the case."""
        dissent = dissent_of(world, decided)

        assert not dissent.is_confirmed
        asked_of = items.open_about(f"dissent:{dissent.pk}", kind="confirm").get()
        assert asked_of.owner_desk == crisis_desk

    def test_of_a_party_goes_first_to_the_desk_that_does_something(
        self, world, decided, case, crisis_desk
    ):
        """Catches a desk that said no to its task, and hears of the case all the same."""
        day_clinic = open_desk(world.health, name="Dagkliniek", kind=Desk.Kind.PARTNER)
        doctor = User.objects.create_user("arts@ggz.example", name="Dr. A")
        join_desk(doctor, day_clinic, role=Role.KETENPARTNER, on=DAY)
        ask = Ask(
            kind="advice_housing",
            question="Is thuis wonen veilig?",
            desk=day_clinic,
            due_on=DAY + timedelta(days=14),
        )
        pick_up_task(
            offer_task(case, ask, by=world.procesregisseur, at=AT), by=doctor, at=AT
        )

        dissent = dissent_of(world, decided)

        asked_of = items.open_about(f"dissent:{dissent.pk}", kind="confirm").get()
        assert asked_of.owner_desk == day_clinic

    def test_of_a_party_that_left_no_desk_asks_none(self, world, decided, case):
        """Catches a desk that reads about a case it never heard of, only because it is
        the first one of its organisation."""
        join_case(case, Participation.Role.PARTY, at=AT, organisation=world.health)

        dissent = dissent_of(world, decided)

        assert not items.open_about(f"dissent:{dissent.pk}").exists()

    def test_waits_for_a_decision(self, world, browser, escalation):
        page = browser(world.procesregisseur).get(mening(escalation))

        assert page.status_code == 409
        assert "Er is nog geen besluit." in text_of(page)

    def test_is_not_for_who_decided(self, world, decided):
        with pytest.raises(NotPermitted):
            write_dissent(decided, by=world.manager, at=AT, text="Toch niet.")

    def test_is_not_for_who_does_not_read_it(self, world, browser, decided):
        """Catches a partner who would learn that something went up."""
        for stranger in (world.officer, world.other_manager):
            assert browser(stranger).get(mening(decided)).status_code == 404
            with pytest.raises(NotVisible):
                write_dissent(decided, by=stranger, at=AT, text="Nee.")
        assert not Dissent._base_manager.exists()

    def test_is_said_once_by_a_party(self, world, decided):
        say = {"by": world.procesregisseur, "at": AT, "text": "Nee."}
        write_dissent(decided, **say)

        with pytest.raises(AlreadyDone):
            write_dissent(decided, **say)

    @pytest.mark.parametrize("text", ["  ", f"{CANARIES['name']} moet weg."])
    def test_needs_words_without_a_name(self, world, decided, text):
        with pytest.raises(InvalidInput) as refusal:
            write_dissent(decided, by=world.procesregisseur, at=AT, text=text)

        assert refusal.value.field == "text"

    def test_is_gone_for_the_manager_when_the_bottleneck_is_back(
        self, world, browser, decided
    ):
        bottleneck = decided.bottleneck
        bottleneck.refresh_from_db()
        take_back(bottleneck, by=world.procesregisseur, at=AT)

        assert browser(world.manager).get(mening(decided)).status_code == 404
