"""Speed and endurance, measured on purpose and never inside the tests."""
