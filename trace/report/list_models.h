/*
 * The built-in models, or the one that --model= names, as a table.
 */
#ifndef MOONCAKE_LIST_MODELS_H
#define MOONCAKE_LIST_MODELS_H

#include <stdio.h>

#include "trace/command/arguments.h"

/* Sizes are with the other shape options of @a. 0, or -1 with @err filled. */
int list_models(FILE *out, const struct arguments *a, struct error *err);

#endif
