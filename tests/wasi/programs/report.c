/* What differs from run to run unless everything is fixed: clocks, random numbers, sleep, directories, addresses. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static void say_time(const char *label, clockid_t clock) {
    struct timespec now;
    clock_gettime(clock, &now);
    printf("%s: %lld.%09ld\n", label, (long long)now.tv_sec, now.tv_nsec);
}

int main(int argc, char **argv) {
    (void)argc;
    printf("%s on a heap at %p\n", argv[0], malloc(1000));
    say_time("realtime", CLOCK_REALTIME);
    say_time("monotonic", CLOCK_MONOTONIC);
    sleep(1);
    say_time("realtime", CLOCK_REALTIME);
    unsigned char bytes[16];
    getentropy(bytes, sizeof bytes);
    for (size_t i = 0; i < sizeof bytes; i++) printf("%02x", bytes[i]);
    printf("\n");
    mkdir("/made", 0777);
    FILE *file = fopen("/made/file", "w");
    if (file) fclose(file);
    DIR *directory = opendir("/");
    for (struct dirent *entry; (entry = readdir(directory));) {
        struct stat status;
        stat(entry->d_name, &status);
        printf("%s %llu %lld\n", entry->d_name, (unsigned long long)entry->d_ino, (long long)status.st_mtim.tv_sec);
    }
}
