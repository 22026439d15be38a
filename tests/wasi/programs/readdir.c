/* fd_readdir */
#include "say.h"

enum { HEADER = 24, FILES = 40 };

static uint8_t buffer[4096];

/* The number of whole entries in so many bytes; what they say is checked against what there must be. */
static size_t entries(size_t used, uint8_t *seen, uint64_t *last) {
    size_t at = 0, count = 0;
    while (at + HEADER <= used) {
        __wasi_dirent_t *entry = (__wasi_dirent_t *)(buffer + at);
        char *name = (char *)buffer + at + HEADER;
        at += HEADER + entry->d_namlen;
        if (at > used) break;
        count++;
        *last = entry->d_next;
        if (entry->d_namlen == 3 && name[0] == 'f') {
            seen[(name[1] - '0') * 10 + name[2] - '0']++;
            if (entry->d_type != __WASI_FILETYPE_REGULAR_FILE) say_text("not a file", name);
        } else if (entry->d_namlen <= 2 && name[0] == '.') {
            if (entry->d_type != __WASI_FILETYPE_DIRECTORY) say_text("not a directory", name);
            seen[FILES + entry->d_namlen - 1]++;
        } else {
            line("what is this", name, entry->d_namlen);
        }
    }
    return count;
}

/* All of a directory by a buffer of a size: each entry must be seen once. */
static void by(__wasi_fd_t fd, size_t size) {
    uint8_t seen[FILES + 2] = {0};
    uint64_t cookie = 0;
    size_t total = 0, rounds = 0;
    for (__wasi_size_t used = size; used == size && rounds < 1000; rounds++) {
        need("readdir", __wasi_fd_readdir(fd, buffer, size, cookie, &used));
        total += entries(used, seen, &cookie);
    }
    say_number("entries", total);
    size_t once = 0;
    for (size_t i = 0; i < COUNT(seen); i++) once += seen[i] == 1;
    say_number("seen once", once);
}

int main(void) {
    make_directory("d");
    char path[] = "d/f00";
    for (size_t i = 0; i < FILES; i++) {
        path[3] = '0' + i / 10;
        path[4] = '0' + i % 10;
        make_file(path, "");
    }
    __wasi_fd_t fd = open_directory("d");
    by(fd, sizeof buffer);
    by(fd, 500);
    by(fd, 64);
    by(fd, 27);

    __wasi_size_t used = 99;
    uint64_t cookie = 0;
    uint8_t seen[FILES + 2] = {0};
    say("no room", __wasi_fd_readdir(fd, buffer, 0, 0, &used));
    say_number("used", used);
    say("room for a part", __wasi_fd_readdir(fd, buffer, 10, 0, &used));
    say_number("used", used);
    say("from 10 on", __wasi_fd_readdir(fd, buffer, sizeof buffer, 10, &used));
    say_number("entries", entries(used, seen, &cookie));
    say("from the end on", __wasi_fd_readdir(fd, buffer, sizeof buffer, cookie, &used));
    say_number("used", used);
    say("from the beginning", __wasi_fd_readdir(fd, buffer, sizeof buffer, 0, &used));
    uint8_t all[FILES + 2] = {0};
    say_number("entries", entries(used, all, &cookie));
    need("unlink", __wasi_path_unlink_file(ROOT, "d/f00"));
    say("after one was removed", __wasi_fd_readdir(fd, buffer, sizeof buffer, 0, &used));
    say_number("entries", entries(used, all, &cookie));

    __wasi_filestat_t status;
    need("status", __wasi_fd_filestat_get(fd, &status));
    need("readdir", __wasi_fd_readdir(fd, buffer, sizeof buffer, 0, &used));
    say_whether("the number of . is its own", ((__wasi_dirent_t *)buffer)->d_ino == status.ino);
    __wasi_fd_t file = open_file("f");
    say("of a file", __wasi_fd_readdir(file, buffer, sizeof buffer, 0, &used));
    say("of stdin", __wasi_fd_readdir(0, buffer, sizeof buffer, 0, &used));
    say("of nothing", __wasi_fd_readdir(77, buffer, sizeof buffer, 0, &used));
}
