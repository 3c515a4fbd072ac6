from _launch import launch, store

launch(store(0x7F0000000001))
