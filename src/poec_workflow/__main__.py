"""`python -m poec_workflow`: the command line."""

from poec_workflow.cli import main

main()
