"""`envdoc check --train FILE`: a training file of LLaMA-Factory judged before it runs, all mistakes at once."""

from envdoc.training.config.checks import CHECKS
from envdoc.training.config.judge import judge
from envdoc.training.config.load import load
from envdoc.training.config.run import Run

__all__ = ["CHECKS", "Run", "judge", "load"]
