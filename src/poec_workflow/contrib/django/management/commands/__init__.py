"""What runs beside the site: the sweep, the relay, the digests, a journal."""
