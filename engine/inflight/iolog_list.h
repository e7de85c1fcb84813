/*
 * The list from which fio's core takes its next I/O when it replays a log:
 * direction, file, offset and length of an I/O, or something to do with a file.
 */
#ifndef MOONCAKE_IOLOG_LIST_H
#define MOONCAKE_IOLOG_LIST_H

#include "iolog.h"

/* An entry at the end of the list, or NULL with td's error set. */
struct io_piece *iolog_list_add(struct thread_data *td, enum fio_ddir ddir);

/* Adds an entry at which the core opens that file. */
void iolog_list_add_open(struct thread_data *td, int fileno);

/* Adds an entry at which the core calls the unlink_file hook, to get more. */
void iolog_list_add_call(struct thread_data *td);

/* Frees the entries that the core has not taken. */
void iolog_list_clear(struct thread_data *td);

#endif
