// The URLs of the original's page, asked for by a script, from the original and from us.
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { Daemon, original, run } from '../../support/daemon.ts';
import { eventually } from '../../support/eventually.ts';

const config = `[program:cat]
command=/bin/sh -c 'echo "<b>caf\\303\\251</b>"; exec cat'

[program:pair]
command=/bin/cat
process_name=pair-%(process_num)d
numprocs=2

[program:nowhere]
command=/bin/does-not-exist
autostart=false

[program:plain]
command=/etc/hostname
autostart=false

[program:hopeless]
command=/bin/false
autostart=false
startretries=0

[program:quiet]
command=/bin/cat
stdout_logfile=NONE
`;

let ours: Daemon;
let theirs: Daemon;

beforeAll(async () => {
  [ours, theirs] = await Promise.all([
    Daemon.start({ config }),
    Daemon.start({ config, executable: original }),
  ]);
  for (const daemon of [ours, theirs]) {
    const isUp = async () => {
      const { cat, quiet } = await daemon.states();
      return cat === 'RUNNING' && quiet === 'RUNNING';
    };
    await eventually(isUp, { what: 'running programs' });
  }
});
afterAll(() => Promise.all([ours.stop(), theirs.stop()]));

interface Answer {
  readonly status: number;
  /** What a redirection wants to be shown, without the time. */
  readonly message: string | null;
  readonly body: string;
}

async function ask(daemon: Daemon, path: string, ...args: string[]): Promise<Answer> {
  const url = `http://127.0.0.1:${daemon.port}${path}`;
  const { stdout } = await run(['curl', '-s', '-i', '--max-time', '30', '-X', 'GET', ...args, url]);
  const [head = '', ...rest] = stdout.split('\r\n\r\n');
  const location = /^Location: (.*)$/im.exec(head)?.[1]?.trim();
  const message = location ? new URL(location, url).searchParams.get('message') : null;
  return {
    status: Number(head.split(' ')[1]),
    message: message?.replace(/\w{3} \w{3} [\d ]\d \d\d:\d\d:\d\d \d{4}/, 'TIME') ?? null,
    body: rest.join('\r\n\r\n'),
  };
}

describe('an action', () => {
  test.each([
    '/?action=refresh',
    '/index.html?action=refresh',
    '/?processname=cat&action=stop',
    '/?processname=cat&action=stop',
    '/?processname=cat:cat&action=start',
    '/?processname=cat&action=start',
    '/index.html?processname=cat&action=restart',
    '/?processname=cat&action=clearlog',
    '/?processname=pair:pair-1&action=stop',
    '/?processname=pair%3Apair-1&action=start',
    '/?processname=nowhere&action=start',
    '/?processname=nowhere&action=stop',
    '/?processname=nowhere&action=restart',
    '/?processname=plain&action=start',
    '/?processname=hopeless&action=start',
    '/?processname=nobody&action=start',
    '/?processname=pair&action=stop',
    '/?processname=pair:*&action=stop',
    '/?processname=&action=stop',
    '/?action=stop',
    '/?action=nonsense',
    '/?action=constructor',
    '/?action=__proto__',
    '/?processname=cat&action=hasOwnProperty',
    '/?processname=__proto__&action=stop',
    '/?processname=a%20%3Cb%3E%26%C3%A9&action=start',
    '//?action=refresh',
    '///index.html?action=refresh',
  ])('%s answers as the original does', async (path) => {
    const [our, their] = await Promise.all([ask(ours, path), ask(theirs, path)]);
    expect({ ...our, body: '' }).toEqual({ ...their, body: '' });
  });

  test('by a form answers as the original does', async () => {
    const form = ['-X', 'POST', '-d', 'processname=cat&action=stop'];
    const [our, their] = await Promise.all([ask(ours, '/', ...form), ask(theirs, '/', ...form)]);
    expect(our).toMatchObject({ status: 301, message: 'Process cat stopped' });
    expect({ ...our, body: '' }).toEqual({ ...their, body: '' });
    await Promise.all([ours, theirs].map((daemon) => daemon.supervisorctl('start', 'cat')));
  });

  test('on all processes does what it says', async () => {
    for (const [path, message, state] of [
      ['/?action=stopall', 'All stopped at TIME', 'STOPPED'],
      ['/?action=restartall', 'All restarted at TIME', 'RUNNING'],
    ] as const) {
      const [our, their] = await Promise.all([ask(ours, path), ask(theirs, path)]);
      expect(our.message).toBe(message);
      expect(their.message).toBe(message);
      expect((await ours.states())['cat']).toBe(state);
    }
  });
});

describe('the end of a log', () => {
  test.each([
    '/tail.html?processname=cat',
    '/tail.html?processname=cat&limit=2000',
    '/tail.html?processname=cat&limit=x',
    '/tail.html?processname=cat:cat&limit=-5',
    '/tail.html',
    '/tail.html?processname=nobody',
    '/tail.html?processname=quiet',
    '/tail.html?processname=%3Cscript%3E',
  ])('%s is the text of the original', async (path) => {
    const [our, their] = await Promise.all([ask(ours, path), ask(theirs, path)]);
    expect(our.status).toBe(their.status);
    expect(preformatted(our.body)).toBe(preformatted(their.body));
    expect(our.body).not.toContain('<b>');
    expect(our.body).not.toContain('<script>');
  });
});

test.each(['/', '/index.html', '/?message=hello', '/?processname=cat'])('%s is the page', async (path) => {
  const answer = await ask(ours, path);
  expect(answer.status).toBe(200);
  expect(answer.body).toContain('<title>Supervisor Status</title>');
});

function preformatted(page: string): string {
  const text = /<pre>(.*?)<\/pre>/s.exec(page)?.[1] ?? page;
  // We escape more than needed.
  return text.replaceAll('&gt;', '>').trim();
}
