"""A site with the screens of RAFAEL: who signs in as whom, and a season around today."""
