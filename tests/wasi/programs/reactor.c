/* A reactor: _initialize, and functions to call after it. */
#include "say.h"

static int calls = 100;

__attribute__((constructor)) static void prepare(void) {
    calls = 0;
    say_text("reactor", "initialised");
}

__attribute__((export_name("add"))) int add(int left, int right) {
    say_number("call", (uint64_t)++calls);
    return left + right;
}

__attribute__((export_name("leave"))) void leave(int code) { __wasi_proc_exit((__wasi_exitcode_t)code); }

__attribute__((export_name("fail"))) void fail(void) { __builtin_trap(); }
