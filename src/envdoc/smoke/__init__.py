"""Proofs that run inside the target environment, each in its own bounded process."""

from envdoc.smoke.base import Group, Level, Proof, ProofEvent
from envdoc.smoke.run import of_level, prove

__all__ = ["Group", "Level", "Proof", "ProofEvent", "of_level", "prove"]
