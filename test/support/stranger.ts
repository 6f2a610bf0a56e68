// A user of whom nothing else runs: the kernel counts the processes of a user.

/** The words that run a command as this user, and its number, which is unique by the pid of the test. */
export function newStranger(): readonly [words: readonly string[], uid: string] {
  strangers += 1;
  const uid = `${firstUid + process.pid * maxPerTest + strangers}`;
  return [['setpriv', `--reuid=${uid}`, `--regid=${uid}`, '--clear-groups'], uid];
}

/** Above those of any account. */
const firstUid = 1_000_000;
const maxPerTest = 16;
let strangers = 0;
