/* A shared library: data that refers to data and functions of its own and of others. */
extern int base_value;
extern int add(int, int);
extern int scaled(int);
extern int optional(int) __attribute__((weak));
extern int optional_datum __attribute__((weak));

static int counter = 5;
int zeros[100];
static int subtract(int a, int b) { return a - b; }
int (*operations[2])(int, int) = {add, subtract};
int *pointers[2] = {&counter, &base_value};

__attribute__((constructor)) static void begin(void) { counter += 100; }

int run(int a) {
  zeros[3]++;
  return operations[0](a, *pointers[0]) + *pointers[1] + zeros[3] + operations[1](10, 3) + scaled(2);
}
int has_optional(void) { return (optional != 0) + 2 * (&optional_datum != 0); }
int call_optional(int a) { return optional(a) + optional_datum; }
void *address_of_add(void) { return (void *)add; }
void *address_of_subtract(void) { return (void *)subtract; }
int on_stack(int depth) {
  volatile int frame[16];
  frame[0] = depth;
  return depth ? on_stack(depth - 1) + frame[0] : 0;
}
