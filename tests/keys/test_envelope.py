"""Sealing the secrets of one subject, and making them unreadable for good."""

import pytest
from django.core.checks import Tags, run_checks
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.utils import timezone

from casework.keys import envelope as envelopes
from casework.keys import masters, rotation
from casework.keys.envelope import KeyDestroyed, NoKey, envelope, envelope_for_sealing
from casework.keys.models import DataKey

pytestmark = pytest.mark.django_db

AT = timezone.now()
FIRST, SECOND = bytes(range(32)), bytes(range(32, 64))
BSN = "CANARY-bsn"


def sealed(subject="case:1", purpose="bsn") -> bytes:
    return envelope_for_sealing(subject, at=AT).seal(BSN, purpose=purpose)


def read(hidden: bytes, subject="case:1", purpose="bsn") -> str:
    return envelope(subject).reveal(hidden, purpose=purpose)


class TestEnvelope:
    def test_gives_back_what_was_sealed(self):
        hidden = sealed()

        assert BSN.encode() not in hidden
        assert read(hidden) == BSN

    def test_looks_different_each_time(self):
        """Else one sees in a dump that two people have the same BSN."""
        assert sealed() != sealed()

    def test_keeps_one_key_for_a_subject(self):
        """A second key would make what the first one hid unreadable."""
        hidden = sealed()
        sealed()

        assert DataKey.objects.count() == 1
        assert read(hidden) == BSN

    def test_opens_for_its_own_case_and_purpose_only(self):
        """Catches a secret that is moved to another row and read there."""
        hidden = sealed("case:1")
        sealed("case:2")

        with pytest.raises(masters.Damaged):
            read(hidden, subject="case:2")
        with pytest.raises(masters.Damaged):
            read(hidden, purpose="draft")

    def test_does_not_open_with_the_key_of_another_case(self):
        """Catches a wrapped key that is copied from case to case in the database."""
        hidden = sealed("case:1")
        sealed("case:2")
        theirs = DataKey.objects.get(subject="case:1")
        DataKey.objects.filter(subject="case:2").update(wrapped=theirs.wrapped)

        with pytest.raises(masters.Damaged):
            read(hidden, subject="case:2")

    @pytest.mark.parametrize("at", [0, 1, 13, -1])
    def test_refuses_what_was_changed(self, at):
        hidden = bytearray(sealed())
        hidden[at] ^= 1

        with pytest.raises(masters.Damaged):
            read(bytes(hidden))

    def test_has_no_key_for_what_was_never_sealed(self):
        with pytest.raises(NoKey):
            envelope("case:1")

    def test_shows_no_key_when_it_is_printed(self):
        """Catches a key in a traceback."""
        found = envelope_for_sealing("case:1", at=AT)

        assert repr(found) == "Envelope(subject='case:1')"


class TestDestroy:
    def test_makes_unreadable_for_good(self):
        hidden = sealed()

        envelopes.destroy("case:1", at=AT)

        with pytest.raises(KeyDestroyed):
            read(hidden)
        with pytest.raises(KeyDestroyed):
            sealed()
        assert DataKey.objects.get().wrapped is None

    def test_lets_no_key_come_where_there_was_none(self):
        envelopes.destroy("case:1", at=AT)

        with pytest.raises(KeyDestroyed):
            sealed()

    def test_leaves_the_other_cases(self):
        hidden = sealed("case:2")

        envelopes.destroy("case:1", at=AT)

        assert read(hidden, subject="case:2") == BSN

    def test_can_not_be_half_done(self):
        """Catches a key that is called destroyed and is still there."""
        sealed()

        with pytest.raises(IntegrityError), transaction.atomic():
            DataKey.objects.update(destroyed_at=AT)


class TestRotation:
    @pytest.fixture
    def hidden(self, settings):
        settings.DATA_KEYS = [FIRST]
        hidden = {f"case:{n}": sealed(f"case:{n}") for n in range(5)}
        settings.DATA_KEYS = [SECOND, FIRST]
        return hidden

    def test_wraps_again_and_leaves_what_was_hidden(self, hidden, settings, capsys):
        call_command("rotate_keys", "--batch", "2")

        settings.DATA_KEYS = [SECOND]
        for subject, each in hidden.items():
            assert read(each, subject=subject) == BSN
        said = capsys.readouterr().out.splitlines()
        assert said[:3] == ["2 of 5 keys", "4 of 5 keys", "5 of 5 keys"]

    def test_goes_on_where_it_stopped(self, hidden, settings):
        assert rotation.rewrap(limit=2) == 2

        call_command("rotate_keys", "--batch", "2", verbosity=0)

        assert rotation.waiting().count() == 0

    def test_both_keys_open_while_it_runs(self, hidden):
        """Catches a rotation that needs the product to be stopped."""
        rotation.rewrap(limit=2)

        assert {read(each, subject=s) for s, each in hidden.items()} == {BSN}

    def test_leaves_a_destroyed_key_destroyed(self, hidden):
        envelopes.destroy("case:0", at=AT)

        call_command("rotate_keys", verbosity=0)

        with pytest.raises(KeyDestroyed):
            envelope("case:0")

    def test_says_so_when_the_old_key_was_taken_away_too_early(self, hidden, settings):
        settings.DATA_KEYS = [SECOND]

        with pytest.raises(CommandError, match="0 of 5 keys"):
            call_command("rotate_keys", verbosity=0)

    def test_refuses_a_batch_of_nothing(self, hidden):
        """It would never end."""
        with pytest.raises(CommandError):
            call_command("rotate_keys", "--batch", "0")


class TestChecks:
    @pytest.mark.parametrize(
        ("keys", "found"),
        [
            ([], ["keys.E001"]),
            ([b"kort"], ["keys.E002"]),
            ([b"\x00" * 32], ["keys.E002"]),
            ([FIRST, FIRST], ["keys.E003"]),
            ([FIRST, SECOND], []),
        ],
    )
    def test_refuse_a_key_that_is_none(self, settings, keys, found):
        settings.DATA_KEYS = keys

        messages = run_checks(tags=[Tags.security], include_deployment_checks=False)

        assert [m.id for m in messages if str(m.id).startswith("keys")] == found

    def test_tell_of_keys_that_nothing_opens(self, settings):
        settings.DATA_KEYS = [FIRST]
        sealed()
        settings.DATA_KEYS = [SECOND]

        messages = run_checks(tags=[Tags.database], databases=["default"])

        assert [m.id for m in messages if str(m.id).startswith("keys")] == ["keys.E004"]
