// C++ that throws: through destructors, by type, again, past everything.
extern "C" void note(int);
#define EXPORT(name) extern "C" __attribute__((export_name(#name)))

struct Guard {
  int number;
  Guard(int number) : number(number) {}
  ~Guard() { note(number); }
};
struct Base {
  int number;
  Base(int number) : number(number) {}
  Base(const Base &other) : number(other.number) {}
  ~Base() { note(-number); }
};
struct Derived : Base {
  int more;
  Derived(int more) : Base(1), more(more) {}
};

EXPORT(thrower) __attribute__((noinline)) void thrower(int kind) {
  Guard guard(1000 + kind);
  if (kind == 1) throw 42;
  if (kind == 2) throw Derived(9);
  if (kind == 3) throw "text";
  if (kind == 4) throw 2.5;
}

EXPORT(attempt) int attempt(int kind) {
  try {
    Guard guard(2000 + kind);
    thrower(kind);
    return 0;
  } catch (int number) {
    return 1000 + number;
  } catch (Base &base) {
    return 2000 + base.number;
  } catch (const char *text) {
    return 3000 + text[0];
  }
}

static __attribute__((noinline)) void pass_on(int kind) {
  try {
    thrower(kind);
  } catch (Base &base) {
    base.number += 10;
    throw;
  }
}

EXPORT(again) int again(int kind) {
  try {
    pass_on(kind);
  } catch (Base &base) {
    return base.number;
  } catch (...) {
    return -1;
  }
  return 0;
}

EXPORT(nested) int nested(void) {
  int sum = 0;
  try {
    thrower(1);
  } catch (int first) {
    try {
      thrower(2);
    } catch (Derived &second) {
      sum = first * 100 + second.more;
    }
  }
  return sum;
}
