from _launch import launch, store

launch(store(16))
