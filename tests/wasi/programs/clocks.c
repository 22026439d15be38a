/* clock_res_get, clock_time_get, sched_yield */
#include "say.h"

int main(void) {
    for (uint32_t clock = 0; clock < 2; clock++) {
        __wasi_timestamp_t resolution = 0, first = 0, second = 0;
        say("resolution", __wasi_clock_res_get((__wasi_clockid_t){clock}, &resolution));
        say_whether("is a time", resolution > 0 && resolution <= 1000000000);
        say("time", __wasi_clock_time_get((__wasi_clockid_t){clock}, 1, &first));
        say("yield", __wasi_sched_yield());
        say("time again", __wasi_clock_time_get((__wasi_clockid_t){clock}, 1000, &second));
        say_whether("does not go back", second >= first);
    }
    __wasi_timestamp_t now = 0;
    need("time", __wasi_clock_time_get(__WASI_CLOCKID_REALTIME, 0, &now));
    say_whether("after 2019", now > 1546300800000000000u);
    for (uint32_t clock = 2; clock < 4; clock++) {
        __wasi_timestamp_t result;
        say("process, thread: resolution", __wasi_clock_res_get((__wasi_clockid_t){clock}, &result));
        say("process, thread: time", __wasi_clock_time_get((__wasi_clockid_t){clock}, 1, &result));
    }
}
