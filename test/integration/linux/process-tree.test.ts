// Usage of a process and its descendants from /proc.
import { expect, test } from 'bun:test';
import { residentBytesOfTree } from '../../../src/linux/process-tree.ts';

const threads = `import subprocess, threading, time
for _ in range(300): threading.Thread(target=time.sleep, args=(100000,), daemon=True).start()
threading.Thread(target=subprocess.run, args=(['/usr/bin/python3', '-c', '''
data = b"x" * 50_000_000
print("large", flush=True)
__import__("time").sleep(100000)
'''],), daemon=True).start()
time.sleep(100000)
`;

test('the memory of a program with many threads is read in pieces, with that of children of any thread', async () => {
  const program = Bun.spawn(['/usr/bin/setsid', '/usr/bin/python3', '-c', threads], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  try {
    // Its child reports when it has allocated its memory.
    await program.stdout.getReader().read();
    const pieces = [...residentBytesOfTree(program.pid)];
    const total = pieces.reduce((sum, bytes) => sum + bytes, 0);
    expect(pieces.length).toBeGreaterThan(300);
    expect(total).toBeGreaterThan(50_000_000);
    expect(total).toBeLessThan(150_000_000);
  } finally {
    process.kill(-program.pid, 'SIGKILL');
    await program.exited;
  }
});
