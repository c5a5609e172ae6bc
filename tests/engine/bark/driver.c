/* The compiled step alone: no Python, so that it runs wherever a processor is imitated.

   driver CASES: compute every case of the file and compare it with what is expected there. A line is
   TYPE HEADS HEAD_WIDTH LAYERS ROWS POSITIONS STEPS THREADS BIAS OUTPUTS NAN and the expected bits;
   lines that begin with # say something.

   driver TYPE … NAN: print the bits of one case. */

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "case.h"

enum { SIZES = sizeof(Case) / sizeof(int64_t) };

static int64_t *sizes_of(Case *c) { return &c->type; }

int main(int count, char **argument) {
    Case c;
    if (count == SIZES + 1) {
        for (int i = 0; i < SIZES; i++) sizes_of(&c)[i] = atoll(argument[i + 1]);
        printf("%016" PRIx64 "\n", bark_case(&c));
        return 0;
    }
    FILE *file = count == 2 ? fopen(argument[1], "r") : NULL;
    if (file == NULL) {
        fprintf(stderr, "driver CASES | TYPE HEADS … NAN\n");
        return 2;
    }
    char line[512];
    int right = 0, wrong = 0;
    while (fgets(line, sizeof line, file)) {
        char *at = line;
        if (line[0] == '#') continue;
        for (int i = 0; i < SIZES; i++) sizes_of(&c)[i] = strtoll(at, &at, 10);
        uint64_t expected = strtoull(at, NULL, 16), found = bark_case(&c);
        if (found == expected) right++;
        else wrong++, printf("%016" PRIx64 " instead of: %s", found, line);
    }
    fclose(file);
    printf("%d of %d right\n", right, right + wrong);
    return wrong != 0 || right == 0;
}
