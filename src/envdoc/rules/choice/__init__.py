"""The choice of a torch build for a machine: constraints, judgement, preference. Nobody else takes it.

situation   what of the Machine counts: visible GPUs, driver, C library, interpreters
gates       one constraint each, as a function that returns reasons
offers      what a source gives for a build
asked       what components are asked, and what they answer
judge       one profile: every torch line x CUDA variant, with its pick or its reasons
stack       the components around a torch: locked, or as their bounds allow
bare        the choice without a profile: every published build, judged like a profile
reach       a profile, else the bare choice, else both again for fewer GPUs
auto        among profiles, the one made for these GPUs
"""
