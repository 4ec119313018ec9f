"""Notes with their source, and grounds that are in force."""

from datetime import timedelta

import pytest

from casework.cases import grants
from casework.cases.appointing import appoint_casusregisseur
from casework.cases.bases import BASES, choices
from casework.cases.dossier import add_note, notes_for, review_ground, state_ground
from casework.cases.models import Note, Participation
from casework.cases.participations import join_case
from casework.cases.reviews import ask_reviews
from casework.people.errors import InvalidInput, NotVisible
from casework.work import items
from tests.replay import replays
from tests.world import AT, CANARIES, DAY


class TestAddNote:
    def test_writes_it_with_mark_and_source(self, world, case) -> None:
        with replays(case):
            note = add_note(
                case,
                by=world.procesregisseur,
                at=AT,
                text=CANARIES["police"],
                mark="fact",
                tag="police",
                source=world.police,
            )

        assert note.source == world.police

    def test_refuses_police_data_without_its_source(self, world, case) -> None:
        with pytest.raises(InvalidInput) as refusal:
            add_note(
                case,
                by=world.procesregisseur,
                at=AT,
                text="x",
                mark="fact",
                tag="police",
            )

        assert refusal.value.field == "source"

    def test_refuses_a_ketenpartner(self, world, case) -> None:
        with pytest.raises(NotVisible):
            add_note(case, by=world.officer, at=AT, text="x", mark="fact")


class TestNotesFor:
    @pytest.mark.parametrize(
        ("tag", "reads"),
        [("", True), ("minor", True), ("police", False), ("medical", False)],
    )
    def test_release_rule_for_a_casusregisseur_of_another_organisation(
        self, world, case, tag, reads
    ) -> None:
        """Catches police and medical data that reach who only works on the case."""
        appoint_casusregisseur(
            case, by=world.procesregisseur, at=AT, user=world.casusregisseur
        )
        add_note(
            case,
            by=world.procesregisseur,
            at=AT,
            text=CANARIES["police"],
            mark="fact",
            tag=tag,
            source=world.police,
        )

        assert notes_for(world.casusregisseur, at=AT).exists() == reads
        every_way = Note.objects.visible_to(world.casusregisseur, at=AT)
        assert every_way.exists() == reads
        assert notes_for(world.procesregisseur, at=AT).exists()

    @pytest.mark.parametrize(
        ("role", "reads"),
        [
            (Participation.Role.CASUSREGISSEUR, True),
            (Participation.Role.TRIAGE, True),
            (Participation.Role.BREAK_GLASS, True),
            (Participation.Role.RECEIVER, False),
            (Participation.Role.ARCHIVE, False),
        ],
    )
    def test_what_is_about_a_child_is_for_who_helps_now(
        self, world, case, role, reads
    ) -> None:
        """Catches a child's story for who is only asked to take over, or once did."""
        reader = world.casusregisseur
        for text, tag in (("Een kind vertelde dit.", "minor"), ("Iets anders.", "")):
            add_note(
                case,
                by=world.procesregisseur,
                at=AT,
                text=text,
                mark="fact",
                tag=tag,
                source=world.police,
            )
        join_case(case, role, at=AT, user=reader, until=AT + timedelta(hours=4))
        grants.follow([case.pk], at=AT)

        found = set(notes_for(reader, at=AT).values_list("tag", flat=True))
        assert found == ({"minor", ""} if reads else {""})
        assert notes_for(world.procesregisseur, at=AT).count() == 2
        assert not notes_for(reader, at=AT + timedelta(hours=5)).exists()


class TestStateGround:
    def test_states_it_and_asks_to_look_again_before_its_day(self, world, case) -> None:
        with replays(case):
            ground = state_ground(
                case,
                by=world.procesregisseur,
                at=AT,
                code="wgs",
                purpose="Bespreken in het Zorg- en Veiligheidshuis",
                review_on=DAY + timedelta(days=20),
            )
        assert ask_reviews(at=AT) == 0

        later = AT + timedelta(days=7)
        assert ask_reviews(at=later) == 1
        assert ask_reviews(at=later) == 0

        with replays(case):
            review_ground(
                ground,
                by=world.procesregisseur,
                at=later,
                review_on=DAY + timedelta(days=200),
                note="Nog nodig voor het plan.",
            )
        assert not items.open_about(ground.key).exists()
        assert ask_reviews(at=later) == 0

    def test_refuses_what_is_not_in_force(self, world, case) -> None:
        """Catches the Wams as a ground while it is no law."""
        assert not BASES["wams"].is_active
        assert "wams" not in dict(choices())

        with pytest.raises(InvalidInput):
            state_ground(
                case,
                by=world.procesregisseur,
                at=AT,
                code="wams",
                purpose="Iets",
                review_on=DAY + timedelta(days=20),
            )
