"""The native dialect, under `/v1`: clean, documented, what our SDK and dashboard speak."""
