"""The explorer: one HTML page that works without a network and shows what the rules answer.

`export` evaluates the rules in Python; `page.html` and the files beside it look the results up. It evaluates a
service's settings, not only the graph; so it is no renderer, and `diagrams.render` loads it on demand.
"""

from poec_workflow.explorer.explorer_page import render

__all__ = ["render"]
