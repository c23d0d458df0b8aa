"""Storage adapters: the ports implemented in memory and in SQL. Importing the package imports none of them."""
