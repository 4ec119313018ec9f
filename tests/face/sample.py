"""One page with every component on it, as the browser and the other tests need it."""

from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from django import forms
from django.http import HttpRequest
from django.template import engines
from django.template.loader import render_to_string
from django.test import RequestFactory

from casework.access.context import face
from casework.access.fields import Day, Line, Pick, Text
from casework.access.widgets import Cards
from casework.people.models import Role, User

TODAY = date(2026, 11, 23)
ZONE = ZoneInfo("Europe/Amsterdam")
HERE = Path(__file__).parent


class AnswerForm(forms.Form):
    kind = Pick(
        label="Jouw antwoord",
        choices=[
            ("pick_up", "Ik pak dit knelpunt op"),
            ("ask", "Ik wil eerst iets weten"),
        ],
        widget=Cards(
            explanations={
                "pick_up": "Jij bent aan zet. De procesregisseur houdt de casus.",
                "ask": "De procesregisseur vult aan. Je dag blijft staan.",
            }
        ),
        missing="Kies eerst een antwoord.",
    )
    note = Text(
        label="Toelichting",
        help_text="Noem geen namen of gezondheidsgegevens.",
        missing="Schrijf waarom dit op procesniveau kan.",
    )
    reference = Line(label="Kenmerk", required=False)
    until = Day(label="Dag om terug te kijken", missing="Kies een dag.")
    desk = forms.ChoiceField(
        label="Bureau", choices=[("", "Kies..."), ("1", "Wijkagenten")]
    )
    parties = forms.MultipleChoiceField(
        label="Wie doet mee",
        choices=[("1", "Politie"), ("2", "GGZ Zuid")],
        widget=forms.CheckboxSelectMultiple(),
        required=False,
    )
    told = forms.BooleanField(
        label="De inwoner weet hiervan", help_text="Vertel ook waarom."
    )
    seen = forms.IntegerField(widget=forms.HiddenInput(), initial=3, required=False)


def asked(name: str = "Fatima El Amrani", *held: Role) -> HttpRequest:
    """A request of somebody who is logged in, without a database."""
    request = RequestFactory().get("/casussen/AVE-2026-0412/")
    request.user = User(name=name, email="iemand@zuiderveen.example")
    request.role_set = frozenset(held or {Role.PROCESREGISSEUR})
    return request


def staircase() -> list[dict[str, object]]:
    levels = [
        ("Casus", "casusregie in het team", "below", []),
        ("Proces", "procesregisseur stuurt", "here", ["1 knelpunt hier"]),
        (
            "Management",
            "managers hakken knopen door",
            "asked",
            ["gevraagd, antwoord uiterlijk vr 27 november"],
        ),
        ("Bestuurlijk", "burgemeester of wethouder", "none", []),
    ]
    return [
        {
            "number": number,
            "name": name,
            "explanation": explanation,
            "state": state,
            "lines": lines,
        }
        for number, (name, explanation, state, lines) in enumerate(levels, start=1)
    ]


def work(title: str, due_on: date, **more: object) -> dict[str, object]:
    return {
        "title": title,
        "link": "#",
        "reference": "AVE-2026-0412",
        "level": 2,
        "due_on": due_on,
        **more,
    }


def context(form: forms.Form | None = None) -> dict[str, object]:
    """What the gallery shows."""
    return {
        "today": TODAY,
        "form": form or AnswerForm(),
        "badges": {"work:mine": 2},
        "staircase": staircase(),
        "tabs": [
            {"label": "Overzicht", "url": "#", "current": True},
            {"label": "Plan", "url": "#", "count": 5},
            {"label": "Afspraken en overleg", "url": "#", "count": 0},
            {"label": "Op- en afschalen", "url": "#"},
            {"label": "Huishouden", "url": "#"},
            {"label": "Partijen", "url": "#", "count": 6},
            {"label": "Tijdlijn", "url": "#"},
            {"label": "Wie zag dit", "url": "#"},
        ],
        "filters": [
            {"label": "Van mij", "url": "#", "count": 8, "current": True},
            {"label": "Van mijn team", "url": "#", "count": 23},
            {"label": "Wacht op anderen", "url": "#", "count": 5},
            {"label": "Klaar", "url": "#"},
        ],
        "figures": [
            {"number": "9 van 20", "text": "activiteiten klaar", "value": 9, "max": 20},
            {"number": "20", "text": "zonder actiehouder", "url": "#"},
            {"number": "3", "text": "lopen achter op de planning"},
            {"number": "4", "text": "met een termijn in december"},
        ],
        "late_items": [
            work("Bel de woningcorporatie over het huurcontract", date(2026, 11, 17)),
            work("Vul de evaluatie in", date(2026, 11, 22), level=1),
        ],
        "items": [
            work(
                "Beoordeel de nieuwe melding van de politie",
                TODAY,
                due_at=datetime(2026, 11, 23, 20, 55, tzinfo=ZONE),
                urgent=True,
                is_new=True,
                level=None,
                facts=["Politie Eenheid Oost"],
            ),
            work("Bereid het overleg voor", date(2026, 11, 24), level=3, pk=1),
            work("Antwoord op knelpunt 2", date(2026, 11, 27), level=4),
            work(
                "Lees het verslag",
                TODAY,
                closed_at=datetime(2026, 11, 20, 9, tzinfo=ZONE),
            ),
        ],
        "facts": [
            ("Procesregisseur", "Fatima El Amrani"),
            ("Gemeld door", "Politie Eenheid Oost, 3 september 2026"),
            ("Volgend overleg", ""),
        ],
        "parties": [
            {"name": "Woonstichting Veenland", "note": "1 open taak, te laat"},
            {"name": "GGZ Zuid", "note": "werkt mee", "url": "#"},
        ],
        "events": [
            {
                "at": datetime(2026, 11, 20, 16, 42, tzinfo=ZONE),
                "title": "Knelpunt 1 naar procesniveau.",
                "text": "Fatima El Amrani is aan zet.",
                "main": True,
            },
            {"on": date(2025, 9, 3), "text": "Melding ontvangen van de politie"},
        ],
    }


def gallery(form: forms.Form | None = None) -> str:
    """The page itself."""
    request = asked()
    template = engines["django"].from_string((HERE / "gallery.html").read_text())
    return template.render({**face(request), **context(form)}, request)


def page(template: str, **more: object) -> str:
    """One of our own pages, for somebody who is logged in."""
    request = asked()
    return render_to_string(template, {**face(request), **more}, request)
