/* proc_exit, proc_raise, a return from main, traps: which one, the argument says. */
#include <stdlib.h>

#include "say.h"

/* (The C library has dropped it.) */
__attribute__((import_module("wasi_snapshot_preview1"), import_name("proc_raise"))) int32_t proc_raise(uint32_t);

static int number(const char *text) {
    int value = 0;
    while (*text) value = value * 10 + *text++ - '0';
    return value;
}

static int deeper(volatile int *depth) {
    volatile int next = *depth + 1;
    return deeper(&next) + next;
}

int main(int argc, char **argv) {
    write_text("begun\n", 6);
    const char *how = argc > 1 ? argv[1] : "";
    int code = argc > 2 ? number(argv[2]) : 0;
    if (same(how, "return", 7)) return code;
    if (same(how, "exit", 5)) exit(code);
    if (same(how, "proc_exit", 10)) __wasi_proc_exit(code);
    if (same(how, "raise", 6)) return (int)say("proc_raise", (__wasi_errno_t)proc_raise((uint32_t)code)) + 70;
    if (same(how, "abort", 6)) abort();
    if (same(how, "trap", 5)) __builtin_trap();
    if (same(how, "divide", 7)) return 7 / *(volatile int *)&code;
    if (same(how, "outside", 8)) return *(volatile int *)0x7ffffff0;
    if (same(how, "recurse", 8)) return deeper(&code);
    write_text("?\n", 2);
    return 98;
}
