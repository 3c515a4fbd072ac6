# with: CUDA_LAUNCH_BLOCKING=1
from _launch import launch, store

launch(store(16))
