/* fd_filestat_set_times, path_filestat_set_times, path_filestat_get */
#include "say.h"

enum { ATIM = 1, ATIM_NOW = 2, MTIM = 4, MTIM_NOW = 8 };

static void say_times(const char *label, const char *path, __wasi_lookupflags_t look) {
    __wasi_filestat_t status;
    if (!say(label, __wasi_path_filestat_get(ROOT, look, path, &status))) return;
    if (status.atim < 1000000000000000000u) say_number("accessed", status.atim);
    if (status.mtim < 1000000000000000000u) say_number("modified", status.mtim);
    say_whether("accessed now", status.atim >= 1000000000000000000u);
    say_whether("modified now", status.mtim >= 1000000000000000000u);
}

int main(void) {
    make_file("f", "x");
    make_directory("d");
    __wasi_fd_t fd = open_file("f");
    say("both", __wasi_fd_filestat_set_times(fd, 1000000000, 2000000000, ATIM | MTIM));
    say_times("times", "f", 0);
    say("none", __wasi_fd_filestat_set_times(fd, 5, 6, 0));
    say_times("times", "f", 0);
    say("modified", __wasi_fd_filestat_set_times(fd, 5, 3000000001, MTIM));
    say_times("times", "f", 0);
    say("accessed", __wasi_fd_filestat_set_times(fd, 4000000002, 6, ATIM));
    say_times("times", "f", 0);
    say("modified now", __wasi_fd_filestat_set_times(fd, 0, 0, MTIM_NOW));
    say_times("times", "f", 0);
    say("accessed now", __wasi_fd_filestat_set_times(fd, 0, 7000000000, ATIM_NOW | MTIM));
    say_times("times", "f", 0);
    say("given and now", __wasi_fd_filestat_set_times(fd, 1, 1, ATIM | ATIM_NOW));
    say("given and now", __wasi_fd_filestat_set_times(fd, 1, 1, MTIM | MTIM_NOW));
    say("of nothing", __wasi_fd_filestat_set_times(77, 1, 1, ATIM));

    say("by path", __wasi_path_filestat_set_times(ROOT, 0, "f", 8000000000, 9000000000, ATIM | MTIM));
    say_times("times", "f", 0);
    say("of a directory", __wasi_path_filestat_set_times(ROOT, 0, "d", 8000000000, 9000000000, ATIM | MTIM));
    say_times("times", "d", 0);
    say("missing", __wasi_path_filestat_set_times(ROOT, 0, "absent", 1, 1, ATIM));
    say("beyond", __wasi_path_filestat_set_times(ROOT, 0, "../f", 1, 1, ATIM));
    say("given and now", __wasi_path_filestat_set_times(ROOT, 0, "f", 1, 1, ATIM | ATIM_NOW));
    need("symlink", __wasi_path_symlink("f", ROOT, "link"));
    say("of a link", __wasi_path_filestat_set_times(ROOT, 0, "link", 11000000000, 12000000000, ATIM | MTIM));
    say_times("link", "link", 0);
    say_times("file", "f", 0);
    say("through a link", __wasi_path_filestat_set_times(ROOT, __WASI_LOOKUPFLAGS_SYMLINK_FOLLOW, "link", 13000000000, 14000000000, ATIM | MTIM));
    say_times("through the link", "link", __WASI_LOOKUPFLAGS_SYMLINK_FOLLOW);
    say_times("missing", "absent", 0);
    say_times("beyond", "..", 0);
}
