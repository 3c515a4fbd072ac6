"""`envdoc launch`: the files and lines that start a training run, made of values. Nothing is read or started here."""

from envdoc.rules.hostfile import read_hosts
from envdoc.training.launch.plan import make
from envdoc.training.launch.refuse import check
from envdoc.training.launch.trainfile import own_deepspeed, read

__all__ = ["check", "make", "own_deepspeed", "read", "read_hosts"]
