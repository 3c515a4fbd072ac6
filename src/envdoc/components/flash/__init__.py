"""Which flash-attn wheel is the right one, and why each other is not. Pure.

    target    what a wheel must fit: from a Context of the resolver, or from an environment that exists
    judge     one wheel: every condition that fails, each named
    choose    the best of those that fit, or the nearest with what is against them
    instead   what serves where no wheel fits

There is no closest one: a wheel that misses one condition is refused.
"""
