// What Swift's Glibc module leaves out of malloc.h.
#pragma once
#include <malloc.h>

static inline void cmalloc_keep_little(void) {
    // Each arena keeps what its threads have freed, and there are two processors at work at most.
    mallopt(M_ARENA_MAX, 2);
    // Fixed, or glibc raises both when large blocks are freed, and then keeps up to 64 MiB.
    mallopt(M_MMAP_THRESHOLD, 256 << 10);
    mallopt(M_TRIM_THRESHOLD, 1 << 20);
}
