"""What a seed chooses from: invented people and parties, and what they say."""

from __future__ import annotations

FIRST_NAMES = (
    "Aaltje", "Bilal", "Cor", "Dewi", "Eline", "Femke", "Gerrit", "Hatice", "Ilse",
    "Jelle", "Karim", "Loes", "Mehmet", "Nynke", "Okke", "Paula", "Rachid", "Sietske",
    "Tjeerd", "Ursula", "Vera", "Wouter", "Yara", "Zita",
)  # fmt: skip
LAST_NAMES = (
    "Aalbers", "Boonstra", "Cazemier", "Demir", "Eising", "Feenstra", "Gritter",
    "Haan", "Idema", "Jager", "Kuiper", "Lanting", "Moes", "Nijboer", "Oosting",
    "Popken", "Rozema", "Schuring", "Tabak", "Udema", "Venema", "Wolters", "Yilmaz",
    "Zandstra",
)  # fmt: skip
INHABITANTS = (
    "Jansje Kwikstaart", "Teun Roodborst", "Bertus Goudvink", "Willemien Grutto",
    "Sjoerd Kievit", "Geertje Pimpelmees", "Harm Tapuit", "Fennie Winterkoning",
)  # fmt: skip
STREETS = ("Ooievaarsteeg", "Lisdoddelaan", "Veenmospad", "Zonnedauwhof", "Rietzoomweg")
POLICE = ("Politie Eenheid Oost", "Politie Basisteam Veenrand", "Politie Zuidermeer")
HOUSING = ("Woonstichting Veenland", "Wooncorporatie De Turf", "Stichting Ons Erf")

CALLERS = ("een buurvrouw", "de huisarts", "een wijkverpleegkundige", "een conciërge")
REASONS = (
    "Al maanden is er 's nachts overlast. Hulp stopt steeds na één gesprek.",
    "De woning vervuilt en er doet niemand open voor de hulpverlening.",
    "Er zijn zorgen om de veiligheid, en hulpverleners weten niet van elkaar.",
    "De huur is een half jaar niet betaald en er dreigt uitzetting.",
)
STUCK = (
    (
        "no_owner",
        "De behandelaar en de verhuurder wachten op elkaar: zonder woning geen "
        "behandeling, zonder behandeling geen woning.",
        "Twee overleggen met alle partijen, en drie huisbezoeken op proef.",
    ),
    (
        "not_kept",
        "Het huisbezoek dat alle partijen samen zouden doen, komt er steeds niet van.",
        "Drie keer een datum geprikt, twee keer op het laatst afgezegd.",
    ),
    (
        "disagreement",
        "De partijen zijn het niet eens over wie begint, en ondertussen begint niemand.",
        "Een gesprek met een onafhankelijke voorzitter, zonder uitkomst.",
    ),
)
STUCK_TOO = (
    (
        "no_place",
        "Er is geen plek waar iemand met deze zorgvraag kan wonen.",
        "Vier aanbieders gebeld, overal een wachtlijst van een half jaar.",
    ),
    (
        "rules",
        "De regeling vraagt een vaste woonplek, en die is er juist niet.",
        "Een uitzondering gevraagd aan de uitvoerder, zonder antwoord.",
    ),
    (
        "capacity",
        "Er is niemand vrij die elke dag kan langskomen.",
        "Uren gevraagd bij drie teams; alle drie zitten vol.",
    ),
)
QUESTIONS = (
    "Wil je besluiten wie er begint, en de ander vragen om aan te sluiten?",
    "Wil je de directeur van de partij aanspreken op de afspraak?",
    "Wil je bepalen dat alle partijen binnen twee weken samen beginnen?",
)
QUESTIONS_TOO = (
    "Wil je tijdelijk een plek regelen, buiten de wachtlijst om?",
    "Wil je een uitzondering op de regeling maken voor deze casus?",
    "Wil je uren vrijmaken bij het team dat het dichtst bij is?",
)
ASKED_MORE = (
    (
        "Wat zegt de verhuurder er zelf van?",
        "De verhuurder wil wel, als er een vast aanspreekpunt is.",
    ),
    (
        "Hoe vaak was er de laatste maand contact?",
        "Vier keer contact, en twee keer was er niemand thuis.",
    ),
    (
        "Wat kost het als we het zo laten?",
        "Ongeveer zes inzetten in de week, en de buren verhuizen.",
    ),
)
DECISIONS = (
    "De partijen beginnen maandag samen. De verhuurder houdt de woning aan.",
    "De behandelaar begint deze maand. De verhuurder wacht daarop.",
    "Er komt één aanspreekpunt en de partijen starten binnen twee weken.",
)
LOWER = (
    "Het team mag dit zelf besluiten. Ik sta erachter.",
    "Hier is mandaat voor op procesniveau. Gebruik dat.",
    "Dit lost het overleg zelf op: de ruimte is er al.",
)
