// Work in steps that can be taken back: each is told, and when one fails those before it are undone.

export interface Step {
  /** What is done, as a line for the user. */
  readonly title: string;
  /** A word on how it went, or nothing. Throws StepError or whatever stands in the way. */
  run(): Promise<string | undefined>;
  /** Takes it back; null when there is nothing to take back. */
  readonly undo: (() => Promise<unknown>) | null;
}

/** A step that did not lead where it should; the message is one line for the user. */
export class StepError extends Error {
  override readonly name = 'StepError';
}

export interface StepOutput {
  begin(title: string): void;
  end(outcome: string): void;
}

/** Carries them out in turn. Throws what the failing step threw, with everything before it undone. */
export async function carryOut(steps: readonly Step[], output: StepOutput): Promise<void> {
  const done: Step[] = [];
  for (const step of steps) {
    output.begin(step.title);
    try {
      output.end((await step.run()) ?? 'done');
      done.push(step);
    } catch (error) {
      output.end('failed');
      // A service that failed to start may still be trying.
      await takeBack([...done, step], output);
      throw error;
    }
  }
}

async function takeBack(steps: readonly Step[], output: StepOutput): Promise<void> {
  for (const { title, undo } of steps.toReversed()) {
    if (undo === null) continue;
    output.begin(`back: ${title}`);
    try {
      await undo();
      output.end('done');
    } catch (error) {
      output.end(`failed: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
}
