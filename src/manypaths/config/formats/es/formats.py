"""US Spanish: numbers as in the United States, dates as in Spanish."""

DECIMAL_SEPARATOR = "."
THOUSAND_SEPARATOR = ","
