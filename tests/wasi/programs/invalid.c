/* Flags and numbers that have no meaning. */
#include "say.h"

__attribute__((import_module("wasi_snapshot_preview1"), import_name("proc_raise"))) int32_t proc_raise(uint32_t);

static void numbers(__wasi_fd_t fd) {
    __wasi_timestamp_t time;
    for (uint32_t clock = 4; clock < 7; clock++) {
        say("resolution of no clock", __wasi_clock_res_get((__wasi_clockid_t){clock}, &time));
        say("time of no clock", __wasi_clock_time_get((__wasi_clockid_t){clock}, 0, &time));
    }
    __wasi_filesize_t at;
    say("whence 3", __wasi_fd_seek(fd, 0, 3, &at));
    say("whence 255", __wasi_fd_seek(fd, 0, 255, &at));
    say("advice 6", __wasi_fd_advise(fd, 0, 0, 6));
    say("signal 31", (__wasi_errno_t)proc_raise(31));
    say("signal 200", (__wasi_errno_t)proc_raise(200));
}

static void flags(__wasi_fd_t fd) {
    __wasi_fd_t opened;
    __wasi_filestat_t status;
    say("path_open: oflags", __wasi_path_open(ROOT, 0, "f", 16, 0, 0, 0, &opened));
    say("path_open: fdflags", __wasi_path_open(ROOT, 0, "f", 0, 0, 0, 32, &opened));
    say("path_open: lookup", __wasi_path_open(ROOT, 2, "f", 0, 0, 0, 0, &opened));
    say("path_open: rights", __wasi_path_open(ROOT, 0, "f", 0, (uint64_t)1 << 40, 0, 0, &opened));
    say("path_filestat_get: lookup", __wasi_path_filestat_get(ROOT, 2, "f", &status));
    say("path_link: lookup", __wasi_path_link(ROOT, 2, "f", ROOT, "g"));
    say("fd_fdstat_set_flags", __wasi_fd_fdstat_set_flags(fd, 32));
    say("fd_filestat_set_times", __wasi_fd_filestat_set_times(fd, 1, 1, 16));
    say("path_filestat_set_times", __wasi_path_filestat_set_times(ROOT, 0, "f", 1, 1, 16));
    say("path_filestat_set_times: lookup", __wasi_path_filestat_set_times(ROOT, 2, "f", 1, 1, 1));
}

int main(void) {
    make_file("f", "x");
    __wasi_fd_t fd = open_file("f");
    numbers(fd);
    flags(fd);
}
