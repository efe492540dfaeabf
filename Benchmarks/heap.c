// Preloaded by Benchmarks/detection: counts calls to the allocator and the bytes in use.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <malloc.h>
#include <stddef.h>

// glibc's own names for its allocator, so that nothing has to be looked up while the program starts.
extern void *__libc_malloc(size_t), *__libc_calloc(size_t, size_t), *__libc_realloc(void *, size_t);
extern void *__libc_memalign(size_t, size_t);
extern void __libc_free(void *);

static long calls, bytes;

static void *took(void *block) {
    __atomic_add_fetch(&calls, 1, __ATOMIC_RELAXED);
    // Eight bytes in front of every block are glibc's.
    if (block) __atomic_add_fetch(&bytes, (long)malloc_usable_size(block) + 8, __ATOMIC_RELAXED);
    return block;
}

static void gave(void *block) {
    if (block) __atomic_sub_fetch(&bytes, (long)malloc_usable_size(block) + 8, __ATOMIC_RELAXED);
}

void *malloc(size_t size) { return took(__libc_malloc(size)); }
void *calloc(size_t count, size_t size) { return took(__libc_calloc(count, size)); }
void *realloc(void *block, size_t size) { gave(block); return took(__libc_realloc(block, size)); }
void *memalign(size_t alignment, size_t size) { return took(__libc_memalign(alignment, size)); }
void *aligned_alloc(size_t alignment, size_t size) { return memalign(alignment, size); }
int posix_memalign(void **block, size_t alignment, size_t size) {
    *block = memalign(alignment, size);
    return *block ? 0 : ENOMEM;
}
void free(void *block) { gave(block); __libc_free(block); }

long leeward_heap_calls(void) { return calls; }
long leeward_heap_bytes(void) { return bytes; }
