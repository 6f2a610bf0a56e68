// The shell of supervisorctl: a prompt, commands line by line, history and completion.
import { readFileSync, writeFileSync } from 'node:fs';
import { print } from '../output.ts';
import { completerFor } from './completion.ts';
import { execute } from './execute.ts';
import type { LineInput } from './line-input.ts';
import type { Session } from './session.ts';

/** Shows the status, then runs what is typed until the input ends or the user leaves. */
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

/** Ctrl-C during a command leaves the shell, unless the command has a use for it. */
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

/** A line of the file is a line of the history, oldest first, as GNU readline keeps it. */
function readHistory(path: string): string[] {
  try {
    return readFileSync(path, 'utf8')
      .split('\n')
      .filter((line) => line !== '');
  } catch {
    // None yet, or none for us: nobody misses it.
    return [];
  }
}

function writeHistory(path: string, lines: readonly string[]): void {
  try {
    writeFileSync(path, lines.map((line) => `${line}\n`).join(''), { mode: 0o600 });
  } catch {
    // Like reading it: a shell without history is still one.
  }
}
