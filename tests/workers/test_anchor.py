"""The day's checkpoint of the log goes where no owner of the database comes."""

from __future__ import annotations

from datetime import timedelta

import pytest

from casework.audit.log import write
from casework.audit.sealer import read_anchor, seal
from casework.audit.verify import inspect_log
from casework.people.models import Absence, User
from casework.work.models import Delivery
from casework.work.outbox import deliver_due
from tests.access.exits import Postbox
from tests.world import AT, make_world
from workers.jobs import keep_anchor

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def fg(settings, tmp_path) -> User:
    settings.ANCHOR_DIR = tmp_path / "anchors"
    world = make_world()
    write("case.read", by=world.procesregisseur, at=AT, case=7)
    seal(at=AT)
    return world.fg


def sent(at) -> list:
    box = Postbox()
    while deliver_due(at=at, connect=lambda: box):
        pass
    return [mail for mail in box.got if "IJkpunt" in mail.subject]


class TestKeepAnchor:
    def test_mails_what_it_keeps_and_both_fit_the_log(self, fg, settings):
        assert keep_anchor(at=AT) == 2

        (mail,) = sent(AT)
        (file,) = settings.ANCHOR_DIR.iterdir()
        kept = [read_anchor(mail.text), read_anchor(file.read_text())]
        assert mail.to == fg.email
        assert kept[0] == kept[1]
        found = {each.name: each for each in inspect_log(at=AT, anchors=kept)}
        assert (found["anchors"].checked, found["anchors"].count) == (2, 0)

    def test_does_it_once_a_day(self, fg):
        keep_anchor(at=AT)
        assert keep_anchor(at=AT + timedelta(hours=1)) == 0

        write("case.read", by=fg, at=AT, case=8)
        seal(at=AT + timedelta(hours=2))
        assert keep_anchor(at=AT + timedelta(hours=3)) == 0
        assert keep_anchor(at=AT + DAY) == 2
        assert len(sent(AT + DAY)) == 2

    def test_mails_also_where_no_file_can_be(self, fg, settings, tmp_path):
        """Catches a full disk that keeps the mail back as well."""
        settings.ANCHOR_DIR = tmp_path / "a file"
        settings.ANCHOR_DIR.write_text("")

        with pytest.raises(OSError, match="a file"):
            keep_anchor(at=AT)

        assert len(sent(AT)) == 1

    def test_writes_again_what_was_only_begun(self, fg, settings):
        """Catches a full disk that costs the day its file, without a word."""
        settings.ANCHOR_DIR.mkdir(parents=True, exist_ok=True)
        begun = settings.ANCHOR_DIR / f"{AT.date().isoformat()}.txt"
        begun.write_text("")

        assert keep_anchor(at=AT) == 2

        assert read_anchor(begun.read_text()).size > 0
        assert [file.name for file in settings.ANCHOR_DIR.iterdir()] == [begun.name]

    def test_reaches_who_is_away_too(self, fg):
        deputy = User.objects.create_user("d@y.example", name="Dora Vervanger")
        Absence.objects.create(
            user=fg, deputy=deputy, starts_at=AT, started_by=fg, reason="Vakantie"
        )
        keep_anchor(at=AT)

        assert [mail.to for mail in sent(AT)] == [fg.email]

    def test_waits_until_something_is_sealed(self, settings, tmp_path):
        settings.ANCHOR_DIR = tmp_path / "anchors"
        make_world()

        assert keep_anchor(at=AT) == 0
        assert not Delivery.objects.exists()
