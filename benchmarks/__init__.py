"""Speed, measured side by side: every figure is a ratio of two works that took turns in one run."""
