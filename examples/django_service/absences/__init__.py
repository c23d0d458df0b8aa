"""The app: reports of absences, and the workflow beside them."""
