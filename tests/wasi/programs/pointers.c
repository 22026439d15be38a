/* Every function that takes an address, given one beyond the memory; lengths and counts up to 2^32-1. */
#include "say.h"

#define IMPORT(name, ...)                                                                                            \
    __attribute__((import_module("wasi_snapshot_preview1"), import_name(#name))) int32_t raw_##name(__VA_ARGS__);

IMPORT(args_get, uint32_t, uint32_t)
IMPORT(args_sizes_get, uint32_t, uint32_t)
IMPORT(environ_get, uint32_t, uint32_t)
IMPORT(environ_sizes_get, uint32_t, uint32_t)
IMPORT(clock_res_get, uint32_t, uint32_t)
IMPORT(clock_time_get, uint32_t, uint64_t, uint32_t)
IMPORT(random_get, uint32_t, uint32_t)
IMPORT(poll_oneoff, uint32_t, uint32_t, uint32_t, uint32_t)
IMPORT(fd_fdstat_get, uint32_t, uint32_t)
IMPORT(fd_filestat_get, uint32_t, uint32_t)
IMPORT(fd_prestat_get, uint32_t, uint32_t)
IMPORT(fd_prestat_dir_name, uint32_t, uint32_t, uint32_t)
IMPORT(fd_read, uint32_t, uint32_t, uint32_t, uint32_t)
IMPORT(fd_write, uint32_t, uint32_t, uint32_t, uint32_t)
IMPORT(fd_pread, uint32_t, uint32_t, uint32_t, uint64_t, uint32_t)
IMPORT(fd_pwrite, uint32_t, uint32_t, uint32_t, uint64_t, uint32_t)
IMPORT(fd_readdir, uint32_t, uint32_t, uint32_t, uint64_t, uint32_t)
IMPORT(fd_seek, uint32_t, int64_t, uint32_t, uint32_t)
IMPORT(fd_tell, uint32_t, uint32_t)
IMPORT(path_create_directory, uint32_t, uint32_t, uint32_t)
IMPORT(path_remove_directory, uint32_t, uint32_t, uint32_t)
IMPORT(path_unlink_file, uint32_t, uint32_t, uint32_t)
IMPORT(path_filestat_get, uint32_t, uint32_t, uint32_t, uint32_t, uint32_t)
IMPORT(path_filestat_set_times, uint32_t, uint32_t, uint32_t, uint32_t, uint64_t, uint64_t, uint32_t)
IMPORT(path_link, uint32_t, uint32_t, uint32_t, uint32_t, uint32_t, uint32_t, uint32_t)
IMPORT(path_open, uint32_t, uint32_t, uint32_t, uint32_t, uint32_t, uint64_t, uint64_t, uint32_t, uint32_t)
IMPORT(path_readlink, uint32_t, uint32_t, uint32_t, uint32_t, uint32_t, uint32_t)
IMPORT(path_rename, uint32_t, uint32_t, uint32_t, uint32_t, uint32_t, uint32_t)
IMPORT(path_symlink, uint32_t, uint32_t, uint32_t, uint32_t, uint32_t)

#define TRY(name, ...) say(#name, (__wasi_errno_t)raw_##name(__VA_ARGS__))
#define BEYOND 0xfffffff0u
#define HUGE 0xffffffffu

static uint8_t room[4096];

static void paths(uint32_t path, uint32_t size, const char *label) {
    uint32_t f = (uint32_t) "f", out = (uint32_t)room;
    say_text("paths", label);
    TRY(path_create_directory, ROOT, path, size);
    TRY(path_remove_directory, ROOT, path, size);
    TRY(path_unlink_file, ROOT, path, size);
    TRY(path_filestat_get, ROOT, 0, path, size, out);
    TRY(path_filestat_set_times, ROOT, 0, path, size, 0, 0, 0);
    TRY(path_link, ROOT, 0, path, size, ROOT, f, 1);
    TRY(path_link, ROOT, 0, f, 1, ROOT, path, size);
    TRY(path_open, ROOT, 0, path, size, 0, 0, 0, 0, out);
    TRY(path_readlink, ROOT, path, size, out, 16, out);
    TRY(path_rename, ROOT, path, size, ROOT, f, 1);
    TRY(path_rename, ROOT, f, 1, ROOT, path, size);
    TRY(path_symlink, path, size, ROOT, (uint32_t) "new", 3);
    TRY(path_symlink, f, 1, ROOT, path, size);
}

static void results(uint32_t out) {
    uint32_t f = (uint32_t) "f", at = (uint32_t)room;
    say_text("results", "beyond the memory");
    TRY(args_get, out, at);
    TRY(args_get, at, out);
    TRY(args_sizes_get, out, at);
    TRY(args_sizes_get, at, out);
    TRY(environ_get, out, at);
    TRY(environ_get, at, out);
    TRY(environ_sizes_get, out, at);
    TRY(environ_sizes_get, at, out);
    TRY(clock_res_get, 0, out);
    TRY(clock_time_get, 0, 0, out);
    TRY(random_get, out, 100);
    TRY(fd_fdstat_get, ROOT, out);
    TRY(fd_filestat_get, ROOT, out);
    TRY(fd_prestat_get, ROOT, out);
    TRY(fd_prestat_dir_name, ROOT, out, 1);
    TRY(fd_readdir, ROOT, out, 100, 0, at);
    TRY(fd_readdir, ROOT, at, 100, 0, out);
    TRY(path_filestat_get, ROOT, 0, f, 1, out);
    TRY(path_open, ROOT, 0, f, 1, 0, 0, 0, 0, out);
    need("symlink", __wasi_path_symlink("target", ROOT, "link"));
    TRY(path_readlink, ROOT, (uint32_t) "link", 4, out, 16, at);
    TRY(path_readlink, ROOT, (uint32_t) "link", 4, at, 16, out);
}

static void vectors(__wasi_fd_t fd) {
    uint32_t at = (uint32_t)room;
    __wasi_iovec_t parts[] = {{room, 16}, {(uint8_t *)BEYOND, 16}, {room, HUGE}, {(uint8_t *)BEYOND, 0}};
    __wasi_filesize_t end;
    say_text("vectors", "beyond the memory");
    TRY(fd_seek, fd, 0, 0, BEYOND);
    TRY(fd_tell, fd, BEYOND);
    TRY(fd_read, fd, BEYOND, 1, at);
    TRY(fd_write, fd, BEYOND, 1, at);
    for (size_t i = 1; i < COUNT(parts); i++) {
        TRY(fd_read, fd, (uint32_t)(parts + i), 1, at);
        TRY(fd_pread, fd, (uint32_t)(parts + i), 1, 0, at);
        TRY(fd_write, fd, (uint32_t)(parts + i), 1, at);
        TRY(fd_pwrite, fd, (uint32_t)(parts + i), 1, 0, at);
    }
    TRY(fd_read, fd, (uint32_t)parts, HUGE, at);
    TRY(fd_write, fd, (uint32_t)parts, HUGE, at);
    TRY(fd_pread, fd, (uint32_t)parts, 0x20000000, 0, at);
    TRY(fd_pwrite, fd, (uint32_t)parts, 0x20000000, 0, at);
    need("seek", __wasi_fd_seek(fd, 0, __WASI_WHENCE_END, &end));
    say_number("size of the file", end);
}

static void polls(void) {
    say_text("polls", "beyond the memory");
    TRY(poll_oneoff, BEYOND, (uint32_t)room, 1, (uint32_t)room);
    TRY(poll_oneoff, (uint32_t)room, BEYOND, 1, (uint32_t)room);
    TRY(poll_oneoff, (uint32_t)room, (uint32_t)room, HUGE, (uint32_t)room);
    TRY(poll_oneoff, (uint32_t)room, (uint32_t)room, 1, BEYOND);
}

int main(void) {
    make_file("f", "0123456789");
    paths(BEYOND, 100, "beyond the memory");
    paths((uint32_t) "x", HUGE, "2^32-1 long");
    results(BEYOND);
    vectors(open_file("f"));
    TRY(random_get, (uint32_t)room, HUGE);
    TRY(fd_readdir, ROOT, (uint32_t)room, HUGE, 0, (uint32_t)room);
    polls();
}
