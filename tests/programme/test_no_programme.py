"""A municipality that has no programme yet."""

import pytest

from programme.importing import BadSource, import_programme
from programme.models import Programme
from tests.world import AT


def test_the_list_says_so(world, browser):
    """Catches an empty page that leaves somebody guessing."""
    response = browser(world.aov).get("/programma/")

    assert "Er staat nog geen programma in" in response.content.decode()


@pytest.mark.parametrize(
    "text", ["programma: [", "programma: {code: X}", "just words", ""]
)
def test_a_file_that_is_no_programme_is_refused(db, tmp_path, text):
    """Catches half a programme left behind by a broken file."""
    broken = tmp_path / "broken.yaml"
    broken.write_text(text)

    with pytest.raises(BadSource):
        import_programme(broken, by=None, at=AT)

    assert not Programme.objects.exists()
