"""The fields of every form: what they take, how they look, what they say."""

from __future__ import annotations

from datetime import date

import pytest
from django import forms
from django.core.exceptions import ValidationError

from casework.access.fields import UNKEPT, Day, Line, Pick, PickRow, SentForm, Text
from casework.access.widgets import Cards
from casework.people.models import Organisation


def said(field: forms.Field, value: object) -> list[str]:
    """What a field answers to something that it refuses."""
    with pytest.raises(ValidationError) as refused:
        field.clean(value)
    return refused.value.messages


class TestText:
    """Catches a text that is cut off, kept unseen, or refused without a reason."""

    def test_takes_four_thousand_signs_in_four_lines(self):
        field = Text()

        assert field.clean("e" * 4000) == "e" * 4000
        assert said(field, "e" * 4001) == [
            "Dit is te lang. Gebruik hoogstens 4000 tekens."
        ]
        assert isinstance(field.widget, forms.Textarea)
        assert field.widget.attrs == {"rows": 4, "maxlength": "4000", "cols": "40"}

    def test_takes_another_length_height_and_shape(self):
        assert said(Text(max_length=3), "vier")[0].endswith("3 tekens.")
        assert Text(rows=9).widget.attrs["rows"] == 9
        assert isinstance(Text(widget=forms.TextInput()).widget, forms.TextInput)

    @pytest.mark.parametrize("empty", ["", "  \n", "\u200b\ufeff", None])
    def test_is_empty_without_a_sign_that_shows(self, empty):
        assert said(Text(), empty) == ["Vul dit in."]
        assert said(Text(missing="Schrijf iets."), empty) == ["Schrijf iets."]
        assert Text(required=False).clean(empty) == ""

    @pytest.mark.parametrize("sign", "\x00\x08\x0b\x1f\x7f\u202a\u202e\u2066\u2069")
    def test_keeps_no_sign_that_lies(self, sign):
        assert said(Text(), f"Piet{sign}") == [UNKEPT]

    def test_keeps_lines_and_writes_a_letter_in_one_way(self):
        assert Text().clean("één\tregel\nen 'n") == "één\tregel\nen 'n"
        assert Text().clean("e\u0301e\u0301n") == "één"

    def test_a_line_is_short(self):
        assert Line().clean("a" * 120) == "a" * 120
        assert said(Line(), "a" * 121)[0].endswith("120 tekens.")
        assert type(Line().widget) is forms.TextInput
        assert isinstance(Line(widget=forms.EmailInput()).widget, forms.EmailInput)
        assert said(Line(missing="Typ het."), "") == ["Typ het."]


class TestDay:
    """Catches a day that is read wrongly, or refused without naming it."""

    @pytest.mark.parametrize("typed", ["2026-11-30", "30-11-2026"])
    def test_is_read_in_two_ways(self, typed):
        assert Day().clean(typed) == date(2026, 11, 30)

    def test_is_asked_by_the_calendar_of_the_browser(self):
        field = Day()

        assert isinstance(field.widget, forms.DateInput)
        assert (field.widget.input_type, field.widget.format) == ("date", "%Y-%m-%d")
        assert isinstance(Day(widget=forms.HiddenInput()).widget, forms.HiddenInput)

    def test_must_be_there(self):
        assert said(Day(), "") == ["Kies een dag."]
        assert said(Day(missing="Wanneer?"), "") == ["Wanneer?"]
        assert Day(required=False).clean("") is None

    @pytest.mark.parametrize(
        ("typed", "named"),
        [
            ("2026-11-31", "31 november"),
            ("31-11-2026", "31 november"),
            ("30-2-2026", "30 februari"),
            ("2026-01-32", "32 januari"),
            (" 2027-12-99 ", "99 december"),
        ],
    )
    def test_that_does_not_exist_is_named(self, typed, named):
        assert said(Day(), typed) == [
            f"Kies een dag die bestaat. {named} bestaat niet."
        ]

    @pytest.mark.parametrize(
        "typed",
        [
            "gisteren",
            "2026-13-01",
            "2026-00-10",
            "31-11",
            "31-11-20-26",
            "2026-11-031",
            "30-11-26",
            "26-11-30",
            "x-11-2026",
            "٣١-11-2026",
        ],
    )
    def test_that_can_not_be_named_is_refused_in_general(self, typed):
        assert said(Day(), typed) == [
            "Deze dag bestaat niet. Kies een dag uit de kalender."
        ]

    def test_lies_between_1900_and_2100(self):
        assert Day().clean("1900-01-01") == date(1900, 1, 1)
        assert Day().clean("2099-12-31") == date(2099, 12, 31)
        for far in ("1899-12-31", "2100-01-01"):
            assert said(Day(), far) == ["Kies een dag tussen 1900 en 2100."]


class TestPick:
    """Catches a choice that is made for somebody, and one that was never offered."""

    CHOICES = (("a", "Ja"), ("b", "Nee"))

    def test_is_one_of_a_few(self):
        field = Pick(choices=self.CHOICES)

        assert field.clean("a") == "a"
        assert isinstance(field.widget, forms.RadioSelect)
        assert said(field, "c") == ["Kies iets uit de lijst."]
        assert said(field, "") == ["Maak een keuze."]
        assert said(Pick(choices=self.CHOICES, missing="Ja of nee?"), "") == [
            "Ja of nee?"
        ]

    def test_takes_another_shape(self):
        field = Pick(choices=self.CHOICES, widget=forms.Select())

        assert type(field.widget) is forms.Select

    def test_a_card_says_what_happens(self):
        cards = Cards(explanations={"a": "Dan begint het."})
        cards.choices = self.CHOICES
        options = [
            option for _, group, _ in cards.optgroups("n", []) for option in group
        ]

        assert [each["explanation"] for each in options] == ["Dan begint het.", ""]
        assert [each["label"] for each in options] == ["Ja", "Nee"]
        assert Cards(attrs={"class": "wide"}).attrs == {"class": "wide"}
        assert Cards().explanations == {}


@pytest.mark.django_db
class TestPickRow:
    """Catches a key that breaks the database, and a row that was never offered."""

    @pytest.fixture
    def rows(self):
        Organisation.objects.create(name="Elders", short_name="E", kind="gemeente")
        return Organisation.objects.filter(name="Elders")

    def test_is_a_row_of_those_that_are_offered(self, rows):
        assert PickRow(rows).clean(str(rows.get().pk)) == rows.get()
        assert PickRow(rows).empty_label == "Kies..."
        assert PickRow(rows, empty_label="Geen").empty_label == "Geen"
        assert PickRow(rows, required=False).clean("") is None

    @pytest.mark.parametrize(
        "typed", ["0", "x", "1\x00", "9" * 18, "9" * 19, "١", "é", ["1"]]
    )
    def test_is_no_other(self, rows, typed):
        assert said(PickRow(rows), typed) == ["Kies iets uit de lijst."]

    def test_must_be_there(self, rows):
        assert said(PickRow(rows), "") == ["Kies iets uit de lijst."]
        assert said(PickRow(rows, missing="Wie?"), "") == ["Wie?"]


class When(SentForm):
    """A form about a day."""

    on = Day()


class TestSentForm:
    """Catches a day that is over, and a technical field among the facts."""

    def test_gives_what_was_filled_in(self):
        form = When({"on": "2026-11-30", "seen": "3", "submit_id": ""})

        assert form.is_valid()
        assert form.facts() == {"on": date(2026, 11, 30)}
        assert form.cleaned_data["seen"] == 3

    def test_refuses_a_day_that_is_over(self):
        today = When({"on": "2026-11-30"}, today=date(2026, 11, 30))
        assert today.is_valid()
        assert today.day_to_come("on") == date(2026, 11, 30)

        late = When({"a-on": "2026-11-30"}, today=date(2026, 12, 1), prefix="a")
        assert late.is_valid()
        with pytest.raises(ValidationError) as refused:
            late.day_to_come("on")
        assert refused.value.messages == ["Kies een dag die nog komt."]

    def test_gives_no_day_where_there_is_none(self):
        form = When({"on": "morgen"}, today=date(2026, 11, 30))

        assert not form.is_valid()
        assert form.day_to_come("on") is None
        assert form.day_to_come("nothing") is None

    def test_gives_any_day_without_a_today(self):
        form = When({"on": "2020-01-01"})

        assert form.is_valid()
        assert form.day_to_come("on") == date(2020, 1, 1)
