#!/usr/bin/env bash
# The steps of action.yml. Works with the bash 3.2 of macOS.
#
#   action.sh key     tells the cache what the program depends on
#   action.sh build   builds the program, unless it came from the cache
#   action.sh lint    lints as the inputs say: environment variables INPUT_…
set -euo pipefail

bin=$RUNNER_TEMP/premortem

# annotate writes one annotation. A text that is not escaped could give the
# runner commands.
annotate() {
	local text=$2
	text=${text//%/%25}
	text=${text//$'\r'/%0D}
	text=${text//$'\n'/%0A}
	printf '::%s title=premortem::%s\n' "$1" "$text"
}

die() {
	annotate error "$1"
	end 2
}

end() {
	echo "exit-code=$1" >>"$GITHUB_OUTPUT"
	exit "$1"
}

# add_lines adds each line of a text to the arguments.
add_lines() {
	local line
	while IFS= read -r line; do
		line=${line%$'\r'}
		[[ -z $line ]] || args+=("$line")
	done <<<"$1"
}

case $1 in
key)
	command -v go >/dev/null || die 'premortem is built from source and needs Go: let a step with actions/setup-go go before'
	sources=$(cd "$GITHUB_ACTION_PATH" && find cmd lint rules go.mod go.sum -type f | LC_ALL=C sort | tr '\n' '\0' | xargs -0 cat | git hash-object --stdin)
	cd / # where no go.mod makes Go fetch another Go
	tools=$({ go version && "$(go env CC)" --version || true; } 2>&1 | git hash-object --stdin)
	echo "key=premortem-$sources-$tools" >>"$GITHUB_OUTPUT"
	;;
build)
	[[ ! -x $bin/premortem ]] || exit 0
	# Flags, workspace and toolchain of the project that is linted have no say.
	cd "$GITHUB_ACTION_PATH"
	GOFLAGS='-trimpath -buildvcs=false' GOWORK=off GOTOOLCHAIN=auto go build -o "$bin/premortem" ./cmd/premortem
	;;
lint)
	args=(--format "github${INPUT_SARIF:+,sarif:$INPUT_SARIF}")
	[[ $INPUT_SARIF != *,* ]] || die 'sarif: the name of the file must have no comma'
	if [[ $INPUT_SINCE == auto ]]; then INPUT_SINCE=${GITHUB_BASE_REF:+origin/$GITHUB_BASE_REF}; fi
	[[ -z $INPUT_SINCE ]] || args+=("--since=$INPUT_SINCE")
	[[ -z $INPUT_PG_VERSION ]] || args+=("--pg-version=$INPUT_PG_VERSION")
	[[ -z $INPUT_FAIL_ON ]] || args+=("--fail-on=$INPUT_FAIL_ON")
	add_lines "$INPUT_ARGS"
	args+=(--)
	add_lines "$INPUT_PATHS"

	unset CDPATH
	cd -- "$INPUT_WORKING_DIRECTORY" >/dev/null 2>&1 || die "working-directory: there is no folder $INPUT_WORKING_DIRECTORY"
	messages=$RUNNER_TEMP/premortem-messages
	status=0
	"$bin/premortem" lint "${args[@]}" </dev/null 2>"$messages" || status=$?
	level=notice
	((status < 2)) || level=error
	[[ ! -s $messages ]] || annotate "$level" "$(<"$messages")"
	end "$status"
	;;
*)
	die "action.sh: unknown step $1"
	;;
esac
