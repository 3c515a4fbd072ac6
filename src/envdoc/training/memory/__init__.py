"""How much GPU and host memory a training run of LLaMA-Factory needs, part by part, from the model's own config.

    shape(config) -> Shape          what counts of a config.json; other architectures are refused by name
    estimate(shape, run) -> Estimate
    fits(estimates, gpus) -> Fit... which of this machine's GPUs it fits, and which change makes it fit

The parts follow from what torch keeps at each moment of a step (`phases`); the few constants that theory does not
give were fitted on measured runs, and the estimates are tested against runs that took no part in that.
"""
