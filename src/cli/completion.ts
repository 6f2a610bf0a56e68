// `tsupervisor completion`: completion scripts for bash, zsh and fish, and the candidates they ask for.
import { Argument, Command } from '@commander-js/extra-typings';
import type { ProcessInfo } from '../client/process-info.ts';
import { SupervisorClient } from '../client/supervisor-client.ts';
import { languages } from '../doctor/language.ts';
import { graphFormats } from './graph/formats.ts';
import { print, write } from './output.ts';
import { sampleFormats } from './sample-formats.ts';
import { runControl } from './shared/program.ts';
import { chooseServer, type ServerOptions } from './shared/server.ts';
import { argumentAt, offered } from './supervisorctl/completion.ts';

/** Prints a script, or candidates for the scripts. Does not fail without a server. */
export async function run(args: readonly string[]): Promise<number> {
  if (args[0] === 'words') {
    for (const word of await wordsAfter(args.slice(1))) print(word);
    return 0;
  }
  const command = new Command('tsupervisor completion')
    .description('Print a shell completion script.')
    .addArgument(new Argument('<shell>').choices(['bash', 'zsh', 'fish']))
    .addHelpText('after', '\nFor bash: tsupervisor completion bash > /etc/bash_completion.d/tsupervisor')
    .exitOverride()
    .configureOutput({ writeOut: (text) => write(1, text), writeErr: (text) => write(2, text) })
    .action((shell) => write(1, scripts[shell]));
  return runControl(command, args, () => 0);
}

type Kind = 'process' | 'group' | 'signal' | 'action' | 'graph-format' | 'sample-format' | 'language';

/** The arguments of each command; the last kind may be repeated. */
const takes: ReadonlyMap<string, readonly Kind[]> = new Map<string, readonly Kind[]>([
  ['status', ['process']],
  ['start', ['process']],
  ['stop', ['process']],
  ['restart', ['process']],
  ['tail', ['process']],
  ['rotate', ['process']],
  ['signal', ['signal', 'process']],
  ['update', ['group']],
]);

const signals = ['HUP', 'INT', 'QUIT', 'KILL', 'USR1', 'USR2', 'TERM', 'CONT', 'STOP', 'WINCH'];

/** Options with a value, and which of them select the server to query. */
const valued: ReadonlyMap<string, keyof ServerOptions | 'other'> = new Map<
  string,
  keyof ServerOptions | 'other'
>([
  ['-c', 'configuration'],
  ['--configuration', 'configuration'],
  ['-s', 'serverurl'],
  ['--serverurl', 'serverurl'],
  ['-u', 'username'],
  ['--username', 'username'],
  ['-p', 'password'],
  ['--password', 'password'],
  ['-n', 'other'],
  ['--lines', 'other'],
  ['-t', 'other'],
  ['--timeout', 'other'],
  ['--format', 'other'],
  ['--lang', 'other'],
]);

/** Options whose value can be completed, after their command. */
const valueKinds: ReadonlyMap<string, Kind> = new Map<string, Kind>([
  ['graph --format', 'graph-format'],
  ['echo-conf --format', 'sample-format'],
  ...['check', 'graph', 'doctor', 'echo-conf'].map((name): [string, Kind] => [`${name} --lang`, 'language']),
]);

export interface Question {
  readonly kind: Kind | null;
  readonly server: ServerOptions;
}

/** What can be completed at the end of the command line: `words` are those before it, the command first. */
export function questionAfter(words: readonly string[]): Question {
  const [command = '', ...rest] = words;
  let server: ServerOptions = {};
  const given: string[] = [];
  for (let index = 0; index < rest.length; index += 1) {
    const word = rest[index] ?? '';
    const option = valued.get(word);
    if (option === undefined) {
      if (!word.startsWith('-')) given.push(word);
      continue;
    }
    index += 1;
    if (index === rest.length) return { kind: valueKinds.get(`${command} ${word}`) ?? null, server };
    if (option !== 'other') server = { ...server, [option]: rest[index] };
  }
  return { kind: kindAfter(command, given), server };
}

/** The kind of the next argument. `given`: those before it. */
function kindAfter(command: string, given: readonly string[]): Kind | null {
  if (command === 'supervisorctl') {
    const argument = argumentAt(given.map((word) => `${word} `).join(''));
    return argument === 'command' ? 'action' : argument;
  }
  const kinds = takes.get(command);
  return kinds?.[Math.min(given.length, kinds.length - 1)] ?? null;
}

async function wordsAfter(words: readonly string[]): Promise<readonly string[]> {
  const { kind, server } = questionAfter(words);
  switch (kind) {
    case null:
      return [];
    case 'signal':
      return signals;
    case 'graph-format':
      return graphFormats;
    case 'sample-format':
      return sampleFormats;
    case 'language':
      return languages;
    case 'action':
      return offered('command', []);
    case 'group':
    case 'process':
      return offered(kind, await processes(server));
  }
}

/** Empty without a server: a message would garble the command line. */
async function processes(options: ServerOptions): Promise<ProcessInfo[]> {
  try {
    const client = new SupervisorClient(chooseServer(options));
    try {
      return await client.allProcesses();
    } finally {
      client.close();
    }
  } catch {
    return [];
  }
}

/** For sed. Both of `  -c, --configuration <file>` and of supervisord's `-c/--configuration FILENAME`. */
const optionInHelp = String.raw`s/^ *\(-[a-zA-Z][,/] *\)*\(--[a-z][a-z-]*\).*/\2/p`;

/** Commands and options are read from our own help. Words are never evaluated, since names come from a server. */
const scripts = {
  bash: `# bash completion for tsupervisor
_tsupervisor() {
  local line=\${COMP_LINE:0:COMP_POINT}
  local current=\${line##*[[:space:]]}
  local -a words
  read -ra words <<< "\${line%"$current"}"
  local candidate
  COMPREPLY=()
  while IFS= read -r candidate; do
    if [[ $candidate == "$current"* ]]; then COMPREPLY+=("$(printf %q "$candidate")"); fi
  done < <(
    if (( \${#words[@]} <= 1 )); then
      "\${words[0]}" --help 2>/dev/null | sed -n 's/^  \\([a-z][a-z_-]*\\)  .*/\\1/p'
    elif [[ $current == -* ]]; then
      "\${words[0]}" "\${words[1]}" --help 2>/dev/null | sed -n '${optionInHelp}'
    else
      "\${words[0]}" completion words "\${words[@]:1}" 2>/dev/null
    fi
  )
  # A colon ends a word for readline: what stands before the last one is there already.
  if [[ $current == *:* && $COMP_WORDBREAKS == *:* ]]; then
    local there=\${current%"\${current##*:}"}
    COMPREPLY=("\${COMPREPLY[@]#"$there"}")
  fi
}
complete -o default -F _tsupervisor tsupervisor
`,
  zsh: `#compdef tsupervisor
_tsupervisor() {
  local -a candidates
  if (( CURRENT == 2 )); then
    candidates=(\${(f)"$(\${words[1]} --help 2>/dev/null | sed -n 's/^  \\([a-z][a-z_-]*\\)  .*/\\1/p')"})
  elif [[ \${words[CURRENT]} == -* ]]; then
    candidates=(\${(f)"$(\${words[1]} \${words[2]} --help 2>/dev/null | sed -n '${optionInHelp}')"})
  else
    candidates=(\${(f)"$(\${words[1]} completion words "\${(@)words[2,CURRENT-1]}" 2>/dev/null)"})
  fi
  (( \${#candidates} )) && compadd -a candidates || _files
}
compdef _tsupervisor tsupervisor
`,
  fish: `# fish completion for tsupervisor
function __tsupervisor_words
  set -l words (commandline -opc)
  if test (count $words) -le 1
    $words[1] --help 2>/dev/null | string replace -rf '^  ([a-z][a-z_-]*)  .*' '$1'
  else if string match -q -- '-*' (commandline -ct)
    $words[1] $words[2] --help 2>/dev/null | string replace -rf '^ *(?:-[a-zA-Z][,/] *)?(--[a-z][a-z-]*).*' '$1'
  else
    $words[1] completion words $words[2..] 2>/dev/null
  end
end
complete -c tsupervisor -a '(__tsupervisor_words)'
`,
} as const;
