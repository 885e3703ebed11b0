"""The made-up community of the demonstration: content, lives, and the loader that writes both by the rules."""
