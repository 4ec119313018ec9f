"""The documents speak of the code as it is."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGES = ("config", "workers", "ave", "programme", "casework")
WORD = re.compile(r"`([\w-]+)`")


def test_the_list_of_words_names_what_is_in_the_code():
    """Catches a word of the practice beside a class that nobody made, or renamed."""
    code = "".join(
        each.read_text()
        for package in PACKAGES
        for each in sorted((ROOT / package).rglob("*.py"))
    )
    rows = (ROOT / "docs/woordenlijst.md").read_text().splitlines()
    cells = [row.split("|")[2] for row in rows if row.count("|") > 3]
    words = {word for cell in cells for word in WORD.findall(cell)}

    assert len(words) > 50
    assert words - set(re.findall(r"[\w-]+", code)) == set()


def test_each_decision_has_its_own_number():
    """Catches two decisions under one number, so that a reference leads astray."""
    decisions = sorted((ROOT / "docs/adr").glob("*.md"))
    headed = [
        int(each.read_text().removeprefix("# ").split(".")[0]) for each in decisions
    ]

    assert headed == [int(each.name[:4]) for each in decisions]
    assert len(headed) == len(set(headed))
