"""The worker: what happens to predictions after they are recorded, in a process of its own."""
