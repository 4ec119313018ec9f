"""The procedure of a referral: taken in, assessed, told."""

from __future__ import annotations

from typing import Any

from viewflow import this
from viewflow.workflow import flow

from ave.engine import Begin, CaseFlow, Step
from ave.triage import asks, transitions
from ave.triage.models import IntakeProcess
from casework.cases import referrals


def _must_be_told(activation: Any) -> bool:
    return not transitions.hears_by_itself(activation.process.subject)


class IntakeFlow(CaseFlow):
    """Melding."""

    process_class = IntakeProcess

    start = Begin(referrals.refer_case).Next(this.assess)
    assess = Step(
        transitions.decide_triage, asks=asks.ask_assess, closes=("triage",)
    ).Next(this.heard)
    heard = flow.Switch().Case(this.tell, cond=_must_be_told).Default(this.end)
    tell = Step(
        transitions.tell_referrer, asks=asks.ask_to_tell, closes=("triage.tell",)
    ).Next(this.end)
    end = flow.End()
