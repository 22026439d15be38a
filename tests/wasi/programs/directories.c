/* path_create_directory, path_remove_directory, path_unlink_file */
#include "say.h"

static void create(const char *label, const char *path) { say(label, __wasi_path_create_directory(ROOT, path)); }
static void remove(const char *label, const char *path) { say(label, __wasi_path_remove_directory(ROOT, path)); }
static void unlink(const char *label, const char *path) { say(label, __wasi_path_unlink_file(ROOT, path)); }

int main(void) {
    create("new", "d");
    create("again", "d");
    create("with a slash", "e/");
    create("below", "d/sub");
    create("below nothing", "absent/sub");
    make_file("f", "x");
    create("a file", "f");
    create("below a file", "f/sub");
    create("dot", ".");
    create("beyond", "../x");
    create("absolute", "/x");
    create("empty", "");
    say("from nothing", __wasi_path_create_directory(77, "x"));
    say("from a stream", __wasi_path_create_directory(1, "x"));
    say_type("type of d/sub", "d/sub");

    remove("not empty", "d");
    remove("a file", "f");
    remove("missing", "absent");
    remove("with a slash", "d/sub/");
    remove("empty now", "d");
    remove("again", "d");
    remove("dot", ".");
    remove("beyond", "..");
    remove("empty", "");
    say("from nothing", __wasi_path_remove_directory(77, "e"));

    unlink("a directory", "e");
    unlink("a directory with a slash", "e/");
    unlink("a file with a slash", "f/");
    unlink("a file", "f");
    unlink("again", "f");
    unlink("beyond", "../f");
    unlink("dot", ".");
    unlink("empty", "");
    say("from nothing", __wasi_path_unlink_file(77, "f"));
    need("symlink", __wasi_path_symlink("e", ROOT, "link"));
    remove("a link to a directory", "link");
    unlink("a link to a directory", "link");
    say_type("its target", "e");

    make_file("open", "still there");
    __wasi_fd_t fd = open_file("open");
    unlink("a file that is open", "open");
    char buffer[32];
    __wasi_size_t count = 0;
    say("is read", read_into(fd, buffer, sizeof buffer, &count));
    line("contents", buffer, count);
    __wasi_filestat_t status;
    need("status", __wasi_fd_filestat_get(fd, &status));
    say_number("links", status.nlink);
    make_directory("gone");
    __wasi_fd_t gone = open_directory("gone");
    remove("a directory that is open", "gone");
    say("a file in it", __wasi_path_create_directory(gone, "x"));
}
