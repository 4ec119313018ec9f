"""What policy is asked by the cases, and what it answers."""

from datetime import UTC, date, datetime

import pytest

from casework.audit.models import AuditEntry
from casework.people.errors import (
    AlreadyDone,
    InvalidInput,
    NotPermitted,
)
from programme.models import PolicySignal
from programme.transitions import (
    answer_signal,
    read_answer,
    receive_signal,
)
from tests.programme.conftest import work
from tests.world import AT, DAY


class TestReceiveSignal:
    def test_waits_at_the_desk_for_twenty_working_days(self, signal, policy_desk):
        item = work(signal.key).get()

        assert (item.owner_desk, item.title) == (
            policy_desk,
            "Beantwoord een beleidssignaal",
        )
        # Twenty working days after Monday 23 November: Christmas lies in between.
        assert item.due_on == signal.answer_due == date(2026, 12, 21)

    def test_tells_nobody_who_sent_it_or_when(self, world, signal):
        """Catches a row that can be laid beside the log of a case."""
        item = work(signal.key).get()

        assert (item.asked_by, item.opened_by, item.case) == (None, None, None)
        assert item.opened_at == datetime(2026, 11, 22, 23, tzinfo=UTC)
        assert signal.sent_on == DAY
        assert not AuditEntry.objects.filter(about=signal.key).exists()

    def test_refuses_a_desk_that_makes_no_policy(self, world, programme):
        with pytest.raises(InvalidInput):
            receive_signal(
                theme="no_place",
                text="Geen plek.",
                desk=world.procesregie,
                asked_by=world.procesregisseur,
                at=AT,
            )

    def test_refuses_an_empty_text(self, world, policy_desk):
        with pytest.raises(InvalidInput):
            receive_signal(
                theme="no_place",
                text=" ",
                desk=policy_desk,
                asked_by=world.procesregisseur,
                at=AT,
            )


class TestAnswerSignal:
    def test_brings_the_answer_back_to_who_asked(self, world, signal):
        answer_signal(
            signal, answer="Er komen plekken bij.", by=world.beleidsmedewerker, at=AT
        )

        item = work(signal.key).open().get()
        assert (item.kind, item.owner_user) == ("signal.read", world.procesregisseur)
        assert work(signal.key, "signal.answer").get().state == "done"

    def test_records_it(self, world, signal):
        answer_signal(signal, answer="Ja.", by=world.beleidsmedewerker, at=AT)

        entry = AuditEntry.objects.get(verb="signal.answered")
        assert (entry.by, entry.about, entry.case) == (
            world.beleidsmedewerker,
            signal.key,
            None,
        )

    @pytest.mark.parametrize(
        "role", ["aov", "procesregisseur", "manager", "fg", "beheerder", "officer"]
    )
    def test_refuses_whoever_makes_no_policy_there(self, world, signal, role):
        with pytest.raises(NotPermitted):
            answer_signal(signal, answer="Ja.", by=getattr(world, role), at=AT)

    def test_refuses_a_second_answer(self, world, signal):
        answer_signal(signal, answer="Ja.", by=world.beleidsmedewerker, at=AT)

        with pytest.raises(AlreadyDone):
            answer_signal(signal, answer="Nee.", by=world.beleidsmedewerker, at=AT)

        assert PolicySignal.objects.get().answer == "Ja."

    def test_refuses_silence(self, world, signal):
        with pytest.raises(InvalidInput):
            answer_signal(signal, answer="  ", by=world.beleidsmedewerker, at=AT)

    def test_refuses_what_leads_to_somebody(self, world, signal):
        """Catches an answer that says of which address an anonymous signal was."""
        with pytest.raises(InvalidInput, match="cannot be accepted") as refusal:
            answer_signal(
                signal, answer="Zie Veenmospad 15.", by=world.beleidsmedewerker, at=AT
            )

        assert "Veenmospad 15" in refusal.value.user_message


class TestReadAnswer:
    @pytest.fixture
    def answered(self, world, signal):
        return answer_signal(signal, answer="Ja.", by=world.beleidsmedewerker, at=AT)

    def test_lets_nothing_wait_any_more(self, world, answered):
        read_answer(answered, by=world.procesregisseur, at=AT)

        assert not work(answered.key).open().exists()
        assert answered.read_at == AT

    def test_refuses_whoever_did_not_send_it(self, world, answered):
        with pytest.raises(NotPermitted):
            read_answer(answered, by=world.other_procesregisseur, at=AT)

    def test_refuses_before_there_is_an_answer(self, world, signal):
        with pytest.raises(AlreadyDone):
            read_answer(signal, by=world.procesregisseur, at=AT)

    def test_refuses_twice(self, world, answered):
        read_answer(answered, by=world.procesregisseur, at=AT)

        with pytest.raises(AlreadyDone):
            read_answer(answered, by=world.procesregisseur, at=AT)
