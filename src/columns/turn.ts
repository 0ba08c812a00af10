/** The milliseconds that all work of one turn of the event loop may take, before further work has to wait. */
const turnMs = 10;

/** When the time of the current turn is used up; undefined if no work has been done in it. */
let turnEnd: number | undefined;
let isScheduled = false;

/** Work that waits for a turn. */
type Waiting = (() => void)[];

const steps: Waiting = [];
const shortLoops: Waiting = [];
const longLoops: Waiting = [];

/** They take turns, so that a new request does not wait for all running loops, nor a short loop for all long ones. */
const queues = [steps, shortLoops, longLoops] as const;
/** The position of the queue that the latest turn was for. */
let latest = 0;

/** The number of slices after which a loop is long: those of a filter that visits some ten thousand rows are fewer. */
const fewSlices = 8;

/**
 * Whether the work of the current turn of the event loop has used up its time, so that more of it would delay others.
 */
export function isTurnSpent(now: number = performance.now()): boolean {
  return now >= turnEndAt(now);
}

/** Waits for a turn of the event loop for one step of a request, which takes a few milliseconds; short steps share a turn. */
export function nextTurn(): Promise<void> {
  return turnFor(steps);
}

/**
 * The same within the lifetime of a request.
 *
 * @throws the signal's reason if it is aborted
 */
export async function turnWithin({ signal }: { readonly signal: AbortSignal }): Promise<void> {
  signal.throwIfAborted();
  await nextTurn();
  signal.throwIfAborted();
}

/**
 * Waits for a turn of the event loop for one slice of a paced loop.
 *
 * @param slices that the loop has had
 */
export function nextLoopTurn(slices: number): Promise<void> {
  return turnFor(slices < fewSlices ? shortLoops : longLoops);
}

function turnFor(waiting: Waiting): Promise<void> {
  return new Promise((resume) => {
    waiting.push(resume);
    schedule();
  });
}

/** When the current turn ends. It begins with the first call. */
function turnEndAt(now: number): number {
  if (turnEnd === undefined) {
    turnEnd = now + turnMs;
    schedule();
  }
  return turnEnd;
}

function schedule(): void {
  if (!isScheduled) setImmediate(beginTurn);
  isScheduled = true;
}

/** An immediate that is set within an immediate runs after the next poll for I/O: a turn is one loop's, or of some steps. */
function beginTurn(): void {
  isScheduled = false;
  turnEnd = undefined;
  for (let i = 1; i <= queues.length; i++) {
    const position = (latest + i) % queues.length;
    const resume = queues[position]?.shift();
    if (!resume) continue;
    latest = position;
    turnEndAt(performance.now());
    resume();
    if (queues[position] === steps) resumeSteps();
    return;
  }
}

/** One step after the other, as many as there is time for. */
function resumeSteps(): void {
  // By then everything has been done that waited for the step before alone.
  queueMicrotask(() => process.nextTick(resumeNextStep));
}

function resumeNextStep(): void {
  if (isTurnSpent()) return;
  const resume = steps.shift();
  if (!resume) return;
  resume();
  resumeSteps();
}
