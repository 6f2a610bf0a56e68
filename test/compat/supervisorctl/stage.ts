// The same scene played several times: each client against each daemon, the original pair first.
// What a step prints, with what differs from run to run taken out, must be what the original pair prints.
import { expect, test } from 'bun:test';
import { Daemon, type DaemonSetup, type Outcome, original, ours, run } from '../../support/daemon.ts';

export const originalClient = ['/usr/bin/supervisorctl'] as const;
export const ourClient = [ours[0], 'supervisorctl'] as const;

export interface Pair {
  readonly name: string;
  readonly client: readonly string[];
  readonly daemon: readonly string[];
}

export const originalPair: Pair = {
  name: 'the original',
  client: originalClient,
  daemon: original,
};

/** Everything that must behave like the original pair. */
export const otherPairs: readonly Pair[] = [
  { name: 'our client of the original daemon', client: ourClient, daemon: original },
  { name: 'the original client of our daemon', client: originalClient, daemon: ours },
  { name: 'our client of our daemon', client: ourClient, daemon: ours },
];

export interface Step {
  /** Behind `-c FILE`; `DIR` is the daemon's directory, `PORT` its TCP port. */
  readonly args: readonly string[];
  readonly stdin?: string;
  /** Compare lines as a set: the order is not promised, so neither is which failure comes last and decides. */
  readonly unordered?: boolean;
  /** What is said of each form of a command is in our own words; the forms, their order and their tabs count. */
  readonly help?: boolean;
  /** The arguments begin with their own `-c`. */
  readonly withoutConfig?: boolean;
  /** More for the name of the test. */
  readonly title?: string;
  /** Done to each daemon's directory before the command. */
  readonly before?: (daemon: Daemon) => void | Promise<void>;
}

interface Scene {
  readonly pair: Pair;
  readonly daemon: Daemon;
  readonly environment: Readonly<Record<string, string>>;
}

export class Stage {
  private constructor(readonly scenes: readonly Scene[]) {}

  /** `variables` are the environment of each daemon, and places in the arguments of steps. */
  static async set(
    setup: Omit<DaemonSetup, 'executable' | 'environment'>,
    pairs: readonly Pair[],
    variables: () => Promise<Record<string, string>> = async () => ({}),
  ): Promise<Stage> {
    const scenes = pairs.map(async (pair) => {
      const environment = await variables();
      const daemon = await Daemon.start({ ...setup, environment, executable: pair.daemon });
      return { pair, daemon, environment };
    });
    const outcomes = await Promise.allSettled(scenes);
    const stage = new Stage(
      outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? outcome.value : [])),
    );
    const failure = outcomes.find((outcome) => outcome.status === 'rejected');
    if (!failure) return stage;
    await stage.strike();
    throw failure.reason;
  }

  /** What each pair makes of the step, the original pair first. */
  play(step: Step): Promise<Outcome[]> {
    return Promise.all(
      this.scenes.map(async (scene) => {
        const { pair, daemon } = scene;
        await step.before?.(daemon);
        const args = step.args.map((arg) => withPlaces(arg, scene));
        const config = step.withoutConfig ? [] : ['-c', daemon.configPath];
        const options = step.stdin === undefined ? {} : { stdin: step.stdin };
        const outcome = await run([...pair.client, ...config, ...args], options);
        return comparable(outcome, scene, step);
      }),
    );
  }

  async strike(): Promise<void> {
    await Promise.all(this.scenes.map(({ daemon }) => daemon.stop()));
  }
}

/** One test a step: every pair prints what the first one prints. `stage` is set up when the tests run. */
export function testSteps(stage: () => Stage, steps: readonly Step[]): void {
  for (const step of steps) {
    const input = step.stdin === undefined ? '' : ` <<< ${JSON.stringify(step.stdin)}`;
    const title = step.title === undefined ? '' : `, given ${JSON.stringify(step.title)}`;
    test(`supervisorctl ${step.args.join(' ')}${input}${title}`, async () => {
      expectAlike(stage(), await stage().play(step));
    });
  }
}

/** Expects of each pair what the first one shows, which is the result. */
export function expectAlike<Result extends object>(stage: Stage, results: readonly Result[]): Result {
  const [reference, ...others] = results;
  if (!reference) throw new Error('nobody has played');
  for (const [index, result] of others.entries()) {
    const name = stage.scenes[index + 1]?.pair.name;
    expect<object>({ name, ...result }).toEqual({ name, ...reference });
  }
  return reference;
}

/** Splits each line at blanks into the arguments of a step. */
export function steps(lines: readonly string[], like: Omit<Step, 'args'> = {}): Step[] {
  return lines.map((line) => ({ ...like, args: line.split(' ') }));
}

function withPlaces(text: string, scene: Scene): string {
  let placed = text;
  for (const [name, value] of placesOf(scene)) placed = placed.replaceAll(name, value);
  return placed;
}

/** The longer names first: one may be part of another. */
function placesOf({ daemon, environment }: Scene): [string, string][] {
  const places = { ...environment, DIR: daemon.directory, PORT: String(daemon.port) };
  return Object.entries(places).sort(([a], [b]) => b.length - a.length);
}

function comparable(outcome: Outcome, scene: Scene, step: Step): Outcome {
  const stdout = withoutAccidents(outcome.stdout, scene);
  const stderr = withoutAccidents(outcome.stderr, scene);
  if (step.help) return { ...outcome, stdout: withoutDescriptions(stdout), stderr };
  if (!step.unordered) return { ...outcome, stdout, stderr };
  return { status: Math.min(outcome.status, 1), stdout: stdout.split('\n').sort().join('\n'), stderr };
}

/** Process ids, times, places and the source lines in unexpected errors differ from run to run. */
function withoutAccidents(text: string, scene: Scene): string {
  let plain = text;
  for (const [name, value] of placesOf(scene)) plain = plain.replaceAll(value, name);
  return plain
    .replace(/pid \d+, uptime (\d+ days?, )?\d+:\d\d:\d\d/g, 'pid PID, uptime TIME')
    .replace(/\b[A-Z][a-z]{2} \d\d \d\d:\d\d [AP]M/g, 'DATE')
    .replace(/^[1-9]\d*$/gm, 'PID')
    .replace(/: file: \S+ line: \d+$/gm, ': file: FILE line: LINE')
    .replace(/^For help, use .* -h$/m, 'For help, use PROGRAM -h');
}

/** Of each line of help what stands up to its last tab; a note without a tab is only there. */
function withoutDescriptions(text: string): string {
  return text.replace(/^(.*\t).*$/gm, '$1…').replace(/^Note: .*$/gm, 'Note: …');
}
