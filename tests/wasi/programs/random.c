/* random_get */
#include "say.h"

int main(void) {
    static uint8_t first[100000], second[100000];
    say("nothing", __wasi_random_get(first, 0));
    say_whether("nothing was written", first[0] == 0);
    say("100000 bytes", __wasi_random_get(first, sizeof first));
    say("100000 others", __wasi_random_get(second, sizeof second));
    say_whether("differ", !same(first, second, sizeof first));
    size_t seen[256] = {0}, kinds = 0;
    for (size_t i = 0; i < sizeof first; i++) kinds += !seen[first[i]]++;
    say_number("kinds of bytes", kinds);
    say_whether("the last ones are random too", !same(first + sizeof first - 16, first + 16, 16));
}
