/* How the programs here tell what happened: a line on stdout for each thing they look at.
 *
 * No part of a C library is needed for it, so a program is a few kilobytes, and nothing between it and WASI hides
 * what WASI said. */
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <wasi/api.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))
#define ALL_RIGHTS ((__wasi_rights_t)0x1fffffff)

/* The preopened directories that every program is given. */
enum { ROOT = 3, OTHER = 4 };

static const char *const ERRNO_NAMES[] = {
    "SUCCESS", "2BIG", "ACCES", "ADDRINUSE", "ADDRNOTAVAIL", "AFNOSUPPORT", "AGAIN", "ALREADY", "BADF", "BADMSG",
    "BUSY", "CANCELED", "CHILD", "CONNABORTED", "CONNREFUSED", "CONNRESET", "DEADLK", "DESTADDRREQ", "DOM", "DQUOT",
    "EXIST", "FAULT", "FBIG", "HOSTUNREACH", "IDRM", "ILSEQ", "INPROGRESS", "INTR", "INVAL", "IO", "ISCONN", "ISDIR",
    "LOOP", "MFILE", "MLINK", "MSGSIZE", "MULTIHOP", "NAMETOOLONG", "NETDOWN", "NETRESET", "NETUNREACH", "NFILE",
    "NOBUFS", "NODEV", "NOENT", "NOEXEC", "NOLCK", "NOLINK", "NOMEM", "NOMSG", "NOPROTOOPT", "NOSPC", "NOSYS",
    "NOTCONN", "NOTDIR", "NOTEMPTY", "NOTRECOVERABLE", "NOTSOCK", "NOTSUP", "NOTTY", "NXIO", "OVERFLOW", "OWNERDEAD",
    "PERM", "PIPE", "PROTO", "PROTONOSUPPORT", "PROTOTYPE", "RANGE", "ROFS", "SPIPE", "SRCH", "STALE", "TIMEDOUT",
    "TXTBSY", "XDEV", "NOTCAPABLE"};

static size_t length(const char *text) {
    size_t n = 0;
    while (text[n]) n++;
    return n;
}

static int same(const void *left, const void *right, size_t size) {
    const char *l = left, *r = right;
    for (size_t i = 0; i < size; i++)
        if (l[i] != r[i]) return 0;
    return 1;
}

static void write_text(const char *text, size_t size) {
    __wasi_ciovec_t part = {(const uint8_t *)text, size};
    __wasi_size_t written;
    (void)__wasi_fd_write(1, &part, 1, &written);
}

static void line(const char *label, const char *text, size_t size) {
    char buffer[512];
    size_t n = 0;
    while (*label && n < 200) buffer[n++] = *label++;
    buffer[n++] = ':';
    buffer[n++] = ' ';
    for (size_t i = 0; i < size && n < sizeof buffer - 1; i++) buffer[n++] = text[i];
    buffer[n++] = '\n';
    write_text(buffer, n);
}

/* `label: text` */
static void say_text(const char *label, const char *text) { line(label, text, length(text)); }

/* `label: yes` or `label: no`, for what is not the same in every run but has to be true in every run. */
static void say_whether(const char *label, int truth) { say_text(label, truth ? "yes" : "no"); }

/* `label: 42` */
static void say_number(const char *label, uint64_t number) {
    char digits[24];
    size_t at = sizeof digits;
    do digits[--at] = '0' + number % 10;
    while (number /= 10);
    line(label, digits + at, sizeof digits - at);
}

/* `label: NOENT`. Gives whether it was a success, so that what rests on it can be left out. */
static int say(const char *label, __wasi_errno_t error) {
    if (error < COUNT(ERRNO_NAMES))
        say_text(label, ERRNO_NAMES[error]);
    else
        say_number(label, error);
    return error == __WASI_ERRNO_SUCCESS;
}

/* Ways to what is tested. They say nothing unless they fail. */

static void need(const char *label, __wasi_errno_t error) {
    if (error == __WASI_ERRNO_SUCCESS) return;
    say(label, error);
    __wasi_proc_exit(99);
}

static __wasi_fd_t open_with(__wasi_fd_t directory, const char *path, __wasi_oflags_t how, __wasi_rights_t rights,
                             __wasi_fdflags_t flags) {
    __wasi_fd_t fd;
    need(path, __wasi_path_open(directory, 0, path, how, rights, rights, flags, &fd));
    return fd;
}

#define READ_WRITE                                                                                                   \
    (__WASI_RIGHTS_FD_READ | __WASI_RIGHTS_FD_WRITE | __WASI_RIGHTS_FD_SEEK | __WASI_RIGHTS_FD_TELL |               \
     __WASI_RIGHTS_FD_FILESTAT_GET | __WASI_RIGHTS_FD_FILESTAT_SET_SIZE | __WASI_RIGHTS_FD_FILESTAT_SET_TIMES |     \
     __WASI_RIGHTS_FD_SYNC | __WASI_RIGHTS_FD_DATASYNC | __WASI_RIGHTS_FD_ADVISE | __WASI_RIGHTS_FD_ALLOCATE |      \
     __WASI_RIGHTS_FD_FDSTAT_SET_FLAGS | __WASI_RIGHTS_POLL_FD_READWRITE)

/* A file to read and write, made if there is none. */
static __wasi_fd_t open_file(const char *path) {
    return open_with(ROOT, path, __WASI_OFLAGS_CREAT, READ_WRITE, 0);
}

static __wasi_fd_t open_directory(const char *path) {
    __wasi_rights_t rights = ALL_RIGHTS & ~(__wasi_rights_t)(__WASI_RIGHTS_FD_WRITE | __WASI_RIGHTS_FD_SEEK);
    __wasi_fd_t fd;
    need(path, __wasi_path_open(ROOT, 0, path, __WASI_OFLAGS_DIRECTORY, rights, ALL_RIGHTS, 0, &fd));
    return fd;
}

static void make_directory(const char *path) { need(path, __wasi_path_create_directory(ROOT, path)); }

static void put(__wasi_fd_t fd, const char *text) {
    __wasi_ciovec_t part = {(const uint8_t *)text, length(text)};
    __wasi_size_t written;
    need("put", __wasi_fd_write(fd, &part, 1, &written));
}

static void make_file(const char *path, const char *text) {
    __wasi_fd_t fd = open_file(path);
    put(fd, text);
    need("close", __wasi_fd_close(fd));
}

static __wasi_errno_t read_into(__wasi_fd_t fd, char *buffer, size_t size, __wasi_size_t *count) {
    __wasi_iovec_t part = {(uint8_t *)buffer, size};
    return __wasi_fd_read(fd, &part, 1, count);
}

/* `label: contents` of a file, or why it cannot be read. */
static void say_file(const char *label, const char *path) {
    __wasi_fd_t fd;
    __wasi_errno_t error = __wasi_path_open(ROOT, 0, path, 0, __WASI_RIGHTS_FD_READ, 0, 0, &fd);
    if (error != __WASI_ERRNO_SUCCESS) {
        say(label, error);
        return;
    }
    char buffer[256];
    __wasi_size_t count = 0;
    need("read", read_into(fd, buffer, sizeof buffer, &count));
    line(label, buffer, count);
    need("close", __wasi_fd_close(fd));
}

/* `label: 3` (the type of what stands at a path), or why there is none. */
static void say_type(const char *label, const char *path) {
    __wasi_filestat_t status;
    __wasi_errno_t error = __wasi_path_filestat_get(ROOT, 0, path, &status);
    if (error == __WASI_ERRNO_SUCCESS)
        say_number(label, status.filetype);
    else
        say(label, error);
}
