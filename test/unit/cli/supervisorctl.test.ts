import { describe, expect, test } from 'bun:test';
import { getopt, type OptionSpec, UsageError } from '../../../src/cli/getopt.ts';
import { argumentAt } from '../../../src/cli/supervisorctl/completion.ts';
import { parseLine } from '../../../src/cli/supervisorctl/execute.ts';
import { unexpectedErrorLine } from '../../../src/cli/supervisorctl/unexpected-error.ts';
import { ConnectionError } from '../../../src/client/connection.ts';
import { FaultError, HttpStatusError } from '../../../src/client/rpc-client.ts';

const specs: readonly OptionSpec<'file' | 'flag' | 'fast'>[] = [
  { name: 'file', short: 'f', long: 'file', takesValue: true },
  { name: 'flag', short: 'g?', long: 'flag', takesValue: false },
  { name: 'fast', short: '', long: 'flag-fast', takesValue: false },
];

function given(...args: string[]): string {
  const { given, rest } = getopt(args, specs);
  return [...given.map(({ spelled, value }) => `${spelled}=${value}`), '|', ...rest].join(' ');
}

describe('a command line', () => {
  test.each([
    [['-f', 'x', 'word', '-g'], '-f=x | word -g'],
    [['-gfx'], '-g= -f=x |'],
    [['-gf', 'x', '-?'], '-g= -f=x -?= |'],
    [['--file=x=y', '--fi', 'z'], '--file=x=y --file=z |'],
    [['--flag', '--flag-'], '--flag= --flag-fast= |'],
    [['--', '-g'], '| -g'],
    [['-', '-g'], '| - -g'],
    [['-f', '-g'], '-f=-g |'],
    [['--file='], '--file= |'],
  ])('%p is split into options and the rest', (args, expected) => {
    expect(given(...args)).toBe(expected);
  });

  test.each([
    [['-x'], 'option -x not recognized'],
    [['-gx'], 'option -x not recognized'],
    [['-f'], 'option -f requires argument'],
    [['--file'], 'option --file requires argument'],
    [['--nosuch'], 'option --nosuch not recognized'],
    [['--f'], 'option --f not a unique prefix'],
    [['--flag=1'], 'option --flag must not have an argument'],
  ])('%p is refused', (args, message) => {
    expect(() => given(...args)).toThrow(new UsageError(message));
  });
});

describe('a line of supervisorctl', () => {
  test.each([
    ['status', 'status', ''],
    ['  start   a  b  ', 'start', 'a  b'],
    ['status;x', 'status', ';x'],
    ['?', 'help', ''],
    ['? start', 'help', 'start'],
    ['?start', 'help', 'start'],
    ['!ls', '', '!ls'],
    ['under_score1 x', 'under_score1', 'x'],
    ['\tpid\t', 'pid', ''],
    ['', '', ''],
  ])('%p is a word and its argument', (line, word, argument) => {
    expect(parseLine(line)).toMatchObject({ word, argument });
  });
});

describe('completion', () => {
  test.each([
    ['', 'command'],
    ['sta', 'command'],
    ['help st', 'command'],
    ['start ', 'process'],
    ['tail -f x', 'process'],
    ['update a b', 'group'],
    ['version ', null],
    ['nosuch ', null],
  ] as const)('offers behind %p: %p', (line, argument) => {
    expect(argumentAt(line)).toBe(argument);
  });
});

describe('an unexpected error', () => {
  test.each([
    [
      `<class 'xmlrpc.client.Fault'>, <Fault 92: "CANT_REREAD: it's">`,
      new FaultError(92, "CANT_REREAD: it's"),
    ],
    ["<class 'FileNotFoundError'>, [Errno 2] No such file or directory", new ConnectionError('ENOENT')],
    ["<class 'OSError'>, ESOMETHING", new ConnectionError('ESOMETHING')],
    [
      "<class 'xmlrpc.client.ProtocolError'>, <ProtocolError for 127.0.0.1/RPC2: 500 Internal Server Error>",
      new HttpStatusError(500, 'Internal Server Error'),
    ],
  ])('is told as Python does: %s', (text, error) => {
    expect(unexpectedErrorLine(error)).toBe(`error: ${text}: file: supervisorctl line: 0`);
  });
});
