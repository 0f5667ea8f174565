"""Ports kept with real things: files, databases, clocks, or plain memory. One folder a technology."""
