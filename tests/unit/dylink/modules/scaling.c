/* A library that another one needs. */
int factor = 7;
int scaled(int value) { return value * factor; }
