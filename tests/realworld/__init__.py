"""Real modules run end to end by the shared task drivers."""
