/* A libcuda.so.1 that behaves as the FAKE_... variables say: the driver's sick days, on a machine without a GPU. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static long setting(const char *name, long fallback) {
    const char *text = getenv(name);
    return text && *text ? strtol(text, NULL, 10) : fallback;
}

static size_t taken;
static long chunks;

int cuInit(unsigned flags) { (void)flags; return (int)setting("FAKE_CUINIT", 0); }
int cuDeviceGetCount(int *count) { *count = (int)setting("FAKE_COUNT", 1); return 0; }
int cuDriverGetVersion(int *version) { *version = 13000; return 0; }
int cuDeviceGet(int *device, int ordinal) { *device = ordinal; return 0; }
int cuDevicePrimaryCtxRetain(void **context, int device) {
    (void)device;
    *context = &taken;
    return (int)setting("FAKE_CONTEXT", 0);
}
int cuCtxSetCurrent(void *context) { (void)context; return 0; }
int cuCtxSynchronize(void) { return 0; }
int cuMemGetInfo_v2(size_t *free_, size_t *total) {
    *total = (size_t)setting("FAKE_TOTAL_MIB", 512) << 20;
    *free_ = (size_t)setting("FAKE_FREE_MIB", 256) << 20;
    return 0;
}
int cuMemAlloc_v2(uint64_t *address, size_t size) {
    if (taken + size > (size_t)setting("FAKE_ALLOC_MIB", 1 << 20) << 20) return 2; /* OUT_OF_MEMORY */
    taken += size;
    *address = (uint64_t)(uintptr_t)malloc(size);
    return 0;
}
int cuMemFree_v2(uint64_t address) { free((void *)(uintptr_t)address); return 0; }
int cuMemHostAlloc(void **address, size_t size, unsigned flags) { (void)flags; *address = malloc(size); return 0; }
int cuMemFreeHost(void *address) { free(address); return 0; }
int cuMemsetD32_v2(uint64_t address, unsigned word, size_t count) {
    unsigned *cell = (unsigned *)(uintptr_t)address;
    for (size_t n = 0; n < count; n++) cell[n] = word;
    if (chunks++ == setting("FAKE_BITFLIP", -1)) cell[count / 3] ^= 1u << 7;
    return 0;
}
int cuMemcpyDtoH_v2(void *host, uint64_t device, size_t size) {
    if (setting("FAKE_LOST", 0)) return 999; /* CUDA_ERROR_UNKNOWN */
    memcpy(host, (void *)(uintptr_t)device, size);
    return 0;
}
int cuMemcpyHtoD_v2(uint64_t device, const void *host, size_t size) {
    memcpy((void *)(uintptr_t)device, host, size);
    return 0;
}
int cuDeviceCanAccessPeer(int *able, int first, int second) {
    *able = first + second != setting("FAKE_NO_PEER", -1);
    return 0;
}
int cuGetErrorName(int code, const char **name) {
    switch (code) {
    case 2: *name = "CUDA_ERROR_OUT_OF_MEMORY"; break;
    case 46: *name = "CUDA_ERROR_DEVICE_UNAVAILABLE"; break;
    case 100: *name = "CUDA_ERROR_NO_DEVICE"; break;
    case 803: *name = "CUDA_ERROR_SYSTEM_DRIVER_MISMATCH"; break;
    default: *name = "CUDA_ERROR_UNKNOWN";
    }
    return 0;
}
