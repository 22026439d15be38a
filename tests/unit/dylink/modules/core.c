/* A program that libraries are loaded into: it has memory, table, stack, and a heap. */
#define EXPORT(name) __attribute__((export_name(#name)))
extern unsigned char __heap_base;
static unsigned char *top;

EXPORT(malloc) void *malloc(unsigned long size) {
  unsigned char *found = top ? top : &__heap_base;
  top = found + ((size + 15) & ~15ul);
  unsigned long missing = ((unsigned long)top >> 16) + 1;
  if (missing > __builtin_wasm_memory_size(0)) __builtin_wasm_memory_grow(0, missing - __builtin_wasm_memory_size(0));
  return found;
}
int base_value = 1000;
EXPORT(add) int add(int a, int b) { return a + b; }
EXPORT(apply) int apply(int (*function)(int, int), int a, int b) { return function(a, b); }
EXPORT(address_of_add) void *address_of_add(void) { return (void *)add; }
