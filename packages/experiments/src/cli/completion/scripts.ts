/** @file Completion scripts for shells. They hold all words, so that nothing is started while somebody types. */

export const shells = ["bash", "zsh", "fish"] as const;
export type Shell = (typeof shells)[number];

/** What may follow: one of some words, the id of a run, a path, or something that cannot be known; a flag takes nothing. */
export type Completed = readonly string[] | "run" | "path" | "unknown" | "flag";

export interface CompletedOption {
  /** "--scale" */
  readonly name: string;
  readonly about: string;
  readonly takes: Completed;
}

/** Commands that complete alike. */
export interface CompletedCommands {
  readonly commands: readonly { readonly name: string; readonly about: string }[];
  readonly options: readonly CompletedOption[];
  /** What its positionals are, one after the other; the last may be repeated. */
  readonly places: readonly Completed[];
}

/** How the program is started: the words of its command line. */
export type Start = readonly string[];

export const completionScripts: Readonly<
  Record<Shell, (groups: readonly CompletedCommands[], start: Start) => string>
> = { bash: bashScript, zsh: zshScript, fish: fishScript };

/** In single quotes, for bash and zsh. */
const quoted = (text: string) => `'${text.replaceAll("'", String.raw`'\''`)}'`;
const fishQuoted = (text: string) => `'${text.replaceAll(/['\\]/g, String.raw`\$&`)}'`;

/** The lines of a `case` that say what follows an option or stands at a place of the group's commands. */
function cases(
  { commands, options, places }: CompletedCommands,
  line: (takes: Completed) => string,
): readonly string[] {
  const key = (what: string) => commands.map(({ name }) => `${name}/${what}`).join("|");
  const last = places.length - 1;
  return [
    ...options
      .filter(({ takes }) => takes !== "flag")
      .map(({ name, takes }) => `    ${key(name)}) ${line(takes)} ;;`),
    ...places.map(
      (takes, i) => `    ${key(i === last ? `[${i + 1}-9]` : `${i + 1}`)}) ${line(takes)} ;;`,
    ),
  ];
}

const setKind = (takes: Completed) =>
  typeof takes === "string"
    ? `kind=${takes}`
    : `kind=words; values=(${takes.map(quoted).join(" ")})`;

/** The lines of `case $command` that bash and zsh share. `options` writes the group's options. */
function optionCases(
  groups: readonly CompletedCommands[],
  write: (options: readonly CompletedOption[]) => string,
): readonly string[] {
  return groups.map(
    ({ commands, options }) =>
      `    ${commands.map(({ name }) => name).join("|")}) options=(${write(options)}) ;;`,
  );
}

/** Names of options whose next word is a value. */
const valued = (groups: readonly CompletedCommands[]) =>
  [
    ...new Set(
      groups.flatMap(({ options }) =>
        options.filter(({ takes }) => takes !== "flag").map(({ name }) => name),
      ),
    ),
  ].join("|");

function bashScript(groups: readonly CompletedCommands[], start: Start): string {
  const names = groups.flatMap(({ commands }) => commands.map(({ name }) => name));
  return `# Completion of exp for bash.
type exp >/dev/null 2>&1 || exp() { ${start.map(quoted).join(" ")} "$@"; }

_exp_runs() {
  local i folder=\${MVT_RUNS:-runs}
  for ((i = 2; i < COMP_CWORD; i++)); do
    [[ \${COMP_WORDS[i]} == --runs ]] && folder=\${COMP_WORDS[i + 1]}
  done
  (cd "$folder" 2>/dev/null && compgen -d | grep -E '^[0-9a-f]{12}$')
}

_exp() {
  local cur=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD - 1]} command=\${COMP_WORDS[1]}
  local kind=unknown place=0 prefix i
  local -a options=() values=()
  COMPREPLY=()
  if ((COMP_CWORD == 1)); then
    COMPREPLY=($(compgen -W '${names.join(" ")}' -- "$cur"))
    return
  fi
  # bash takes "=" for a word of its own
  if [[ $cur == = ]]; then cur=; elif [[ $before == = ]]; then before=\${COMP_WORDS[COMP_CWORD - 2]}; fi
  case $command in
${optionCases(groups, (options) => options.map(({ name }) => name).join(" ")).join("\n")}
  esac
  for ((i = 2; i <= COMP_CWORD; i++)); do
    case \${COMP_WORDS[i - 1]}:\${COMP_WORDS[i]} in
      *:--* | *:=* | =:*) ;;
      ${valued(groups).replaceAll("|", ":* | ")}:*) ;;
      *) place=$((place + 1)) ;;
    esac
  done
  ((place > 9)) && place=9
  [[ $before == --* && " \${options[*]} " == *" $before "* ]] || before=$place
  case $command/$before in
${groups.flatMap((group) => cases(group, setKind)).join("\n")}
    *) kind=place ;;
  esac
  if [[ $cur == --* ]]; then
    COMPREPLY=($(compgen -W "\${options[*]}" -- "$cur"))
  elif [[ $kind == words ]]; then
    [[ $cur == *,* ]] && prefix=\${cur%,*},
    COMPREPLY=($(compgen -P "$prefix" -W "\${values[*]}" -- "\${cur##*,}"))
    [[ \${COMPREPLY[0]} == *= ]] && compopt -o nospace 2>/dev/null
  elif [[ $kind == run ]]; then
    COMPREPLY=($(compgen -W "$(_exp_runs)" -- "$cur"))
  elif [[ $kind == path ]]; then
    compopt -o filenames 2>/dev/null
    local IFS=$'\\n'
    COMPREPLY=($(compgen -f -- "$cur"))
  fi
}
complete -F _exp exp
`;
}

function zshScript(groups: readonly CompletedCommands[], start: Start): string {
  const described = ({ name, about }: { readonly name: string; readonly about: string }) =>
    quoted(`${name}:${about}`);
  const commands = groups.flatMap((group) => group.commands.map(described));
  return `#compdef exp
# Completion of exp for zsh.
(( $+commands[exp] || $+functions[exp] )) || exp() { ${start.map(quoted).join(" ")} "$@"; }
(( $+functions[compdef] )) || { autoload -Uz compinit && compinit; }

_exp_runs() {
  local i folder=\${MVT_RUNS:-runs}
  for ((i = 3; i < CURRENT; i++)); do
    [[ $words[i] == --runs ]] && folder=$words[i+1]
  done
  print -l $folder/[0-9a-f](#c12)(N/:t)
}

_exp() {
  setopt local_options extended_glob
  local command=$words[2] before=$words[CURRENT-1] kind=unknown place=0 i
  local -a options values
  if (( CURRENT == 2 )); then
    values=(${commands.join(" ")})
    _describe command values
    return
  fi
  if [[ $PREFIX == --*=* ]]; then
    before=\${PREFIX%%=*}
    compset -P '--*='
  fi
  case $command in
${optionCases(groups, (options) => options.map(described).join(" ")).join("\n")}
  esac
  for ((i = 3; i <= CURRENT; i++)); do
    case $words[i] in (--*) continue ;; esac
    case $words[i-1] in
      (${valued(groups)}) ;;
      (*) place=$((place + 1)) ;;
    esac
  done
  (( place > 9 )) && place=9
  [[ -n \${(M)options:#$before:*} ]] || before=$place
  case $command/$before in
${groups.flatMap((group) => cases(group, setKind)).join("\n")}
  esac
  if [[ $PREFIX == --* ]]; then
    _describe -o option options
  elif [[ $kind == words ]]; then
    compset -P '*,'
    if [[ $values[1] == *= ]]; then compadd -S '' -a values; else compadd -a values; fi
  elif [[ $kind == run ]]; then
    compadd -- $(_exp_runs)
  elif [[ $kind == path ]]; then
    _files
  fi
}
compdef _exp exp
`;
}

function fishScript(groups: readonly CompletedCommands[], start: Start): string {
  const lines = groups.flatMap(({ commands, options, places }) => {
    const names = commands.map(({ name }) => name).join(" ");
    const here = `complete -c exp -n ${fishQuoted(`__exp_is ${names}`)}`;
    const at = (i: number) =>
      `complete -c exp -n ${fishQuoted(`__exp_is ${names}; and __exp_at ${i + 1} ${i === places.length - 1}`)}`;
    return [
      ...commands.map(
        ({ name, about }) =>
          `complete -c exp -f -n __exp_needs_command -a ${name} -d ${fishQuoted(about)}`,
      ),
      ...options.map(
        ({ name, about, takes }) =>
          `${here} -l ${name.slice(2)}${fishKind(takes)} -d ${fishQuoted(about)}`,
      ),
      ...places.map(
        (takes, i) => `${at(i)}${takes === "path" ? " -F" : fishKind(takes).replace(" -x", " -f")}`,
      ),
    ];
  });
  return `# Completion of exp for fish.
type -q exp; or function exp
    ${start.map(fishQuoted).join(" ")} $argv
end

function __exp_needs_command
    test (count (commandline -opc)) -eq 1
end

function __exp_is
    set -l words (commandline -opc)
    contains -- "$words[2]" $argv
end

# Whether the word is positional number $argv[1], or a later one of the last.
function __exp_at
    set -l words (commandline -opc)[3..]
    set -l place 1
    set -l before ''
    for word in $words
        if not string match -q -- '--*' $word
            and not string match -qr -- '^(${valued(groups)})$' $before
            set place (math $place + 1)
        end
        set before $word
    end
    string match -qr -- '^(${valued(groups)})$' $before; and return 1
    test $place -eq $argv[1]; or test $argv[2] = true -a $place -gt $argv[1]
end

# Words, also behind a comma.
function __exp_words
    set -l token (commandline -ct | string replace -r '^--[^=]*=' '')
    set -l prefix (string replace -r '[^,]*$' '' -- $token)
    printf '%s\\n' $prefix$argv
end

function __exp_runs
    set -l words (commandline -opc)
    set -l folder runs
    set -q MVT_RUNS; and set folder $MVT_RUNS
    set -l at (contains -i -- --runs $words); and set folder $words[(math $at + 1)]
    for run in $folder/*/
        string match -r '[0-9a-f]{12}(?=/$)' -- $run
    end
end

complete -c exp -f
${lines.join("\n")}
`;
}

function fishKind(takes: Completed): string {
  if (takes === "flag") return "";
  if (takes === "run") return ` -x -a '(__exp_runs)'`;
  if (takes === "path") return " -r -F";
  if (takes === "unknown") return " -x";
  return ` -x -a ${fishQuoted(`(__exp_words ${takes.join(" ")})`)}`;
}
