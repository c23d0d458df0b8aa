"""The explorer: one page, without a network, that answers with what the rules answered.

`export` asks the rules, `page.html` and its neighbours are the page. It is not a renderer of the graph like the
others: it needs the lifecycle itself, and the settings, to ask their policies.
"""

from poec_workflow.explorer.page import render

__all__ = ["render"]
