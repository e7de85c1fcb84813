/* check_blocks=: writes and checks the stamps of a job's I/Os. */
#ifndef MOONCAKE_CHECK_H
#define MOONCAKE_CHECK_H

struct thread_data;
struct io_u;
struct issued_io;

/* Stamps the buffer of a write before the backend gets it. */
void check_stamp(struct thread_data *td, struct io_u *io_u,
		 const struct issued_io *io);

/* Compares what a read returned with the plan. Where it is not what was
 * written, this says which block it is, and the I/O fails with EILSEQ. */
void check_read(struct thread_data *td, struct io_u *io_u,
		const struct issued_io *io);

#endif
