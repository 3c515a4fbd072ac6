"""What fits a machine, and why the rest does not: Machine + profiles + knowledge + sources -> Resolution -> Plan.

Pure: the same input gives the same output anywhere; nothing is asked of the OS or the network. The way of a
decision, one module each:

    situation   what of the Machine counts: visible GPUs, driver, C library, interpreters
    gates       one constraint each, as a function that returns reasons
    offers      what a source gives for a build
    judge       one profile: every torch line x CUDA variant, with its pick or its reasons
    decide      the choice (`resolve`), among profiles for `auto`
    explain     reasons into findings and sentences
    openers     the nearest changes that open more, found by deciding again
    whatif      a Machine with facts replaced
    plan        a Resolution into steps
"""

from __future__ import annotations

from envdoc.resolver.decide import resolve
from envdoc.resolver.plan import make_plan

__all__ = ["make_plan", "resolve"]
