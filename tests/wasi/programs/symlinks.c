/* path_symlink, path_readlink, and paths through links */
#include "say.h"

static void make(const char *label, const char *target, const char *path) {
    say(label, __wasi_path_symlink(target, ROOT, path));
}

static void say_link(const char *label, const char *path, size_t size) {
    uint8_t buffer[64] = {0};
    __wasi_size_t used = 99;
    if (say(label, __wasi_path_readlink(ROOT, path, buffer, size, &used))) line("target", (char *)buffer, used);
}

static void follow(const char *label, const char *path) {
    __wasi_filestat_t status;
    if (say(label, __wasi_path_filestat_get(ROOT, __WASI_LOOKUPFLAGS_SYMLINK_FOLLOW, path, &status)))
        say_number("type", status.filetype);
}

int main(void) {
    make_directory("d");
    make_directory("d/e");
    make_file("f", "file");
    make_file("d/g", "deeper");
    make("to a file", "f", "to f");
    make("to a directory", "d", "to d");
    make("to nothing", "absent", "dangling");
    make("to itself", "loop", "loop");
    make("one to the other", "pong", "ping");
    make("the other to the one", "ping", "pong");
    make("where there is one", "f", "to f");
    make("where there is a file", "f", "f");
    make("where there is a directory", "f", "d");
    make("with a slash", "f", "slash/");
    make("in a missing directory", "f", "absent/link");
    make("beyond", "f", "../link");
    make("absolute target", "/etc/passwd", "absolute");
    make("target beyond", "../../../../etc/passwd", "d/beyond");
    make("target up and down", "../f", "d/up");
    make("target with a slash", "d/", "to d with a slash");
    make("empty target", "", "empty");
    make("empty name", "f", "");
    say("from nothing", __wasi_path_symlink("f", 77, "x"));

    say_link("read", "to f", 64);
    say_link("read a part", "d/up", 2);
    say_link("read nothing", "to f", 0);
    say_link("read a file", "f", 64);
    say_link("read a directory", "d", 64);
    say_link("read what is missing", "absent", 64);
    say_link("read what dangles", "dangling", 64);
    say_link("read beyond", "../to f", 64);
    say_link("read through a link", "to d/up", 64);

    say_type("link", "to f");
    follow("followed", "to f");
    follow("followed to a directory", "to d");
    follow("dangling", "dangling");
    follow("loop", "loop");
    follow("loop of two", "ping");
    say_type("below a loop", "loop/x");
    follow("absolute", "absolute");
    follow("beyond", "d/beyond");
    follow("up", "d/up");
    say_type("through", "to d/g");
    say_type("through and up", "to d/e/../g");
    say_type("through a file", "to f/x");
    say_type("with a slash", "to d/");
    say_type("a link to a file with a slash", "to f/");
    follow("to a slash", "to d with a slash");
    say_file("contents", "to d/g");

    __wasi_fd_t fd;
    say("create through a dangling link", __wasi_path_open(ROOT, __WASI_LOOKUPFLAGS_SYMLINK_FOLLOW, "dangling", __WASI_OFLAGS_CREAT,
                                                          __WASI_RIGHTS_FD_WRITE, 0, 0, &fd));
    say_type("created", "absent");
    say("open beyond", __wasi_path_open(ROOT, __WASI_LOOKUPFLAGS_SYMLINK_FOLLOW, "absolute", 0, __WASI_RIGHTS_FD_READ, 0, 0, &fd));
    say("create beyond", __wasi_path_open(ROOT, __WASI_LOOKUPFLAGS_SYMLINK_FOLLOW, "d/beyond", __WASI_OFLAGS_CREAT, __WASI_RIGHTS_FD_WRITE, 0, 0, &fd));
    char name[] = "chain00", target[] = "chain00";
    for (int i = 0; i < 50; i++) {
        name[5] = '0' + (i + 1) / 10, name[6] = '0' + (i + 1) % 10;
        target[5] = '0' + i / 10, target[6] = '0' + i % 10;
        need("chain", __wasi_path_symlink(i ? target : "f", ROOT, name));
    }
    follow("a chain of 20", "chain20");
    follow("a chain of 50", "chain50");
}
