"""Frozen values: facts, machine, findings, profile, resolution, plan, results. Asks and decides nothing."""
