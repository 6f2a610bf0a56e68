// supervisorctl's own options and its section of the configuration.
import { afterAll, beforeAll, describe } from 'bun:test';
import { writeFileSync } from 'node:fs';
import type { Daemon } from '../../support/daemon.ts';
import { originalPair, otherPairs, Stage, type Step, steps, testSteps } from './stage.ts';

const usage = [
  '-i --interactive',
  '--interactive --int',
  '-c DIR/other.conf',
  '--configuration=x status',
  '--foo',
  '-v',
  '--history-file x status',
  '--help=1',
  '--serverurl',
  '--s',
  '--=x',
  '---',
  '-ix',
  '-xi',
  '-s',
  '-is',
  '-s foo status',
  '-s http:// status',
  '-s ://x status',
  '-s 1x:y status',
  '-s http://?x status',
  '-s foo -h',
  '-u a -u b',
  '-u a --username b',
  '-r x --history_file y',
  '-- -i',
  '-',
];

const accepted = ['-r /nowhere/x version', '--hist x version', '-iu nobody -p x version', '-- version'];

/** What stands in [supervisorctl], and a command that shows what becomes of it. */
const sections: readonly {
  readonly text: string;
  readonly args: readonly string[];
  readonly stdin?: string;
}[] = [
  { text: '[supervisorctl]\nserverurl=%(foo)s\n', args: ['version'] },
  { text: '[supervisorctl]\nprompt=%(here)s\n', args: ['version'] },
  { text: '[supervisorctl]\nserverurl=\n', args: ['version'] },
  { text: '[supervisorctl]\nserverurl=ftp://x\n', args: ['status'] },
  { text: '[supervisorctl]\nserverurl=unix://%(here)s/../none/x.sock\n', args: ['version'] },
  { text: '[supervisorctl]\nserverurl=unix://%(here)s/supervisor.sock ; a comment\n', args: ['version'] },
  {
    text: '[supervisorctl]\nSERVERURL: unix://%(here)s//supervisor.sock\nprompt = my %%\n',
    args: [],
    stdin: 'version\n',
  },
  { text: '[supervisorctl]\nserverurl=unix://%(here)s/supervisor.sock\nprompt=\n', args: [], stdin: '' },
  { text: '[supervisorctl]\nserverurl=unix://%(here)s/supervisor.sock\n[ctlplugin:x]\n', args: ['version'] },
  { text: '[DEFAULT]\nserverurl=unix://%(here)s/supervisor.sock\n[supervisorctl]\n', args: ['version'] },
  { text: '[supervisord]\n', args: ['version'] },
  { text: '[supervisord]\n', args: ['-s', 'unix://DIR/supervisor.sock', 'version'] },
  {
    text: '[supervisorctl]\nhistory_file=/nowhere/x\nserverurl=unix://%(here)s/supervisor.sock\n',
    args: [],
    stdin: '',
  },
  { text: '[supervisorctl]\nusername=%(ENV_NO_SUCH_VARIABLE)\n', args: ['version'] },
];

let stage: Stage;

beforeAll(async () => {
  stage = await Stage.set({ config: '[program:cat]\ncommand=/bin/cat\nstartsecs=0\n' }, [
    originalPair,
    ...otherPairs,
  ]);
});
afterAll(() => stage.strike());

describe('options', () => {
  testSteps(
    () => stage,
    [
      ...steps(usage),
      ...steps(accepted),
      ...steps(['version -i'], { help: true }),
      ...steps(['-c /nowhere/x.conf version', '-c DIR version'], { withoutConfig: true }),
    ],
  );
});

describe('the configuration', () => {
  testSteps(() => stage, sections.map(asStep));
});

function asStep({ text, args, stdin }: (typeof sections)[number]): Step {
  return {
    args: ['-c', 'DIR/other.conf', ...args],
    withoutConfig: true,
    title: text,
    before: (daemon: Daemon) => writeFileSync(daemon.path('other.conf'), text),
    ...(stdin === undefined ? {} : { stdin }),
  };
}
