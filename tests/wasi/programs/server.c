/* A server for one client on the listening socket that follows the two directories; then errors. */
#include "say.h"

enum { LISTENER = 5 };

static void serve(__wasi_fd_t client) {
    uint8_t buffer[64];
    __wasi_size_t count = 0;
    __wasi_roflags_t flags;
    __wasi_iovec_t in = {buffer, 4};
    say("peek", __wasi_sock_recv(client, &in, 1, __WASI_RIFLAGS_RECV_PEEK, &count, &flags));
    line("peeked", (char *)buffer, count);
    in.buf_len = 64;
    say("recv", __wasi_sock_recv(client, &in, 1, 0, &count, &flags));
    line("received", (char *)buffer, count);
    __wasi_ciovec_t out[] = {{(uint8_t *)"you said ", 9}, {buffer, count}};
    say("send", __wasi_sock_send(client, out, 2, 0, &count));
    say_number("sent", count);
    put(client, "; bye");
    say("shutdown of nothing", __wasi_sock_shutdown(client, 0));
    say("shutdown", __wasi_sock_shutdown(client, __WASI_SDFLAGS_WR));
    say("recv until the end", __wasi_sock_recv(client, &in, 1, 0, &count, &flags));
    say_number("received", count);
}

int main(void) {
    __wasi_fdstat_t status;
    need("status", __wasi_fd_fdstat_get(LISTENER, &status));
    say_number("type of a listener", status.fs_filetype);
    __wasi_subscription_t wanted = {.userdata = 1};
    wanted.u.tag = __WASI_EVENTTYPE_FD_READ;
    wanted.u.u.fd_read.file_descriptor = LISTENER;
    __wasi_event_t event;
    __wasi_size_t happened;
    say("poll", __wasi_poll_oneoff(&wanted, &event, 1, &happened));
    __wasi_fd_t client;
    if (!say("accept", __wasi_sock_accept(LISTENER, 0, &client))) return 1;
    need("status", __wasi_fd_fdstat_get(client, &status));
    say_number("type of a connection", status.fs_filetype);
    serve(client);
    say("close", __wasi_fd_close(client));
    say("nonblocking", __wasi_fd_fdstat_set_flags(LISTENER, __WASI_FDFLAGS_NONBLOCK));
    say("accept nobody", __wasi_sock_accept(LISTENER, 0, &client));
    say("unknown flags", __wasi_sock_accept(LISTENER, 64, &client));
    __wasi_size_t count;
    __wasi_ciovec_t out = {(uint8_t *)"x", 1};
    say("send to a listener", __wasi_sock_send(LISTENER, &out, 1, 0, &count));
}
