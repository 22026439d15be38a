/* fd_filestat_get, fd_filestat_set_size, fd_allocate, fd_advise, fd_sync, fd_datasync */
#include "say.h"

static void say_status(const char *label, __wasi_fd_t fd) {
    __wasi_filestat_t status;
    if (!say(label, __wasi_fd_filestat_get(fd, &status))) return;
    say_number("type", status.filetype);
    if (status.filetype == __WASI_FILETYPE_DIRECTORY) return; /* what size it has depends on the host */
    say_number("size", status.size);
    say_number("links", status.nlink);
}

static void all(const char *label, __wasi_fd_t fd) {
    say_text("of", label);
    for (uint8_t advice = 0; advice < 6; advice++) say("advise", __wasi_fd_advise(fd, 0, 10, advice));
    say("advise for all", __wasi_fd_advise(fd, 0, 0, __WASI_ADVICE_SEQUENTIAL));
    say("allocate", __wasi_fd_allocate(fd, 0, 4));
    say("set size", __wasi_fd_filestat_set_size(fd, 4));
    say("sync", __wasi_fd_sync(fd));
    say("datasync", __wasi_fd_datasync(fd));
}

int main(void) {
    __wasi_fd_t fd = open_file("f");
    put(fd, "0123456789");
    say_status("status", fd);
    say("shrink", __wasi_fd_filestat_set_size(fd, 3));
    say_status("status", fd);
    say("stretch", __wasi_fd_filestat_set_size(fd, 6));
    say_status("status", fd);
    __wasi_filesize_t at = 0;
    need("tell", __wasi_fd_tell(fd, &at));
    say_number("position stays", at);
    char buffer[16];
    __wasi_size_t count;
    need("seek", __wasi_fd_seek(fd, 0, __WASI_WHENCE_SET, &at));
    need("read", read_into(fd, buffer, sizeof buffer, &count));
    say_whether("zeros were added", count == 6 && same(buffer, "012\0\0\0", 6));
    say("larger than any file", __wasi_fd_filestat_set_size(fd, (uint64_t)1 << 63));
    say("allocate nothing", __wasi_fd_allocate(fd, 0, 0));
    all("a file", fd);
    say_status("a directory", ROOT);
    all("a directory", ROOT);
    all("stdout", 1);
    all("nothing", 77);
    say_status("nothing", 77);
    __wasi_filestat_t status;
    need("stdout", __wasi_fd_filestat_get(1, &status));
    __wasi_fd_t reading = open_with(ROOT, "f", 0, __WASI_RIGHTS_FD_READ | __WASI_RIGHTS_FD_FILESTAT_GET, 0);
    say_status("to read", reading);
}
