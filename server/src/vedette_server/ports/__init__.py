"""What the actions ask of the outside world, as promises; `adapters/` keeps them."""
