"""The choice of a torch build for a machine: constraints, judgement, preference. Nobody else takes it.

situation   what of the Machine counts: visible GPUs, driver, C library, interpreters
gates       one constraint each, as a function that returns reasons
offers      what a source gives for a build
asked       what components are asked, and what they answer
judge       one profile: every torch line x CUDA variant, with its pick or its reasons
auto        among profiles, the one made for these GPUs
"""
