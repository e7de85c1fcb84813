#!/bin/sh
# The structures in fio's headers lie as those in the fio binary do, for the
# installed fio and for the newer one.
set -u

check() {
	"$2" --name=headers --rw=read --size=4k --numjobs=2 \
		--ioengine=external:"$3" | grep -E '^(not )?ok - ' |
		sed "s/ok - /ok - headers of $1: /"
}

check fio "$FIO" "$BUILD/fio_headers_probe.so"
if [ -x "$FIO_NEWER/fio" ]; then
	check "newer fio" "$FIO_NEWER/fio" "$BUILD/newer/fio_headers_probe.so"
else
	echo "skip - headers of newer fio: there is no $FIO_NEWER/fio"
fi
