"""`./manypaths check access-matrix FILE`: drives every cell of a file through the real web server and compares.

A world is made through the same commands as everywhere: organisations, one worker for each role, a person for each
state of consent, and in each kind of their information a word that stands nowhere else. What an answer holds is judged
by these words, never by its status alone. It has a database of its own, which is gone afterwards.
"""
