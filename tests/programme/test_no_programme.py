"""A municipality that has no programme yet."""

import pytest
from django.core.management import CommandError, call_command

from programme.importing import TYNAARLO, BadSource, import_programme
from programme.models import Programme
from tests.world import AT


def test_the_list_says_so(world, browser):
    """Catches an empty page that leaves somebody guessing."""
    response = browser(world.aov).get("/programma/")

    page = response.content.decode()
    assert "Er staat nog geen programma in" in page
    assert "Download voor de raad" not in page


def test_there_is_no_file_for_the_council(world, browser):
    """Catches a file about nothing, or a 500."""
    assert browser(world.aov).get("/programma/raad.csv").status_code == 404


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


def test_a_command_takes_one_over(db, capsys):
    """Catches a municipality that has a programme and no way to bring it in."""
    call_command("import_programme", str(TYNAARLO))

    said = capsys.readouterr().out
    assert said.endswith(": 20 activiteiten\n")
    assert Programme.objects.get().activities.count() == 20


@pytest.mark.parametrize("text", [None, "programma: ["])
def test_a_command_says_what_it_can_not_read(db, tmp_path, text):
    """Catches a traceback where a sentence was due."""
    path = tmp_path / "broken.yaml"
    if text is not None:
        path.write_text(text)

    with pytest.raises(CommandError, match=r"niet te lezen|Er is niets veranderd"):
        call_command("import_programme", str(path))

    assert not Programme.objects.exists()
