"""The screens of RAFAEL: what each shows, and how a command is asked for and carried out."""
