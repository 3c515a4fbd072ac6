#!/bin/sh
# Every level on a machine with a GPU, and the planted faults; outputs and figures go to the folder $1.
# Usage: tests/smoke/record_gpu.sh OUT [PYTHON] [options of the full level, such as `--skip deepspeed-cpu-adam`]
set -u
out=$1 python=${2:-python3}
[ $# -gt 1 ] && shift 2 || shift 1
export PYTHONPATH="src${PYTHONPATH:+:$PYTHONPATH}" PYTHONUNBUFFERED=1
envdoc() { "$python" -m envdoc "$@"; }
step() {
  name=$1; shift
  start=$(date +%s)
  "$@" > "$out/$name.txt" 2> "$out/$name.err"
  code=$?
  echo "$name: exit $code, $(($(date +%s) - start)) s"
  [ -s "$out/$name.err" ] || rm "$out/$name.err"
}
mkdir -p "$out"
step quick envdoc smoke --python "$python" --junit "$out/quick.xml"
step full envdoc smoke --python "$python" --level full "$@" --junit "$out/full.xml" --summary "$out/full.md"
step train envdoc smoke --python "$python" --only train-lora --only train-qlora --only train-full --junit "$out/train.xml"
ENVDOC_RECORD=$out ENVDOC_TEST_PYTHON=$python step faults "$python" -m pytest -q -m gpu tests/smoke/test_gpu_faults.py
