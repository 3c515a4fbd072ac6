/* nvidia-smi's csv query for made-up GPUs. */
#include "table.h"
#include <windows.h>

static void field(const char *name, int index)
{
    const Table *told = table();
    const Card *card = &told->cards[index];
    if (!strcmp(name, "index")) printf("%d", index);
    else if (card->lost) printf("[GPU is lost]");
    else if (!strcmp(name, "name")) printf("%s", card->name);
    else if (!strcmp(name, "driver_version")) printf("%s", told->driver);
    else if (!strcmp(name, "memory.total")) printf("%u", card->memory_mib);
    else if (!strcmp(name, "memory.used")) printf("400");
    else if (!strcmp(name, "compute_cap")) printf("%d.%d", card->major, card->minor);
    else if (!strcmp(name, "uuid")) printf("GPU-00000000-0000-0000-0000-%012d", index);
    else if (!strcmp(name, "pci.bus_id")) printf("00000000:%02X:00.0", index + 1);
    else if (!strcmp(name, "driver_model.current")) printf("WDDM");
    else if (strstr(name, "pcie.link.gen")) printf("4");
    else if (strstr(name, "pcie.link.width")) printf("8");
    else if (!strcmp(name, "compute_mode")) printf("Default");
    else if (!strcmp(name, "display_active")) printf(index ? "Disabled" : "Enabled");
    else if (!strcmp(name, "temperature.gpu")) printf("41");
    else if (!strcmp(name, "power.limit")) printf("180.00");
    else printf("[N/A]");
}

static void row(const char *names, int index)
{
    char copy[1024];
    snprintf(copy, sizeof copy, "%s", names);
    for (char *name = strtok(copy, ","); name; name = strtok(NULL, ",")) {
        field(name, index);
        printf("%s", name + strlen(name) - copy + 1 < (int)strlen(names) ? ", " : "\n");
    }
}

int main(int count, char **words)
{
    const Table *told = table();
    if (!strcmp(told->smi, "hangs")) Sleep(INFINITE);
    if (!strcmp(told->smi, "gbk")) { /* "cannot find the driver" in Chinese, as code page 936 writes it */
        printf("\xd5\xd2\xb2\xbb\xb5\xbd\xc7\xfd\xb6\xaf\xb3\xcc\xd0\xf2\n");
        return 9;
    }
    if (!told->driver[0] || !strcmp(told->smi, "fails")) {
        printf("NVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver.\n");
        return 9;
    }
    if (!told->count) {
        printf("No devices were found\n");
        return 6;
    }
    for (int n = 1; n < count; n++)
        if (!strncmp(words[n], "--query-gpu=", 12))
            for (int index = 0; index < told->count; index++)
                row(words[n] + 12, index);
    return 0;
}
