/*
 * The list from which fio's core takes its next I/O when it replays a log:
 * direction, file, offset and length of an I/O, or something to do with a file.
 */
#ifndef MOONCAKE_IOLOG_LIST_H
#define MOONCAKE_IOLOG_LIST_H

#include "fio.h"

/*
 * Adds an entry at the end of the list. Returns it, or NULL with td's error
 * set.
 *
 * The core frees every entry that it takes, so each is an allocation. They are
 * of one size, and each is freed before the next is made, so malloc serves them
 * from the cache of the thread; calloc of glibc would pass that by and take a
 * lock.
 */
static inline struct io_piece *iolog_list_add(struct thread_data *td,
					      enum fio_ddir ddir)
{
	struct io_piece *ipo = malloc(sizeof(*ipo));

	if (!ipo) {
		td_verror(td, ENOMEM, "mooncake: entries");
		return NULL;
	}
	memset(ipo, 0, sizeof(*ipo));
	init_ipo(ipo);
	ipo->ddir = ddir;
	flist_add_tail(&ipo->list, &td->io_log_list);
	return ipo;
}

/* Adds an entry at which the core opens that file. */
void iolog_list_add_open(struct thread_data *td, int fileno);

/* Adds an entry at which the core calls the unlink_file hook, to get more. */
void iolog_list_add_call(struct thread_data *td);

/* Frees the entries that the core has not taken. */
void iolog_list_clear(struct thread_data *td);

#endif
