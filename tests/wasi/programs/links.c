/* path_link */
#include "say.h"

static void link_at(const char *label, const char *old, const char *new, __wasi_lookupflags_t look) {
    say(label, __wasi_path_link(ROOT, look, old, ROOT, new));
}

static void link(const char *label, const char *old, const char *new) { link_at(label, old, new, 0); }

static void say_links(const char *path) {
    __wasi_filestat_t status;
    need(path, __wasi_path_filestat_get(ROOT, 0, path, &status));
    say_number(path, status.nlink);
}

int main(void) {
    make_directory("d");
    make_file("f", "one file");
    link("link", "f", "g");
    say_links("f");
    say_links("g");
    __wasi_filestat_t left, right;
    need("f", __wasi_path_filestat_get(ROOT, 0, "f", &left));
    need("g", __wasi_path_filestat_get(ROOT, 0, "g", &right));
    say_whether("the same file", left.ino == right.ino && left.dev == right.dev);
    __wasi_fd_t fd = open_file("g");
    put(fd, "ONE");
    say_file("written through the other", "f");
    link("to a directory", "f", "d/h");
    link("again", "f", "g");
    link("onto a directory", "f", "d");
    link("onto itself", "f", "f");
    link("of a directory", "d", "e");
    link("of what is missing", "absent", "x");
    link("into what is missing", "f", "absent/x");
    link("with a slash", "f", "x/");
    link("of a file with a slash", "f/", "x");
    link("beyond", "f", "../x");
    link("of what is beyond", "../f", "x");
    link("empty", "", "x");
    link("to an empty path", "f", "");
    say("from nothing", __wasi_path_link(77, 0, "f", ROOT, "x"));
    say("to nothing", __wasi_path_link(ROOT, 0, "f", 77, "x"));
    need("symlink", __wasi_path_symlink("f", ROOT, "symbolic"));
    need("symlink", __wasi_path_symlink("absent", ROOT, "dangling"));
    link("of a symbolic link", "symbolic", "hard");
    say_type("is one too", "hard");
    link_at("through a symbolic link", "symbolic", "through", __WASI_LOOKUPFLAGS_SYMLINK_FOLLOW);
    link("of a link to nothing", "dangling", "hard dangling");
    say_type("is one too", "hard dangling");
    link("onto a link to nothing", "f", "dangling");
    say("unlink", __wasi_path_unlink_file(ROOT, "f"));
    say_links("g");
    say_file("still there", "d/h");
    say("to another directory", __wasi_path_link(ROOT, 0, "g", OTHER, "from root"));
}
