"""What several test packages share: where the public data is, and how a module is compiled and loaded."""
