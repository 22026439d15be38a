/* Writes to stdout in pieces of 64 KiB, as many times as the argument says: what a limit has to stop. */
#include "say.h"

int main(int argc, char **argv) {
    static char piece[65536];
    for (size_t i = 0; i < sizeof piece; i++) piece[i] = (char)('a' + i % 26);
    int times = 0;
    if (argc > 1)
        for (const char *digit = argv[1]; *digit; digit++) times = times * 10 + *digit - '0';
    for (int i = 0; i < times; i++) write_text(piece, sizeof piece);
}
