// Suggestions for unknown commands.
import { nearest } from '../config/edit-distance.ts';

/** Commands of other tools and of supervisorctl, with our equivalent. */
const elsewhere: Readonly<Record<string, string>> = {
  list: 'status',
  ls: 'status',
  ps: 'status',
  stat: 'status',
  show: 'status -v',
  describe: 'status -v',
  inspect: 'status -v',
  top: 'status -v --watch',
  monit: 'status -v --watch',
  logs: 'tail',
  log: 'tail',
  kill: 'signal',
  reload: 'update (restarts what changed) or supervisorctl reload (restarts everything)',
  daemon: 'run',
  enable: 'install --enable',
  disable: 'uninstall',
  config: 'check',
  test: 'check',
  ...Object.fromEntries(
    ['add', 'avail', 'clear', 'fg', 'maintail', 'open', 'pid', 'remove', 'shutdown'].map((command) => [
      command,
      `supervisorctl ${command}`,
    ]),
  ),
};

/** In parentheses, appended to the error message. */
export function hintFor(word: string, commands: readonly string[]): string {
  const meant = Object.hasOwn(elsewhere, word) ? elsewhere[word] : nearest(word, commands);
  return meant ? `did you mean ${meant}?` : 'tsupervisor --help lists what there is';
}
