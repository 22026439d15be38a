/* path_open, fd_close */
#include "say.h"

static __wasi_fd_t try_at(__wasi_fd_t at, const char *label, const char *path, __wasi_oflags_t how, __wasi_lookupflags_t look) {
    __wasi_fd_t fd = 0;
    __wasi_rights_t rights = how & __WASI_OFLAGS_DIRECTORY ? __WASI_RIGHTS_FD_READDIR : __WASI_RIGHTS_FD_READ | __WASI_RIGHTS_FD_WRITE;
    if (!say(label, __wasi_path_open(at, look, path, how, rights, 0, 0, &fd))) return 0;
    need("close", __wasi_fd_close(fd));
    return fd;
}

static __wasi_fd_t try(const char *label, const char *path, __wasi_oflags_t how) { return try_at(ROOT, label, path, how, 0); }

int main(void) {
    try("missing", "absent", 0);
    try("missing, in a missing directory", "absent/f", __WASI_OFLAGS_CREAT);
    try("create", "f", __WASI_OFLAGS_CREAT);
    try("create once more", "f", __WASI_OFLAGS_CREAT);
    try("create only", "f", __WASI_OFLAGS_CREAT | __WASI_OFLAGS_EXCL);
    try("create only, new", "g", __WASI_OFLAGS_CREAT | __WASI_OFLAGS_EXCL);
    make_file("h", "contents");
    try("truncate", "h", __WASI_OFLAGS_TRUNC);
    say_file("h", "h");
    try("truncate, missing", "absent", __WASI_OFLAGS_TRUNC);
    make_directory("d");
    make_directory("d/e");
    try("a directory", "d", __WASI_OFLAGS_DIRECTORY);
    try("a directory with a slash", "d/", __WASI_OFLAGS_DIRECTORY);
    try("a directory, to write", "d", 0);
    try("a directory, to be created", "d", __WASI_OFLAGS_CREAT);
    try("a directory, to be truncated", "d", __WASI_OFLAGS_TRUNC);
    try("a directory, created exclusively", "d", __WASI_OFLAGS_CREAT | __WASI_OFLAGS_EXCL);
    try("a file as a directory", "f", __WASI_OFLAGS_DIRECTORY);
    try("creating a directory", "new", __WASI_OFLAGS_CREAT | __WASI_OFLAGS_DIRECTORY);
    try("a file with a slash", "f/", 0);
    try("a new file with a slash", "new/", __WASI_OFLAGS_CREAT);
    try("below a file", "f/x", 0);
    try("dot", ".", __WASI_OFLAGS_DIRECTORY);
    try("dots within", "d/../d/e/../../f", 0);
    try("dots beyond", "..", __WASI_OFLAGS_DIRECTORY);
    try("dots beyond and back", "../f", 0);
    try("dots beyond, deeper", "d/../../f", 0);
    try("an absolute path", "/f", 0);
    try("the root", "/", __WASI_OFLAGS_DIRECTORY);
    try("an empty path", "", 0);
    try("many slashes", ".//d///e//", __WASI_OFLAGS_DIRECTORY);
    try_at(77, "from nothing", "f", 0, 0);
    try_at(0, "from stdin", "f", 0, 0);
    try("not UTF-8", "\xff\xfe", __WASI_OFLAGS_CREAT);
    try("UTF-8", "\xc3\xa4\xe2\x82\xac", __WASI_OFLAGS_CREAT);
    char name[400];
    for (size_t i = 0; i < sizeof name; i++) name[i] = 'n';
    name[300] = 0;
    try("a name of 300 bytes", name, __WASI_OFLAGS_CREAT);
    name[255] = 0;
    try("a name of 255 bytes", name, __WASI_OFLAGS_CREAT);
    say("unlink", __wasi_path_unlink_file(ROOT, name));

    need("symlink", __wasi_path_symlink("f", ROOT, "link"));
    need("symlink", __wasi_path_symlink("d", ROOT, "directory link"));
    try("a link, not followed", "link", 0);
    try_at(ROOT, "a link, followed", "link", 0, __WASI_LOOKUPFLAGS_SYMLINK_FOLLOW);
    try("a link, to be created", "link", __WASI_OFLAGS_CREAT | __WASI_OFLAGS_EXCL);
    try("a link to a directory, not followed", "directory link", __WASI_OFLAGS_DIRECTORY);
    try_at(ROOT, "a link to a directory, followed", "directory link", __WASI_OFLAGS_DIRECTORY, __WASI_LOOKUPFLAGS_SYMLINK_FOLLOW);
    try("through a link", "directory link/e", __WASI_OFLAGS_DIRECTORY);

    __wasi_fd_t below = open_directory("d");
    try_at(below, "from below", "e", __WASI_OFLAGS_DIRECTORY, 0);
    try_at(below, "from below, up", "../f", 0, 0);
    try_at(below, "from below, down and up", "e/..", __WASI_OFLAGS_DIRECTORY, 0);
    __wasi_fd_t file = open_file("f");
    try_at(file, "from a file", "f", 0, 0);
    say("close", __wasi_fd_close(file));
    say("close again", __wasi_fd_close(file));
    say("close of nothing", __wasi_fd_close(77));
    __wasi_fd_t again = open_file("f");
    say_whether("the lowest number is taken again", again == file);
}
