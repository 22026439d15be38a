/* fd_read, fd_write, fd_pread, fd_pwrite, fd_seek, fd_tell */
#include "say.h"

static void say_position(__wasi_fd_t fd) {
    __wasi_filesize_t at = 99;
    if (say("tell", __wasi_fd_tell(fd, &at))) say_number("position", at);
}

static void say_seek(const char *label, __wasi_fd_t fd, int64_t offset, __wasi_whence_t whence) {
    __wasi_filesize_t at = 99;
    if (say(label, __wasi_fd_seek(fd, offset, whence, &at))) say_number("position", at);
}

static void gather_and_scatter(__wasi_fd_t fd) {
    __wasi_ciovec_t out[] = {{(uint8_t *)"one ", 4}, {(uint8_t *)"", 0}, {(uint8_t *)"two ", 4}, {(uint8_t *)"three", 5}};
    __wasi_size_t count = 99;
    say("write of four parts", __wasi_fd_write(fd, out, COUNT(out), &count));
    say_number("written", count);
    say_position(fd);
    say("write of no parts", __wasi_fd_write(fd, out, 0, &count));
    say_number("written", count);
    say("write of an empty part", __wasi_fd_write(fd, out + 1, 1, &count));
    say_number("written", count);
    say_seek("seek to 0", fd, 0, __WASI_WHENCE_SET);
    char first[3], second[7], third[50];
    __wasi_iovec_t in[] = {{(uint8_t *)first, 3}, {(uint8_t *)second, 0}, {(uint8_t *)second, 7}, {(uint8_t *)third, 50}};
    say("read into four parts", __wasi_fd_read(fd, in, COUNT(in), &count));
    say_number("read", count);
    line("first", first, 3);
    line("second", second, count > 3 ? (count - 3 < 7 ? count - 3 : 7) : 0);
    say("read at the end", read_into(fd, third, sizeof third, &count));
    say_number("read", count);
}

static void positions(__wasi_fd_t fd) {
    say_seek("from the end", fd, -5, __WASI_WHENCE_END);
    say_seek("from here", fd, 2, __WASI_WHENCE_CUR);
    say_seek("back", fd, -3, __WASI_WHENCE_CUR);
    say_seek("before the beginning", fd, -1, __WASI_WHENCE_SET);
    say_seek("before the beginning, from here", fd, -1000, __WASI_WHENCE_CUR);
    say_seek("behind the end", fd, 100, __WASI_WHENCE_END);
    char buffer[8];
    __wasi_size_t count = 99;
    say("read behind the end", read_into(fd, buffer, sizeof buffer, &count));
    say_number("read", count);
    put(fd, "!");
    say_position(fd);
    say_seek("to the gap", fd, 20, __WASI_WHENCE_SET);
    say("read of the gap", read_into(fd, buffer, sizeof buffer, &count));
    say_whether("zeros", count == 8 && same(buffer, "\0\0\0\0\0\0\0\0", 8));
}

static void at_offsets(__wasi_fd_t fd) {
    say_seek("to 5", fd, 5, __WASI_WHENCE_SET);
    char buffer[8];
    __wasi_iovec_t in[] = {{(uint8_t *)buffer, 3}, {(uint8_t *)buffer + 3, 5}};
    __wasi_ciovec_t out[] = {{(uint8_t *)"XY", 2}, {(uint8_t *)"Z", 1}};
    __wasi_size_t count = 99;
    say("pwrite", __wasi_fd_pwrite(fd, out, 2, 1, &count));
    say_number("written", count);
    say("pread", __wasi_fd_pread(fd, in, 2, 0, &count));
    line("was there", buffer, count);
    say("pread behind the end", __wasi_fd_pread(fd, in, 2, 100000, &count));
    say_number("read", count);
    say("pread at 2^63", __wasi_fd_pread(fd, in, 2, (uint64_t)1 << 63, &count));
    say("pwrite at 2^63", __wasi_fd_pwrite(fd, out, 2, (uint64_t)1 << 63, &count));
    say_position(fd);
}

static void of_one_kind(void) {
    char buffer[8];
    __wasi_size_t count;
    __wasi_iovec_t in = {(uint8_t *)buffer, 8};
    __wasi_ciovec_t out = {(uint8_t *)buffer, 8};
    __wasi_fd_t reading = open_with(ROOT, "f", 0, __WASI_RIGHTS_FD_READ | __WASI_RIGHTS_FD_SEEK | __WASI_RIGHTS_FD_TELL, 0);
    say("read of a file to read", read_into(reading, buffer, 8, &count));
    say("write of a file to read", __wasi_fd_write(reading, &out, 1, &count));
    say("pwrite of a file to read", __wasi_fd_pwrite(reading, &out, 1, 0, &count));
    __wasi_fd_t writing = open_with(ROOT, "f", 0, __WASI_RIGHTS_FD_WRITE | __WASI_RIGHTS_FD_SEEK | __WASI_RIGHTS_FD_TELL, 0);
    say("read of a file to write", read_into(writing, buffer, 8, &count));
    say("pread of a file to write", __wasi_fd_pread(writing, &in, 1, 0, &count));
    say("write of a file to write", __wasi_fd_write(writing, &out, 1, &count));
}

static void of_no_file(void) {
    char buffer[8];
    __wasi_size_t count;
    __wasi_filesize_t at;
    __wasi_iovec_t in = {(uint8_t *)buffer, 8};
    __wasi_ciovec_t out = {(uint8_t *)buffer, 8};
    say("read of a directory", read_into(ROOT, buffer, 8, &count));
    say("write of a directory", __wasi_fd_write(ROOT, &out, 1, &count));
    say("read of nothing", read_into(77, buffer, 8, &count));
    say("write of nothing", __wasi_fd_write(77, &out, 1, &count));
    say("pread of nothing", __wasi_fd_pread(77, &in, 1, 0, &count));
    say("pwrite of nothing", __wasi_fd_pwrite(77, &out, 1, 0, &count));
    say("seek of nothing", __wasi_fd_seek(77, 0, __WASI_WHENCE_SET, &at));
    say("tell of nothing", __wasi_fd_tell(77, &at));
    say("pread of stdin", __wasi_fd_pread(0, &in, 1, 0, &count));
    say("pwrite of stdout", __wasi_fd_pwrite(1, &out, 1, 0, &count));
    say("write of stdin", __wasi_fd_write(0, &out, 1, &count));
    say("read of stdout", read_into(1, buffer, 8, &count));
}

int main(void) {
    __wasi_fd_t fd = open_file("f");
    gather_and_scatter(fd);
    positions(fd);
    at_offsets(fd);
    of_one_kind();
    of_no_file();
}
