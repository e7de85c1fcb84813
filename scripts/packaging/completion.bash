# Completion of mooncake-plan and the scripts, for bash. It offers what the
# command's own --help says: its options, and the words that one of them takes.

_mooncake_words()
{
	local help=$1 option=$2 listed

	# --lookup=prefix|block of mooncake-plan, --of {load,store} of a script
	listed=$(sed -nE "s/^.*$option[= ][{]?([a-z0-9]+([|,][a-z0-9]+)+).*/\1/p" \
		<<<"$help" | head -n 1)
	echo "${listed//[|,]/ }"
}

_mooncake()
{
	local current=${COMP_WORDS[COMP_CWORD]} option= help words

	COMPREPLY=()
	# bash takes --lookup=pre apart, at the sign.
	if [[ $current == = ]]; then
		option=${COMP_WORDS[COMP_CWORD - 1]} current=
	elif [[ ${COMP_WORDS[COMP_CWORD - 1]} == = ]]; then
		option=${COMP_WORDS[COMP_CWORD - 2]}
	elif [[ ${COMP_WORDS[COMP_CWORD - 1]} == --* ]]; then
		option=${COMP_WORDS[COMP_CWORD - 1]}
	fi
	help=$("$1" --help 2>/dev/null)
	# A first word without dashes may be one that has options of its own.
	if [[ $COMP_CWORD -gt 1 && ${COMP_WORDS[1]} =~ ^[a-z]+$ ]]; then
		help+=$'\n'$("$1" "${COMP_WORDS[1]}" --help 2>/dev/null)
	elif [[ $COMP_CWORD -eq 1 && $current != -* ]]; then
		words=$(sed -nE 's/^    ([a-z]+)( .*)?$/\1/p' <<<"$help")
	fi
	if [[ $current == -* ]]; then
		words=$(grep -oE -- '--[a-z][a-z0-9-]*' <<<"$help" | sort -u)
	elif [[ -n $option ]]; then
		words=$(_mooncake_words "$help" "$option")
	fi
	mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")
	[[ ${#COMPREPLY[@]} -gt 0 ]] || compopt -o default 2>/dev/null || true
}

complete -F _mooncake mooncake-plan mooncake-import mooncake-report \
	mooncake-run mooncake-saturate mooncake-size mooncake-stores \
	fio-to-prometheus
