/* The hooks that every I/O goes through, around those of the backend. */
#ifndef MOONCAKE_IO_HOOKS_H
#define MOONCAKE_IO_HOOKS_H

struct ioengine_ops;

/* Puts the hooks into @ops, a job's copy of the backend's. */
void io_hooks_replace(struct ioengine_ops *ops);

#endif
