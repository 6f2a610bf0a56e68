// A user without other processes, since the kernel counts the processes of a user.

/** A command prefix that runs a command as this user, and its uid, which is unique by the test's pid. */
export function newStranger(): readonly [words: readonly string[], uid: string] {
  strangers += 1;
  const uid = `${firstUid + process.pid * maxPerTest + strangers}`;
  return [['setpriv', `--reuid=${uid}`, `--regid=${uid}`, '--clear-groups'], uid];
}

/** Above the uids of all accounts. */
const firstUid = 1_000_000;
const maxPerTest = 16;
let strangers = 0;
