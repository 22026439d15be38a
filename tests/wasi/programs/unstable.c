/* Preview 0 (wasi_unstable): what differs are the numbers of whence and the layout of what is known of a file. */
#include "say.h"

#define IMPORT(name, ...)                                                                                            \
    __attribute__((import_module("wasi_unstable"), import_name(#name))) int32_t old_##name(__VA_ARGS__);

IMPORT(fd_seek, uint32_t, int64_t, uint32_t, uint64_t *)
IMPORT(fd_filestat_get, uint32_t, void *)
IMPORT(path_filestat_get, uint32_t, uint32_t, const char *, uint32_t, void *)
IMPORT(poll_oneoff, void *, void *, uint32_t, uint32_t *)
IMPORT(fd_write, uint32_t, const __wasi_ciovec_t *, uint32_t, uint32_t *)
IMPORT(clock_time_get, uint32_t, uint64_t, uint64_t *)
IMPORT(proc_exit, uint32_t)

struct status {
    uint64_t device, inode;
    uint8_t type;
    uint32_t links;
    uint64_t size, accessed, modified, changed;
};

/* The clock of a subscription has an identifier of its own first. */
struct subscription {
    uint64_t userdata;
    uint8_t tag;
    uint64_t identifier;
    uint32_t clock;
    uint64_t timeout, precision;
    uint16_t flags;
};

static void say_status(const struct status *status) {
    say_number("type", status->type);
    say_number("links", status->links);
    say_number("size", status->size);
    say_number("accessed", status->accessed);
    say_number("modified", status->modified);
}

int main(void) {
    make_file("f", "0123456789");
    need("times", __wasi_path_filestat_set_times(ROOT, 0, "f", 1000000000, 2000000000, 5));
    __wasi_fd_t fd = open_file("f");
    uint64_t at = 99;
    say("from here", (__wasi_errno_t)old_fd_seek(fd, 3, 0, &at));
    say("from here", (__wasi_errno_t)old_fd_seek(fd, 3, 0, &at));
    say_number("position", at);
    say("from the end", (__wasi_errno_t)old_fd_seek(fd, -3, 1, &at));
    say_number("position", at);
    say("from the beginning", (__wasi_errno_t)old_fd_seek(fd, 3, 2, &at));
    say_number("position", at);
    struct status status;
    say("by descriptor", (__wasi_errno_t)old_fd_filestat_get(fd, &status));
    say_status(&status);
    say("by path", (__wasi_errno_t)old_path_filestat_get(ROOT, 0, "f", 1, &status));
    say_status(&status);
    struct subscription wanted = {.userdata = 5, .identifier = 6, .clock = 1, .timeout = 20000000};
    uint64_t before = 0, after = 0;
    uint32_t count = 0;
    __wasi_event_t event;
    old_clock_time_get(1, 1, &before);
    say("poll", (__wasi_errno_t)old_poll_oneoff(&wanted, &event, 1, &count));
    old_clock_time_get(1, 1, &after);
    say_number("events", count);
    say_number("of", event.userdata);
    say_whether("took 20 ms", after - before >= 20000000);
    __wasi_ciovec_t part = {(const uint8_t *)"the end\n", 8};
    old_fd_write(1, &part, 1, &count);
    old_proc_exit(5);
}
