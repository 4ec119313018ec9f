"""What an assessment must say, whoever sends it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ave.triage.models import Triage
from casework.cases.lifecycle import TO_WHOM

Answer, Outcome = Triage.Answer, Triage.Outcome

_WORDS = {
    "problems": "problemen",
    "safety": "veiligheid",
    "bottleneck": "knelpunt",
    "chain": "partijen",
}


def missing(
    criteria: Mapping[str, str],
    reasons: Mapping[str, str],
    *,
    outcome: str,
    note: str,
    receiver: str = "",
) -> Iterator[tuple[str, str]]:
    """Give each field that must be filled in yet, with the sentence that says so."""
    for name, word in _WORDS.items():
        answer = criteria.get(name)
        if answer not in Answer.values:
            yield name, f"Kies een antwoord bij {word}."
        if reasons.get(name, "").strip():
            continue
        if answer == Answer.UNKNOWN:
            yield (
                f"{name}_reason",
                f'Je koos "weet ik niet" bij {word}. '
                "Schrijf op bij wie je dit navraagt.",
            )
        if answer == Answer.NO and outcome == Outcome.PROCESREGIE:
            yield (
                f"{name}_reason",
                f'Je koos "nee" bij {word}. Schrijf op waarom procesregie toch start.',
            )
    yield from _missing_of(outcome, note=note, receiver=receiver)


def _missing_of(outcome: str, *, note: str, receiver: str) -> Iterator[tuple[str, str]]:
    if outcome not in Outcome.values:
        yield "outcome", "Kies een uitkomst."
    elif outcome != Outcome.PROCESREGIE and not note.strip():
        yield "note", "Schrijf op waarom je dit kiest."
    if outcome in Triage.SENT_ON and not receiver.strip():
        yield "receiver", TO_WHOM
