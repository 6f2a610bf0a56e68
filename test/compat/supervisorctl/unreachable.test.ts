// No server, one that refuses, one that wants a password: what each command says of it.
import { afterAll, beforeAll, describe } from 'bun:test';
import { closeSync, openSync } from 'node:fs';
import { freePort } from '../../support/free-port.ts';
import { originalPair, otherPairs, Stage, steps, testSteps } from './stage.ts';

const commands = [
  'status',
  'start cat',
  'stop cat',
  'restart cat',
  'signal HUP cat',
  'pid',
  'clear cat',
  'tail cat',
  'tail -f cat',
  'maintail',
  'fg cat',
  'start',
  'stop',
  'restart',
  'signal',
  'clear',
  'tail',
  'tail a b c d',
  'maintail x y',
  'fg',
  'fg a b',
  'avail',
  'reread',
  'add cat',
  'add',
  'remove cat',
  'update',
  'reload',
  'shutdown',
  'version',
  'open http://127.0.0.1:1',
  'help nosuch',
  'quit',
];

/** Their help is in our own words. */
const misused = ['version x', 'avail x', 'reread x', 'reload x', 'shutdown x'];

const brokenUrls = [
  'foo://x',
  'HTTP://127.0.0.1:1',
  'unix:x',
  'http:x',
  'http://127.0.0.1:x',
  'http://127.0.0.1:99999',
  'http://[::1]:1',
  'http://nosuch.invalid:80',
  `unix://DIR/${'x'.repeat(120)}`,
];

let stage: Stage;

beforeAll(async () => {
  const config = `
[inet_http_server:locked]
port=127.0.0.1:%(ENV_LOCKED_PORT)s
username=admin
password={SHA}e5e9fa1ba31ecd1ae84f75caaa474f3a663f05f4
[program:cat]
command=/bin/cat
startsecs=0
`;
  const portOf = async () => ({ LOCKED_PORT: String(await freePort()) });
  stage = await Stage.set({ config }, [originalPair, ...otherPairs], portOf);
});
afterAll(() => stage.strike());

describe('a socket that is not there', () => {
  testSteps(
    () => stage,
    [
      ...steps(commands.map(at('unix://DIR/none.sock'))),
      ...steps(misused.map(at('unix://DIR/none.sock')), { help: true }),
    ],
  );
});

describe('a server that refuses the connection', () => {
  testSteps(
    () => stage,
    [
      ...steps(commands.map(at('http://127.0.0.1:1'))),
      {
        args: ['-s', 'unix://DIR/plain', 'status'],
        before: (daemon) => closeSync(openSync(daemon.path('plain'), 'w')),
      },
    ],
  );
});

describe('a URL that leads nowhere', () => {
  testSteps(
    () => stage,
    brokenUrls.flatMap((url) => steps(['pid', 'reread'].map(at(url)))),
  );
});

describe('a server that wants a password', () => {
  testSteps(
    () => stage,
    [
      ...steps(
        ['status', 'start cat', 'reread', 'shutdown', 'tail -f cat'].map(at('http://127.0.0.1:LOCKED_PORT')),
      ),
      ...steps([
        '-s http://127.0.0.1:LOCKED_PORT -u admin status',
        '-s http://127.0.0.1:LOCKED_PORT -u admin -p wrong status',
        '-s http://127.0.0.1:LOCKED_PORT -u admin -p secret status',
        '-s http://127.0.0.1:LOCKED_PORT --username=admin --pass secret version',
        '-s http://admin:secret@127.0.0.1:LOCKED_PORT status',
        '-s http://127.0.0.1:LOCKED_PORT -u admin -p secret tail -f nosuch',
      ]),
    ],
  );
});

function at(url: string): (command: string) => string {
  return (command) => `-s ${url} ${command}`;
}
