#!/bin/sh
# scripts/fetch-traces: copies, downloads, resumes, and refuses what is wrong.
# Most tests use a copy of the script that knows the checksums of small files.
set -u
cd "$(dirname "$0")/.." || exit 1
script=$PWD/scripts/fetch-traces
real=$PWD/../shared/traces
work=$(mktemp -d)
failed=0
server=
trap '[ -z "$server" ] || kill "$server"; rm -rf "$work"' EXIT

result() {
	if [ -z "$2" ]; then
		echo "ok - $1"
	else
		echo "not ok - $1: $2"
		failed=1
	fi
}

# expect NAME STATUS TEXT COMMAND ...: exit status and a part of the output.
expect() {
	name=$1 status=$2 text=$3 why=
	shift 3
	output=$("$@" 2>&1)
	got=$?
	[ $got = "$status" ] || why="exit status $got, not $status: $output"
	case $output in
	*"$text"*) ;;
	*) why="the output lacks \"$text\": $output" ;;
	esac
	result "$name" "$why"
}

check() {
	name=$1
	shift
	if "$@"; then
		result "$name" ""
	else
		result "$name" "$*"
	fi
}

sum_in_script() {
	sed -n "s/.*$1) echo \([0-9a-f]*\) ;;/\1/p" "$script"
}

make_published() {
	mkdir "$work/published"
	cp "$script" "$work/fetch"
	for trace in conversation toolagent synthetic; do
		file=$work/published/${trace}_trace.jsonl
		seq -f "$trace %g" 1 20000 >"$file"
		sum=$(sha256sum <"$file" | cut -d ' ' -f 1)
		sed -i "s/$(sum_in_script "$trace")/$sum/" "$work/fetch"
	done
}

# The functions that `check` calls, which shellcheck doesn't see.
# shellcheck disable=SC2317
same_files() {
	for trace in conversation toolagent synthetic; do
		cmp -s "$work/published/${trace}_trace.jsonl" \
			"$1/${trace}_trace.jsonl" || return 1
	done
	set -- "$1"/*
	[ $# = 3 ]
}

# shellcheck disable=SC2317
absent() {
	[ ! -e "$1" ]
}

# Serves $work/published on a port of its own, with and without ranges.
start_server() {
	cat >"$work/server.py" <<'PY'
import http.server, os, re, sys

class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        mode, name = self.path.strip("/").split("/")
        if mode == "none":
            return self.send_error(404)
        data = open(name, "rb").read()
        first = re.match(r"bytes=(\d+)-", self.headers.get("Range", ""))
        start = int(first[1]) if first and mode != "whole" else 0
        if start >= len(data):
            return self.send_error(416)
        self.send_response(206 if start else 200)
        if start:
            self.send_header("Content-Range", "bytes %d-%d/%d" %
                             (start, len(data) - 1, len(data)))
        self.send_header("Content-Length", str(len(data) - start))
        self.end_headers()
        end = start + 100000 if mode == "cut" else len(data)
        self.wfile.write(data[start:end])
        with open("../sent", "a") as log:
            print(mode, start, file=log)

    def log_message(self, *args):
        pass

os.chdir(sys.argv[1])
server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
with open("../port.new", "w") as f:
    f.write(str(server.server_port))
os.rename("../port.new", "../port")
server.serve_forever()
PY
	python3 "$work/server.py" "$work/published" &
	server=$!
	tries=0
	while [ ! -e "$work/port" ] && [ $tries -lt 100 ]; do
		sleep 0.1
		tries=$((tries + 1))
	done
	base=http://127.0.0.1:$(cat "$work/port")
}

# A PATH with only one of the two downloaders.
path_with() {
	mkdir "$work/$1"
	for tool in sh cat cut cp mkdir mv rm sha256sum wc "$1"; do
		ln -s "$(command -v "$tool")" "$work/$1/$tool"
	done
}

test_usage() {
	expect "help" 0 "usage: scripts/fetch-traces" "$script" --help
	expect "unknown option" 2 "unknown option --form" "$script" --form x
	expect "option without value" 2 "--to needs a value" "$script" --to
	expect "unknown name" 2 "no published trace is called chat" \
		"$script" --to "$work/none" chat
	expect "no such folder" 1 "--from $work/nowhere: no such folder" \
		"$script" --to "$work/none" --from "$work/nowhere"
	check "nothing was made" absent "$work/none"
	: >"$work/plain"
	expect "target that is a file" 1 "--to $work/plain: can't be made" \
		"$script" --to "$work/plain" --from "$work"
}

test_copy() {
	to=$work/copied
	expect "copy" 0 "toolagent_trace.jsonl: is in $to, checksum right" \
		"$work/fetch" --from "$work/published" --to "$to"
	check "copies are the same" same_files "$to"
	expect "copy again" 0 "synthetic_trace.jsonl: is there" \
		"$work/fetch" --from "$work/published" --to "$to"
	expect "file missing from the folder" 1 \
		"conversation_trace.jsonl: not in $work/empty" \
		sh -c "mkdir '$work/empty' && '$work/fetch' \
			--from '$work/empty' --to '$work/none2'"
}

test_wrong_copy() {
	bad=$work/bad to=$work/from_bad
	cp -r "$work/published" "$bad"
	echo more >>"$bad/synthetic_trace.jsonl"
	expect "corrupt file" 1 "synthetic_trace.jsonl: wrong checksum" \
		"$work/fetch" --from "$bad" --to "$to"
	check "corrupt file is not left" absent "$to/synthetic_trace.jsonl"
	check "nor is a part of it" absent "$to/synthetic_trace.jsonl.part"
	check "the others are there" test -e "$to/toolagent_trace.jsonl"
	cp "$bad/synthetic_trace.jsonl" "$to"
	expect "wrong file in the target" 0 "synthetic_trace.jsonl.wrong" \
		"$work/fetch" --from "$work/published" --to "$to"
	check "is replaced" cmp -s "$work/published/synthetic_trace.jsonl" \
		"$to/synthetic_trace.jsonl"
	check "and kept aside" cmp -s "$bad/synthetic_trace.jsonl" \
		"$to/synthetic_trace.jsonl.wrong"
}

# test_download curl|wget
test_download() {
	tool=$1
	if ! command -v "$tool" >/dev/null; then
		echo "skip - download with $tool: it is not installed"
		return
	fi
	path_with "$tool"
	fetch="env PATH=$work/$tool $work/fetch"
	file=synthetic_trace.jsonl
	whole=$work/published/$file
	to=$work/by_$tool
	rm -f "$work/sent"

	# shellcheck disable=SC2086
	expect "$tool: download" 0 "$file: is in $to" \
		$fetch --to "$to" --url "$base/ranges"
	check "$tool: files are the same" same_files "$to"

	rm "$to/$file"
	head -c 70000 "$whole" >"$to/$file.part"
	# shellcheck disable=SC2086
	expect "$tool: resume" 0 "goes on after 70000 bytes" \
		$fetch --to "$to" --url "$base/ranges" synthetic
	check "$tool: resumed at that byte" grep -qx "ranges 70000" "$work/sent"
	check "$tool: resumed file is the same" same_files "$to"

	rm "$to/$file"
	# shellcheck disable=SC2086
	expect "$tool: dead link" 1 "can't download" \
		$fetch --to "$to" --url "$base/none" synthetic
	check "$tool: dead link leaves nothing" absent "$to/$file.part"

	head -c 70000 "$whole" >"$to/$file.part"
	# shellcheck disable=SC2086
	expect "$tool: server without ranges" 0 "$file: is in $to" \
		$fetch --to "$to" --url "$base/whole" synthetic
	check "$tool: that file is the same" same_files "$to"

	rm "$to/$file"
	head -c 70000 /dev/zero >"$to/$file.part"
	# shellcheck disable=SC2086
	expect "$tool: wrong part" 1 "$file: wrong checksum" \
		$fetch --to "$to" --url "$base/ranges" synthetic
	check "$tool: wrong part is not left" absent "$to/$file.part"
	# shellcheck disable=SC2086
	expect "$tool: again" 0 "$file: is in $to" \
		$fetch --to "$to" --url "$base/ranges" synthetic
	check "$tool: and the file is the same" same_files "$to"
}

test_interrupted() {
	to=$work/cut
	fetch="env PATH=$work/curl $work/fetch"
	if [ ! -d "$work/curl" ]; then
		echo "skip - interrupted download: curl is not installed"
		return
	fi
	rm -f "$work/sent"
	# shellcheck disable=SC2086
	expect "interrupted download" 1 "run this again to go on" \
		$fetch --to "$to" --url "$base/cut" synthetic
	check "keeps the part" test -s "$to/synthetic_trace.jsonl.part"
	# shellcheck disable=SC2086
	expect "goes on" 0 "goes on after" \
		$fetch --to "$to" --url "$base/ranges" synthetic
	check "to the same file" cmp -s "$work/published/synthetic_trace.jsonl" \
		"$to/synthetic_trace.jsonl"
}

test_no_downloader() {
	mkdir "$work/bare"
	for tool in sh cat cut mkdir sha256sum; do
		ln -s "$(command -v "$tool")" "$work/bare/$tool"
	done
	expect "no downloader" 1 "neither curl nor wget is installed" \
		env PATH="$work/bare" "$work/fetch" --to "$work/bare_to"
}

test_real() {
	if [ ! -e "$real/conversation_trace.jsonl" ]; then
		echo "skip - the published trace: ../shared/traces is not there"
		return
	fi
	expect "the published trace" 0 "conversation_trace.jsonl: is in" \
		"$script" --from "$real" --to "$work/real" conversation
}

make_published
start_server
test_usage
test_copy
test_wrong_copy
test_download curl
test_download wget
test_interrupted
test_no_downloader
test_real
exit $failed
