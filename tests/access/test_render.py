"""The page on which an FG reads the matrix says what the matrix says."""

from __future__ import annotations

from collections import Counter
from itertools import groupby

import pytest

from tests.access.addresses import addresses
from tests.access.policy import load
from tests.access.relations import KNOWN
from tests.access.render import ANSWERS, PAGE, RELATIONS, rendered, titles

pytestmark = pytest.mark.access


def test_every_address_has_one_title():
    """Catches a new page that the FG would not find."""
    named = Counter(each["url"] for each in titles())

    assert named == Counter(each.name for each in addresses())
    assert all(each["title"].strip() and each["part"].strip() for each in titles())


def test_a_part_stands_in_one_place():
    """Catches a title put at the end of the file, with a heading that is there twice."""
    parts = [each["part"] for each in titles()]

    assert [part for part, _ in groupby(parts)] == list(dict.fromkeys(parts))


def test_every_answer_and_relation_is_said_in_words():
    assert {rule.expected for rule in load()} == set(ANSWERS)
    assert {relation for _, relation in KNOWN} == set(RELATIONS)


def test_the_page_is_up_to_date():
    """Catches a rule that changed without the page: run `python -m tests.access`."""
    assert PAGE.read_text() == rendered()
