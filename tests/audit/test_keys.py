"""The key that signs the log and hides what people searched for."""

import stat
from datetime import timedelta

import pytest
from django.core.exceptions import ImproperlyConfigured

from casework.audit import keys
from casework.audit.log import NotLogged, Row, write, write_many
from casework.audit.models import AuditEntry
from casework.keys.envelope import destroy
from casework.keys.models import DataKey
from tests.audit.conftest import AT

pytestmark = pytest.mark.django_db

OTHER = bytes(range(1, 33))

# RFC 8032 section 7.1, test 1.
SEED = "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60"
PUBLIC = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"


class TestPublicKey:
    def test_is_the_one_of_the_standard(self, settings):
        settings.LOG_KEY = SEED

        assert keys.public_key().hex() == PUBLIC

    @pytest.mark.parametrize(
        "seed",
        [bytes.fromhex(SEED), "nWGxne/9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A="],
    )
    def test_comes_from_bytes_or_base64_too(self, settings, seed):
        settings.LOG_KEY = seed

        assert keys.public_key().hex() == PUBLIC

    @pytest.mark.parametrize("seed", ["kort", "zz" * 32, SEED[:-2]])
    def test_is_refused_when_it_is_no_key(self, settings, seed):
        settings.LOG_KEY = seed

        with pytest.raises(ImproperlyConfigured):
            keys.public_key()


class TestKeyFile:
    @pytest.fixture(autouse=True)
    def _only_a_file(self, settings, tmp_path):
        settings.LOG_KEY = ""
        settings.LOG_KEY_FILE = tmp_path / "var" / "log.key"

    def test_is_made_once_and_only_ours_to_read(self, settings):
        """A second key would make every signature before it look forged."""
        settings.PRODUCTION = False

        first = keys.public_key()
        keys._from_file.cache_clear()

        assert keys.public_key() == first
        assert stat.S_IMODE(settings.LOG_KEY_FILE.stat().st_mode) == 0o600
        assert [path.name for path in settings.LOG_KEY_FILE.parent.iterdir()] == [
            "log.key"
        ]

    def test_is_not_made_in_production(self, settings):
        settings.PRODUCTION = True

        with pytest.raises(ImproperlyConfigured):
            keys.public_key()
        assert not settings.LOG_KEY_FILE.exists()

    def test_must_be_named(self, settings):
        settings.LOG_KEY_FILE = None

        with pytest.raises(ImproperlyConfigured):
            keys.public_key()


class TestSearchWords:
    def said(self, reader, text="Jansen, Dorpsstraat", at=AT) -> AuditEntry:
        return write("search.done", by=reader, at=at, words=text)

    def test_stand_in_the_log_unreadable_and_are_read_back(self, reader):
        entry = self.said(reader)

        entry.refresh_from_db()
        assert b"Jansen" not in bytes(entry.query)
        assert keys.reveal_words([entry.pk]) == {entry.pk: "Jansen, Dorpsstraat"}

    def test_look_different_each_time(self, reader):
        """Else one could see who searched for the same name."""
        assert self.said(reader).query != self.said(reader).query

    def test_need_the_master_key(self, reader, settings):
        """Catches words that open with the key that signs the log."""
        entry = self.said(reader)
        settings.DATA_KEYS = [OTHER]

        assert keys.reveal_words([entry.pk]) == {}

    @pytest.mark.parametrize("many", [False, True])
    @pytest.mark.parametrize("wrong", ["damaged", "unknown", "destroyed"])
    def test_that_can_not_be_hidden_are_not_logged(self, reader, settings, wrong, many):
        """Catches a master key that was taken away too early, and breaks the page."""
        self.said(reader)
        if wrong == "unknown":
            settings.DATA_KEYS = [OTHER]
        elif wrong == "destroyed":
            destroy(f"search:{AT:%Y-%m}", at=AT)
        else:
            DataKey.objects.update(wrapped=bytes(60))

        with pytest.raises(NotLogged):
            if many:
                write_many([Row(verb="search.done", by=reader, at=AT, words="Jansen")])
            else:
                self.said(reader)

    def test_stay_readable_when_the_key_of_the_log_is_another(self, reader, settings):
        entry = self.said(reader)
        settings.LOG_KEY = "22" * 32

        assert keys.reveal_words([entry.pk])

    def test_of_one_month_can_be_destroyed_and_those_of_another_stay(self, reader):
        earlier = self.said(reader, at=AT - timedelta(days=40))
        now = self.said(reader)

        destroy(f"search:{earlier.at:%Y-%m}", at=AT)

        assert keys.reveal_words([earlier.pk, now.pk]).keys() == {now.pk}

    @pytest.mark.parametrize("query", [b"", b"x", b"\x01" + b"0" * 40])
    def test_that_were_changed_are_left_out(self, reader, query):
        self.said(reader)
        entry = self.said(reader)
        fake = AuditEntry(
            at=AT, verb="search.done", by=reader, query=query, channel="web", action="E"
        )
        fake.save(force_insert=True)

        assert keys.reveal_words([entry.pk, fake.pk]).keys() == {entry.pk}
