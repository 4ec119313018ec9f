"""The key that signs the log and hides what people searched for."""

import stat

import pytest
from django.core.exceptions import ImproperlyConfigured

from casework.audit import keys
from casework.audit.log import write
from casework.audit.models import AuditEntry
from tests.audit.conftest import AT

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
    def test_can_be_read_back_with_the_key_only(self, settings):
        hidden = keys.search_words("Jansen, Dorpsstraat")

        assert keys.reveal_words(hidden) == "Jansen, Dorpsstraat"
        settings.LOG_KEY = "22" * 32
        with pytest.raises(keys.UnreadableWords):
            keys.reveal_words(hidden)

    @pytest.mark.parametrize("at", [0, 12, -1])
    def test_are_refused_when_a_bit_was_changed(self, at):
        hidden = bytearray(keys.search_words("Jansen"))
        hidden[at] ^= 1

        with pytest.raises(keys.UnreadableWords):
            keys.reveal_words(bytes(hidden))

    def test_are_refused_when_cut_off(self):
        with pytest.raises(keys.UnreadableWords):
            keys.reveal_words(b"")

    def test_look_different_each_time(self):
        """Else one could see who searched for the same name."""
        assert keys.search_words("Jansen") != keys.search_words("Jansen")

    def test_stand_in_the_log_unreadable(self, reader):
        write("search.done", by=reader, at=AT, words="Jansen")

        entry = AuditEntry.objects.get()
        assert entry.query is not None
        assert b"Jansen" not in bytes(entry.query)
        assert keys.reveal_words(bytes(entry.query)) == "Jansen"
