// The interactive shell of supervisorctl: prompt, history and completion.
import { readFileSync, writeFileSync } from 'node:fs';
import { print } from '../output.ts';
import { completerFor } from './completion.ts';
import { execute } from './execute.ts';
import type { LineInput } from './line-input.ts';
import type { Session } from './session.ts';

/** Shows the status, then runs commands until the end of input or `exit`. */
export async function runShell(
  session: Session,
  input: LineInput,
  prompt: string,
  historyFile: string | null,
): Promise<void> {
  const completer = completerFor(session);
  input.completer = completer.complete;
  input.history = historyFile === null ? [] : readHistory(historyFile);
  await interruptible(() => execute(session, 'status'));
  while (!session.ended) {
    const line = await input.ask(`${prompt}> `);
    if (line === null) {
      print('');
      break;
    }
    completer.forget();
    await interruptible(() => execute(session, line));
  }
  if (historyFile !== null) writeHistory(historyFile, input.history);
}

/** Ctrl-C during a command leaves the shell unless the command handles it. */
async function interruptible(command: () => Promise<void>): Promise<void> {
  const leave = (): void => {
    if (process.listenerCount('SIGINT') > 1) return;
    print('');
    process.exit(0);
  };
  process.on('SIGINT', leave);
  try {
    await command();
  } finally {
    process.off('SIGINT', leave);
  }
}

/** One entry per line, oldest first, as in GNU readline. */
function readHistory(path: string): string[] {
  try {
    return readFileSync(path, 'utf8')
      .split('\n')
      .filter((line) => line !== '');
  } catch {
    // No history, or not readable: start without.
    return [];
  }
}

function writeHistory(path: string, lines: readonly string[]): void {
  try {
    writeFileSync(path, lines.map((line) => `${line}\n`).join(''), { mode: 0o600 });
  } catch {
    // Best effort: the shell works without history.
  }
}
