"""The commands of the command line, one a file: each has ``add(commands)`` and a function that carries it out."""
