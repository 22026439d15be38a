/* What a module's own C library has: as little as the tests need. */
typedef unsigned long size_t;
extern unsigned char __heap_base;
static unsigned char *top;
int __THREW__, __threwValue;
#define EXPORT(name) __attribute__((export_name(#name)))

EXPORT(setThrew) void setThrew(int threw, int value) {
  if (__THREW__ == 0) { __THREW__ = threw; __threwValue = value; }
}
EXPORT(clearThrew) void clearThrew(void) { __THREW__ = 0; }
EXPORT(malloc) void *malloc(size_t size) {
  if (!top) top = &__heap_base;
  unsigned char *found = top;
  top += (size + 15) & ~15ul;
  return found;
}
static int freed;
EXPORT(free) void free(void *pointer) { freed += pointer != 0; }
EXPORT(freed) int count_freed(void) { return freed; }

struct jump { void *invocation; unsigned label; };
void __wasm_setjmp(struct jump *jump, unsigned label, void *invocation) {
  jump->invocation = invocation;
  jump->label = label;
}
unsigned __wasm_setjmp_test(struct jump *jump, void *invocation) {
  return jump->invocation == invocation ? jump->label : 0;
}

__asm__(".globaltype __stack_pointer, i32\n"
        ".globl stackSave\n.export_name stackSave, stackSave\n.type stackSave,@function\nstackSave:\n.functype stackSave () -> (i32)\nglobal.get __stack_pointer\nend_function\n"
        ".globl stackRestore\n.export_name stackRestore, stackRestore\n.type stackRestore,@function\nstackRestore:\n.functype stackRestore (i32) -> ()\nlocal.get 0\nglobal.set __stack_pointer\nend_function\n");
