"""Every component with sample context: tied labels, text alternatives, no inline."""

import re
from pathlib import Path

import pytest
from django.template.loader import render_to_string

from tests.face.markup import Markup
from tests.face.sample import TODAY, AnswerForm, context, gallery, staircase

TEMPLATES = Path(__file__).parents[2] / "templates"
COMPONENTS = sorted(path.name for path in (TEMPLATES / "components").glob("*.html"))


def drawn(name: str, **more: object) -> str:
    return render_to_string(f"components/{name}.html", {"today": TODAY, **more})


class TestGallery:
    def test_holds_no_fault(self):
        """Catches inline style, a label that points nowhere, a silent picture."""
        assert Markup(gallery()).faults() == []

    def test_holds_no_fault_with_errors(self):
        """Catches an error whose id or link points nowhere."""
        assert Markup(gallery(AnswerForm({"until": "2026-11-31"}))).faults() == []

    @pytest.mark.parametrize("name", COMPONENTS)
    def test_shows_every_component(self, name):
        """Catches a component that nobody looks at."""
        shown = (Path(__file__).parent / "gallery.html").read_text()
        shown += (TEMPLATES / "base.html").read_text()
        shown += (TEMPLATES / "components/work_group.html").read_text()

        assert f"components/{name}" in shown or name == "breadcrumbs.html"


class TestEveryTemplate:
    @pytest.mark.parametrize(
        "path",
        [
            path.relative_to(TEMPLATES).as_posix()
            for path in sorted(TEMPLATES.rglob("*.html"))
            if path.parent.name != "mail"
        ],
    )
    def test_has_nothing_inline(self, path):
        """Catches what the policy breaks: style, scripts and data: pictures."""
        source = (TEMPLATES / path).read_text()

        assert not re.search(r"<style|\sstyle=|\son[a-z]+=|javascript:|data:", source)
        assert not re.search(r"<script(?![^>]*(src=|application/json))", source)


class TestStaircase:
    def test_says_in_words_what_the_colours_say(self):
        """Catches a state that only a colour tells."""
        text = Markup(drawn("staircase", staircase=staircase())).text

        for words in ("(hier loopt het nu)", "(gevraagd)"):
            assert words in text
        assert "eerder geweest" not in text
        assert "gevraagd, antwoord uiterlijk vr 27 november" in text


class TestLevel:
    def test_reads_as_a_sentence(self):
        """Catches a bare number to who cannot see the colour."""
        text = " ".join(Markup(drawn("level", level=3)).text.split())

        assert text == "Niveau 3 Management"

    def test_shows_nothing_without_a_level(self):
        """Catches "Niveau None"."""
        assert Markup(drawn("level", level=None)).elements == []


class TestWorkItem:
    def test_says_that_it_is_late_and_new(self):
        """Catches red or a dot without words."""
        item = context()["late_items"][0]

        text = Markup(drawn("work_item", item=item, new=True)).text

        assert "6 dagen te laat" in text
        assert "(nieuw)" in text

    def test_escapes_what_people_typed(self):
        """Catches a title that becomes markup."""
        item = {"title": "<b>x</b>", "link": "#", "due_on": TODAY}

        assert "<b>x</b>" not in drawn("work_item", item=item)


class TestErrorSummary:
    def test_links_each_error_to_its_field(self):
        """Catches a link to a field that has another id, as radio buttons have."""
        form = AnswerForm({})
        summary = Markup(drawn("error_summary", form=form))
        fields = Markup(form.render("forms/form.html"))

        targets = [link["href"].removeprefix("#") for link in summary.all("a")]

        assert len(targets) == len(form.errors)
        assert set(targets) <= set(fields.ids)

    def test_says_the_same_sentence_as_the_field(self):
        """Catches two wordings for one error."""
        form = AnswerForm({})
        sentence = "Kies eerst een antwoord."

        assert sentence in drawn("error_summary", form=form)
        assert sentence in form["kind"].as_field_group()

    def test_shows_errors_that_belong_to_no_field(self):
        """Catches an error that nobody ever reads."""
        form = AnswerForm({})
        form.add_error(None, "Dit klopt niet.")
        form.add_error("seen", "Vernieuw de pagina.")

        summary = drawn("error_summary", form=form)

        assert "Dit klopt niet." in summary
        assert "Vernieuw de pagina." in summary

    def test_is_silent_without_errors(self):
        """Catches an empty red box."""
        assert Markup(drawn("error_summary", form=AnswerForm())).elements == []


class TestField:
    @pytest.mark.parametrize(
        "name", [name for name in AnswerForm().fields if name != "seen"]
    )
    def test_ties_hint_and_error_to_the_input(self, name):
        """Catches an error that a screen reader does not read with the field."""
        form = AnswerForm({"parties": ["9"], "reference": "x" * 200})
        markup = Markup(form[name].as_field_group())

        assert markup.faults() == []
        assert f"id_{name}_error" in markup.ids
        assert any(
            f"id_{name}_error" in attrs.get("aria-describedby", "")
            for _, attrs in markup.elements
        )
        assert any(attrs.get("aria-invalid") for _, attrs in markup.elements)

    def test_explains_each_choice(self):
        """Catches a choice without what happens when it is chosen."""
        html = AnswerForm()["kind"].as_field_group()

        assert "Jij bent aan zet. De procesregisseur houdt de casus." in html
        assert "checked" not in html

    def test_keeps_what_was_typed(self):
        """Catches a form that must be filled in again."""
        form = AnswerForm({"note": "Twee weken stil", "kind": "ask", "until": ""})

        assert "Twee weken stil" in form["note"].as_field_group()
        assert "checked" in form["kind"].as_field_group()

    def test_says_which_field_may_stay_empty(self):
        """Catches a guess about what must be filled in."""
        assert "(mag leeg blijven)" in AnswerForm()["reference"].as_field_group()
        assert "(mag leeg blijven)" not in AnswerForm()["note"].as_field_group()

    def test_says_when_a_field_may_not_stay_empty(self):
        """Catches "may stay empty" at what one answer needs and another does not."""
        form = AnswerForm()
        form.needed = {"reference": "nodig bij nee"}

        html = form["reference"].as_field_group()

        assert "(nodig bij nee)" in html
        assert "mag leeg blijven" not in html


class TestPagination:
    def test_shows_nothing_for_one_page(self):
        """Catches buttons to nowhere."""
        assert Markup(drawn("pagination")).elements == []


class TestFacts:
    def test_leaves_out_what_is_empty_but_shows_nought(self):
        """Catches "None", and a nought that vanishes."""
        text = Markup(drawn("facts", facts=[("Leeg", None), ("Taken", 0)])).text

        assert "Leeg" not in text
        assert "0" in text
