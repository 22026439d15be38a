/* What a library can do without. */
int optional_datum = 400;
int optional(int value) { return -value; }
