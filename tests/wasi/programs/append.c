/* fd_fdstat_get, fd_fdstat_set_flags; writing where a file ends */
#include "say.h"

static void say_flags(const char *label, __wasi_fd_t fd) {
    __wasi_fdstat_t status;
    need(label, __wasi_fd_fdstat_get(fd, &status));
    say_number(label, status.fs_flags);
}

static void put_at_start(__wasi_fd_t fd, const char *text) {
    __wasi_filesize_t at;
    need("seek", __wasi_fd_seek(fd, 0, __WASI_WHENCE_SET, &at));
    put(fd, text);
    need("tell", __wasi_fd_tell(fd, &at));
    say_number("position", at);
}

int main(void) {
    make_file("f", "12345");
    __wasi_fd_t fd = open_with(ROOT, "f", 0, READ_WRITE, __WASI_FDFLAGS_APPEND);
    say_flags("opened to append", fd);
    put_at_start(fd, "67");
    say("no flags", __wasi_fd_fdstat_set_flags(fd, 0));
    say_flags("flags", fd);
    put_at_start(fd, "ab");
    say("append", __wasi_fd_fdstat_set_flags(fd, __WASI_FDFLAGS_APPEND));
    put_at_start(fd, "89");
    say("nonblock", __wasi_fd_fdstat_set_flags(fd, __WASI_FDFLAGS_APPEND | __WASI_FDFLAGS_NONBLOCK));
    say_flags("flags", fd);
    say("dsync", __wasi_fd_fdstat_set_flags(fd, __WASI_FDFLAGS_DSYNC));
    say("rsync and sync", __wasi_fd_fdstat_set_flags(fd, __WASI_FDFLAGS_RSYNC | __WASI_FDFLAGS_SYNC));
    say("flags of nothing", __wasi_fd_fdstat_set_flags(77, 0));
    need("close", __wasi_fd_close(fd));
    say_file("f", "f");

    __wasi_fdstat_t status;
    say("status of nothing", __wasi_fd_fdstat_get(77, &status));
    need("status", __wasi_fd_fdstat_get(ROOT, &status));
    say_number("type of a directory", status.fs_filetype);
    fd = open_with(ROOT, "f", 0, READ_WRITE, __WASI_FDFLAGS_NONBLOCK);
    put(fd, "z");
    need("status", __wasi_fd_fdstat_get(fd, &status));
    say_number("type of a file", status.fs_filetype);
    say_whether("nonblocking", status.fs_flags & __WASI_FDFLAGS_NONBLOCK);
}
