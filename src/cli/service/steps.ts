// Reversible steps: each is reported, and if one fails the earlier ones are undone.

export interface Step {
  /** The action, as one line for the user. */
  readonly title: string;
  /** Returns a note on the result, if any. Throws StepError or the underlying error. */
  run(): Promise<string | undefined>;
  /** Reverts the step; null if there is nothing to revert. */
  readonly undo: (() => Promise<unknown>) | null;
}

/** A step that failed; the message is one line for the user. */
export class StepError extends Error {
  override readonly name = 'StepError';
}

export interface StepOutput {
  begin(title: string): void;
  end(outcome: string): void;
}

/** Runs the steps in order. If one throws, undoes all earlier steps and rethrows. */
export async function carryOut(steps: readonly Step[], output: StepOutput): Promise<void> {
  const done: Step[] = [];
  for (const step of steps) {
    output.begin(step.title);
    try {
      output.end((await step.run()) ?? 'done');
      done.push(step);
    } catch (error) {
      output.end('failed');
      // A service that failed to start may still be retrying.
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
