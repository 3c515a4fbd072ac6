/* CUDA's driver library for made-up GPUs: what is asked before torch is there. Names are cuda.h's. */
#include "table.h"

#define API __declspec(dllexport) int

static const struct { int code; const char *name; } NAMES[] = {
    {0, "CUDA_SUCCESS"}, {2, "CUDA_ERROR_OUT_OF_MEMORY"}, {100, "CUDA_ERROR_NO_DEVICE"},
    {101, "CUDA_ERROR_INVALID_DEVICE"}, {803, "CUDA_ERROR_SYSTEM_DRIVER_MISMATCH"}, {999, "CUDA_ERROR_UNKNOWN"},
};

API cuInit(unsigned flags)
{
    const Table *told = table();
    return told->cu_init ? told->cu_init : told->count ? 0 : 100;
}

API cuGetErrorName(int code, const char **out)
{
    for (unsigned n = 0; n < sizeof NAMES / sizeof *NAMES; n++)
        if (NAMES[n].code == code) {
            *out = NAMES[n].name;
            return 0;
        }
    *out = NULL;
    return 1;
}

API cuDriverGetVersion(int *out)
{
    *out = table()->cuda;
    return 0;
}

API cuDeviceGetCount(int *out)
{
    *out = table()->count;
    return 0;
}

API cuDeviceGet(int *out, int index)
{
    *out = index;
    return index < table()->count ? 0 : 101;
}

API cuDeviceGetName(char *buffer, int size, int device)
{
    snprintf(buffer, size, "%s", table()->cards[device].name);
    return 0;
}

API cuDeviceGetAttribute(int *out, int attribute, int device)
{
    const Card *card = &table()->cards[device];
    *out = attribute == 75 ? card->major : attribute == 76 ? card->minor : 0;
    return 0;
}

API cuDeviceTotalMem_v2(size_t *out, int device)
{
    *out = (size_t)table()->cards[device].memory_mib << 20;
    return 0;
}
