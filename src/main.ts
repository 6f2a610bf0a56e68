// Which applet? Decided by the name we were called by, or by the first word; each is loaded only when it is used.
import { basename } from 'node:path';
import { missingNeed } from './cli/missing-need.ts';
import { print, printError } from './cli/output.ts';
import { hintFor } from './cli/unknown-command.ts';
import { version } from './version.ts';

interface Applet {
  readonly summary: string;
  /** Runs for months: in a runtime that can sleep. */
  readonly isDaemon?: true;
  readonly load: () => Promise<{ run(args: readonly string[]): Promise<number> }>;
}

const applets: Readonly<Record<string, Applet>> = {
  supervisord: {
    summary: 'the daemon, with the options of supervisord',
    isDaemon: true,
    load: () => import('./cli/supervisord.ts'),
  },
  supervisorctl: {
    summary: 'the client, with the options and commands of supervisorctl',
    load: () => import('./cli/supervisorctl.ts'),
  },
  run: {
    summary: 'the daemon in the foreground, as systemd starts it',
    isDaemon: true,
    load: () => import('./cli/run.ts'),
  },
  status: { summary: 'show the state of processes', load: () => import('./cli/status.ts') },
  start: { summary: 'start processes and show progress', load: () => import('./cli/start.ts') },
  stop: { summary: 'stop processes and show progress', load: () => import('./cli/stop.ts') },
  restart: { summary: 'stop and start processes', load: () => import('./cli/restart.ts') },
  signal: { summary: 'send a signal to processes', load: () => import('./cli/signal.ts') },
  tail: { summary: 'show and follow the logs of processes', load: () => import('./cli/tail.ts') },
  rotate: { summary: 'rotate logs now', load: () => import('./cli/rotate.ts') },
  events: { summary: 'show state changes as they happen', load: () => import('./cli/events.ts') },
  boot: {
    summary: 'show how long programs took to be ready, and what they waited for',
    load: () => import('./cli/boot.ts'),
  },
  reread: {
    summary: 'reread the configuration and show what changed',
    load: () => import('./cli/reread.ts'),
  },
  update: {
    summary: 'reread the configuration and apply the changes',
    load: () => import('./cli/update.ts'),
  },
  'echo-conf': {
    summary: 'print a commented sample configuration',
    load: () => import('./cli/echo-conf.ts'),
  },
  check: { summary: 'look for mistakes in a configuration', load: () => import('./cli/check.ts') },
  graph: {
    summary: 'show which programs depend on which',
    load: () => import('./cli/graph.ts'),
  },
  completion: {
    summary: 'print a shell completion script',
    load: () => import('./cli/completion.ts'),
  },
  doctor: {
    summary: 'explain what is wrong on this machine, and how to fix it',
    load: () => import('./cli/doctor.ts'),
  },
  unit: { summary: 'print the systemd unit file', load: () => import('./cli/unit.ts') },
  install: { summary: 'install the systemd service', load: () => import('./cli/install.ts') },
  pidproxy: {
    summary: 'run a program that daemonises itself, and forward signals to it',
    load: () => import('./cli/pidproxy.ts'),
  },
  uninstall: { summary: 'remove the systemd service', load: () => import('./cli/uninstall.ts') },
};

/** Names of links to this executable, for those who keep the original's commands. */
const linkNames: Readonly<Record<string, string>> = {
  supervisord: 'supervisord',
  supervisorctl: 'supervisorctl',
  echo_supervisord_conf: 'echo-conf',
  pidproxy: 'pidproxy',
};

async function main(): Promise<number> {
  const linked = linkNames[basename(process.argv0)];
  const [word, ...rest] = linked === undefined ? process.argv.slice(2) : [linked, ...process.argv.slice(2)];
  if (word === '--version' || word === '-v' || word === '-V' || word === 'version')
    return show(`tsupervisor ${version}`);
  if (word === 'help' && rest[0] !== undefined) return runApplet(rest[0], ['--help']);
  if (word === '--help' || word === '-h' || word === 'help') return show(helpText());
  if (word === undefined) {
    printError(helpText());
    return 2;
  }
  return runApplet(word, rest);
}

async function runApplet(word: string, args: readonly string[]): Promise<number> {
  const applet = Object.hasOwn(applets, word) ? applets[word] : undefined;
  if (!applet) {
    const kind = word.startsWith('-') ? 'option' : 'command';
    printError(`tsupervisor: unknown ${kind} '${word}' (${hintFor(word, Object.keys(applets))})`);
    return 2;
  }
  // Before anything else is loaded: it may have to be loaded once more.
  if (applet.isDaemon) (await import('./daemon/runtime-reexec.ts')).reexecRuntime();
  return (await applet.load()).run(args);
}

function show(text: string): number {
  print(text);
  return 0;
}

function helpText(): string {
  const width = Math.max(...Object.keys(applets).map((name) => name.length));
  const lines = Object.entries(applets).map(([name, { summary }]) => `  ${name.padEnd(width)}  ${summary}`);
  return `Usage: tsupervisor COMMAND [OPTION…] [ARGUMENT…]\n\nCommands (run COMMAND --help for details):\n${lines.join('\n')}`;
}

function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

main().then(
  (status) => {
    process.exitCode = status;
  },
  (error: unknown) => {
    printError(missingNeed(error) ?? `tsupervisor: ${stackOf(error)}`);
    // At once: what a daemon still listens on would keep it alive, without supervising anything.
    process.exit(1);
  },
);
