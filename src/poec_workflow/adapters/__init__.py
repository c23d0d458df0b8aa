"""The outside world's side of the ports. Each adapter imports what it needs, and none is imported unasked."""
