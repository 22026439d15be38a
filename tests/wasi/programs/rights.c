/* Rights: fd_fdstat_get, fd_fdstat_set_rights, path_open */
#include "say.h"

static __wasi_rights_t rights_of(__wasi_fd_t fd, __wasi_rights_t *inheriting) {
    __wasi_fdstat_t status;
    need("status", __wasi_fd_fdstat_get(fd, &status));
    *inheriting = status.fs_rights_inheriting;
    return status.fs_rights_base;
}

int main(void) {
    __wasi_rights_t base, inheriting, rest;
    make_file("f", "contents");
    base = rights_of(ROOT, &inheriting);
    say_whether("a directory opens", base & __WASI_RIGHTS_PATH_OPEN);
    say_whether("a directory is listed", base & __WASI_RIGHTS_FD_READDIR);
    say_whether("a directory is not read", !(base & __WASI_RIGHTS_FD_READ));
    say_whether("what is opened reads and writes", (inheriting & __WASI_RIGHTS_FD_READ) && (inheriting & __WASI_RIGHTS_FD_WRITE));
    __wasi_fd_t fd = open_file("f");
    base = rights_of(fd, &rest);
    say_whether("a file reads", base & __WASI_RIGHTS_FD_READ);
    say_whether("a file writes", base & __WASI_RIGHTS_FD_WRITE);
    base = rights_of(0, &rest);
    say_whether("stdin reads", base & __WASI_RIGHTS_FD_READ);
    base = rights_of(1, &rest);
    say_whether("stdout writes", base & __WASI_RIGHTS_FD_WRITE);

    fd = open_with(ROOT, "f", 0, __WASI_RIGHTS_FD_READ | __WASI_RIGHTS_FD_WRITE | __WASI_RIGHTS_FD_SEEK, 0);
    base = rights_of(fd, &rest);
    say("keep", __wasi_fd_fdstat_set_rights(fd, base, rest));
    say("give up writing", __wasi_fd_fdstat_set_rights(fd, base & ~(__wasi_rights_t)__WASI_RIGHTS_FD_WRITE, rest));
    __wasi_ciovec_t out = {(const uint8_t *)"x", 1};
    __wasi_size_t count;
    say("write", __wasi_fd_write(fd, &out, 1, &count));
    say("take it back", __wasi_fd_fdstat_set_rights(fd, base, rest));
    say("take all", __wasi_fd_fdstat_set_rights(fd, ALL_RIGHTS, ALL_RIGHTS));
    char buffer[8];
    say("read", read_into(fd, buffer, 8, &count));
    say("give up all", __wasi_fd_fdstat_set_rights(fd, 0, 0));
    say("read", read_into(fd, buffer, 8, &count));
    say("of nothing", __wasi_fd_fdstat_set_rights(77, 0, 0));

    make_directory("d");
    __wasi_fd_t directory = open_with(ROOT, "d", __WASI_OFLAGS_DIRECTORY, __WASI_RIGHTS_PATH_OPEN | __WASI_RIGHTS_FD_READDIR, 0);
    say("a directory in one without that right", __wasi_path_create_directory(directory, "e"));
    __wasi_fd_t none;
    say("a file in one without that right", __wasi_path_open(directory, 0, "x", __WASI_OFLAGS_CREAT, 0, 0, 0, &none));
    say("a file with rights that do not pass on", __wasi_path_open(directory, 0, "x", 0, __WASI_RIGHTS_FD_READ, 0, 0, &none));
}
