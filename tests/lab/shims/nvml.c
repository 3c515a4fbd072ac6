/* NVIDIA's management library for made-up GPUs: the functions that envdoc asks. Names and structs are nvml.h's.
   With -DOLD it lacks what older drivers lack. */
#include "table.h"

#define API __declspec(dllexport) int
enum { OK = 0, UNINITIALIZED = 1, BAD_ARGUMENT = 2, NOT_SUPPORTED = 3, TOO_SMALL = 7, LOST = 15 };

typedef struct { unsigned long long total, free, used; } Memory;
typedef struct { unsigned version; unsigned long long total, reserved, free, used; } Memory2;
typedef struct {
    char legacy[16];
    unsigned domain, bus, device, id, subsystem;
    char bus_id[32];
} Pci;

static int started;

static int text(char *buffer, unsigned size, const char *value)
{
    if (strlen(value) >= size)
        return TOO_SMALL;
    strcpy(buffer, value);
    return OK;
}

static int number(unsigned *out, unsigned value)
{
    *out = value;
    return OK;
}

/* Handles are pointers to the table's cards. */
static int state(const Card *card)
{
    return !started ? UNINITIALIZED : card->lost ? LOST : OK;
}

API nvmlInit_v2(void)
{
    int code = table()->driver[0] ? table()->nvml_init : 9; /* DRIVER_NOT_LOADED */
    started = code == OK;
    return code;
}

API nvmlSystemGetDriverVersion(char *buffer, unsigned size) { return text(buffer, size, table()->driver); }

API nvmlSystemGetNVMLVersion(char *buffer, unsigned size)
{
    char value[96];
    snprintf(value, sizeof value, "%d.%s", table()->cuda / 1000, table()->driver);
    return text(buffer, size, value);
}

API nvmlSystemGetCudaDriverVersion_v2(int *out)
{
    *out = table()->cuda;
    return OK;
}

API nvmlDeviceGetCount_v2(unsigned *out) { return number(out, table()->count); }

API nvmlDeviceGetHandleByIndex_v2(unsigned index, const Card **out)
{
    if (index >= (unsigned)table()->count)
        return BAD_ARGUMENT;
    *out = &table()->cards[index];
    return (*out)->lost ? LOST : OK;
}

API nvmlDeviceGetName(const Card *card, char *buffer, unsigned size)
{
    return state(card) ? state(card) : text(buffer, size, card->name);
}

API nvmlDeviceGetUUID(const Card *card, char *buffer, unsigned size)
{
    char value[64];
    snprintf(value, sizeof value, "GPU-00000000-0000-0000-0000-%012d", (int)(card - table()->cards));
    return state(card) ? state(card) : text(buffer, size, value);
}

API nvmlDeviceGetMemoryInfo(const Card *card, Memory *out)
{
    out->total = (unsigned long long)card->memory_mib << 20;
    out->used = 600ull << 20;
    out->free = out->total - out->used;
    return state(card);
}

API nvmlDeviceGetCudaComputeCapability(const Card *card, int *major, int *minor)
{
    *major = card->major;
    *minor = card->minor;
    return state(card);
}

API nvmlDeviceGetPciInfo_v3(const Card *card, Pci *out)
{
    memset(out, 0, sizeof *out);
    out->bus = 1 + (unsigned)(card - table()->cards);
    out->id = 0x2d0410de;
    snprintf(out->bus_id, sizeof out->bus_id, "00000000:%02X:00.0", out->bus);
    snprintf(out->legacy, sizeof out->legacy, "0000:%02X:00.0", out->bus);
    return state(card);
}

#ifndef OLD
API nvmlDeviceGetMemoryInfo_v2(const Card *card, Memory2 *out)
{
    out->total = (unsigned long long)card->memory_mib << 20;
    out->reserved = 200ull << 20;
    out->used = 400ull << 20;
    out->free = out->total - out->used - out->reserved;
    return state(card);
}

API nvmlDeviceGetDriverModel_v2(const Card *card, unsigned *current, unsigned *pending)
{
    *current = *pending = 0; /* WDDM */
    return state(card);
}
#endif

static int running(const Card *card, unsigned *count)
{
    *count = 0;
    return state(card);
}

API nvmlDeviceGetComputeRunningProcesses_v3(const Card *card, unsigned *count, void *out) { return running(card, count); }
API nvmlDeviceGetGraphicsRunningProcesses_v3(const Card *card, unsigned *count, void *out) { return running(card, count); }

#define SAYS(name, value) \
    API nvmlDeviceGet##name(const Card *card, unsigned *out) { return state(card) ? state(card) : number(out, value); }

SAYS(CurrPcieLinkGeneration, 4)
SAYS(CurrPcieLinkWidth, 8)
SAYS(MaxPcieLinkGeneration, 4)
SAYS(MaxPcieLinkWidth, 8)
SAYS(ComputeMode, 0)
SAYS(DisplayActive, card == table()->cards)
SAYS(EnforcedPowerLimit, 180000)
SAYS(PowerManagementLimit, 180000)

API nvmlDeviceGetTemperature(const Card *card, unsigned sensor, unsigned *out) { return state(card) ? state(card) : number(out, 41); }

/* A GeForce under Windows has none of these. */
#define LACKS(name) API nvmlDeviceGet##name(const Card *card, void *out) { return state(card) ? state(card) : NOT_SUPPORTED; }

LACKS(EccMode)
LACKS(TotalEccErrors)
LACKS(RemappedRows)
LACKS(MigMode)
LACKS(PersistenceMode)
