/* Nothing can be changed in a directory that is mounted to be read: all is tried in OTHER, which holds d/ and f. */
#include "say.h"

static void try(const char *label, __wasi_oflags_t how, __wasi_rights_t rights, const char *path) {
    __wasi_fd_t fd;
    if (say(label, __wasi_path_open(OTHER, 0, path, how, rights, 0, 0, &fd))) need("close", __wasi_fd_close(fd));
}

int main(void) {
    make_file("own", "x");
    try("read", 0, __WASI_RIGHTS_FD_READ, "f");
    try("a directory", __WASI_OFLAGS_DIRECTORY, __WASI_RIGHTS_FD_READDIR, "d");
    try("write", 0, __WASI_RIGHTS_FD_WRITE, "f");
    try("read and write", 0, __WASI_RIGHTS_FD_READ | __WASI_RIGHTS_FD_WRITE, "f");
    try("create", __WASI_OFLAGS_CREAT, __WASI_RIGHTS_FD_READ, "new");
    try("truncate", __WASI_OFLAGS_TRUNC, __WASI_RIGHTS_FD_READ, "f");
    say("create a directory", __wasi_path_create_directory(OTHER, "new"));
    say("remove a directory", __wasi_path_remove_directory(OTHER, "d"));
    say("unlink", __wasi_path_unlink_file(OTHER, "f"));
    say("symlink", __wasi_path_symlink("f", OTHER, "new"));
    say("link", __wasi_path_link(OTHER, 0, "f", OTHER, "new"));
    say("link from outside", __wasi_path_link(ROOT, 0, "own", OTHER, "new"));
    say("link to outside", __wasi_path_link(OTHER, 0, "f", ROOT, "new"));
    say("rename", __wasi_path_rename(OTHER, "f", OTHER, "new"));
    say("rename from outside", __wasi_path_rename(ROOT, "own", OTHER, "new"));
    say("rename to outside", __wasi_path_rename(OTHER, "f", ROOT, "new"));
    say("times", __wasi_path_filestat_set_times(OTHER, 0, "f", 1, 1, 5));
    __wasi_fd_t fd;
    need("open", __wasi_path_open(OTHER, 0, "f", 0, __WASI_RIGHTS_FD_READ, 0, 0, &fd));
    __wasi_ciovec_t out = {(const uint8_t *)"x", 1};
    __wasi_size_t count;
    say("write to what is open", __wasi_fd_write(fd, &out, 1, &count));
    say("size of what is open", __wasi_fd_filestat_set_size(fd, 0));
    char buffer[32];
    say("read", read_into(fd, buffer, sizeof buffer, &count));
    line("contents", buffer, count);
}
