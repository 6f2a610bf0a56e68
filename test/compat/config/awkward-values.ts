// Every option of the original with no value at all, and accounts written in every way that Python takes for a number.
import { sectionKinds } from '../../../src/config/options/sections.ts';
import { isOurs } from '../../../src/config/sample.ts';
import type { EdgeCase } from './edge-cases.ts';

/** What a section needs to be good, by the name it has in samples. */
const needed: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  supervisord: {},
  unix_http_server: { file: '/tmp/s.sock' },
  inet_http_server: { port: '127.0.0.1:9001' },
  'rpcinterface:supervisor': {
    'supervisor.rpcinterface_factory': 'supervisor.rpcinterface:make_main_rpcinterface',
  },
  'program:theprogramname': { command: '/bin/cat' },
  'group:thegroupname': { programs: '' },
  'eventlistener:theeventlistenername': { command: '/bin/cat', events: 'TICK_5' },
  'fcgi-program:thefcgiprogramname': { command: '/bin/cat', socket: 'unix:///tmp/f.sock' },
  include: { files: '' },
};

function withOption(section: string, key: string, value: string): EdgeCase {
  const options = { ...needed[section], [key]: value };
  const lines = Object.entries(options).map((pair) => pair.join('='));
  const before = section === 'supervisord' ? '' : '[supervisord]\n';
  return {
    name: `[${section}] ${key}=${JSON.stringify(value)}`,
    text: `${before}[${section}]\n${lines.join('\n')}\n`,
  };
}

const numbers = [
  '077',
  '0',
  '+0',
  '-0',
  '00',
  '-1',
  '1_0',
  '99999',
  '0x0',
  '٠',
  '٧٧٧٧٧',
  '%(ENV_TWO)s7777',
  '1.0',
];

const accounts = [
  ...numbers.map((number) => ['supervisord', 'user', number] as const),
  ...numbers.map((number) => ['program:theprogramname', 'user', number] as const),
  ...numbers.map((number) => ['eventlistener:theeventlistenername', 'user', number] as const),
  ...numbers.map((number) => ['fcgi-program:thefcgiprogramname', 'socket_owner', number] as const),
  ...numbers.map((number) => ['unix_http_server', 'chown', `${number}:${number}`] as const),
];

/** Its default handler is compared with the text as it stands; the original imports whatever is named. */
const imported = new Set(['supervisor.rpcinterface_factory', 'result_handler']);

export const awkwardValues: readonly EdgeCase[] = [
  ...sectionKinds
    .filter(({ sample }) => needed[sample] !== undefined)
    .flatMap(({ sample, options }) =>
      options
        .filter((option) => !isOurs(option) && !imported.has(option.key))
        .flatMap(({ key }) => ['', '%(ENV_EMPTY)s'].map((value) => withOption(sample, key, value))),
    ),
  ...accounts.map(([section, key, value]) => withOption(section, key, value)),
];
