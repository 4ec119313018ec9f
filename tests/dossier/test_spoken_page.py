"""The page that asks who said something whether it was written down right."""

import pytest

from ave.escalation.flow import answer
from ave.escalation.transitions import take_back
from casework.cases.confirmations import Given, confirm, dispute, settle_dispute
from casework.cases.handover import hand_over_procesregie
from casework.cases.parties import exclude_colleague
from casework.people.errors import AlreadyDone, NotVisible
from casework.work import items
from tests.dossier.conftest import post
from tests.world import AT, DAY, asked

pytestmark = pytest.mark.usefixtures("_now")


def leave(world, case, *, to) -> None:
    """The procesregisseur hands the case over: she knows these people."""
    given = {"by": world.procesregisseur, "at": AT}
    hand_over_procesregie([case], user=to, **given)
    exclude_colleague(case, by=to, at=AT, user=world.procesregisseur)


class TestSettleDispute:
    def test_refuses_what_was_talked_over_before(self, world, case, spoken) -> None:
        """Catches a second line in the dossier for one conversation."""
        dispute(spoken, by=world.manager, at=AT, reason="Ik zei dinsdag")
        settle_dispute(spoken, by=world.procesregisseur, at=AT)

        with pytest.raises(AlreadyDone):
            settle_dispute(spoken, by=world.procesregisseur, at=AT)

        assert case.events.filter(kind="dispute.settled").count() == 1

    def test_refuses_what_nobody_disputed(self, world, case, spoken) -> None:
        """Catches a dispute in the dossier that there never was."""
        with pytest.raises(AlreadyDone):
            settle_dispute(spoken, by=world.procesregisseur, at=AT)

        assert not case.events.filter(kind="dispute.settled").exists()


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
        assert not items.open_about(f"answer:{spoken.pk}").exists()

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

    @pytest.mark.parametrize("about", ["answer:0", "user:1", "answer:x", "answer"])
    def test_knows_nothing_else(self, world, as_user, about) -> None:
        assert as_user(world.manager).get(f"/klopt-dit/{about}/").status_code == 404
