//! Threads of Zig's standard library (wasi-threads): stacks and thread-local variables of their own; a mutex, and
//! waiting for the end, made of memory.atomic.wait32 and notify. Prints the sum of what all threads did.
//!
//! python -m ziglang build-exe threads.zig -target wasm32-wasi -mcpu=generic+atomics+bulk_memory -OReleaseSmall -fstrip \
//!     -fno-single-threaded --shared-memory --import-memory --max-memory=4194304 --stack 65536 --export=wasi_thread_start

const std = @import("std");

pub const panic = std.debug.no_panic;

const threads = 4;
const rounds = 200;

fn wait(word: *std.atomic.Value(u32), expected: u32) void {
    _ = asm volatile (
        \\ local.get %[word]
        \\ local.get %[expected]
        \\ i64.const -1
        \\ memory.atomic.wait32 0
        \\ local.set %[result]
        : [result] "=r" (-> u32),
        : [word] "r" (&word.raw),
          [expected] "r" (expected),
        : .{ .memory = true });
}

fn notify(word: *std.atomic.Value(u32), count: u32) void {
    _ = asm volatile (
        \\ local.get %[word]
        \\ local.get %[count]
        \\ memory.atomic.notify 0
        \\ local.set %[result]
        : [result] "=r" (-> u32),
        : [word] "r" (&word.raw),
          [count] "r" (count),
        : .{ .memory = true });
}

/// 0: free, 1: taken, 2: taken, and others wait.
const Mutex = struct {
    state: std.atomic.Value(u32) = .init(0),

    fn lock(self: *Mutex) void {
        if (self.state.cmpxchgStrong(0, 1, .seq_cst, .seq_cst) == null) return;
        while (self.state.swap(2, .seq_cst) != 0) wait(&self.state, 2);
    }

    fn unlock(self: *Mutex) void {
        if (self.state.swap(0, .seq_cst) == 2) notify(&self.state, 1);
    }
};

var mutex: Mutex = .{};
var total: u64 = 0;
var done: std.atomic.Value(u32) = .init(0);
threadlocal var own: u64 = 0;

fn work(id: u32) void {
    var buffer: [64]u64 = undefined;
    const on_stack: *volatile [64]u64 = &buffer;
    for (0..rounds) |round| {
        on_stack[round % 64] = id;
        own += on_stack[round % 64];
        mutex.lock();
        total += 1;
        mutex.unlock();
    }
    mutex.lock();
    total += own;
    mutex.unlock();
    _ = done.fetchAdd(1, .seq_cst);
    notify(&done, 1);
}

var space: [1 << 20]u8 = undefined;

pub fn main() void {
    var allocator = std.heap.FixedBufferAllocator.init(&space);
    for (1..threads + 1) |id| {
        const config: std.Thread.SpawnConfig = .{ .stack_size = 16384, .allocator = allocator.allocator() };
        // Not joined: `join` of Zig 0.17 waits for ever for a thread that ends before `spawn` has returned.
        _ = std.Thread.spawn(config, work, .{@as(u32, @intCast(id))}) catch std.os.wasi.proc_exit(1);
    }
    while (true) {
        const seen = done.load(.seq_cst);
        if (seen == threads) break;
        wait(&done, seen);
    }
    var text: [32]u8 = undefined;
    const line = std.fmt.bufPrint(&text, "{d}\n", .{total}) catch unreachable;
    var written: usize = 0;
    _ = std.os.wasi.fd_write(1, &[_]std.os.wasi.ciovec_t{.{ .base = line.ptr, .len = line.len }}, 1, &written);
}
