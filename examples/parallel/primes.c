/* Counts primes with threads: each takes the next piece of the range until none is left.

   build.sh compiles this; wasm2py runs it on threads of Python or on processes. */

#include <stdatomic.h>

__attribute__((import_module("wasi"), import_name("thread-spawn"))) int thread_spawn(int argument);

static atomic_int next, running, result;
static int limit, piece;

static int is_prime(int n) {
    if (n % 2 == 0) return n == 2;
    for (int d = 3; d * d <= n; d += 2)
        if (n % d == 0) return 0;
    return n > 1;
}

static void work(void) {
    int found = 0, from;
    while ((from = atomic_fetch_add(&next, piece)) < limit) {
        int to = from + piece < limit ? from + piece : limit;
        for (int n = from; n < to; n++) found += is_prime(n);
    }
    atomic_fetch_add(&result, found);
}

__attribute__((export_name("wasi_thread_start"))) void wasi_thread_start(int thread, int argument) {
    work();
    if (atomic_fetch_sub(&running, 1) == 1) __builtin_wasm_memory_atomic_notify((int *)&running, 1);
}

/* The number of primes below a limit, counted by so many threads beside the first one; -1 if they cannot be started. */
__attribute__((export_name("count_primes"))) int count_primes(int below, int others) {
    limit = below, piece = below / 64 + 1;
    atomic_store(&next, 0), atomic_store(&result, 0), atomic_store(&running, others);
    for (int i = 0; i < others; i++)
        if (thread_spawn(i) < 0) return -1;
    work();
    for (int left; (left = atomic_load(&running)) > 0;) __builtin_wasm_memory_atomic_wait32((int *)&running, left, -1);
    return atomic_load(&result);
}
