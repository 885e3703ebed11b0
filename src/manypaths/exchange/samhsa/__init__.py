"""SAMHSA's National Directory of Drug and Alcohol Use Treatment Facilities, read into listings."""
