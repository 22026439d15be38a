/* Of the C++ runtime: types and what catches what. Exceptions themselves are the host's. */
typedef unsigned long size_t;
struct type_info { void **functions; const char *name; struct type_info *base; };

void *class_functions[4] __asm__("_ZTVN10__cxxabiv117__class_type_infoE");
void *derived_functions[4] __asm__("_ZTVN10__cxxabiv120__si_class_type_infoE");
void *basic_functions[4];
struct type_info int_type __asm__("_ZTIi") = {basic_functions + 2, "i", 0};
struct type_info double_type __asm__("_ZTId") = {basic_functions + 2, "d", 0};
struct type_info text_type __asm__("_ZTIPKc") = {basic_functions + 2, "PKc", 0};

#define EXPORT(name) __attribute__((export_name(#name)))
EXPORT(__cxa_can_catch) int __cxa_can_catch(struct type_info *wanted, struct type_info *thrown, void **object) {
  while (thrown != wanted && thrown->functions == derived_functions + 2) thrown = thrown->base;
  return thrown == wanted;
}
EXPORT(__cxa_is_pointer_type) int __cxa_is_pointer_type(struct type_info *type) { return type == &text_type; }

extern void free(void *);
extern void abort(void);
void delete_(void *object, size_t size) __asm__("_ZdlPvm");
void delete_(void *object, size_t size) { free(object); }
void terminate(void) __asm__("_ZSt9terminatev");
void terminate(void) { abort(); }
