#include "engine/inflight/iolog_list.h"

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
