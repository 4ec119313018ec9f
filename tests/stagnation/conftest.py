"""The case of the plan's tests, with its casusregisseur."""

from tests.plan.conftest import agent, case, offered  # noqa: F401
