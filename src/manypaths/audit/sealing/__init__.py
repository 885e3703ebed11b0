"""Seals the log and checks the seal. Works with a sign-in of its own (role `sealer`) and a key outside the database."""
