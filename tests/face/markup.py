"""Reading our own HTML: its elements, and what every page must keep."""

from html.parser import HTMLParser

VOID = {"meta", "link", "input", "br", "img", "hr", "path", "rect", "source"}


class Markup(HTMLParser):
    """The elements of a page, each with the labels around it."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.wrapped: set[int] = set()
        self.text = ""
        self._open: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if "label" in self._open:
            self.wrapped.add(len(self.elements))
        self.elements.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in self._open:
            while self._open.pop() != tag:
                pass

    def handle_data(self, data: str) -> None:
        self.text += data

    def all(self, tag: str) -> list[dict[str, str]]:
        return [attrs for name, attrs in self.elements if name == tag]

    @property
    def ids(self) -> list[str]:
        return [attrs["id"] for _, attrs in self.elements if "id" in attrs]

    def faults(self) -> list[str]:
        """What no page may have."""
        return [*self._inline(), *self._ids(), *self._unlabelled(), *self._silent()]

    def _inline(self) -> list[str]:
        found = [
            f"{tag} has {name}"
            for tag, attrs in self.elements
            for name in attrs
            if name == "style" or name.startswith("on")
        ]
        found += ["<style>" for _ in self.all("style")]
        return found + [
            "inline script"
            for attrs in self.all("script")
            if "src" not in attrs and attrs.get("type") != "application/json"
        ]

    def _ids(self) -> list[str]:
        ids = self.ids
        found = [f"id {name} twice" for name in set(ids) if ids.count(name) > 1]
        for tag, attrs in self.elements:
            for key in ("aria-describedby", "aria-labelledby", "for"):
                found += [
                    f"{tag} points to {name}, which is not there"
                    for name in attrs.get(key, "").split()
                    if name not in ids
                ]
        return found

    def _unlabelled(self) -> list[str]:
        labelled = {attrs.get("for") for attrs in self.all("label")}
        return [
            f"{tag} {attrs.get('name')} has no label"
            for place, (tag, attrs) in enumerate(self.elements)
            if tag in {"input", "select", "textarea"}
            and attrs.get("type") != "hidden"
            and attrs.get("id") not in labelled
            and place not in self.wrapped
            and "aria-label" not in attrs
        ]

    def _silent(self) -> list[str]:
        return [
            "a picture that is neither hidden nor named"
            for attrs in self.all("svg")
            if attrs.get("aria-hidden") != "true" and "aria-label" not in attrs
        ] + ["an image without alt" for attrs in self.all("img") if "alt" not in attrs]
