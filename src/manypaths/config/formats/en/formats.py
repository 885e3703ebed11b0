"""English as in the United States."""

DECIMAL_SEPARATOR = "."
THOUSAND_SEPARATOR = ","
