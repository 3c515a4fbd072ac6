/* Says the words that it was given, one a line, in UTF-8: what a shell made of a line. Stands in for uv, winget, reg, … */
#include <stdio.h>
#include <windows.h>

int wmain(int count, wchar_t **words)
{
    char text[8192];
    for (int n = 1; n < count; n++) {
        WideCharToMultiByte(CP_UTF8, 0, words[n], -1, text, sizeof text, NULL, NULL);
        printf("%s\n", text);
    }
    return 0;
}
