/* The GPUs that the made-up driver files show, read from a text file that ENVDOC_LAB_GPUS names:

   driver=576.88
   cuda=12090           CUDA driver version, as the driver tells it
   nvml_init=0          what nvmlInit returns
   cu_init=0            what cuInit returns
   smi=answers          or: hangs, gbk (an error in code page 936), fails
   gpu=12.0|16311|NVIDIA GeForce RTX 5060 Ti|   capability, MiB, name, and `lost` or nothing
*/
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MOST 16

typedef struct {
    int major, minor, lost;
    unsigned memory_mib;
    char name[96];
} Card;

typedef struct {
    char driver[80], smi[16];
    int cuda, nvml_init, cu_init, count;
    Card cards[MOST];
} Table;

static void read_card(Table *table, const char *text)
{
    Card *card = &table->cards[table->count];
    char state[16] = "";
    if (sscanf(text, "%d.%d|%u|%95[^|]|%15s", &card->major, &card->minor, &card->memory_mib, card->name, state) < 4)
        return;
    card->lost = strcmp(state, "lost") == 0;
    table->count++;
}

static void read_line(Table *table, char *line)
{
    char *value = strchr(line, '=');
    if (!value)
        return;
    *value++ = 0;
    value[strcspn(value, "\r\n")] = 0;
    if (!strcmp(line, "driver")) snprintf(table->driver, sizeof table->driver, "%s", value);
    if (!strcmp(line, "smi")) snprintf(table->smi, sizeof table->smi, "%s", value);
    if (!strcmp(line, "cuda")) table->cuda = atoi(value);
    if (!strcmp(line, "nvml_init")) table->nvml_init = atoi(value);
    if (!strcmp(line, "cu_init")) table->cu_init = atoi(value);
    if (!strcmp(line, "gpu") && table->count < MOST) read_card(table, value);
}

static const Table *table(void)
{
    static Table read;
    static int done;
    const char *path = getenv("ENVDOC_LAB_GPUS");
    FILE *file = done || !path ? NULL : fopen(path, "r");
    char line[256];
    if (file) {
        while (fgets(line, sizeof line, file))
            read_line(&read, line);
        fclose(file);
    }
    done = 1;
    return &read;
}
