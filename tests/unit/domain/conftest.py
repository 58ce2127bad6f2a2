"""Hypothesis without a clock: a busy machine must not fail a rule."""

import os

from hypothesis import HealthCheck, settings

settings.register_profile("rules", deadline=None)
# mutmut names the change under test in this variable. It runs the tests many times in one
# process, so that the same property meets several instances of its class.
settings.register_profile(
    "mutation",
    deadline=None,
    derandomize=True,
    max_examples=40,
    suppress_health_check=[HealthCheck.differing_executors],
)
settings.load_profile("mutation" if "MUTANT_UNDER_TEST" in os.environ else "rules")
