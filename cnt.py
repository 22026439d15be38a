import sys, collections, wasm2py
import wasm2py.analysis.ranges as R

C = collections.Counter()
ov = R._Analysis._visit
oe = R._Analysis._evaluate


def v(self, b):
    s = self.__dict__.setdefault("seen", set())
    self.ag = b in s
    s.add(b)
    C["visit again" if self.ag else "visit first"] += 1
    ov(self, b)


ops = collections.Counter()


def e(self, val, b):
    C["eval again" if self.ag else "eval first"] += 1
    ops[val.op.name] += 1
    oe(self, val, b)


R._Analysis._visit = v
R._Analysis._evaluate = e
for m in sys.argv[1:]:
    C.clear()
    wasm2py.compile(f"/tmp/data/modules/{m}.wasm")
    print(m, dict(C))
print(ops.most_common(25))
