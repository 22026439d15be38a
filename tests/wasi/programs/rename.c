/* path_rename */
#include "say.h"

static void rename(const char *label, const char *old, const char *new) {
    say(label, __wasi_path_rename(ROOT, old, ROOT, new));
}

int main(void) {
    make_file("f", "first");
    make_file("g", "second");
    make_directory("empty");
    make_directory("full");
    make_file("full/inside", "x");
    rename("a file", "f", "h");
    say_file("old name", "f");
    say_file("new name", "h");
    rename("onto a file", "h", "g");
    say_file("replaced", "g");
    rename("onto itself", "g", "g");
    say_file("still there", "g");
    rename("a file onto a directory", "g", "empty");
    rename("a directory onto a file", "empty", "g");
    rename("a directory onto an empty one", "full", "empty");
    say_type("replaced", "empty/inside");
    make_directory("fresh");
    rename("a directory onto a full one", "fresh", "empty");
    rename("a directory", "fresh", "renamed");
    say_type("renamed", "renamed");
    rename("into a directory", "g", "renamed/g");
    rename("a directory into itself", "renamed", "renamed/below");
    rename("a directory into what is below a file", "renamed", "renamed/g/x");
    rename("with slashes", "renamed/", "slashes/");
    say_type("slashes", "slashes");
    rename("a file to a name with a slash", "slashes/g", "g/");
    rename("a file with a slash", "slashes/g/", "g");
    rename("what is missing", "absent", "x");
    rename("into what is missing", "slashes/g", "absent/x");
    rename("beyond", "slashes/g", "../x");
    rename("from beyond", "../x", "x");
    rename("empty", "", "x");
    rename("to an empty path", "slashes/g", "");
    rename("dot", ".", "x");
    rename("to dot", "slashes", ".");
    say("from nothing", __wasi_path_rename(77, "f", ROOT, "x"));
    say("to nothing", __wasi_path_rename(ROOT, "slashes/g", 77, "x"));
    need("symlink", __wasi_path_symlink("absent", ROOT, "link"));
    rename("a link", "link", "moved link");
    say_type("a link still", "moved link");
    rename("onto a link", "slashes/g", "moved link");
    say_type("a file now", "moved link");
    say("to another directory", __wasi_path_rename(ROOT, "moved link", OTHER, "from root"));
    say_type("gone", "moved link");
}
