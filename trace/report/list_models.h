/* Prints the built-in models, or the one that --model= names, as a table. */
#ifndef MOONCAKE_LIST_MODELS_H
#define MOONCAKE_LIST_MODELS_H

#include <stdio.h>

#include "trace/command/arguments.h"

/* Prints the table. Sizes are those with the other shape options of @a. Returns
 * 0, or -1 with @err filled. */
int list_models(FILE *out, const struct arguments *a, struct error *err);

#endif
