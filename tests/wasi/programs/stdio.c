/* A program as people write them, with the C library: streams, directories, times, errors. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static void failed(const char *what) { printf("%s: %s\n", what, strerror(errno)); }

static void count_words(FILE *in) {
    int lines = 0, words = 0, bytes = 0, inside = 0;
    for (int c; (c = getc(in)) != EOF; bytes++) {
        lines += c == '\n';
        words += c > ' ' && !inside;
        inside = c > ' ';
    }
    printf("%d lines, %d words, %d bytes\n", lines, words, bytes);
}

static void streams(void) {
    FILE *file = fopen("numbers.txt", "w+");
    for (int i = 0; i < 1000; i++) fprintf(file, "%d %.3f\n", i, i / 7.0);
    printf("size: %ld\n", ftell(file));
    fseek(file, 5000, SEEK_SET);
    char line[64];
    fgets(line, sizeof line, file);
    fgets(line, sizeof line, file);
    printf("somewhere: %s", line);
    rewind(file);
    count_words(file);
    fclose(file);
    file = fopen("numbers.txt", "a");
    fputs("the end\n", file);
    fclose(file);
    if (!fopen("absent/file", "r")) failed("fopen");
    if (!fopen("numbers.txt", "wx")) failed("fopen wx");
}

static int by_name(const struct dirent **left, const struct dirent **right) {
    return strcmp((*left)->d_name, (*right)->d_name);
}

static void directories(void) {
    mkdir("tree", 0777);
    for (int i = 0; i < 5; i++) {
        char name[32];
        sprintf(name, "tree/leaf%d", i);
        fclose(fopen(name, "w"));
    }
    struct dirent **names;
    int count = scandir("tree", &names, NULL, by_name);
    for (int i = 0; i < count; i++) printf("%s%s\n", names[i]->d_name, names[i]->d_type == DT_DIR ? "/" : "");
    if (rmdir("tree")) failed("rmdir");
    if (chdir("tree")) failed("chdir");
    char path[64];
    printf("in %s\n", getcwd(path, sizeof path));
    rename("leaf1", "renamed");
    unlink("leaf2");
    symlink("renamed", "link");
    struct stat status;
    printf("link: %d, ", lstat("link", &status) == 0 && S_ISLNK(status.st_mode));
    printf("what it leads to: %d\n", stat("link", &status) == 0 && S_ISREG(status.st_mode));
    printf("access: %d %d\n", access("renamed", R_OK | W_OK), access("leaf2", F_OK));
    chdir("..");
}

static void times(void) {
    struct timespec stamps[2] = {{1000000000, 5}, {1234567890, 0}};
    utimensat(AT_FDCWD, "numbers.txt", stamps, 0);
    struct stat status;
    stat("numbers.txt", &status);
    char text[64];
    strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S", gmtime(&status.st_mtim.tv_sec));
    printf("modified: %s, %lld bytes\n", text, (long long)status.st_size);
    struct timespec before, after, pause = {0, 10000000};
    clock_gettime(CLOCK_MONOTONIC, &before);
    nanosleep(&pause, NULL);
    clock_gettime(CLOCK_MONOTONIC, &after);
    printf("slept: %d\n", (after.tv_sec - before.tv_sec) * 1000000000 + after.tv_nsec - before.tv_nsec >= 10000000);
}

int main(int argc, char **argv) {
    printf("%d arguments, the last is %s; HOME is %s\n", argc, argv[argc - 1], getenv("HOME"));
    count_words(stdin);
    streams();
    directories();
    times();
    fprintf(stderr, "done\n");
    return 7;
}
