"""Who works here comes from a list, whole or not at all."""

import re
from datetime import UTC, datetime

import pytest
from django.core import mail
from django.core.management import CommandError, call_command
from django.urls import reverse

from casework.audit.models import AuditEntry
from casework.people.models import Desk, Membership, Organisation, User
from tests.ground.signing_in import PASSWORD, log_in

pytestmark = pytest.mark.django_db

AT = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
HEADING = (
    "organisatie;soort organisatie;bureau;soort bureau;naam;e-mailadres;rol;"
    "functie;aanspreekpunt;vervanger;leidinggevende"
)
MARLOES = (
    "Gemeente Zuiderveen;gemeente;Procesregie;procesregie;Marloes de Wit;"
    "marloes@zuiderveen.example;procesregisseur;Regisseur;ja;"
    "ben@zuiderveen.example;"
)
BEN = (
    "Gemeente Zuiderveen;gemeente;Beheer;beheer;Ben Beheer;ben@zuiderveen.example;"
    "beheerder;;;;"
)
KEES = (
    "Woonstichting De Linde;ketenpartner;Wonen;partner;Kees Koster;"
    "kees@linde.example;ketenpartner;;;;"
)


@pytest.fixture(autouse=True)
def clock(time_machine):
    time_machine.move_to(AT, tick=False)


@pytest.fixture
def hand_in(tmp_path, capsys):
    """Hand in a list in the name of Ben, and give what is said."""

    def hand_in(*rows, heading=HEADING, by="ben@zuiderveen.example", **how):
        path = tmp_path / "mensen.csv"
        path.write_text("\n".join([heading, *rows]), encoding="utf-8")
        call_command("import_people", str(path), by=by, **how)
        return capsys.readouterr().out

    return hand_in


def places():
    """Who is where now, as whom."""
    running = Membership.objects.on(AT.date()).order_by("pk")
    return [
        (each.user.name.split()[0], each.desk.name, each.role, each.is_lead)
        for each in running.select_related("user", "desk")
    ]


def rows_of_the_log():
    found = AuditEntry.objects.filter(verb__regex=r"^(desk|user)[.]").order_by("pk")
    return [(row.verb, row.by_role) for row in found]


def everything():
    return [
        list(model.objects.order_by("pk").values())
        for model in (Organisation, Desk, User, Membership)
    ]


def test_a_list_makes_everybody_and_says_how_much(hand_in):
    """Catches a municipality where nobody can begin."""
    said = hand_in(MARLOES, BEN, KEES)

    assert said == (
        "Nieuwe organisaties: 2, bureaus: 3, mensen: 3. "
        "Plekken bij een bureau begonnen: 3, gestopt: 0.\n"
    )
    assert places() == [
        ("Marloes", "Procesregie", "procesregisseur", True),
        ("Ben", "Beheer", "beheerder", False),
        ("Kees", "Wonen", "ketenpartner", False),
    ]
    marloes = User.objects.get(name="Marloes de Wit")
    assert marloes.deputy == User.objects.get(name="Ben Beheer")
    assert [each.group.name for each in Desk.objects.all()] != []
    assert rows_of_the_log() == [
        ("desk.joined", "procesregisseur"),
        ("desk.joined", "beheerder"),
        ("desk.joined", "ketenpartner"),
        *[("user.added", "")] * 3,
    ]


def test_who_is_new_chooses_a_password_by_mail(hand_in, client):
    """Catches an account that nobody can open, or that opens with any password."""
    hand_in(MARLOES, BEN)
    marloes = User.objects.get(name="Marloes de Wit")
    assert not marloes.has_usable_password()

    client.post(reverse("account_reset_password"), {"email": marloes.email})
    (link,) = re.findall(r"https?://[^/]+(/\S+)", mail.outbox[-1].body)
    page = client.get(link, follow=True)
    client.post(
        page.request["PATH_INFO"], {"password1": PASSWORD, "password2": PASSWORD}
    )

    log_in(client, marloes)
    assert client.session["_auth_user_id"] == str(marloes.pk)


def test_the_same_list_again_changes_nothing(hand_in):
    """Catches a place that ends and begins, and sessions that end with it."""
    hand_in(MARLOES, BEN, KEES)
    before, rows = everything(), rows_of_the_log()

    said = hand_in(MARLOES, BEN, KEES)

    assert "begonnen: 0, gestopt: 0." in said
    assert everything() == before
    assert rows_of_the_log() == rows


def test_a_column_that_is_left_out_stays_as_it_was(hand_in):
    """Catches a short list that empties the desk that is rung at night."""
    columns = ";portefeuille;telefoon bureau;telefoon"
    hand_in(
        MARLOES + ";zorg;0592-123456;06-11112222",
        BEN + ";;;",
        heading=HEADING + columns,
    )
    before = everything()

    short = ";".join(HEADING.split(";")[:7])
    hand_in(*(";".join(row.split(";")[:7]) for row in (MARLOES, BEN)), heading=short)

    assert everything() == before
    said = hand_in(MARLOES + ";;;", BEN + ";;;", heading=HEADING + columns)
    desk = Desk.objects.get(name="Procesregie")
    marloes = User.objects.get(name="Marloes de Wit")
    assert (desk.portfolio, desk.phone, marloes.phone) == ("", "", "")
    assert "Gegevens veranderd van organisaties: 0, bureaus: 1, mensen: 1." in said


def test_another_role_or_desk_is_another_place(hand_in):
    """Catches a role that somebody keeps after he got another."""
    hand_in(MARLOES, BEN, KEES)
    version = User.objects.get(name="Kees Koster").roles_version

    hand_in(
        MARLOES.replace(";procesregisseur;", ";manager;"),
        BEN,
        KEES.replace(";Wonen;", ";Zorg;"),
    )

    assert places() == [
        ("Ben", "Beheer", "beheerder", False),
        ("Marloes", "Procesregie", "manager", True),
        ("Kees", "Zorg", "ketenpartner", False),
    ]
    kees = User.objects.get(name="Kees Koster")
    assert kees.roles_version > version
    assert [group.desk.name for group in kees.groups.all()] == ["Zorg"]
    assert [
        group.desk.name
        for group in User.objects.get(name="Marloes de Wit").groups.all()
    ] == ["Procesregie"]


def test_who_goes_to_another_organisation_has_no_deputy_in_the_old_one(hand_in):
    """Catches a stand-in of another organisation, who would read along."""
    hand_in(MARLOES, BEN, KEES)

    hand_in(
        MARLOES.replace("Gemeente Zuiderveen;gemeente", "Veilig Thuis;ketenpartner")
        .replace(";procesregie;", ";partner;")
        .replace("ben@zuiderveen.example", ""),
        BEN,
    )

    marloes = User.objects.get(name="Marloes de Wit")
    assert marloes.deputy is None
    assert marloes.organisation.name == "Veilig Thuis"


def test_who_is_not_named_stays_unless_that_is_asked(hand_in):
    """Catches half a list that locks everybody out, and a leaver who still gets in."""
    hand_in(MARLOES, BEN, KEES)

    said = hand_in(BEN)
    assert "die niet in de lijst staan: 2." in said
    assert len(places()) == 3

    said = hand_in(BEN, leave=True)
    assert "begonnen: 0, gestopt: 2." in said
    assert places() == [("Ben", "Beheer", "beheerder", False)]
    assert not User.objects.get(name="Kees Koster").is_active
    assert rows_of_the_log()[-4:] == [
        ("desk.left", "procesregisseur"),
        ("desk.left", "ketenpartner"),
        *[("user.deactivated", "")] * 2,
    ]


def test_the_log_says_of_whom_something_changed_and_of_nobody_else(hand_in):
    """Catches another deputy or employer, and so other rights, that nobody can find."""
    hand_in(MARLOES, BEN, KEES)
    rows = rows_of_the_log()
    User.objects.filter(name="Marloes de Wit").update(deputy=None)

    hand_in(MARLOES, BEN, KEES)
    hand_in(MARLOES, BEN, KEES)

    assert rows_of_the_log()[len(rows) :] == [("user.changed", "")]
    assert (
        AuditEntry.objects.last().about
        == f"user:{User.objects.get(name='Marloes de Wit').pk}"
    )


def test_somebody_who_comes_back_can_log_in_again(hand_in):
    """Catches a second account for the same address."""
    hand_in(MARLOES, BEN, KEES)
    hand_in(BEN, leave=True)

    hand_in(BEN, KEES)

    assert User.objects.get(name="Kees Koster").is_active
    assert ("Kees", "Wonen", "ketenpartner", False) in places()


def test_a_check_says_it_and_does_nothing(hand_in):
    """Catches a try that was none."""
    said = hand_in(MARLOES, BEN, check=True)

    assert said.startswith("Nieuwe organisaties: 1, bureaus: 2, mensen: 2.")
    assert said.endswith("Er is niets veranderd.\n")
    assert not Organisation.objects.exists()
    assert not rows_of_the_log()


def test_commas_and_the_mark_of_a_spreadsheet_are_fine(hand_in):
    """Catches a list that only one program can write."""
    hand_in(
        *(row.replace(";", ",") for row in (MARLOES, BEN)),
        heading="\ufeff" + HEADING.replace(";", ",").title(),
    )

    assert len(places()) == 2


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        ([], "Er staat niemand in."),
        ([BEN, ";;;;;;;;;;"], None),
        ([BEN, KEES.replace("Kees Koster", "")], "Regel 3, naam: vul dit in."),
        (
            [BEN, KEES.replace(";ketenpartner;;", ";baas;;")],
            "Regel 3, rol: kies uit procesregisseur, casusregisseur,",
        ),
        (
            [BEN.replace(";beheer;", ";loket;")],
            "Regel 2, soort bureau: kies uit procesregie, casusregie,",
        ),
        ([KEES.replace("kees@", "kees")], "Regel 2, e-mailadres: "),
        ([KEES.replace("Kees", "K" * 200)], "Regel 2, naam: "),
        ([KEES.replace("Kees", "Ke\x00es")], "Regel 2, naam: er staat een teken in"),
        ([BEN, BEN], "Regel 3: deze plek staat ook op regel 2."),
        (
            [BEN, BEN.replace(";Beheer;", ";Ander;").replace("Ben B", "Bob B")],
            "Regel 3, naam: anders dan op regel 2, bij hetzelfde e-mailadres.",
        ),
        ([BEN + ";meer"], "Regel 2, einde: er staat meer in dan er kolommen zijn."),
        ([BEN.replace(";;;;", ";;misschien;;")], "Regel 2, aanspreekpunt: "),
        ([MARLOES], "Regel 2, vervanger: kies een collega van dezelfde organisatie"),
        (
            [BEN.replace(";;;;", ";;;ben@zuiderveen.example;")],
            "Regel 2, vervanger: kies een collega van dezelfde organisatie",
        ),
    ],
)
def test_what_is_wrong_is_told_with_its_line_and_nothing_is_done(
    hand_in, rows, sentence
):
    """Catches half a list that was taken over, and an error without a place."""
    if sentence is None:
        hand_in(*rows)
        return

    with pytest.raises(CommandError) as refusal:
        hand_in(*rows)

    assert sentence in str(refusal.value)
    assert str(refusal.value).endswith("Er is niets veranderd.")
    assert everything() == [[], [], [], []]


@pytest.mark.parametrize(
    ("heading", "sentence"),
    [
        (HEADING.replace(";rol", ""), "De kolom 'rol' ontbreekt."),
        (HEADING + ";schoenmaat", "De kolom 'schoenmaat' kennen we niet."),
        (HEADING + ";functie", "Een kolom staat er twee keer in."),
        ("", "De kolom 'organisatie' ontbreekt."),
    ],
)
def test_a_wrong_heading_is_told(hand_in, heading, sentence):
    """Catches a column that is misspelt and silently left out."""
    with pytest.raises(CommandError, match=re.escape(sentence)):
        hand_in(BEN, heading=heading)


@pytest.mark.parametrize(
    ("rows", "leave"),
    [
        ([KEES], True),
        ([BEN.replace(";beheerder;", ";procesregisseur;"), KEES], False),
        ([BEN.replace(";beheerder;", ";procesregisseur;"), KEES], True),
    ],
)
def test_a_list_that_leaves_nobody_to_manage_is_refused(hand_in, rows, leave):
    """Catches a municipality that locks itself out, also by another role."""
    hand_in(BEN, KEES)
    before = everything()

    with pytest.raises(CommandError, match="Er blijft geen functioneel beheerder over"):
        hand_in(*rows, leave=leave)

    assert everything() == before


def test_a_list_without_a_beheerder_is_fine_where_one_stays(hand_in):
    """Catches half a list that is refused though somebody manages already."""
    hand_in(BEN)

    hand_in(KEES)

    assert len(places()) == 2


@pytest.mark.parametrize(
    ("column", "values", "refused"),
    [
        ("portefeuille", ("zorg", "openbare-orde"), "hetzelfde bureau"),
        ("telefoon bureau", ("0592-1", ""), "hetzelfde bureau"),
        ("korte naam", ("Zuid", "Zuiderveen"), "dezelfde organisatie"),
        ("korte naam", ("Zuid", ""), None),
    ],
)
def test_rows_that_contradict_each_other_are_refused(hand_in, column, values, refused):
    """Catches a desk that gets the telephone of whichever row comes last."""
    rows = [BEN, BEN.replace("Ben Beheer;ben@", "Bea Beheer;bea@")]
    rows = [f"{row};{value}" for row, value in zip(rows, values, strict=True)]
    if refused is None:
        hand_in(*rows, heading=f"{HEADING};{column}")
        assert Organisation.objects.get().short_name == "Zuid"
        return

    sentence = f"Regel 3, {column}: anders dan op regel 2, bij {refused}."
    with pytest.raises(CommandError, match=re.escape(sentence)):
        hand_in(*rows, heading=f"{HEADING};{column}")


@pytest.mark.parametrize(
    ("old", "other", "sentence"),
    [
        (";beheer;", ";piket;", "soort bureau: anders dan op regel 2, bij hetzelfde"),
        (";gemeente;", ";ketenpartner;", "soort organisatie: anders dan op regel 2"),
    ],
)
def test_a_desk_and_an_organisation_are_of_one_kind(hand_in, old, other, sentence):
    """Catches a kind that hangs on the order of the rows."""
    second = BEN.replace("Ben Beheer;ben@", "Bea Beheer;bea@").replace(old, other, 1)

    with pytest.raises(CommandError, match=f"Regel 3, {sentence}"):
        hand_in(BEN, second)


def test_somebody_has_one_deputy(hand_in):
    """Catches a stand-in that hangs on the order of the rows."""
    rows = [
        MARLOES,
        MARLOES.replace(";Procesregie;", ";Ander;").replace(
            "ben@zuiderveen", "bea@zuiderveen"
        ),
        BEN,
        BEN.replace("Ben Beheer;ben@", "Bea Beheer;bea@"),
    ]

    with pytest.raises(CommandError, match="Regel 3, vervanger: anders dan op regel 2"):
        hand_in(*rows)


def test_a_beheerder_answers_for_every_list_but_the_first(hand_in):
    """Catches who gives himself a role, and stands nowhere."""
    hand_in(MARLOES, BEN, by="")
    first = AuditEntry.objects.latest("pk").pk
    ben = User.objects.get(name="Ben Beheer")
    for nobody in ("", "marloes@zuiderveen.example", "weg@zuiderveen.example"):
        with pytest.raises(CommandError, match="functioneel beheerder"):
            hand_in(MARLOES, BEN, KEES, by=nobody)
    assert not User.objects.filter(name="Kees Koster").exists()

    hand_in(MARLOES, BEN, KEES, by="BEN@zuiderveen.example")

    rows = AuditEntry.objects.filter(pk__gt=first).values_list("verb", "by")
    assert set(rows) == {("user.added", ben.pk), ("desk.joined", ben.pk)}


@pytest.mark.parametrize("content", [None, b"naam\xff\xfe"])
def test_a_file_that_is_none_is_refused(tmp_path, content):
    """Catches a traceback where a sentence was due."""
    path = tmp_path / "mensen.csv"
    if content is not None:
        path.write_bytes(content)

    with pytest.raises(CommandError, match=r"te lezen|Sla het bestand op als CSV"):
        call_command("import_people", str(path))
