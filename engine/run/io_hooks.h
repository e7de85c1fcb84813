/* The hooks that every I/O goes through: put around those of the backend. */
#ifndef MOONCAKE_IO_HOOKS_H
#define MOONCAKE_IO_HOOKS_H

struct ioengine_ops;

/* In the copy of the backend's ops that belongs to a job. */
void io_hooks_replace(struct ioengine_ops *ops);

#endif
