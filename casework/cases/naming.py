"""Names, addresses and numbers of a case that may not go up in a text."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from datetime import date, datetime

from django.utils.functional import cached_property

from casework.access.grants import scopes
from casework.access.permissions import Permission
from casework.audit import log
from casework.cases.looks_like import Span, digits_of, merged, spans_in
from casework.cases.models import Case
from casework.people.errors import InvalidInput
from casework.people.models import User

REFERENCE = re.compile(r"\bAVE[-\s]?\d{4}[-\s]?\d{2,8}\b", re.IGNORECASE)
"""The reference of a case, also as somebody writes it by hand."""

_SMALL_LIST = """
    de der den van het ten ter te el al da di la le von in op bij voor
"""
_SMALL = frozenset(_SMALL_LIST.split())
"""Words of a name that are no name by themselves."""

_ALSO_WORDS_LIST = """
    bakker bas bank berg bloem boer bos bosch brand buurman dam dekker dijk floor
    groot hand haven heer hof huis jager jong kamp kan kat kerk kind klein kok koning
    kort lang lange lente licht lieve maan mag mei mens meer merel mol moor nacht
    noord oost pad per prins ring roos schilder schipper smit snel sneeuw sterk stil
    tak vet visser vos waard wal west wil winter wit wolf zand zomer zorg zuid zwart
"""
_ALSO_WORDS = frozenset(_ALSO_WORDS_LIST.split())
"""Names that are words too: they count where they are written with a capital."""

_OPENERS = frozenset({"kan", "mag", "mei", "per", "wil", "meer"})
"""Words that often begin a sentence, where the capital says nothing."""

_DESIGNATIONS_LIST = """
    agent anoniem arts behandelaar beller bewindvoerder bewoner bewoners broer buren
    buur buurman buurt buurtbewoner buurvrouw collega concierge consulent corporatie
    dhr directeur docent dokter dr een fam familie gemeente gezin handhaver heer hr
    huisarts huismeester hulpverlener iemand inwoner jongerenwerker juf kennis
    leerkracht leraar medewerker meester melder meneer mentor mevr mevrouw mijnheer
    moeder mvr mw nr nummer oma oom opa ouder ouders overkant politie school tante
    vader verhuurder verpleegkundige vriend vriendin vrijwilliger wijkagent wijkteam
    wijkverpleegkundige woningcorporatie zus zuster
"""
_DESIGNATIONS = frozenset(_DESIGNATIONS_LIST.split())
"""Words by which a melder is called beside his name, or instead of it."""

_MONTHS = (
    ("januari", "jan"),
    ("februari", "feb"),
    ("maart", "mrt"),
    ("april", "apr"),
    ("mei", "mei"),
    ("juni", "jun"),
    ("juli", "jul"),
    ("augustus", "aug"),
    ("september", "sept?"),
    ("oktober", "okt"),
    ("november", "nov"),
    ("december", "dec"),
)

_SHORTEST = 3
_SPACED_FROM = 5
_SHORT_STREETS = {
    "straat": r"str\.?",
    "laan": r"ln\.?",
    "weg": r"wg\.?",
    "plein": r"pl(?:n|ein)?\.?",
    "steeg": r"stg\.?",
}
_GAP = r"[\s\-.'_*·]{0,2}"
_POSTCODE = re.compile(r"(?<!\w)([1-9]\d{3})\s?([a-z]{2})(?!\w)")


class NamesSomebody(InvalidInput):
    """
    A text names somebody; `case` is the one whose dossier knows him.

    The refusal says that he is in it, also to who may not read that.
    """

    def __init__(self, user_message: str, *, field: str, case: Case | None) -> None:
        self.case = case
        super().__init__(user_message, field=field)

    def settle(self, *, by: User, at: datetime) -> None:
        """Write down that who reads no dossier has heard of a name that it is in it."""
        if self.case is None:
            return
        if Permission.READ_DOSSIER not in scopes(by, self.case, at=at):
            log.write(
                "names.refused",
                by=by,
                at=at,
                case=self.case.pk,
                about=self.case.key,
                granted=False,
            )


def refuse_names(case: Case, **texts: str) -> None:
    """
    Refuse a text that names somebody; the keyword is the field of the form.

    :raises NamesSomebody: with the words that were found
    """
    Names(case).refuse(**texts)


class Names:
    """What points at somebody in one case, for several looks. One query, if any."""

    def __init__(self, case: Case) -> None:
        self._case = case

    def found_in(self, *texts: str) -> list[str]:
        """
        Give the words in some texts that point at somebody, as they stand there.

        Known names, addresses and numbers of the case, however they are written, and
        anything that looks like an address, a number or a name with a title. Each once.
        """
        words: dict[str, None] = {}
        for text in filter(None, texts):
            spans = spans_in(text) + [
                span for pattern in self._known for span in pattern.found_in(text)
            ]
            for span in merged(spans):
                words[text[span.start : span.end].strip()] = None
        return list(words)

    def refuse(self, **texts: str) -> None:
        """
        Refuse a text that names somebody; the keyword is the field of the form.

        :raises NamesSomebody: with the words that were found
        """
        for field, text in texts.items():
            words = self.found_in(text)
            if words:
                raise NamesSomebody(
                    f"In je tekst staat een naam of adres: {quoted(words)}. "
                    "Haal het weg of schrijf het zonder naam.",
                    field=field,
                    case=self._case if self._knows_of(text) else None,
                )

    def _knows_of(self, text: str) -> bool:
        return any(True for each in self._known for _ in each.found_in(text))

    @cached_property
    def _known(self) -> list[_Known | _KnownNumber]:
        return list(_known(self._case))


def refuse_anybody(**texts: str) -> None:
    """
    Refuse a text of no case that still leads to somebody; the keyword is the field.

    What looks like an address, a number or a name with a title, and the reference of a
    case. A name by itself is not known here.

    :raises InvalidInput: with the words that were found
    """
    for field, text in texts.items():
        cases = [Span(*found.span()) for found in REFERENCE.finditer(text)]
        spans = merged(spans_in(text) + cases)
        words = dict.fromkeys(text[span.start : span.end].strip() for span in spans)
        if words:
            raise InvalidInput(
                f"In je tekst staat iets dat naar iemand leidt: {quoted(words)}. "
                "Schrijf het zonder naam, adres, nummer of kenmerk.",
                field=field,
            )


def quoted(words: Iterable[str]) -> str:
    """Write words between quotation marks, after each other."""
    return ", ".join(f'"{word}"' for word in words)


class _Folded:
    """A text without case, accents and invisible letters, with where each one stood."""

    def __init__(self, text: str) -> None:
        letters: list[str] = []
        self.places: list[int] = []
        for place, letter in enumerate(text):
            for part in fold(letter):
                letters.append(part)
                self.places.append(place)
        self.text = "".join(letters)
        self.places.append(len(text))

    def span(self, match: re.Match[str]) -> Span:
        """Give where a match stood in the text itself."""
        return Span(self.places[match.start()], self.places[match.end() - 1] + 1)


class _Known:
    """One known word or number of a case, to be found however it is written."""

    def __init__(self, pattern: str, *, only_capital: bool = False) -> None:
        self._pattern = re.compile(pattern)
        self._only_capital = only_capital

    def found_in(self, text: str) -> Iterator[Span]:
        folded = _Folded(text)
        for match in self._pattern.finditer(folded.text):
            span = folded.span(match)
            if not self._only_capital or _counts(text, span):
                yield span


class _KnownNumber:
    """A telephone number of a case, by its digits alone."""

    _RUN = re.compile(r"\+?\(?\d(?:[\s().\-/]{0,3}\d){5,13}")

    def __init__(self, number: str) -> None:
        self._digits = digits_of(number)

    def found_in(self, text: str) -> Iterator[Span]:
        for match in self._RUN.finditer(text):
            dialled = digits_of(match.group())
            is_local = len(dialled) > _SPACED_FROM and self._digits.endswith(dialled)
            if is_local or self._digits in dialled:
                yield Span(*match.span())


def fold(text: str) -> str:
    """Write a text without case, accents and invisible letters."""
    parts = unicodedata.normalize("NFKD", text.translate(_ALIKE).casefold())
    return "".join(
        " " if part.isspace() else part
        for part in parts
        if not unicodedata.combining(part) and unicodedata.category(part) != "Cf"
    )


_ALIKE = str.maketrans("øØłŁđĐıİ’‘‐‑–", "oOlLdDiI''---")


def _counts(text: str, span: Span) -> bool:
    """Whether a name that is a word too is written as a name here."""
    word = text[span.start : span.end]
    if not word[:1].isupper():
        return False
    begins = re.search(r"(?:^|[.!?:\n]\s*)[\"'(]?$", text[: span.start]) is not None
    return not (begins and fold(word) in _OPENERS)


def _known(case: Case) -> Iterator[_Known | _KnownNumber]:
    """What stands in the dossier of a case, and who told us of it. One query."""
    rows = (
        Case.objects.system_scope("names that may not go up")
        .filter(pk=case.pk)
        .values_list(
            *(f"persons__{fact}" for fact in ("name", "address", "phone", "birth_on")),
            *(f"referral__{fact}" for fact in _OF_THE_REFERRAL),
        )
    )
    melders = set()
    for name, address, phone, birth_on, *melder in rows:
        melders.add(tuple(melder))
        yield from _name(name or "")
        yield from _address(address or "")
        yield from _number(phone or "")
        if birth_on is not None:
            yield _birthday(birth_on)
    for colleague, melder, phone, organisation in melders:
        if colleague is None:
            yield from _melder(melder or "", but=f"{organisation} {case.municipality}")
            yield from _number(phone or "")
    if case.mnemonic:
        yield _Known(_loosely(fold(case.mnemonic)))


_OF_THE_REFERRAL = ("referrer", "referrer_name", "referrer_phone", "organisation__name")


def _melder(said: str, *, but: str) -> Iterator[_Known]:
    """
    The name of who told us of it, without his trade, where he works or lives.

    Of what is written about him only what has a capital, where anything has.
    """
    nobody = _DESIGNATIONS | set(fold(but).split())
    own = [
        part
        for part in re.split(r"[\s,;:/()]+", said)
        if fold(part).strip(".") not in nobody and not re.search(r"\d", part)
    ]
    capital = [part for part in own if part[:1].isupper()]
    yield from _name(" ".join(capital or own))


def _number(phone: str) -> Iterator[_KnownNumber]:
    if len(digits_of(phone)) > _SPACED_FROM:
        yield _KnownNumber(phone)


def _birthday(day: date) -> _Known:
    """A day of birth with its year, in figures or in words."""
    month = "|".join((f"0?{day.month}", *_MONTHS[day.month - 1]))
    year = rf"(?:{day.year}|'?{day.year % 100:02})"
    between = r"[\s\-./]{1,3}"
    said = rf"0?{day.day}{between}(?:{month}){between}{year}"
    return _Known(rf"(?<![\d\w])(?:{said}|{day:%Y-%m-%d}|{day:%Y%m%d})(?!\w)")


def _name(name: str) -> Iterator[_Known]:
    """The whole name, each part of it, and its initials: "J. K."."""
    parts = [part for part in re.split(r"[\s-]+", fold(name)) if part]
    if len(parts) > 1:
        yield _Known(_loosely(" ".join(parts)))
    for part in parts:
        if len(part) >= _SHORTEST and part not in _SMALL:
            yield _Known(_loosely(part), only_capital=part in _ALSO_WORDS)
    own = [part for part in parts if part not in _SMALL]
    for among in (own, parts):
        if len(among) > 1:
            dotted = r"\.\s?".join(re.escape(part[0]) for part in among)
            yield _Known(rf"(?<!\w){dotted}\.(?!\w)")


def _address(address: str) -> Iterator[_Known]:
    """The street, also when it is shortened, with or without its number; the postcode."""
    for digits, letters in _POSTCODE.findall(fold(address)):
        yield _Known(rf"(?<!\w){digits}{_GAP}{letters}(?!\w)")
    street = re.sub(r"\s+\d.*$", "", fold(address).split(",")[0]).strip()
    if not street:
        return
    yield _Known(_loosely(street))
    for whole, short in _SHORT_STREETS.items():
        if street.endswith(whole):
            yield _Known(rf"(?<!\w){_letters(street.removesuffix(whole))}{_GAP}{short}")


def _loosely(word: str) -> str:
    """Write the pattern of a word that may be broken by spaces, and end in an s."""
    return rf"(?<!\w){_letters(word)}(?:'?s)?(?!\w)"


def _letters(word: str) -> str:
    letters = [re.escape(letter) for letter in re.sub(r"[\s-]+", "", word)]
    if len(letters) < _SPACED_FROM:
        return r"[\s-]+".join(re.escape(part) for part in re.split(r"[\s-]+", word))
    return _GAP.join(letters)
