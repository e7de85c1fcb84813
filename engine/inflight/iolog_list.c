#include "fio.h"

#include "engine/inflight/iolog_list.h"

/*
 * The core frees every entry that it takes, so each is allocated by itself. All
 * have one size and are freed soon, so that malloc() takes them from its cache.
 * glibc's calloc() does not use that cache, and takes a lock.
 */
struct io_piece *iolog_list_add(struct thread_data *td, enum fio_ddir ddir)
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

static void add_action(struct thread_data *td, enum file_log_act action,
		       int fileno)
{
	struct io_piece *ipo = iolog_list_add(td, DDIR_INVAL);

	if (ipo) {
		ipo->file_action = action;
		ipo->fileno = fileno;
	}
}

void iolog_list_add_open(struct thread_data *td, int fileno)
{
	add_action(td, FIO_LOG_OPEN_FILE, fileno);
}

void iolog_list_add_call(struct thread_data *td)
{
	add_action(td, FIO_LOG_UNLINK_FILE, 0);
}

void iolog_list_clear(struct thread_data *td)
{
	struct io_piece *ipo;

	while (!flist_empty(&td->io_log_list)) {
		ipo = flist_first_entry(&td->io_log_list, struct io_piece,
					list);
		flist_del(&ipo->list);
		free(ipo);
	}
}
