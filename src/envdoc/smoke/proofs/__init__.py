"""The scripts of the proofs, run inside the target Python. Each offers `run(kit) -> str`: what was seen.

Standard library at the top, everything else inside `run`; Python 3.9 and newer; nothing of envdoc at run time.
"""
