/* check_blocks=: the stamps of a job's I/Os. */
#ifndef MOONCAKE_CHECK_H
#define MOONCAKE_CHECK_H

struct thread_data;
struct io_u;
struct issued_io;

/* Stamps the buffer of a write of ours. */
void check_stamp(struct thread_data *td, struct io_u *io_u,
		 const struct issued_io *io);

/* Holds what a read of ours returned against the plan: a block that is not
 * what was written is named, and fails the I/O with EILSEQ. */
void check_read(struct thread_data *td, struct io_u *io_u,
		const struct issued_io *io);

#endif
