/* sock_accept, sock_recv, sock_send, sock_shutdown, of what is no socket */
#include "say.h"

int main(void) {
    uint8_t buffer[8];
    __wasi_iovec_t in = {buffer, 8};
    __wasi_ciovec_t out = {buffer, 8};
    __wasi_size_t count;
    __wasi_roflags_t flags;
    __wasi_fd_t connection, fds[] = {open_file("f"), ROOT, 1, 77};
    for (size_t i = 0; i < COUNT(fds); i++) {
        say("accept", __wasi_sock_accept(fds[i], 0, &connection));
        say("recv", __wasi_sock_recv(fds[i], &in, 1, 0, &count, &flags));
        say("send", __wasi_sock_send(fds[i], &out, 1, 0, &count));
        say("shutdown", __wasi_sock_shutdown(fds[i], __WASI_SDFLAGS_RD));
    }
}
