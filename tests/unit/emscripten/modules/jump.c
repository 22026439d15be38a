/* setjmp and longjmp, as clang compiles them for Emscripten. */
#define EXPORT(name) __attribute__((export_name(#name)))

typedef struct { void *words[8]; } jmp_buf[1];
int setjmp(void *) __attribute__((returns_twice));
void longjmp(void *, int) __attribute__((noreturn));

static jmp_buf buffer;
static __attribute__((noinline)) void deep(int depth, int value) {
  volatile char frame[64];
  frame[0] = depth;
  if (depth == 0) longjmp(buffer, value);
  deep(depth - 1, value);
  frame[1] = frame[0];
}

EXPORT(jump) int jump(int depth, int value) {
  volatile int local = 5;
  int result = setjmp(buffer);
  if (result == 0) {
    local = 6;
    deep(depth, value);
    return -1;
  }
  return result * 100 + local;
}

EXPORT(jump_late) void jump_late(void) { longjmp(buffer, 1); }
