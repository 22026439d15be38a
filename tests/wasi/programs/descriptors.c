/* fd_renumber, fd_close, fd_prestat_get, fd_prestat_dir_name */
#include "say.h"

static void say_preopen(const char *label, __wasi_fd_t fd) {
    __wasi_prestat_t found;
    if (!say(label, __wasi_fd_prestat_get(fd, &found))) return;
    say_number("kind", found.tag);
    say_number("length of its name", found.u.dir.pr_name_len);
    uint8_t name[32];
    if (say("name", __wasi_fd_prestat_dir_name(fd, name, found.u.dir.pr_name_len)))
        line("is", (char *)name, found.u.dir.pr_name_len);
    say("name with too little room", __wasi_fd_prestat_dir_name(fd, name, found.u.dir.pr_name_len - 1));
}

int main(void) {
    say_preopen("stdin", 0);
    say_preopen("root", ROOT);
    say_preopen("other", OTHER);
    say_preopen("none", OTHER + 1);
    __wasi_fd_t directory = open_directory(".");
    say_preopen("opened", directory);

    __wasi_fd_t f = open_file("f"), g = open_file("g");
    put(f, "to f");
    put(g, "to g");
    say("renumber", __wasi_fd_renumber(f, g));
    __wasi_fdstat_t status;
    say("the old number", __wasi_fd_fdstat_get(f, &status));
    put(g, ", more");
    need("close", __wasi_fd_close(g));
    say_file("f", "f");
    say_file("g", "g");
    say("of nothing", __wasi_fd_renumber(77, 78));
    f = open_file("f");
    say("to itself", __wasi_fd_renumber(f, f));
    put(f, "TO");
    say("to nothing", __wasi_fd_renumber(f, 77));
    say("is still", __wasi_fd_fdstat_get(f, &status));
    g = open_file("g");
    say("onto a directory", __wasi_fd_renumber(g, directory));
    put(directory, "renumbered");
    say_file("f", "f");
    say_file("g", "g");
    say("to 2^32-1", __wasi_fd_renumber(directory, 0xffffffff));
    say("close of stdin", __wasi_fd_close(0));
    say("close of a preopen", __wasi_fd_close(OTHER));
    say_preopen("closed", OTHER);
}
