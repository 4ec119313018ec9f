"""What is filled in to ask is kept, and the clock looks for names in it."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine

from ave.escalation.drafts import check_drafts, draft_of, keep_draft
from ave.escalation.flow import EscalationFlow
from ave.escalation.models import Draft
from casework.audit.models import AuditEntry
from casework.cases.absence import start_absence
from casework.people.errors import NotVisible
from tests.world import AT

FREE = {"question": "Wie betaalt de opvang?", "if_nothing": ""}
NAMED = {"question": "Mag Agnieszka Kowalska blijven?", "if_nothing": "Fatima is boos."}


@pytest.fixture
def keep(case, world):
    def keep(texts, at=AT):
        sent = {name: [text] for name, text in texts.items()}
        return keep_draft(case, by=world.procesregisseur, at=at, sent=sent, texts=texts)

    return keep


def every():
    return Draft.objects.system_scope("test")


class TestKeepDraft:
    def test_keeps_one_for_each_person_and_case(self, keep):
        keep(FREE)
        keep(NAMED)

        assert every().get().texts == NAMED
        assert every().get().data()["question"] == NAMED["question"]

    def test_is_logged_without_its_words(self, keep):
        draft = keep(NAMED)

        entry = AuditEntry.objects.get(verb="draft.kept")
        assert entry.about == f"draft:{draft.pk}"

    def test_refuses_who_does_not_steer(self, case, world):
        with pytest.raises(NotVisible):
            keep_draft(case, by=world.casusregisseur, at=AT, sent={}, texts=FREE)

        assert not every().exists()

    def test_is_for_who_wrote_it_alone(self, case, world, keep):
        """Catches a deputy who reads what was never sent."""
        keep(NAMED)
        away = world.procesregisseur
        start_absence(away, by=away, at=AT, reason="Ziek")

        assert draft_of(case, away, at=AT) is not None
        assert draft_of(case, world.deputy, at=AT) is None
        assert draft_of(case, world.manager, at=AT) is None


class TestCheckDrafts:
    def test_says_the_words(self, keep):
        keep(NAMED)
        assert not every().get().is_checked

        assert check_drafts(at=AT) == 1

        assert every().get().words == ["Agnieszka Kowalska", "Fatima"]

    def test_finds_nothing_in_a_plain_question(self, keep):
        keep(FREE)

        check_drafts(at=AT)

        assert every().get().is_checked
        assert not every().get().words

    def test_looks_once_while_it_is_the_same(self, keep):
        keep(NAMED)
        check_drafts(at=AT)

        keep(NAMED)
        assert every().get().is_checked
        assert check_drafts(at=AT) == 0

        keep(FREE)
        assert not every().get().is_checked

    def test_keeps_offsets_and_no_words(self, keep):
        """Catches a second copy of a name, in a place that nobody thinks of."""
        keep(NAMED)
        check_drafts(at=AT)

        assert every().get().found == [["question", 4, 22], ["if_nothing", 0, 6]]

    def test_forgets_after_a_week(self, keep):
        keep(NAMED, at=AT)

        check_drafts(at=AT + timedelta(days=6))
        assert every().exists()

        check_drafts(at=AT + timedelta(days=7, minutes=1))
        assert not every().exists()


class TestPreviewPage:
    @pytest.fixture
    def page(self, client, case, world):
        client.force_login(
            world.procesregisseur,
            "allauth.account.auth_backends.AuthenticationBackend",
        )
        with time_machine.travel(AT, tick=False):
            yield f"/casussen/{case.reference}/opschalen/"

    def sent(self, case, **given):
        return {
            "bottleneck": str(case.bottlenecks.get().number),
            "kind": "decision",
            **FREE,
            **given,
        }

    def test_shows_the_words_once_the_clock_looked(self, client, page, case):
        data = self.sent(case, **NAMED, preview="1")

        first = client.post(page, data)
        assert first.status_code == 200
        assert "We zoeken nog naar namen" in first.content.decode()

        check_drafts(at=AT)
        later = client.get(f"{page}?concept=1")
        assert later.status_code == 200
        assert '"Agnieszka Kowalska"' in later.content.decode()
        assert NAMED["question"] in later.content.decode()

    def test_goes_on_with_what_was_kept(self, client, page, case):
        client.post(page, self.sent(case, preview="1"))

        assert "Ga verder met je vraag" in client.get(page).content.decode()

    def test_forgets_it_when_it_is_sent(self, client, page, case):
        client.post(page, self.sent(case, preview="1"))

        assert client.post(page, self.sent(case, send="1")).status_code == 303
        assert not every().exists()
        assert EscalationFlow.process_class.objects.count() == 1

    def test_keeps_nothing_with_a_known_name(self, client, page, case):
        data = self.sent(case, question="Mag Jansje blijven?", preview="1")

        assert client.post(page, data).status_code == 422
        assert not every().exists()

    def test_survives_a_stray_nul(self, client, page, case):
        data = self.sent(case, preview="1", urgent="a\x00b")

        assert client.post(page, data).status_code in {200, 422}
