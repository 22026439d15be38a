/* poll_oneoff */
#include "say.h"

static __wasi_subscription_t timer(uint64_t data, uint32_t clock, uint64_t timeout, uint16_t flags) {
    __wasi_subscription_t wanted = {.userdata = data};
    wanted.u.tag = __WASI_EVENTTYPE_CLOCK;
    wanted.u.u.clock.id = (__wasi_clockid_t){clock};
    wanted.u.u.clock.timeout = timeout;
    wanted.u.u.clock.flags = flags;
    return wanted;
}

static __wasi_subscription_t file(uint64_t data, uint8_t tag, __wasi_fd_t fd) {
    __wasi_subscription_t wanted = {.userdata = data};
    wanted.u.tag = tag;
    wanted.u.u.fd_read.file_descriptor = fd;
    return wanted;
}

/* Events in the order of their data, which is less than 10. */
static void wait(const char *label, const __wasi_subscription_t *wanted, size_t count) {
    __wasi_event_t events[8];
    __wasi_size_t happened = 99;
    if (!say(label, __wasi_poll_oneoff(wanted, events, count, &happened))) return;
    say_number("events", happened);
    for (uint64_t data = 0; data < 10; data++)
        for (size_t i = 0; i < happened; i++)
            if (events[i].userdata == data) {
                say_number("of", data);
                say_number("type", events[i].type);
                say("error", events[i].error);
            }
}

static uint64_t now(uint32_t clock) {
    __wasi_timestamp_t time;
    need("time", __wasi_clock_time_get((__wasi_clockid_t){clock}, 1, &time));
    return time;
}

int main(void) {
    __wasi_subscription_t wanted[8];
    wait("nothing", wanted, 0);
    for (uint32_t clock = 0; clock < 2; clock++) {
        uint64_t begin = now(clock);
        wanted[0] = timer(1, clock, 20000000, 0);
        wait("20 ms", wanted, 1);
        say_whether("took so long", now(clock) - begin >= 20000000);
        begin = now(clock);
        wanted[0] = timer(2, clock, begin + 20000000, __WASI_SUBCLOCKFLAGS_SUBSCRIPTION_CLOCK_ABSTIME);
        wait("until", wanted, 1);
        say_whether("took so long", now(clock) - begin >= 20000000);
        wanted[0] = timer(3, clock, begin, __WASI_SUBCLOCKFLAGS_SUBSCRIPTION_CLOCK_ABSTIME);
        wait("until what is past", wanted, 1);
    }
    wanted[0] = timer(1, 1, 10000000000, 0);
    wanted[1] = timer(2, 1, 10000000, 0);
    wait("the shorter of two", wanted, 2);
    wanted[0] = timer(1, 9, 0, 0);
    wait("a clock that there is not", wanted, 1);
    wanted[0] = file(1, 7, 0);
    wait("a kind that there is not", wanted, 1);

    make_file("f", "12345");
    __wasi_fd_t fd = open_file("f");
    wanted[0] = file(2, __WASI_EVENTTYPE_FD_WRITE, fd);
    wait("a file to write", wanted, 1);
    wanted[0] = file(1, __WASI_EVENTTYPE_FD_READ, fd);
    wanted[1] = timer(3, 1, 10000000000, 0);
    wait("a file to read", wanted, 2);
    __wasi_event_t event;
    __wasi_size_t happened;
    need("poll", __wasi_poll_oneoff(wanted, &event, 1, &happened));
    say_number("bytes to read", event.fd_readwrite.nbytes);
    wanted[0] = file(4, __WASI_EVENTTYPE_FD_WRITE, 1);
    wait("stdout", wanted, 1);
    wanted[0] = file(5, __WASI_EVENTTYPE_FD_READ, 0);
    wanted[1] = timer(6, 1, 10000000000, 0);
    wait("stdin", wanted, 2);
    wanted[0] = file(7, __WASI_EVENTTYPE_FD_READ, 77);
    wait("nothing to read", wanted, 1);
    wanted[0] = file(8, __WASI_EVENTTYPE_FD_READ, ROOT);
    wait("a directory", wanted, 1);
}
