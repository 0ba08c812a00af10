import { mapReady, type Ready, whenReady } from '../columns/ready.ts';
import { type EntityGroup, type FoundEntities, findEntities } from '../graphql/find-entities.ts';
import type { Entities } from '../graphql/representation.ts';
import type { Answer } from './answer.ts';
import type { ArgumentsOf, Loaded, Run } from './loaded.ts';
import type { PlansByType, RootField } from './root-plan.ts';
import type { LoadedRows } from './row-plan.ts';

/** The rows that other subgraphs refer to. */
export function entitiesField(entities: Entities, plans: PlansByType, argumentsOf: ArgumentsOf): RootField {
  return {
    load(run) {
      const { representations } = argumentsOf(run);
      if (!Array.isArray(representations)) throw new Error('representations is not a list');
      const finding = findEntities(representations, { entities, schema: run.schema }, run.scope);
      return whenReady(finding, (found) => loadEntities(found, plans, run));
    },
  };
}

/** @throws the first failure, since compiled operations answer without errors only */
function loadEntities(
  { count, groups, failures }: FoundEntities,
  plans: PlansByType,
  run: Run,
): Ready<Loaded> {
  const [failure] = failures.values();
  if (failure) throw failure;
  const loading = mapReady(groups, ({ view, rows }) => plans(view.table.typeName).load(view, rows, run));
  return whenReady(loading, (loaded) => new EntityList(count, groups, loaded));
}

/** Rows of several tables in the order of their representations. */
class EntityList implements Loaded {
  readonly #loaded: readonly LoadedRows[];
  /** For each representation: 1 + the group of its row, or 0 if there is none. */
  readonly #groups: Uint32Array;
  /** For each representation: which row of the group it is. */
  readonly #rows: Uint32Array;

  constructor(count: number, groups: readonly EntityGroup[], loaded: readonly LoadedRows[]) {
    this.#loaded = loaded;
    this.#groups = new Uint32Array(count);
    this.#rows = new Uint32Array(count);
    for (let group = 0; group < groups.length; group++) {
      const places = groups[group]?.places ?? [];
      for (let row = 0; row < places.length; row++) {
        const place = places[row] ?? 0;
        this.#groups[place] = group + 1;
        this.#rows[place] = row;
      }
    }
  }

  write(answer: Answer): Promise<void> | undefined {
    answer.out.byte(openingBracket);
    return this.#loaded.every(({ isFlat }) => isFlat)
      ? this.#writeFlat(0, answer)
      : this.#writeNested(answer);
  }

  /** Writes the entities from this one on, synchronously unless the answer has to pause. */
  #writeFlat(first: number, answer: Answer): Promise<void> | undefined {
    for (let place = first; place < this.#groups.length; place++) {
      this.#writeOne(place, answer);
      if (answer.due) return answer.step().then(() => this.#writeFlat(place + 1, answer));
    }
    answer.out.byte(closingBracket);
    return undefined;
  }

  async #writeNested(answer: Answer): Promise<void> {
    for (let place = 0; place < this.#groups.length; place++) {
      await this.#writeOne(place, answer);
      if (answer.due) await answer.step();
    }
    answer.out.byte(closingBracket);
  }

  #writeOne(place: number, answer: Answer): Promise<void> | undefined {
    const { out } = answer;
    if (place > 0) out.byte(comma);
    const rows = this.#loaded[(this.#groups[place] ?? 0) - 1];
    if (rows) return rows.write(answer, this.#rows[place] ?? 0);
    out.null();
    return undefined;
  }
}

const comma = 0x2c;
const openingBracket = 0x5b;
const closingBracket = 0x5d;
