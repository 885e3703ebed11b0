"""What may be published and how it is counted. Pure: no tables, no clock, no person."""
