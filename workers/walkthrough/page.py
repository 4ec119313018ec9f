"""A page as somebody without a mouse reads it: its links, its forms, its errors."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

Choice = str | bool | list[str]


class NotOnThePage(Exception):
    """What somebody looked for is not on the page."""


@dataclass
class Field:
    """One field of a form, with what it holds and what may be chosen in it."""

    name: str
    values: list[str] = field(default_factory=list)
    options: list[tuple[str, str]] = field(default_factory=list)
    is_choice: bool = False
    is_hidden: bool = False

    def choose(self, wanted: Choice) -> None:
        """
        Type a text, or choose by value or by the words beside it.

        :raises NotOnThePage: if that can't be chosen
        """
        if not self.is_choice:
            self.values = [str(wanted)]
            return
        if isinstance(wanted, bool):
            self.values = [value for value, _ in self.options[:1]] if wanted else []
            return
        names = wanted if isinstance(wanted, list) else [wanted]
        self.values = [self._value_of(name) for name in names]

    def _value_of(self, name: str) -> str:
        for value, text in self.options:
            if name == value or (name and name in text):
                return value
        offered = ", ".join(text or value for value, text in self.options)
        raise NotOnThePage(f'bij {self.name} staat geen "{name}", wel: {offered}')


@dataclass
class Form:
    """A form that can be sent, with the values that the page gives it."""

    action: str = ""
    fields: dict[str, Field] = field(default_factory=dict)
    buttons: set[str] = field(default_factory=set)

    def fits(self, values: dict[str, Choice]) -> bool:
        """Whether it has these fields; of a hidden one also this value."""
        return all(
            name in self.fields
            and (not self.fields[name].is_hidden or [value] == self.fields[name].values)
            for name, value in values.items()
        )

    def fill(self, values: dict[str, Choice]) -> None:
        """Fill in fields that can be seen."""
        for name, value in values.items():
            if not self.fields[name].is_hidden:
                self.fields[name].choose(value)

    def data(self) -> dict[str, list[str]]:
        """Give what a browser would send."""
        return {name: each.values for name, each in self.fields.items() if each.values}


@dataclass
class Page:
    """What stands on a page."""

    path: str
    status: int
    text: str = ""
    links: list[tuple[str, str]] = field(default_factory=list)
    forms: list[Form] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def link(self, words: str) -> str:
        """Give the address behind the first link with these words."""
        for address, text in self.links:
            if words in text:
                return address
        raise NotOnThePage(f'op {self.path} staat geen link "{words}"')

    def form(self, values: dict[str, Choice], *, to: str, press: str) -> Form:
        """Give the one form that has these fields, this address and this button."""
        fitting = [
            form
            for form in self.forms
            if form.fits(values)
            and form.action.endswith(to)
            and (not press or press in form.buttons)
        ]
        if len(fitting) != 1:
            asked = ", ".join([*values, *filter(None, (to, press))])
            raise NotOnThePage(
                f"op {self.path} staan {len(fitting)} formulieren met {asked}"
            )
        return fitting[0]


def read(path: str, status: int, html: str) -> Page:
    """Read a page."""
    reader = _Reader(path, status)
    reader.feed(html)
    reader.close()
    page = reader.page
    page.text = " ".join(page.text.split())
    for form in page.forms:
        for each in form.fields.values():
            each.options = [
                (value, reader.labels.get(text.removeprefix("#"), text))
                if text.startswith("#")
                else (value, " ".join(text.split()))
                for value, text in each.options
            ]
    return page


class _Reader(HTMLParser):
    """Collects links, forms and errors; a label belongs to a box by its `for`."""

    def __init__(self, path: str, status: int) -> None:
        super().__init__(convert_charrefs=True)
        self.page = Page(path, status)
        self.labels: dict[str, str] = {}
        self._form: Form | None = None
        self._select: Field | None = None
        self._area: Field | None = None
        self._option = self._link = False
        self._label = ""
        self._error = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if self._error:
            self._error += tag not in {"input", "br"}
        elif "field__error" in given.get("class", "").split():
            self._error = 1
            self.page.errors.append("")
        reads = getattr(self, f"_start_{tag}", None)
        if reads is not None:
            reads(given)

    def handle_endtag(self, tag: str) -> None:
        self._error = max(0, self._error - 1)
        match tag:
            case "form":
                self._form = None
            case "select":
                self._select = None
            case "textarea":
                self._area = None
            case "option":
                self._option = False
            case "a":
                self._link = False
            case "label":
                self._label = ""

    def handle_data(self, data: str) -> None:
        self.page.text += f" {data}"
        if self._area is not None:
            self._area.values = [f"{self._area.values[0]}{data}".removeprefix("\n")]
        if self._option and self._select is not None:
            value, text = self._select.options[-1]
            self._select.options[-1] = (value, text + data)
        if self._link:
            address, text = self.page.links[-1]
            self.page.links[-1] = (address, f"{text} {data}".strip())
        if self._label:
            said = f"{self.labels.get(self._label, '')} {data}"
            self.labels[self._label] = " ".join(said.split())
        if self._error:
            self.page.errors[-1] = f"{self.page.errors[-1]} {data}".strip()

    def _start_a(self, given: dict[str, str]) -> None:
        self._link = "href" in given
        if self._link:
            self.page.links.append((given["href"], ""))

    def _start_label(self, given: dict[str, str]) -> None:
        self._label = given.get("for", "")

    def _start_form(self, given: dict[str, str]) -> None:
        if given.get("method", "get").lower() == "post":
            self._form = Form(
                action=given.get("action", "").split("#")[0] or self.page.path
            )
            self.page.forms.append(self._form)

    def _start_button(self, given: dict[str, str]) -> None:
        if self._form is not None and given.get("type", "submit") == "submit":
            self._form.buttons.add(given.get("name", ""))

    def _start_textarea(self, given: dict[str, str]) -> None:
        self._area = self._field(given)
        if self._area is not None:
            self._area.values = [""]

    def _start_select(self, given: dict[str, str]) -> None:
        self._select = self._field(given)
        if self._select is not None:
            self._select.is_choice = True

    def _start_option(self, given: dict[str, str]) -> None:
        if self._select is None:
            return
        self._option = True
        self._select.options.append((given.get("value", ""), ""))
        if "selected" in given or not self._select.values:
            self._select.values = [given.get("value", "")]

    def _start_input(self, given: dict[str, str]) -> None:
        found = self._field(given)
        if found is None:
            return
        kind = given.get("type", "text")
        if kind in {"radio", "checkbox"}:
            value = given.get("value", "on")
            found.is_choice = True
            found.options.append((value, f"#{given.get('id', '')}"))
            found.values += [value] if "checked" in given else []
        else:
            found.is_hidden = kind == "hidden"
            found.values = [given.get("value", "")]

    def _field(self, given: dict[str, str]) -> Field | None:
        name = given.get("name", "")
        if self._form is None or not name or "disabled" in given:
            return None
        return self._form.fields.setdefault(name, Field(name))


def sentences(errors: list[str]) -> Iterator[str]:
    """Give the errors of a page without the words for screen readers."""
    for error in errors:
        yield error.replace("Fout:", "").strip()
