import { createHash } from "node:crypto";

export interface Batch<Row> {
  /** The same rows give the same key, so that the store can drop a batch that it has already. */
  key: string;
  rows: Row[];
}

/** Cuts rows into batches of at most `size`. */
export function batches<Row>(rows: readonly Row[], size: number): Batch<Row>[] {
  const out: Batch<Row>[] = [];
  for (let at = 0; at < rows.length; at += size) {
    const part = rows.slice(at, at + size);
    out.push({ key: createHash("sha256").update(JSON.stringify(part)).digest("hex"), rows: part });
  }
  return out;
}
