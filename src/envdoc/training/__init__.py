"""What a training run needs beyond its environment: its configuration, its data, its memory, its launch."""
