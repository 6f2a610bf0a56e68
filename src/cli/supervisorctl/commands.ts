// The command table, used by completion and help.
import { print } from '../output.ts';
import { clear } from './clear.ts';
import { fg } from './fg.ts';
import { add, avail, remove, reread, update } from './groups.ts';
import { helpCommand } from './help.ts';
import { pid } from './pid.ts';
import { open, reload, shutdown, version } from './server.ts';
import type { Command } from './session.ts';
import { restart, signal, start, stop } from './start-stop.ts';
import { status } from './status.ts';
import { maintail, tail } from './tail.ts';

const quit: Command = {
  help: ['quit\tLeave the shell'],
  async run(session) {
    print('');
    session.ended = true;
  },
};

const named = new Map<string, Command>([
  ['add', add],
  ['avail', avail],
  ['clear', clear],
  ['exit', { ...quit, help: ['exit\tLeave the shell'] }],
  ['fg', fg],
  ['maintail', maintail],
  ['open', open],
  ['pid', pid],
  ['quit', quit],
  ['reload', reload],
  ['remove', remove],
  ['reread', reread],
  ['restart', restart],
  ['shutdown', shutdown],
  ['signal', signal],
  ['start', start],
  ['status', status],
  ['stop', stop],
  ['tail', tail],
  ['update', update],
  ['version', version],
]);

/** The word that stands for the end of input. */
export const endOfInput = 'EOF';

export const commands: ReadonlyMap<string, Command> = new Map([
  ...named,
  ['help', helpCommand(named)],
  [endOfInput, { ...quit, help: [] }],
]);
