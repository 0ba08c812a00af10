/** The milliseconds that all work of one turn of the event loop may take, before further work has to wait. */
const turnMs = 10;

/** When the time of the current turn is used up; undefined if no work has been done in it. */
let turnEnd: number | undefined;
let isScheduled = false;

/** The queues of work that waits for a turn. */
type Waiting = (() => void)[];
const loops: Waiting = [];
const steps: Waiting = [];
/** Whether the next turn is a loop's, if one waits for it. */
let isLoopNext = true;

/**
 * Whether the work of the current turn of the event loop has used up its time, so that more of it would delay others.
 */
export function isTurnSpent(now: number = performance.now()): boolean {
  return now >= turnEndAt(now);
}

/**
 * Waits for a turn of the event loop for one step of a request, which takes a few milliseconds. Steps and paced loops alternate,
 * so that a new request does not wait for all running loops; short steps share a turn.
 */
export function nextTurn(): Promise<void> {
  return turnFor(steps);
}

/** Waits for a turn of the event loop for one slice of a paced loop. */
export function nextLoopTurn(): Promise<void> {
  return turnFor(loops);
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
  const takesLoop = isLoopNext ? loops.length > 0 : steps.length === 0;
  isLoopNext = !takesLoop;
  if (takesLoop) resumeLoop();
  else resumeSteps();
}

function resumeLoop(): void {
  const resume = loops.shift();
  if (!resume) return;
  turnEndAt(performance.now());
  resume();
}

/** One step after the other, as many as there is time for. */
function resumeSteps(): void {
  const resume = steps.shift();
  if (!resume) return;
  turnEndAt(performance.now());
  resume();
  // By then everything has been done that waited for the step alone.
  queueMicrotask(() => process.nextTick(resumeMoreSteps));
}

function resumeMoreSteps(): void {
  if (!isTurnSpent()) resumeSteps();
}
