// Makes configurations: most of them good, some with one flaw or a few, written in every way the dialect allows.
import { Random } from '../../support/random.ts';
import {
  type Choice,
  commandValues,
  credentialValues,
  eventsValues,
  fastCgiValues,
  inetValues,
  listenerValues,
  programValues,
  socketValues,
  supervisordValues,
  unixValues,
} from './values.ts';

export interface GeneratedFiles {
  /** By name relative to the directory of the case; `main.conf` is the main file. */
  readonly files: ReadonlyMap<string, string>;
}

/** `flaws`: how likely each value is a bad one. The same seed gives the same files. */
export function generate(seed: number, flaws: number, directory: string): GeneratedFiles {
  return new Writer(new Random(seed), flaws, directory).write();
}

interface Option {
  readonly key: string;
  readonly value: string;
}

interface Section {
  readonly name: string;
  readonly options: readonly Option[];
}

class Writer {
  /** Programs there are, for groups to name. */
  private readonly programs = new Set<string>();

  constructor(
    private readonly random: Random,
    private readonly flaws: number,
    private readonly directory: string,
  ) {}

  write(): GeneratedFiles {
    const { random } = this;
    const included = ['one.ini', 'two.ini', 'sub/three.ini'].filter(() => random.chance(0.3));
    const main = this.sections(true);
    if (included.length > 0 || random.chance(0.1)) main.push(this.include());
    const files = new Map([['main.conf', this.text(main)]]);
    for (const name of included) files.set(name, this.text(this.sections(random.chance(0.1))));
    return { files };
  }

  private sections(withSupervisord: boolean): Section[] {
    const { random } = this;
    const sections: Section[] = [];
    if (withSupervisord && !random.chance(this.flaws / 4))
      sections.push({ name: 'supervisord', options: this.options(supervisordValues, 0.2) });
    for (const name of random.some(['a', 'b', 'c-d', 'é', 'a b', 'x:y', ' pad ', ''], 0.25))
      if (this.isFine(/^(a|b|c-d|é| pad |)$/.test(name))) sections.push(this.program('program', name));
    if (random.chance(0.2)) sections.push(this.fastCgi());
    if (random.chance(0.3)) sections.push(this.group());
    if (random.chance(0.2)) sections.push(this.listener());
    if (random.chance(0.3)) sections.push(this.inetServer());
    if (random.chance(0.3)) sections.push(this.unixServer());
    if (random.chance(0.3)) sections.push(this.rpcInterface());
    if (random.chance(0.1)) sections.push({ name: 'DEFAULT', options: this.options(programValues, 0.05) });
    if (random.chance(0.1)) sections.push({ name: 'unknown', options: [{ key: 'x', value: '%(never)s' }] });
    if (random.chance(0.1))
      sections.push({ ...random.pick(sections.length > 0 ? sections : [this.group()]) });
    return random.some(sections, 1);
  }

  private program(kind: string, name: string): Section {
    if (kind !== 'eventlistener') this.programs.add(name);
    const options = this.options(programValues, 0.12);
    const isNumbered = options.some(({ key, value }) => key === 'numprocs' && /[23T]/.test(value));
    const ownName = { key: 'process_name', value: '%(program_name)s_%(process_num)d' };
    return {
      name: `${kind}:${name}`,
      options: [
        ...(this.isFine(false) ? [] : [{ key: 'command', value: this.value(commandValues) }]),
        ...(isNumbered && this.isFine(true) ? [ownName] : []),
        ...options.filter(({ key }) => key !== 'process_name' || !isNumbered),
      ],
    };
  }

  private group(): Section {
    const { random } = this;
    const members = random.some(['a', 'b', 'c-d', 'f', 'nosuch', 'e'], 0.3);
    const programs = members
      .filter((name) => this.isFine(/^(a|b|c-d)$/.test(name)))
      .join(random.pick([',', ', ', ' ,']));
    const options = [{ key: 'programs', value: programs }];
    if (random.chance(0.5))
      options.push({ key: 'priority', value: this.value({ good: ['5', '999'], bad: ['z'] }) });
    return { name: random.pick(['group:g', 'group:h', 'group:a']), options };
  }

  private listener(): Section {
    const base = this.program('eventlistener', this.random.pick(['e', ' e2', 'a']));
    const allowed = base.options.filter(({ key }) => key !== 'redirect_stderr' || this.isFine(false));
    const events = this.isFine(false) ? [] : [{ key: 'events', value: this.value(eventsValues) }];
    return { ...base, options: [...allowed, ...events, ...this.options(listenerValues, 0.3)] };
  }

  private fastCgi(): Section {
    const { random } = this;
    const base = this.program('fcgi-program', random.pick(['f', 'a']));
    const isTcp = random.chance(0.3);
    const socket = isTcp ? random.pick(['tcp://localhost:9000', 'tcp://*:80']) : this.value(socketValues);
    const extra = this.options(fastCgiValues, 0.3).filter(
      ({ key }) => !isTcp || key === 'socket_backlog' || this.isFine(false),
    );
    return { ...base, options: [...base.options, { key: 'socket', value: socket }, ...extra] };
  }

  private inetServer(): Section {
    const name = this.random.pick(['inet_http_server', 'inet_http_server:x', 'inet_http_serverX']);
    const options = this.options(inetValues, 0.98);
    return { name, options: [...options, ...this.credentials()] };
  }

  private unixServer(): Section {
    const name = this.random.pick(['unix_http_server', 'unix_http_server:x']);
    const rest = { chmod: unixValues.chmod, chown: unixValues.chown };
    const file = unixValues.file ?? { good: [], bad: [] };
    const options = [{ key: 'file', value: this.value(file) }, ...this.options(rest, 0.3)];
    return { name, options: [...options, ...this.credentials()] };
  }

  private credentials(): Option[] {
    const { random } = this;
    const keys = random.chance(0.5) ? ['username', 'password'] : [];
    const kept = this.isFine(false) ? keys.slice(1) : keys;
    return kept.map((key) => ({ key, value: this.value(credentialValues) }));
  }

  private rpcInterface(): Section {
    const factory = {
      key: 'supervisor.rpcinterface_factory',
      value: 'supervisor.rpcinterface:make_main_rpcinterface',
    };
    const extra = this.random.chance(0.3) ? [{ key: 'extra', value: this.value(credentialValues) }] : [];
    return { name: 'rpcinterface:supervisor', options: [...(this.isFine(false) ? [] : [factory]), ...extra] };
  }

  private include(): Section {
    const { random } = this;
    const patterns = [
      '*.ini',
      'sub/*.ini',
      'o?e.ini',
      '[a-o]*.ini',
      '%(here)s/two.ini',
      'none/*',
      'sub',
      '*/*.ini',
    ];
    const files = random.some(patterns, 0.3).join(random.pick([' ', '\n  ', '\t']));
    const bad = ['%(nope)s', '%', '%(program_name)s'];
    return this.isFine(false)
      ? { name: 'include', options: random.chance(0.5) ? [] : [{ key: 'files', value: random.pick(bad) }] }
      : { name: 'include', options: [{ key: 'files', value: files }] };
  }

  private options(values: Readonly<Record<string, Choice | undefined>>, share: number): Option[] {
    return this.random
      .some(Object.entries(values), share)
      .map(([key, choice]) => ({ key, value: choice ? this.value(choice) : '' }));
  }

  private value({ good, bad }: Choice): string {
    const value = this.random.pick(this.random.chance(this.flaws) ? bad : good);
    return value.replaceAll('@', this.directory);
  }

  /** What is good stays; what is not slips in now and then. */
  private isFine(good: boolean): boolean {
    return good ? !this.random.chance(this.flaws) : this.random.chance(this.flaws);
  }

  private text(sections: readonly Section[]): string {
    const { random } = this;
    const lines = sections.flatMap((section, index) => [
      ...(index > 0 || this.isFine(false) ? this.noise() : []),
      `[${section.name}]${random.chance(0.05) ? random.pick([' ; comment', ' junk', ' # x']) : ''}`,
      ...section.options.flatMap((option) => [...this.noise(), ...this.optionLines(option)]),
    ]);
    const end = random.pick(['\n', '\n', '\n', '\r\n', '\r']);
    const first = random.chance(this.flaws / 5) ? random.pick(['stray=1', '\ufeff', '[broken']) : '';
    return (first === '' ? '' : first + end) + lines.join(end) + (random.chance(0.9) ? end : '');
  }

  private optionLines({ key, value }: Option): string[] {
    const { random } = this;
    const written = random.chance(0.1) ? key.toUpperCase() : key;
    const delimiter = random.pick(['=', '=', ' = ', ':', ' : ', '= ', '\t=\t']);
    const comment = random.chance(0.05) ? random.pick([' ; note', ' # note', '\t;x', ' ;a #b']) : '';
    return `${random.chance(0.05) ? ' ' : ''}${written}${delimiter}${value}${comment}`.split('\n');
  }

  private noise(): string[] {
    const { random } = this;
    if (!random.chance(0.12)) return [];
    const harmless = [
      '',
      '; comment',
      '# comment',
      '  ; indented',
      '   ',
      'unknown_key = 1',
      'a;b=c ;d #e',
      'k=v#w ;x',
    ];
    const harmful = ['bare', '=v', '[]', '  continued', '\tmore', '[ ]', ': x'];
    return [random.pick(random.chance(this.flaws / 2) ? harmful : harmless)];
  }
}
