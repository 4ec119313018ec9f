"""The page that asks who said something whether it was written down right."""

import pytest

from ave.escalation.flow import answer
from ave.escalation.transitions import take_back
from casework.cases.absence import end_absence, start_absence
from casework.cases.confirmations import (
    Given,
    confirm,
    dispute,
    dispute_of,
    settle_dispute,
    talk_over,
)
from casework.cases.excluding import exclude_colleague
from casework.cases.handover import hand_over_procesregie
from casework.people.errors import AlreadyDone, NotVisible
from casework.work import items
from tests.dossier.conftest import post
from tests.replay import replays
from tests.world import AT, DAY, asked

pytestmark = pytest.mark.usefixtures("_now")


def leave(world, case, *, to) -> None:
    """The procesregisseur hands the case over: she knows these people."""
    given = {"by": world.procesregisseur, "at": AT}
    hand_over_procesregie([case], user=to, **given)
    exclude_colleague(case, by=to, at=AT, user=world.procesregisseur)


@pytest.mark.usefixtures("running")
class TestTalkOver:
    def test_asks_who_disputed_it_whether_it_was(self, world, spoken) -> None:
        """Catches who asked it and wrote the answer down, and ends the dispute too."""
        with replays(spoken.case):
            dispute(spoken, by=world.manager, at=AT, reason="Nooit gezegd")

        with replays(spoken.case):
            talk_over(spoken, by=world.procesregisseur, at=AT)

        [item] = items.open_about(f"answer:{spoken.pk}")
        assert (item.kind, item.owner_user) == ("confirm.talked_over", world.manager)
        assert dispute_of(spoken) == "Klopt niet, zegt Marloes de Wit"
        with pytest.raises(NotVisible):
            settle_dispute(spoken, by=world.procesregisseur, at=AT)

    def test_refuses_what_was_talked_over_before(self, world, case, spoken) -> None:
        """Catches a second line in the dossier for one conversation."""
        dispute(spoken, by=world.manager, at=AT, reason="Ik zei dinsdag")
        talk_over(spoken, by=world.procesregisseur, at=AT)

        with pytest.raises(AlreadyDone):
            talk_over(spoken, by=world.procesregisseur, at=AT)

        assert case.events.filter(kind="dispute.talked_over").count() == 1

    def test_refuses_what_nobody_disputed(self, world, case, spoken) -> None:
        """Catches a dispute in the dossier that there never was."""
        with pytest.raises(AlreadyDone):
            talk_over(spoken, by=world.procesregisseur, at=AT)

        assert not case.events.filter(kind="dispute.talked_over").exists()

    def test_asks_nobody_who_can_not_answer(self, world, case, spoken) -> None:
        """Catches a question to whom has left, and a dispute that counts as settled."""
        dispute(spoken, by=world.manager, at=AT, reason="Nooit gezegd")
        world.manager.is_active = False
        world.manager.save(update_fields=["is_active"])

        talk_over(spoken, by=world.procesregisseur, at=AT)

        assert not items.open_about(f"answer:{spoken.pk}").exists()
        assert "besproken" not in dispute_of(spoken)


@pytest.mark.usefixtures("running")
class TestSettleDispute:
    @pytest.fixture
    def talked(self, world, spoken):
        dispute(spoken, by=world.manager, at=AT, reason="Ik zei dinsdag")
        return talk_over(spoken, by=world.procesregisseur, at=AT)

    def test_is_for_who_disputed_it(self, world, case, talked) -> None:
        """Catches a dispute that ends in the name of another."""
        for other in (world.procesregisseur, world.other_manager):
            with pytest.raises(NotVisible):
                settle_dispute(talked, by=other, at=AT)

        with replays(case):
            settle_dispute(talked, by=world.manager, at=AT)

        assert dispute_of(talked) == "Klopt niet, zegt Marloes de Wit. Dat is besproken"
        assert not items.open_about(f"answer:{talked.pk}").exists()
        with pytest.raises(AlreadyDone):
            settle_dispute(talked, by=world.manager, at=AT)
        assert case.events.filter(kind="dispute.settled").count() == 1

    def test_is_for_who_stands_in_for_him_but_did_not_write_it(
        self, world, talked
    ) -> None:
        """Catches a dispute that waits for a holiday, and who confirms his own words as
        the deputy of whom they are of."""
        away = world.manager
        for deputy in (world.procesregisseur, world.other_manager):
            away.deputy = deputy
            away.save(update_fields=["deputy"])
            absence = start_absence(away, by=away, at=AT, reason="Ziek")
            if deputy == world.procesregisseur:
                with pytest.raises(NotVisible):
                    settle_dispute(talked, by=deputy, at=AT)
                end_absence(absence, by=away, at=AT)

        settle_dispute(talked, by=world.other_manager, at=AT)

        assert "besproken" in dispute_of(talked)

    def test_no_gives_it_back_to_who_wrote_it(self, world, talked, as_user) -> None:
        """Catches somebody who can only agree that it was talked over."""
        path = f"/klopt-dit/answer:{talked.pk}/"
        said = as_user(world.manager).get(path).content.decode()
        assert "Is dit besproken?" in said

        sent = {"right": "no", "reason": "Niemand belde mij"}
        assert post(as_user(world.manager), path, **sent).status_code == 303

        [item] = items.open_about(f"answer:{talked.pk}")
        assert (item.kind, item.owner_user) == ("disputed", world.procesregisseur)
        page = as_user(world.procesregisseur).get(path).content.decode()
        assert "Niemand belde mij" in page


@pytest.mark.usefixtures("running")
class TestConfirmSpoken:
    def test_is_for_who_said_it(self, world, spoken, as_user) -> None:
        path = f"/klopt-dit/answer:{spoken.pk}/"

        page = as_user(world.manager).get(path)
        assert "De ggz begint maandag." in page.content.decode()
        assert as_user(world.other_manager).get(path).status_code == 404
        assert post(as_user(world.manager), path, right="yes").status_code == 303
        spoken.refresh_from_db()
        assert spoken.is_confirmed
        assert post(as_user(world.manager), path, right="yes").status_code == 409

    def test_disputes_with_a_reason_that_is_talked_over(
        self, world, spoken, as_user
    ) -> None:
        path = f"/klopt-dit/answer:{spoken.pk}/"

        assert post(as_user(world.manager), path, right="no").status_code == 422
        done = post(as_user(world.manager), path, right="no", reason="Ik zei dinsdag")
        assert done.status_code == 303
        writer = as_user(world.procesregisseur)
        assert "Ik zei dinsdag" in writer.get(path).content.decode()
        assert post(writer, path).status_code == 303
        assert post(as_user(world.manager), path).status_code == 422
        assert post(as_user(world.manager), path, right="yes").status_code == 303
        assert post(as_user(world.manager), path, right="yes").status_code == 409
        assert not items.open_about(f"answer:{spoken.pk}").exists()

    @pytest.mark.parametrize("order", ["disputed first", "handed over first"])
    def test_a_dispute_goes_with_the_procesregie(
        self, world, case, spoken, as_user, order
    ) -> None:
        """Catches work on the list of a successor, or of who knows these people, whose
        page says that it is not there."""
        successor, path = world.other_procesregisseur, f"/klopt-dit/answer:{spoken.pk}/"
        deeds = [
            lambda: dispute(spoken, by=world.manager, at=AT, reason="Ik zei dinsdag"),
            lambda: leave(world, case, to=successor),
        ]
        for deed in deeds if order == "disputed first" else deeds[::-1]:
            deed()

        [item] = items.open_about(f"answer:{spoken.pk}", kind="disputed")
        assert item.owner_user == successor
        assert "Ik zei dinsdag" in as_user(successor).get(path).content.decode()
        assert as_user(world.procesregisseur).get(path).status_code == 404
        assert post(as_user(successor), path).status_code == 303
        assert not items.open_about(f"answer:{spoken.pk}", kind="disputed").exists()

    @pytest.mark.parametrize("disputed", [True, False])
    def test_is_not_for_who_wrote_it_and_left_the_case(
        self, world, case, spoken, as_user, disputed
    ) -> None:
        """Catches a former procesregisseur who reads on what was said."""
        path, left = f"/klopt-dit/answer:{spoken.pk}/", world.procesregisseur
        assert as_user(left).get(path).status_code == 200

        successor = world.other_procesregisseur
        hand_over_procesregie([case], by=left, at=AT, user=successor)
        if disputed:
            dispute(spoken, by=world.manager, at=AT, reason="Ik zei dinsdag")

        assert as_user(left).get(path).status_code == 404
        assert post(as_user(left), path).status_code == 404
        assert as_user(world.manager).get(path).status_code == 200
        if disputed:
            [item] = items.open_about(f"answer:{spoken.pk}", kind="disputed")
            assert item.owner_user == successor
            assert as_user(successor).get(path).status_code == 200

    @pytest.mark.parametrize("right", ["yes", "no"])
    def test_is_read_back_only_while_who_said_it_has_a_place(
        self, world, case, spoken, as_user, right
    ) -> None:
        """Catches a manager who reads what he said long after the knelpunt went back
        and the case closed, or who writes in it again."""
        path, manager = f"/klopt-dit/answer:{spoken.pk}/", as_user(world.manager)
        post(manager, path, right=right, reason="Ik zei dinsdag")
        assert "De ggz begint maandag." in manager.get(path).content.decode()

        take_back(case.bottlenecks.get(), by=world.procesregisseur, at=AT, to_level=2)

        assert manager.get(path).status_code == 404
        again = post(manager, path, right="no", reason="Nooit gezegd")
        assert again.status_code == 404
        with pytest.raises(NotVisible):
            confirm(spoken, by=world.manager, at=AT)


class TestConfirm:
    @pytest.mark.parametrize(
        ("kind", "chosen"),
        [
            ("pick_up", "Ik pak dit knelpunt op"),
            ("lower", "Dit kan op procesniveau"),
            ("decide", "Ik besluit nu"),
        ],
    )
    def test_shows_the_question_and_the_answer(
        self, world, case, as_user, kind, chosen
    ) -> None:
        """Catches a manager who is asked to confirm an empty page."""
        request = asked(world, case)
        told = Given(channel="telephone", at=AT, by=world.manager)
        facts = {
            "pick_up": {},
            "lower": {"text": "Begin klein."},
            "decide": {
                "text": "Begin maandag.",
                "binding": "De ggz",
                "until_on": DAY.replace(month=12),
            },
        }[kind]
        by = {"by": world.procesregisseur, "at": AT}
        answer(request, **by, answer=kind, given=told, **facts)
        path = f"/klopt-dit/answer:{request.answers.get().pk}/"

        page = as_user(world.manager).get(path).content.decode()

        assert "knelpunt 1" in page
        # With "lower" the bottleneck went down: it is no longer his to read.
        assert (request.question in page) is (kind != "lower")
        assert chosen in page
        if kind == "decide":
            assert "De ggz" in page
            assert "woensdag 23 december 2026" in page

    def test_is_not_for_who_answered_on_screen(self, world, case, as_user) -> None:
        """Catches a decision that its maker reads, and calls wrong, for ever: of words
        of his own nobody asks "Klopt dit?"."""
        request = asked(world, case)
        answer(request, by=world.manager, at=AT, answer="decide", text="Begin maandag.")
        given = request.answers.get(kind="decide")
        manager, path = as_user(world.manager), f"/klopt-dit/answer:{given.pk}/"

        assert manager.get(path).status_code == 404
        denied = post(manager, path, right="no", reason="Nooit gezegd")

        assert denied.status_code == 404
        with pytest.raises(NotVisible):
            dispute(given, by=world.manager, at=AT, reason="Nooit gezegd")
        given.refresh_from_db()
        assert given.disputed_at is None
        assert not items.open_about(f"answer:{given.pk}").exists()

    @pytest.mark.parametrize("about", ["answer:0", "user:1", "answer:x", "answer"])
    def test_knows_nothing_else(self, world, as_user, about) -> None:
        assert as_user(world.manager).get(f"/klopt-dit/{about}/").status_code == 404
