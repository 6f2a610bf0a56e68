// Executes one line: parses it, looks up the command, handles its errors.
import { HttpStatusError } from '../../client/rpc-client.ts';
import { strip } from '../../python/text.ts';
import { print, printError } from '../output.ts';
import { commands } from './commands.ts';
import { type Command, fail, type Session } from './session.ts';
import { unexpectedErrorLine } from './unexpected-error.ts';

/** Runs `line`. Never rejects because of the server; the session keeps the exit status. */
export async function execute(session: Session, line: string): Promise<void> {
  const { text, word, argument } = parseLine(line);
  if (text === '') return;
  const command = commands.get(word);
  if (!command) return explainUnknown(session, text);
  try {
    await runAuthenticated(session, command, argument);
  } catch (error) {
    fail(session, unexpectedErrorLine(error));
  }
}

export interface ParsedLine {
  /** Trimmed. */
  readonly text: string;
  readonly word: string;
  readonly argument: string;
}

/** The command name consists of letters, digits and underscores; `?` is help. */
export function parseLine(line: string): ParsedLine {
  const stripped = strip(line);
  const text = stripped.startsWith('?') ? `help ${stripped.slice(1)}` : stripped;
  const word = /^[A-Za-z0-9_]*/.exec(text)?.[0] ?? '';
  return { text, word, argument: strip(text.slice(word.length)) };
}

function explainUnknown(session: Session, text: string): void {
  fail(session, `*** Unknown syntax: ${text}`);
  if (session.plugins.length === 0) return;
  printError(
    `(Commands of [ctlplugin:...] sections are Python code: ${session.plugins.join(', ')} not loaded)`,
  );
}

/** Asks for user name and password while the server requires them, if the session is interactive. */
async function runAuthenticated(session: Session, command: Command, argument: string): Promise<void> {
  for (;;) {
    try {
      return await command.run(session, argument);
    } catch (error) {
      if (!(error instanceof HttpStatusError) || error.status !== 401) throw error;
      print('Server requires authentication');
      if (!session.interactive || !(await askCredentials(session))) throw error;
    }
  }
}

async function askCredentials(session: Session): Promise<boolean> {
  const username = await session.questions.ask('Username:');
  if (username === null) return false;
  const password = await session.questions.askSecret('Password:');
  if (password === null) return false;
  print('');
  session.server = { ...session.server, credentials: { username, password } };
  return true;
}
