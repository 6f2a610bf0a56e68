// Signal numbers of Linux (signal(7)) and their names.

/** By number; where a number has two names, the first is the one that is printed. */
const names: readonly (readonly [number, ...string[]])[] = [
  [1, 'SIGHUP'],
  [2, 'SIGINT'],
  [3, 'SIGQUIT'],
  [4, 'SIGILL'],
  [5, 'SIGTRAP'],
  [6, 'SIGABRT', 'SIGIOT'],
  [7, 'SIGBUS'],
  [8, 'SIGFPE'],
  [9, 'SIGKILL'],
  [10, 'SIGUSR1'],
  [11, 'SIGSEGV'],
  [12, 'SIGUSR2'],
  [13, 'SIGPIPE'],
  [14, 'SIGALRM'],
  [15, 'SIGTERM'],
  [16, 'SIGSTKFLT'],
  [17, 'SIGCHLD', 'SIGCLD'],
  [18, 'SIGCONT'],
  [19, 'SIGSTOP'],
  [20, 'SIGTSTP'],
  [21, 'SIGTTIN'],
  [22, 'SIGTTOU'],
  [23, 'SIGURG'],
  [24, 'SIGXCPU'],
  [25, 'SIGXFSZ'],
  [26, 'SIGVTALRM'],
  [27, 'SIGPROF'],
  [28, 'SIGWINCH'],
  [29, 'SIGPOLL', 'SIGIO'],
  [30, 'SIGPWR'],
  [31, 'SIGSYS'],
  [34, 'SIGRTMIN'],
  [64, 'SIGRTMAX'],
];

const nameByNumber = new Map(names.map(([number, name]) => [number, name]));
const numberByName = new Map(names.flatMap(([number, ...all]) => all.map((name) => [name, number] as const)));

/** `SIGTERM` for 15; `signal 40` for one without a name. */
export function signalName(number: number): string {
  return nameByNumber.get(number) ?? `signal ${number}`;
}

/** The number of `SIGTERM`, `TERM` or `term`; null for an unknown name. */
export function signalNumber(name: string): number | null {
  const upper = name.toUpperCase();
  return numberByName.get(upper.startsWith('SIG') ? upper : `SIG${upper}`) ?? null;
}

/** Without `SIG`. */
export function signalNames(): string[] {
  return [...numberByName.keys()].map((name) => name.slice('SIG'.length));
}

/** Whether clients may send it: 0 (which only checks the process), and every signal with a name. */
export function isSignal(number: number): boolean {
  return number === 0 || nameByNumber.has(number);
}
