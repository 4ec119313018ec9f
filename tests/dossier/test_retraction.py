"""A mistake: out of sight at once, destroyed by two, and a line that says only that."""

from datetime import timedelta

import pytest
from django.apps import apps
from django.db import connection

from casework.audit import log
from casework.cases.breaches import close_breach, confirm_destruction
from casework.cases.dossier import add_note, notes_for
from casework.cases.excluding import exclude_colleague
from casework.cases.models import Breach, Disclosure, Note, Person, Retraction
from casework.cases.retraction import (
    agree_destruction,
    opened_by,
    refuse_destruction,
    take_back,
)
from casework.people.errors import (
    AlreadyDone,
    InvalidInput,
    NotPermitted,
    NotVisible,
)
from casework.work import items
from tests.replay import replays
from tests.world import AT, CANARIES, opened

LATER = AT + timedelta(hours=2)


@pytest.fixture
def note(world, case) -> Note:
    return add_note(
        case,
        by=world.procesregisseur,
        at=AT,
        text=f"{CANARIES['medical']} van {CANARIES['neighbour']}",
        mark="fact",
        tag="medical",
        source=world.health,
    )


@pytest.fixture
def disclosure(world, case) -> Disclosure:
    return Disclosure.objects.create(
        case=case,
        about="task:77",
        desk=world.police_desk,
        package="chosen",
        text=CANARIES["medical"],
        ground="wgs",
        at=AT,
        by=world.procesregisseur,
    )


def taken(world, subject) -> Retraction:
    return take_back(subject, by=world.procesregisseur, at=LATER, reason="wrong_person")


def rows_with(word: str) -> list[str]:
    """Every table in which a word stands, in whatever column."""
    found = []
    with connection.cursor() as cursor:
        for model in apps.get_models():
            table = connection.ops.quote_name(model._meta.db_table)
            cursor.execute(
                f"select count(*) from {table} t where t::text ilike %s", [f"%{word}%"]
            )
            if cursor.fetchone()[0]:
                found.append(model._meta.label)
    return found


class TestTakeBack:
    def test_is_out_of_sight_at_once(self, world, case, person, note) -> None:
        with replays(case):
            taken(world, note)
            taken(world, person)

        assert not notes_for(world.procesregisseur, at=LATER).exists()
        people = Person.objects.visible_to(world.procesregisseur, at=LATER)
        assert not people.standing().exists()

    def test_asks_the_privacy_officer_and_closes_what_waited(
        self, world, case, person
    ) -> None:
        assert items.open_about(person.key).exists()

        retraction = taken(world, person)

        assert not items.open_about(person.key).exists()
        item = items.open_about(retraction.key).get()
        assert item.owner_desk.kind == "privacy"
        assert item.link == f"/vergissing/persoon/{person.pk}/"

    def test_refuses_twice(self, world, note) -> None:
        taken(world, note)

        with pytest.raises(AlreadyDone):
            taken(world, note)

    def test_refuses_a_reason_that_is_not_in_the_list(self, world, note) -> None:
        with pytest.raises(InvalidInput):
            take_back(note, by=world.procesregisseur, at=AT, reason="zomaar")

    def test_refuses_the_privacy_officer(self, world, note) -> None:
        with pytest.raises(NotVisible):
            take_back(note, by=world.privacy_officer, at=AT, reason="not_needed")


class TestAgreeDestruction:
    def test_leaves_no_text_anywhere_and_keeps_the_line(
        self, world, case, person, note
    ) -> None:
        """Catches a copy of the text in an event, a log line, a task or a mail."""
        for word in (CANARIES["medical"], CANARIES["name"], CANARIES["address"]):
            assert rows_with(word)
        first, second = taken(world, note), taken(world, person)

        with replays(case):
            agree_destruction(first, by=world.privacy_officer, at=LATER)
            agree_destruction(second, by=world.privacy_officer, at=LATER)

        for word in (CANARIES["medical"], CANARIES["name"], CANARIES["address"]):
            assert rows_with(word) == []
        note.refresh_from_db()
        assert note.destroyed_at == LATER
        assert note.text == ""
        person.refresh_from_db()
        assert person.name == ""
        assert person.birth_on is None

    def test_refuses_anybody_else(self, world, note) -> None:
        retraction = taken(world, note)

        for user in (world.procesregisseur, world.fg, world.manager):
            with pytest.raises(NotVisible):
                agree_destruction(retraction, by=user, at=LATER)

    def test_refuses_who_took_it_back(self, world, case, note) -> None:
        """Catches one person who makes something disappear alone."""
        retraction = taken(world, note)
        retraction.by = world.privacy_officer
        retraction.save(update_fields=["by"])

        with pytest.raises(NotPermitted):
            agree_destruction(retraction, by=world.privacy_officer, at=LATER)

    def test_refuses_twice(self, world, note) -> None:
        retraction = taken(world, note)
        agree_destruction(retraction, by=world.privacy_officer, at=LATER)

        with pytest.raises(AlreadyDone):
            agree_destruction(retraction, by=world.privacy_officer, at=LATER)


class TestRefuseDestruction:
    def test_keeps_the_text_out_of_sight(self, world, case, note) -> None:
        retraction = taken(world, note)

        with replays(case):
            refuse_destruction(
                retraction,
                by=world.privacy_officer,
                at=LATER,
                reason="Nodig voor een klacht",
            )

        note.refresh_from_db()
        assert note.text
        assert not notes_for(world.procesregisseur, at=LATER).exists()
        assert not items.open_about(retraction.key).exists()

    def test_wants_a_reason(self, world, note) -> None:
        with pytest.raises(InvalidInput):
            refuse_destruction(
                taken(world, note), by=world.privacy_officer, at=LATER, reason=""
            )


class TestTakeBackOfADisclosure:
    def test_raises_seventy_two_clock_hours_for_the_privacy_officer(
        self, world, case, disclosure
    ) -> None:
        with replays(case):
            taken(world, disclosure)

        breach = Breach.objects.system_scope("test").get()
        item = items.open_about(breach.key).get()
        assert item.title == "Mogelijk datalek"
        assert item.due_at == LATER + timedelta(hours=72)
        assert item.legal
        assert breach.report_by == item.due_at

    def test_asks_the_receiver_to_destroy_it(self, world, case, disclosure) -> None:
        taken(world, disclosure)
        assert items.open_about(disclosure.key).get().owner_desk == world.police_desk

        with pytest.raises(NotVisible):
            confirm_destruction(disclosure, by=world.housing_worker, at=LATER)
        with replays(case):
            confirm_destruction(disclosure, by=world.officer, at=LATER)
        assert not items.open_about(disclosure.key).exists()
        with pytest.raises(AlreadyDone):
            confirm_destruction(disclosure, by=world.officer, at=LATER)

    def test_who_knows_these_people_confirms_nothing(
        self, world, case, disclosure
    ) -> None:
        """Catches an exclusion that counts for everybody, or in every case."""
        taken(world, disclosure)
        other = opened(world, at=LATER)
        exclude_colleague(other, by=world.procesregisseur, at=LATER, user=world.officer)
        exclude_colleague(
            case, by=world.procesregisseur, at=LATER, user=world.other_officer
        )

        with pytest.raises(NotVisible):
            confirm_destruction(disclosure, by=world.other_officer, at=LATER)
        confirm_destruction(disclosure, by=world.officer, at=LATER)

    def test_a_desk_confirms_nothing_that_stands(self, world, disclosure) -> None:
        with pytest.raises(NotVisible):
            confirm_destruction(disclosure, by=world.officer, at=LATER)

    def test_shows_who_opened_it(self, world, case, disclosure) -> None:
        for user in (world.officer, world.procesregisseur):
            log.write(
                "disclosure.opened",
                by=user,
                at=AT,
                case=case.pk,
                about=disclosure.key,
            )

        assert [entry.by for entry in opened_by(disclosure)] == [world.officer]

    def test_is_concluded_once_by_the_privacy_officer(self, world, disclosure) -> None:
        taken(world, disclosure)
        breach = Breach.objects.system_scope("test").get()
        facts = {"at": LATER, "conclusion": "no_risk", "text": "Niemand opende het."}

        with pytest.raises(NotVisible):
            close_breach(breach, by=world.procesregisseur, **facts)
        with replays(breach.case):
            close_breach(breach, by=world.privacy_officer, **facts)
        assert not items.open_about(breach.key).exists()
        with pytest.raises(AlreadyDone):
            close_breach(breach, by=world.privacy_officer, **facts)
