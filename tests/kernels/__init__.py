"""Small programs compiled from C in several builds, checked by their checksums."""
