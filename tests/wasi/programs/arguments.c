/* args_*, environ_* */
#include "say.h"

int main(int argc, char **argv) {
    (void)argc;
    __wasi_size_t count, size;
    need("args_sizes_get", __wasi_args_sizes_get(&count, &size));
    say_number("arguments", count);
    say_number("their bytes", size);
    uint8_t *pointers[16], buffer[512];
    need("args_get", __wasi_args_get(pointers, buffer));
    for (size_t i = 0; i < count; i++) say_text("argument", (char *)pointers[i]);
    say_whether("main was given the same", same(argv[0], pointers[0], length(argv[0]) + 1));
    say_whether("one after the other", pointers[1] == pointers[0] + length((char *)pointers[0]) + 1);

    need("environ_sizes_get", __wasi_environ_sizes_get(&count, &size));
    say_number("variables", count);
    say_number("their bytes", size);
    need("environ_get", __wasi_environ_get(pointers, buffer));
    for (size_t i = 0; i < count; i++) say_text("variable", (char *)pointers[i]);
}
