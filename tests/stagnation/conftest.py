"""The case of the plan's tests, with its casusregisseur."""

from tests.plan.conftest import _begun, agent, offered, world  # noqa: F401
