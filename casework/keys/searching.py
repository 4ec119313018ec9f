"""A search that is posted, and whose words can't be read in the address of what it found."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import ClassVar, Self

from django import forms
from django.conf import settings
from django.http import HttpRequest, QueryDict
from django.utils.http import urlencode

from casework.keys import masters

UNREADABLE = "De zoekwoorden in dit adres zijn niet te lezen. Zoek opnieuw."


class SearchForm(forms.Form):
    """
    What somebody searches for, over pages with an address each.

    The words may be a name, and an address goes to places that no key guards: the
    history of a browser, the log of a proxy, a message to a colleague.
    """

    words: ClassVar[str]
    """The field whose text is sealed in an address."""
    page: ClassVar[str]
    """The field that says from where on a page goes."""

    @classmethod
    def of(cls, request: HttpRequest, *, reader: int) -> Self:
        """Read what was typed, or what an address of this reader says."""
        if request.method == "POST":
            return cls(request.POST)
        try:
            return cls(_unsealed(request.GET, cls.words, reader=reader))
        except masters.Damaged:
            form = cls({})
            form.add_error(cls.words, UNREADABLE)
            return form

    def asked(self) -> dict[str, str]:
        """Give what was asked, by the names of the fields, whatever the page."""
        names = [name for name in self.fields if name != self.page]
        return {name: self.data[name] for name in names if self.data.get(name)}

    def address(self, *, reader: int, after: object = None) -> str:
        """Give the address of this search, from the row after which it goes on."""
        asked = self.asked()
        if self.words in asked:
            asked[self.words] = seal(asked[self.words], reader=reader)
        if after:
            asked[self.page] = str(after)
        return f"?{urlencode(asked)}"


def seal(words: str, *, reader: int) -> str:
    """Hide words for an address; they open for this reader only."""
    bound = _bound(reader)
    hidden = masters.encrypt(settings.DATA_KEYS[0], words.encode(), bound_to=bound)
    return urlsafe_b64encode(hidden).decode().rstrip("=")


def _unsealed(address: QueryDict, name: str, *, reader: int) -> QueryDict:
    asked = address.copy()
    if sealed := str(asked.get(name, "")):
        asked[name] = _opened(sealed, reader=reader)
    return asked


def _opened(sealed: str, *, reader: int) -> str:
    try:
        hidden = urlsafe_b64decode(sealed + "=" * (-len(sealed) % 4))
    except ValueError as error:
        raise masters.Damaged from error
    for key in masters.known().values():
        try:
            return masters.decrypt(key, hidden, bound_to=_bound(reader)).decode()
        except masters.Damaged:
            continue
    raise masters.Damaged


def _bound(reader: int) -> bytes:
    return b"procesregie/address\n%d" % reader
