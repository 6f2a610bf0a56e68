// Where a command is looked for and what is executed, under the original and under ours.
import { beforeAll, describe, expect, test } from 'bun:test';
import { chmodSync, mkdirSync } from 'node:fs';
import { FaultError, RpcClient } from '../../../src/client/rpc-client.ts';
import { Daemon, original, ours } from '../../support/daemon.ts';
import { eventually } from '../../support/eventually.ts';

/** Tells which of the files of its name it is. */
const tool = (place: string) => `#!/bin/sh\necho ${place} >>%HERE/ran\nexec /bin/sleep 1000\n`;
const places = {
  'here-only': ['.'],
  both: ['.', 'work'],
  'work-only': ['work'],
  'on-path': ['bin'],
  'in-relative': ['tools', 'work/tools'],
} as const;

interface Case {
  readonly what: string;
  readonly command: string;
  readonly options?: string;
}

const SPAWN_ERROR = 50;

async function outcomeOf(name: string, client: RpcClient, daemon: Daemon): Promise<string> {
  const ranBefore = daemon.read('ran').length;
  try {
    await client.call('supervisor.startProcess', name, false);
  } catch (error) {
    // What comes of an exec that failed is seen earlier or later.
    if (error instanceof FaultError && error.code === SPAWN_ERROR) return 'not executed';
    if (error instanceof FaultError) return `${error.code} ${error.text}`;
    throw error;
  }
  const ran = () => daemon.read('ran').slice(ranBefore).trim();
  const failed = async () => ['FATAL', 'EXITED', 'BACKOFF'].includes((await daemon.states())[name] ?? '');
  await eventually(async () => ran() !== '' || (await failed()), { what: `${name} to run or to fail` });
  return ran() || 'not executed';
}

/** What the start says, or which file runs. */
async function outcomes(executable: readonly string[], cases: readonly Case[]): Promise<readonly string[]> {
  const daemon = await Daemon.start({
    executable,
    environment: { PATH: '/usr/local/bin:/usr/bin:/bin' },
    config: cases
      .map(
        ({ command, options }, index) => `[program:p${index}]
command=${command}
startsecs=0
startretries=0
autorestart=false
autostart=false
${options ?? ''}`,
      )
      .join('\n'),
  });
  try {
    mkdirSync(daemon.path('folder'));
    for (const [name, directories] of Object.entries(places))
      for (const directory of directories) {
        mkdirSync(daemon.path(directory), { recursive: true });
        const file = daemon.path(`${directory}/${name}`);
        await Bun.write(file, tool(directory).replaceAll('%HERE', daemon.directory));
        chmodSync(file, 0o755);
      }
    const client = new RpcClient({ url: `unix://${daemon.path('supervisor.sock')}`, credentials: null });
    const results: string[] = [];
    for (const [index] of cases.entries()) results.push(await outcomeOf(`p${index}`, client, daemon));
    client.close();
    return results;
  } finally {
    await daemon.stop();
  }
}

const inWork = 'directory=%(here)s/work';
const path = (value: string) => `environment=PATH="${value}"`;

/** Files of a name: "here-only" in the working directory, "work-only" in the program's directory, "both" in both. */
const alike: readonly (readonly [Case, string])[] = [
  [
    { what: 'a name that only a directory beside the daemon has', command: 'folder' },
    "20 NO_FILE: can't find command 'folder'",
  ],
  [
    { what: 'a name that only an executable beside the daemon has', command: 'here-only' },
    "20 NO_FILE: can't find command 'here-only'",
  ],
  [{ what: 'a name on PATH', command: 'on-path', options: path('/nonexistent:%(here)s/bin') }, 'bin'],
  [{ what: 'an executable for an empty element', command: 'here-only', options: path('/bin:') }, '.'],
  [
    { what: 'a directory for an empty element', command: 'folder', options: path('/bin:') },
    "21 NOT_EXECUTABLE: command at 'folder' is a directory",
  ],
  [{ what: 'a PATH of one empty element', command: 'here-only', options: path('') }, '.'],
  [{ what: 'a relative element', command: 'in-relative', options: path('tools') }, 'tools'],
  [
    { what: 'an empty element, with directory=', command: 'both', options: `${path(':')}\n${inWork}` },
    'work',
  ],
  [
    {
      what: 'a relative element, with directory=',
      command: 'in-relative',
      options: `${path('tools')}\n${inWork}`,
    },
    'work/tools',
  ],
  [{ what: 'a relative path, with directory=', command: './both', options: inWork }, 'work'],
];

const different: readonly (readonly [Case, string, string])[] = [
  [
    { what: 'an empty element, not in directory=', command: 'here-only', options: `${path(':')}\n${inWork}` },
    'not executed',
    "20 NO_FILE: can't find command 'here-only'",
  ],
  [
    {
      what: 'an empty element, in directory= alone',
      command: 'work-only',
      options: `${path(':')}\n${inWork}`,
    },
    "20 NO_FILE: can't find command 'work-only'",
    'work',
  ],
  [
    { what: 'a relative path, not in directory=', command: './here-only', options: inWork },
    'not executed',
    "20 NO_FILE: can't find command './here-only'",
  ],
  [
    { what: 'a relative path, in directory= alone', command: './work-only', options: inWork },
    "20 NO_FILE: can't find command './work-only'",
    'work',
  ],
];

describe('a command is found, or said to be missing, as by the original:', () => {
  const theirs: string[] = [];
  const mine: string[] = [];
  const cases = [...alike.map(([theCase]) => theCase), ...different.map(([theCase]) => theCase)];
  beforeAll(async () => {
    theirs.push(...(await outcomes(original, cases)));
    mine.push(...(await outcomes(ours, cases)));
  });

  for (const [index, [{ what }, outcome]] of alike.entries()) {
    test(what, () => expect([mine[index], theirs[index]]).toEqual([outcome, outcome]));
  }

  for (const [index, [{ what }, original, ours]] of different.entries()) {
    test(`${what}: looked up where it is executed, which the original does not`, () => {
      const place = alike.length + index;
      expect([theirs[place], mine[place]]).toEqual([original, ours]);
    });
  }
});
