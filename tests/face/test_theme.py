"""One file of tokens decides every colour, in both schemes."""

import re
from pathlib import Path

CSS = Path(__file__).parents[2] / "static/css"
THEME = (CSS / "theme.css").read_text()
APP = (CSS / "app.css").read_text()
LIGHT, DARK = THEME.split("@media (prefers-color-scheme: dark)")
TOKEN = re.compile(r"(--(?:basis|procesregie)-[\w-]+):")


class TestTheme:
    def test_gives_every_token_that_the_look_uses(self):
        """Catches a misspelt token, which a browser ignores without a word."""
        used = set(re.findall(r"var\((--(?:basis|procesregie)-[\w-]+)\)", APP))

        assert used - set(TOKEN.findall(LIGHT)) == set()

    def test_gives_no_token_that_nothing_uses(self):
        """Catches a token that a municipality changes in vain."""
        allowed = set(TOKEN.findall(LIGHT))
        used = set(re.findall(r"var\((--(?:basis|procesregie)-[\w-]+)\)", APP))

        assert allowed - used == set()

    def test_turns_every_colour_in_the_dark(self):
        """Catches black on black."""
        colours = {name for name in TOKEN.findall(LIGHT) if "text" not in name}
        colours = {name for name in colours if "radius" not in name}

        assert colours == set(TOKEN.findall(DARK))

    def test_is_the_only_place_with_colours(self):
        """Catches a colour that a municipality cannot change; paper is white."""
        screen = APP.split("@media print")[0].replace(".qr", "\n.qr")
        lines = [line for line in screen.splitlines() if not line.startswith(".qr")]

        assert re.findall(r"#[0-9a-f]{3,8}\b", "\n".join(lines)) == []

    def test_loads_nothing_from_elsewhere(self):
        """Catches a font or a picture that the policy refuses."""
        assert "@import" not in APP + THEME
        assert "url(" not in APP + THEME

    def test_stays_small(self):
        """Catches a look that a phone on slow 4G waits for."""
        assert len(APP) + len(THEME) < 38_000
